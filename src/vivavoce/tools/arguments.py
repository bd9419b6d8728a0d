"""A model's arguments: read, mended where the meaning is plain, and held against the tool's JSON schema.

Owns the sentence that tells a model what is wrong, so that it can mend the call. Refuses to fetch what a schema refers
to, and to judge a schema that it cannot read: the tool's own check is left then.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from vivavoce.errors import InputError

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

__all__ = ["ArgumentsCheck", "is_plain_schema", "parse_arguments"]

LONGEST_CHARACTERS = 65_536
"""A longer text of arguments is not read."""

_NUMBERS = {"integer": int, "number": float}
_COSTLY = frozenset({"$ref", "$dynamicRef", "$recursiveRef", "pattern", "patternProperties"})
"""References can make a small schema take for ever, and so can a regular expression."""


def is_plain_schema(schema: object) -> bool:
    """Tell whether checking against this schema costs no more than its size promises, whoever wrote it."""
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if not _COSTLY.isdisjoint(part):
                return False
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return True


def parse_arguments(text: str) -> dict[str, object]:
    """Read the arguments of a call; nothing at all means no arguments.

    Raises:
        InputError: `tool_arguments_invalid`, in a sentence for the model.
    """
    if len(text) > LONGEST_CHARACTERS:
        raise _invalid(f"The arguments are longer than {LONGEST_CHARACTERS:,} characters.")
    try:
        arguments = json.loads(text.strip() or "{}")
        if isinstance(arguments, str):  # small models quote the object once more
            arguments = json.loads(arguments)
    except (ValueError, RecursionError) as error:
        raise _invalid(f"The arguments are not JSON: {error}.") from error
    if not isinstance(arguments, dict):
        raise _invalid("The arguments must be a JSON object, with one entry for each argument.")
    return arguments


class ArgumentsCheck:
    """Mends and checks arguments by one schema, which is read once."""

    def __init__(self, schema: dict[str, Any]) -> None:
        properties = schema.get("properties")
        self._properties: dict[str, Any] = properties if isinstance(properties, dict) else {}
        required = schema.get("required")
        self._required: frozenset[object] = frozenset(required) if isinstance(required, list) else frozenset()
        self._checker = _checker(self._without_unknown(schema))

    def _without_unknown(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema without arguments that it wants and does not describe: no model is told of them."""
        wanted = schema.get("required")
        if not isinstance(wanted, list) or not self._properties:
            return schema
        return {**schema, "required": [name for name in wanted if name in self._properties]}

    def fitting(self, arguments: dict[str, object]) -> dict[str, object]:
        """Return the arguments as the tool takes them.

        Numbers and truth values that came as text become what they say, and an optional argument that came as null is
        left out: what small models get wrong, and what nobody could mean otherwise.

        Raises:
            InputError: `tool_arguments_invalid`, in a sentence for the model.
        """
        mended: dict[str, Any] = {
            name: self._mended(name, value) for name, value in arguments.items() if not self._is_left_out(name, value)
        }
        if self._checker is None:
            return mended
        try:
            error = best_match(self._checker.iter_errors(mended))
        except (Unresolvable, RecursionError):
            return mended
        if error is not None:
            raise _invalid(_sentence(error))
        return mended

    def _is_left_out(self, name: str, value: object) -> bool:
        kind = self._kind(name)
        return value is None and name not in self._required and isinstance(kind, str) and kind != "null"

    def _mended(self, name: str, value: object) -> object:
        kind = self._kind(name)
        if isinstance(kind, str) and isinstance(value, str) and kind in _NUMBERS:
            try:
                return _NUMBERS[kind](value)
            except ValueError:
                return value
        if kind == "boolean" and isinstance(value, str) and value.lower() in {"true", "false"}:
            return value.lower() == "true"
        if kind == "string" and isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return value

    def _kind(self, name: str) -> object:
        schema = self._properties.get(name)
        return schema.get("type") if isinstance(schema, dict) else None


def _checker(schema: dict[str, Any]) -> Validator | None:
    """Return what checks by this schema; None when it is none."""
    kind = validator_for(schema, default=jsonschema.Draft202012Validator)
    try:
        kind.check_schema(schema)
    except (jsonschema.SchemaError, RecursionError):
        return None
    # An empty registry fetches nothing: by default a reference to a URL would be followed.
    return kind(schema, registry=Registry())


def _sentence(error: ValidationError) -> str:
    place = ".".join(str(part) for part in error.absolute_path)
    said = error.message if len(error.message) <= 300 else f"{error.message[:300]}…"
    return f"{f'The argument {place!r} does not fit' if place else 'The arguments do not fit'}: {said}."


def _invalid(message: str) -> InputError:
    return InputError("tool_arguments_invalid", message, remedy="Call the tool again with arguments that fit.")
