"""What a small model may write where it may call a tool: words, or one call as JSON, as a grammar for llama.cpp.

Owns the way from JSON schemas to rules. Every string and list is bounded, for an open one rambles; a call's arguments
come in the schema's order, those that are optional or not. What a schema says beyond shapes and bounds (patterns,
formats, sums) is left to the check of the arguments. Refuses to know prompts and streams. Pure.

Spec: GBNF, the grammars of llama.cpp; JSON Schema 2020-12.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vivavoce.engines.protocols import ToolSpec

__all__ = ["CALL_BEGINNING", "call_grammar", "words_grammar"]

CALL_BEGINNING = '{"name": '
"""How every call begins, and no answer in words."""

LONGEST_STRING = 200
LONGEST_LIST = 8
DEEPEST = 5
"""Objects within objects; what lies deeper is any JSON of one level."""

_WORDS = r"words ::= [^{<`\x00-\x20] [^\x00]*"
_SHARED = (
    r'char ::= [^"\\\x00-\x1f] | "\\" ["\\/bfnrt]',
    r'integer ::= "-"? ("0" | [1-9] [0-9]{0,14})',
    r'natural ::= "0" | [1-9] [0-9]{0,14}',
    r'number ::= integer ("." [0-9]{1,9})?',
    r'boolean ::= "true" | "false"',
    f'string ::= "\\"" char{{0,{LONGEST_STRING}}} "\\""',
    'scalar ::= string | number | boolean | "null"',
    f'scalars ::= "[" (scalar (", " scalar){{0,{LONGEST_LIST - 1}}})? "]"',
    'pair ::= "\\"" char{1,40} "\\": " (scalar | scalars)',
    f'object ::= "{{" (pair (", " pair){{0,{LONGEST_LIST - 1}}})? "}}"',
    "any ::= scalar | scalars | object",
)


def words_grammar() -> str:
    """Return the grammar of an answer that is no call."""
    return f"root ::= words\n{_WORDS}"


def call_grammar(tools: Sequence[ToolSpec], *, must_call: bool = False) -> str:
    """Return the grammar of a call of one of the tools, or, unless it must be one, of words."""
    rules = _Rules()
    calls = []
    for tool in tools:
        arguments = rules.of(tool.parameters or {"type": "object"}, _Place(tool.parameters))
        calls.append(f"{_literal(json.dumps(tool.name) + ', ' + json.dumps('arguments') + ': ')} {arguments}")
    call = f"call ::= {_literal(CALL_BEGINNING)} ({' | '.join(calls)}) {_literal('}')}"
    root = ["root ::= call"] if must_call else ["root ::= call | words", _WORDS]
    return "\n".join([*root, call, *rules.lines, *_SHARED])


class _Place:
    """Where in a schema one is: the schema's definitions, and how deep."""

    def __init__(self, root: object, depth: int = 0) -> None:
        self._root = root
        self.depth = depth

    def below(self) -> _Place:
        return _Place(self._root, self.depth + 1)

    def definition(self, reference: object) -> object:
        """Return what a `#/...` reference names; None when it names nothing here."""
        found: object = self._root
        if not isinstance(reference, str) or not reference.startswith("#"):
            return None
        for step in reference.removeprefix("#").strip("/").split("/"):
            found = found.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(found, Mapping) else None
        return found


class _Rules:
    """Rules as they are made, each with a name of its own."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def of(self, schema: object, place: _Place) -> str:
        """Return an expression for what fits the schema."""
        if not isinstance(schema, Mapping) or place.depth > DEEPEST:
            return "any"
        if "$ref" in schema:
            return self.of(place.definition(schema["$ref"]), place.below())
        for key in ("anyOf", "oneOf"):
            if isinstance(schema.get(key), Sequence):
                return self._either(schema[key], place)
        if isinstance(schema.get("enum"), Sequence):
            return self._added(" | ".join(_literal(_json(value)) for value in schema["enum"]) or '"null"')
        if "const" in schema:
            return _literal(_json(schema["const"]))
        kind = schema.get("type")
        if isinstance(kind, Sequence) and not isinstance(kind, str):
            return self._either([{**schema, "type": one} for one in kind], place)
        return self._typed(kind, schema, place)

    def _typed(self, kind: object, schema: Mapping[str, object], place: _Place) -> str:
        match kind:
            case "object":
                return self._object(schema, place)
            case "array":
                return self._array(schema, place)
            case "string":
                most = min(_bound(schema, "maxLength", LONGEST_STRING), LONGEST_STRING)
                least = min(_bound(schema, "minLength", 0), most)
                return "string" if (least, most) == (0, LONGEST_STRING) else f'"\\"" char{{{least},{most}}} "\\""'
            case "integer":
                return "natural" if _bound(schema, "minimum", -1) >= 0 else "integer"
            case "number" | "boolean":
                return str(kind)
            case "null":
                return '"null"'
            case _:
                return self._object(schema, place) if "properties" in schema else "any"

    def _either(self, schemas: Sequence[object], place: _Place) -> str:
        return self._added(" | ".join(self.of(schema, place.below()) for schema in schemas) or "any")

    def _array(self, schema: Mapping[str, object], place: _Place) -> str:
        item = self.of(schema.get("items"), place.below())
        most = max(1, min(_bound(schema, "maxItems", LONGEST_LIST), LONGEST_LIST))
        least = min(_bound(schema, "minItems", 0), most)
        items = f'({item}) (", " ({item})){{{max(0, least - 1)},{most - 1}}}'
        return self._added(f'"[" {items} "]"' if least else f'"[" ({items})? "]"')

    def _object(self, schema: Mapping[str, object], place: _Place) -> str:
        properties = schema.get("properties")
        if not isinstance(properties, Mapping):
            return "object"
        required = schema.get("required")
        needed = set(required) if isinstance(required, Sequence) else set()
        # From the last property back: what may follow when nothing was written yet, and when something was.
        nothing = '""'
        first, later = nothing, nothing
        for name, value in reversed(list(properties.items())):
            written = f"{_literal(_json(name) + ': ')} {self.of(value, place.below())}"
            if name in needed:
                first, later = self._added(f"{written} {later}"), self._added(f'", " {written} {later}')
            else:
                first, later = (
                    self._added(f"{written} {later} | {first}"),
                    self._added(f'", " {written} {later} | {later}'),
                )
        return self._added(f'"{{" {first} "}}"')

    def _added(self, expression: str) -> str:
        name = f"r{len(self.lines)}"
        self.lines.append(f"{name} ::= {expression}")
        return name


def _bound(schema: Mapping[str, object], key: str, default: int) -> int:
    value = schema.get(key)
    return int(value) if isinstance(value, int | float) else default


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'
