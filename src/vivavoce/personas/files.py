"""A character's file: YAML in, a `Persona` out, and back.

Owns reading and writing one file, and the sentences that tell its author what is wrong and in which line. Refuses to
know folders and what a field means; `schema` does.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, cast

import yaml
from pydantic import ValidationError

from vivavoce.errors import InputError
from vivavoce.personas.schema import CharacterFile, FallbackFields
from vivavoce.storage.folders import make_private

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vivavoce.personas.persona import Persona

__all__ = ["FILE_MAX_BYTES", "SUFFIX", "is_persona_id", "parse_character", "read_character", "write_character"]

SUFFIX = ".yaml"
FILE_MAX_BYTES = 64_000
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ID_MAX_LENGTH = 40
_PLAIN = {
    "missing": "this field has to be there",
    "string_type": "it has to be text; put it in quotes",
    "string_pattern_mismatch": "it has to be a code of two small letters, such as en or zh",
    "list_type": "it has to be a list, such as [one, two]",
    "bool_type": "it has to be true or false",
    "float_parsing": "it has to be a number",
    "model_type": "it has to hold fields, each on a line of its own",
}
"""Our words for what pydantic says in words that are about programs."""
_GUIDE = "Mend the file; docs/how-to/write-a-character.md tells what may stand there."


def is_persona_id(name: str) -> bool:
    """Tell whether a character may be called this: up to 40 lower-case letters and digits, with `-` between them."""
    return len(name) <= _ID_MAX_LENGTH and _ID.fullmatch(name) is not None


def read_character(path: Path) -> tuple[CharacterFile, Persona]:
    """Return what the file says, as written and as a character. Blocks.

    Raises:
        InputError: `persona_invalid`, naming the file, the line and what may stand there.
    """
    if not is_persona_id(path.stem):
        raise _invalid(f"{path.name}: a character's file is named in lower-case letters, digits and '-'", path.stem)
    try:
        with path.open("rb") as file:
            data = file.read(FILE_MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise _invalid(f"{path.name} cannot be read: {error.strerror}", None) from error
    except UnicodeDecodeError as error:
        raise _invalid(f"{path.name} is not written in UTF-8", None) from error
    if len(data) > FILE_MAX_BYTES:
        raise _too_large(path)
    return parse_character(text, path)


def parse_character(text: str, path: Path) -> tuple[CharacterFile, Persona]:
    """Return what the text of the file at `path` says; raises what `read_character` does."""
    root = _composed(text, path.name)
    try:
        written = CharacterFile.model_validate(root.constructed)
        return written, written.persona(path.stem)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = [part for part in first["loc"] if part != ""]
        raise root.refusal(field, _reason(first["type"], first["msg"], field)) from error
    except InputError as error:
        raise root.refusal((error.param or "").split("."), error.message.partition(": ")[2].rstrip(".")) from error


def write_character(path: Path, written: CharacterFile) -> None:
    """Put the file there whole, or not at all. Blocks.

    Raises:
        InputError: `persona_invalid`, the file would be too large to be read again.
        OSError: the folder cannot be written.
    """
    text = yaml.safe_dump(
        written.model_dump(mode="json", exclude_defaults=True, exclude_none=True),
        allow_unicode=True,
        sort_keys=False,
        width=100,
    )
    if len(text.encode()) > FILE_MAX_BYTES:
        raise _too_large(path)
    make_private(path.parent)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


class _Tree:
    """A YAML document that knows on which line each of its fields stands."""

    def __init__(self, name: str, node: yaml.Node | None, constructed: object) -> None:
        self.name = name
        self.constructed = constructed
        self._node = node

    def refusal(self, field: Sequence[object], reason: str) -> InputError:
        dotted = ".".join(str(part) for part in field)
        where = f"{self.name}, line {self._line(field)}"
        return _invalid(f"{where}: '{dotted}': {reason}" if dotted else f"{where}: {reason}", dotted or None)

    def _line(self, field: Sequence[object]) -> int:
        """Return the line of the field, or of the nearest thing around it that is there."""
        node, line = self._node, 1
        for part in field:
            if isinstance(node, yaml.MappingNode):
                found = [(key, value) for key, value in node.value if getattr(key, "value", None) == part]
                if not found:
                    break
                key, node = found[0]
                line = key.start_mark.line + 1
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                line = node.start_mark.line + 1
            else:
                break
        return line


def _composed(text: str, name: str) -> _Tree:
    try:
        loader = yaml.SafeLoader(text)
        try:
            node = loader.get_single_node()
            _check(node, name, set())
            constructed = {} if node is None else loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise _invalid(f"{name}{line}: this is not YAML: {error.problem or error.context}", None) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _invalid(f"{name}: this is not YAML: {str(error).partition(chr(10))[0]}", None) from error
    if not isinstance(constructed, dict):
        raise _invalid(f"{name}: a character is written as fields, such as 'name: Viva'", None)
    return _Tree(name, node, constructed)


def _check(node: yaml.Node | None, name: str, seen: set[int]) -> None:
    """Refuse what YAML allows and no character needs: references, which can grow without end, and double fields."""
    if node is None:
        return
    line = node.start_mark.line + 1
    if id(node) in seen:
        raise _invalid(f"{name}, line {line}: references (&, *) are not allowed here", None)
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        pairs = cast("list[tuple[yaml.Node, yaml.Node]]", node.value)
        keys = [getattr(key, "value", None) for key, _ in pairs]
        double = next((place for place, key in enumerate(keys) if key in keys[:place]), None)
        if double is not None:
            at = pairs[double][0].start_mark.line + 1
            raise _invalid(f"{name}, line {at}: '{keys[double]}' is there twice", str(keys[double]))
        for key, value in pairs:
            _check(key, name, seen)
            _check(value, name, seen)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _check(item, name, seen)


def _reason(kind: str, message: str, field: Sequence[object]) -> str:
    """Return what is wrong as part of a sentence, from pydantic's name and sentence for it."""
    if kind == "extra_forbidden":
        fields = FallbackFields.model_fields if field[0] == "fallback" else CharacterFile.model_fields
        return f"there is no such field; there are {', '.join(fields)}"
    message = message.replace("Input should be", "it has to be")
    return _PLAIN.get(kind, message[:1].lower() + message[1:])


def _too_large(path: Path) -> InputError:
    return _invalid(f"{path.name} is larger than {FILE_MAX_BYTES // 1000} kB", None)


def _invalid(message: str, param: str | None) -> InputError:
    return InputError("persona_invalid", f"{message}.", remedy=_GUIDE, param=param)
