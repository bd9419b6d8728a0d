"""What a function's signature and docstring say to a model.

Owns the JSON schema of the parameters, made by pydantic from the type hints and kept short, since each token of it
costs a small model time. Refuses to know what is done with it.
"""

from __future__ import annotations

import inspect
import re
import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NotRequired

from pydantic import ConfigDict, Field, PydanticSchemaGenerationError, PydanticUserError, TypeAdapter
from typing_extensions import TypedDict

from vivavoce.errors import InputError
from vivavoce.tools.definition import ToolCaller

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Signature", "read_signature"]

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD, inspect.Parameter.POSITIONAL_ONLY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What is known of a function.

    Attributes:
        description: the first paragraph of the docstring, as one line.
        parameters: the JSON schema of what a model fills in.
        caller_parameter: which parameter takes the calling conversation; empty for none.
        is_async: whether it is a coroutine function.
    """

    description: str
    parameters: dict[str, object]
    caller_parameter: str
    is_async: bool
    adapter: TypeAdapter[dict[str, Any]]

    def values(self, arguments: dict[str, object]) -> dict[str, Any]:
        """Return the arguments as the types that the function asks for.

        Raises:
            pydantic.ValidationError: they do not fit.
        """
        return self.adapter.validate_python(arguments)


def read_signature(function: Callable[..., object]) -> Signature:
    """Read a function's signature and docstring.

    Raises:
        InputError: `tool_invalid`, naming the parameter at fault.
    """
    name = function.__qualname__
    text = inspect.getdoc(function) or ""
    hints = _hints(function)
    told = _told_of_parameters(text)
    caller_parameter = ""
    fields: dict[str, Any] = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind in _VARIADIC or parameter.name not in hints:
            raise _invalid(f"The tool {name!r} needs a type and a name of its own for the parameter {parameter.name!r}")
        hint = hints[parameter.name]
        if hint is ToolCaller:
            caller_parameter = parameter.name
            continue
        if parameter.name in told:
            hint = Annotated[hint, Field(description=told[parameter.name])]
        fields[parameter.name] = hint if parameter.default is inspect.Parameter.empty else NotRequired[hint]
    adapter = _adapter(name, fields)
    return Signature(
        description=" ".join(text.split("\n\n")[0].split()),
        parameters=_shortened(adapter.json_schema()),
        caller_parameter=caller_parameter,
        is_async=inspect.iscoroutinefunction(function),
        adapter=adapter,
    )


def _hints(function: Callable[..., object]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function, include_extras=True)
    except (NameError, TypeError) as error:
        raise _invalid(f"The types of the tool {function.__qualname__!r} cannot be read: {error}") from error


def _adapter(name: str, fields: dict[str, Any]) -> TypeAdapter[dict[str, Any]]:
    # Not a model class: its own attributes would forbid parameters of their names, as "copy" or "json".
    typed_dict: Any = TypedDict  # a type checker knows it as a statement only
    arguments = typed_dict("arguments", fields)
    arguments.__pydantic_config__ = ConfigDict(extra="forbid")
    try:
        adapter: TypeAdapter[dict[str, Any]] = TypeAdapter(arguments)
        adapter.json_schema()
    except (PydanticSchemaGenerationError, PydanticUserError) as error:
        raise _invalid(f"JSON has no word for a type of the tool {name!r}: {str(error).splitlines()[0]}") from error
    return adapter


def _shortened(schema: dict[str, Any]) -> dict[str, object]:
    """Leave out of a schema what tells a model nothing."""
    short = _without_titles(schema)
    required = short.get("required", [])
    properties = {
        name: told if name in required else _without_null(told) for name, told in short.get("properties", {}).items()
    }
    return {"type": "object", "properties": properties} | {
        key: value for key, value in short.items() if key in {"required", "$defs"}
    }


def _without_titles(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_titles(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _without_titles(told) for name, told in part.items()}
        if key in {"properties", "$defs"}
        else _without_titles(part)
        for key, part in schema.items()
        if not (key == "title" and isinstance(part, str))
    }


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Turn "this or null" of a parameter that may be left out into "this"."""
    choices = schema.get("anyOf")
    if not isinstance(choices, list):
        return schema
    kept = [choice for choice in choices if choice != {"type": "null"}]
    rest = {key: part for key, part in schema.items() if key != "anyOf"}
    return {**kept[0], **rest} if len(kept) == 1 else {**rest, "anyOf": kept}


def _told_of_parameters(text: str) -> dict[str, str]:
    """Read the `Args:` section of a docstring in Google's style."""
    section = re.search(r"^Args:\n((?:[ \t]+.*\n?|\n)+)", text, re.MULTILINE)
    if section is None:
        return {}
    entries = re.findall(r"^[ \t]+(\w+)(?: \([^)]*\))?: *((?:.*)(?:\n[ \t]{6,}.*)*)", section[1], re.MULTILINE)
    return {name: " ".join(told.split()) for name, told in entries}


def _invalid(message: str) -> InputError:
    return InputError("tool_invalid", f"{message}.", remedy="See docs/tutorial/your-own-tools.md for what a tool is.")
