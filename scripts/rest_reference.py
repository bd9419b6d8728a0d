"""The page of the REST interface, from the application's own OpenAPI document.

Owns the page's shape: a list of all requests, then each with its parameters, its body and its answer. Refuses to know
any route: whatever the application serves is on the page.
"""

from __future__ import annotations

import re
import tempfile
from typing import TYPE_CHECKING, Any

import anyio

from vivavoce.app.service import open_service
from vivavoce.app.serving import server_settings
from vivavoce.engines.roster import EngineRoster
from vivavoce.settings import exact_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["application_openapi", "render_rest"]

Json = dict[str, Any]

_METHODS = ("get", "post", "put", "patch", "delete")


def application_openapi() -> Json:
    """Return the OpenAPI document of a server with everything switched on, and no model."""

    async def describe() -> Json:
        with tempfile.TemporaryDirectory() as folder:
            settings = exact_settings({"data": folder, "engines": "instant", "offline": True})
            async with open_service(settings, server_settings(settings), EngineRoster()) as service:
                return service.app.openapi()

    return anyio.run(describe)


def render_rest(document: Mapping[str, Any]) -> str:
    """Return the page's text."""
    operations = [
        (path, method, item[method])
        for path, item in sorted(document["paths"].items())
        for method in _METHODS
        if method in item
    ]
    schemas = document.get("components", {}).get("schemas", {})
    rows = [(f"`{method.upper()} {path}`", _summary(operation)) for path, method, operation in operations]
    parts = [_table(("request", "what it does"), rows)]
    for path, method, operation in operations:
        parts.append(f"## `{method.upper()} {path}`")
        parts.extend(_told(operation, schemas))
    return "\n\n".join(parts)


def _told(operation: Json, schemas: Json) -> Iterator[str]:
    yield _summary(operation) + "."
    if description := operation.get("description"):
        yield _line(description)
    parameters = [
        (one["name"], one["in"], one["schema"], one.get("description", ""), one.get("required", False))
        for one in operation.get("parameters", [])
    ]
    if parameters:
        yield _table(
            ("parameter", "in", "type", "meaning"),
            [
                (f"`{name}`{'' if needed else ' (optional)'}", place, _type(schema), _line(meaning))
                for name, place, schema, meaning, needed in parameters
            ],
        )
    for content_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield from _shape(f"Body, `{content_type}`", content.get("schema", {}), schemas)
    for status, answer in operation.get("responses", {}).items():
        for content_type, content in answer.get("content", {}).items():
            if status.startswith("2"):
                yield from _shape(f"Answer {status}, `{content_type}`", content.get("schema", {}), schemas)


def _shape(title: str, schema: Json, schemas: Json) -> Iterator[str]:
    name = _named(schema)
    known = schemas.get(name, schema)
    properties = known.get("properties")
    if not properties:
        yield f"{title}: {_type(schema)}."
        return
    needed = known.get("required", [])
    about = f" {_line(known['description'])}" if known.get("description") else ""
    rows = [
        (f"`{field}`{'' if field in needed else ' (optional)'}", _type(value), _meaning(value))
        for field, value in properties.items()
    ]
    has_meanings = any(meaning for _, _, meaning in rows)
    yield f"{title}:{about}"
    yield _table(("field", "type", "meaning") if has_meanings else ("field", "type"), rows)
    for inner in dict.fromkeys(_inside(properties)):
        if inner != name and schemas.get(inner, {}).get("properties"):
            yield from _shape(f"`{inner}`", {"$ref": f"#/{inner}"}, {**schemas, name: {}})


def _table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headers, ["---"] * len(headers), *(row[: len(headers)] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _inside(properties: Json) -> Iterator[str]:
    for value in properties.values():
        yield from re.findall(r"'\$ref': '[^']*/(\w+)'", str(value))


def _named(schema: Json) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _type(schema: Json) -> str:
    if name := _named(schema):
        return f"`{name}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if several := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(_type(one) for one in several))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("type", "any"))


def _meaning(schema: Json) -> str:
    default = schema.get("default")
    said = [_line(schema.get("description", ""))]
    if default not in (None, "", [], {}):
        said.append(f"Default: `{default}`.")
    return " ".join(filter(None, said))


def _summary(operation: Json) -> str:
    return str(operation.get("summary", "")).rstrip(".")


def _line(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
