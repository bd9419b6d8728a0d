"""A tool as the conversation knows it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from vivavoce.conversation.settings import Tool

if TYPE_CHECKING:
    from vivavoce.tools.definition import ToolDefinition

__all__ = ["offered_tool"]


def offered_tool(tool: ToolDefinition) -> Tool:
    """Return what the conversation must know of a tool that this server runs."""
    return Tool(
        name=tool.name,
        description=tool.description,
        parameters_json=msgspec.json.encode(tool.parameters).decode(),
        server_label=tool.server_label,
        needs_approval=tool.needs_approval,
        only_reads=not tool.changes_things,
    )
