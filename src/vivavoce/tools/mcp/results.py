"""What an MCP server says, as our own data: its tools, and the results of calls as text.

Owns the bounds of both and what becomes of pictures, sound and files. Refuses to know how a server is reached.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import mcp_types as mcp

from vivavoce.tools.arguments import is_plain_schema
from vivavoce.tools.definition import ToolDefinition, ToolOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vivavoce.tools.mcp.config import McpServerConfig

__all__ = ["MOST_TOOLS", "outcome_of", "tool_definitions"]

MOST_TOOLS = 128
"""Of one server; more would fill any model's context."""

LONGEST_DESCRIPTION = 1_024
LARGEST_SCHEMA = 16_384
LONGEST_OUTPUT = 100_000


def tool_definitions(
    tools: Iterable[mcp.Tool], config: McpServerConfig, *, trusted: bool
) -> tuple[ToolDefinition, ...]:
    """Return those of a server's tools that the configuration allows, at most `MOST_TOOLS`.

    A schema of a server that is not trusted is used for checking only when that cannot take long.
    """
    definitions: dict[str, ToolDefinition] = {}
    for tool in tools:
        hints = tool.annotations or mcp.ToolAnnotations()
        read_only = hints.read_only_hint is True
        destructive = hints.destructive_hint is True and not read_only
        too_large = len(json.dumps(tool.input_schema)) > LARGEST_SCHEMA
        if too_large or len(tool.name) > 128 or not config.allowed.fits(tool.name, read_only=read_only):
            continue
        definitions[tool.name] = ToolDefinition(
            name=tool.name,
            description=(tool.description or tool.title or "")[:LONGEST_DESCRIPTION],
            parameters=tool.input_schema,
            server_label=config.label,
            changes_things=not read_only,
            needs_approval=config.approval.is_needed(tool.name, read_only=read_only, destructive=destructive),
            timeout_seconds=config.timeout_seconds,
            checked=trusted or is_plain_schema(tool.input_schema),
        )
        if len(definitions) == MOST_TOOLS:
            break
    return tuple(definitions.values())


def outcome_of(result: mcp.CallToolResult) -> ToolOutcome:
    """Return a result as text; what a model cannot read is named by its kind and size."""
    parts = [_text_of(block) for block in result.content]
    if not any(parts) and result.structured_content is not None:
        parts = [json.dumps(result.structured_content, ensure_ascii=False)]
    output = "\n".join(part for part in parts if part)[:LONGEST_OUTPUT] or "Done."
    return ToolOutcome(output=output, error_code="tool_failed" if result.is_error else "")


def _text_of(block: mcp.ContentBlock) -> str:
    match block:
        case mcp.TextContent():
            return block.text
        case mcp.ImageContent() | mcp.AudioContent():
            return f"[{block.type}: {block.mime_type}, {_size(block.data)}]"
        case mcp.ResourceLink():
            return f"[link: {block.title or block.name}, {block.uri}]"
        case mcp.EmbeddedResource():
            resource = block.resource
            if isinstance(resource, mcp.TextResourceContents):
                return resource.text
            return f"[file: {resource.uri}, {resource.mime_type or 'of unknown kind'}, {_size(resource.blob)}]"


def _size(base64_text: str) -> str:
    return f"{len(base64_text) * 3 // 4 / 1_000:,.1f} kB"
