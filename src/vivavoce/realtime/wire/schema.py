"""The vocabulary as JSON schema and as a reference page.

Owns the export of every event's shape, for generating client types and `docs/reference/protocol.md`. Refuses to write
files. Everything is derived from the structs, so that neither can say something else than the code does.
"""

from collections.abc import Mapping
from inspect import cleandoc
from typing import Any, Final

import msgspec

from vivavoce.realtime.wire import binary, client_events, extension_events, server_events

__all__ = ["extension_schema", "protocol_schema", "render_markdown"]

Schema = dict[str, Any]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_REF: Final = "#/$defs/"


def protocol_schema() -> Schema:
    """Return the JSON schema of every event; `$defs` also holds the unions `ClientEvent` and `ServerEvent`."""
    return _schema({"ClientEvent": client_events.ClientEvent, "ServerEvent": server_events.ServerEvent})


def extension_schema() -> Schema:
    """Return the JSON schema of the `vivavoce.v1` events alone: `PlayoutReport` and the union `ExtensionEvent`."""
    return _schema({"PlayoutReport": client_events.PlayoutReport, "ExtensionEvent": extension_events.ExtensionEvent})


def _schema(roots: Mapping[str, Any]) -> Schema:
    shapes, components = msgspec.json.schema_components(roots.values(), ref_template=f"{_REF}{{name}}")
    for component in components.values():
        component["description"] = cleandoc(component["description"])
    unions = {name: shape for name, shape in zip(roots, shapes, strict=True) if name not in components}
    return {
        "$schema": _DIALECT,
        "title": f"OpenAI Realtime with {extension_events.SUBPROTOCOL}",
        "$defs": dict(sorted({**components, **unions}.items())),
    }


def render_markdown() -> str:
    """Return the reference page of the protocol: every event, every type, the binary frames."""
    definitions: dict[str, Schema] = protocol_schema()["$defs"]
    client = _members(definitions.pop("ClientEvent"))
    server = _members(definitions.pop("ServerEvent"))
    nested = [name for name in definitions if name not in {*client, *server}]
    parts = [
        "# Wire protocol",
        "Generated from the code. Events whose type begins with `vivavoce.` exist only for clients that asked for the"
        f" WebSocket subprotocol `{extension_events.SUBPROTOCOL}`; all others are OpenAI Realtime.",
        "## Client events",
        *(_event(definitions[name]) for name in client),
        "## Server events",
        *(_event(definitions[name]) for name in server),
        _binary_frames(),
        f"Reserved event types: {', '.join(f'`{name}`' for name in extension_events.RESERVED_EVENT_TYPES)}.",
        "## Types",
        *(_section(f"### {name}", definitions[name]) for name in nested),
    ]
    return "\n\n".join(parts) + "\n"


def _members(union: Schema) -> list[str]:
    return [_name(member) for member in union["anyOf"]]


def _event(shape: Schema) -> str:
    return _section(f"### `{shape['properties']['type']['enum'][0]}`", shape)


def _section(title: str, shape: Schema) -> str:
    lines = [title, "", shape.get("description", ""), "", "| field | type | |", "|---|---|---|"]
    required = set(shape["required"]) if "required" in shape else set()
    for name, field in shape["properties"].items():
        optional = "" if name in required else "optional"
        note = "; ".join(filter(None, (optional, field.get("description", ""))))
        lines.append(f"| `{name}` | {_type(field)} | {note} |")
    return "\n".join(lines)


def _type(shape: Schema) -> str:
    if "$ref" in shape:
        return f"[{_name(shape)}](#{_name(shape).lower()})"
    if "anyOf" in shape:
        return " or ".join(dict.fromkeys(_type(member) for member in shape["anyOf"]))
    if "enum" in shape:
        return ", ".join(f"`{value}`" for value in shape["enum"])
    kind = shape.get("type", "any JSON")
    if kind == "array":
        return f"array of {_type(shape['items'])}"
    if kind == "object" and isinstance(shape.get("additionalProperties"), dict):
        return f"object of {_type(shape['additionalProperties'])}"
    if "contentEncoding" in shape:
        return f"{kind} ({shape['contentEncoding']})"
    return f"{kind}{_bounds(shape)}"


def _bounds(shape: Schema) -> str:
    low, high = shape.get("minimum", shape.get("exclusiveMinimum")), shape.get("maximum")
    if low is None and high is None:
        return ""
    return f" {'' if low is None else low}..{'' if high is None else high}"


def _name(ref: Schema) -> str:
    return str(ref["$ref"]).removeprefix(_REF)


def _binary_frames() -> str:
    return "\n".join(
        (
            "## Binary frames",
            "",
            f"Client to server: one byte `{binary.INPUT_AUDIO:#04x}`, then audio in `session.audio.input.format`; the"
            " same as `input_audio_buffer.append`.",
            "",
            "Server to client, in place of `response.output_audio.delta`: a little-endian header of"
            f" {binary.HEADER_BYTES} bytes, then audio in `session.audio.output.format`.",
            "",
            "| bytes | field | |",
            "|---|---|---|",
            f"| 0 | kind | `{binary.OUTPUT_AUDIO:#04x}` |",
            "| 1 | flags | 0; ignore what is not known |",
            "| 2..3 | response number | as `vivavoce.audio.stream` gave it |",
            "| 4..7 | sequence | from 0, counted for each response |",
            "| 8..15 | first sample | index of the chunk's first sample within the item's audio |",
        )
    )
