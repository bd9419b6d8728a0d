"""Tools, and how the model chooses among them.

Owns the shape of function and MCP tools, of `tool_choice`, and what of a tool may be told back. Refuses to know how a
tool is called. Fields of tools that are not known here are ignored: tool descriptions travel through many libraries.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from vivavoce.realtime.wire.refusal import invalid_value, missing_parameter

__all__ = [
    "FunctionTool",
    "McpApprovalFilter",
    "McpServerTool",
    "McpToolFilter",
    "Tool",
    "ToolChoice",
    "ToolChoiceFunction",
    "ToolChoiceMcp",
    "check_nesting",
    "check_tools",
    "tools_without_secrets",
]

MAX_NESTING = 64
"""Levels that a JSON value of the client's own making may have."""

MAX_MCP_SERVERS = 32
"""MCP servers that one session may name: each is a connection, and a task that waits for its answer."""

Name = Annotated[str, Meta(min_length=1, max_length=256)]


class FunctionTool(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="function"):
    """A function that the client runs; `parameters` is a JSON schema."""

    name: Name
    description: str | None = None
    parameters: dict[str, Any] | None = None


class McpToolFilter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which of an MCP server's tools are meant."""

    tool_names: tuple[str, ...] | None = None
    read_only: bool | None = None


class McpApprovalFilter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which of an MCP server's tools need approval, and which never do."""

    always: McpToolFilter | None = None
    never: McpToolFilter | None = None


class McpServerTool(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="mcp"):
    """The tools of an MCP server, called by this server; `headers` and `authorization` are secrets."""

    server_label: Name
    server_url: str | None = None
    connector_id: str | None = None
    tunnel_id: str | None = None
    server_description: str | None = None
    headers: dict[str, str] | None = None
    authorization: str | None = None
    allowed_tools: tuple[str, ...] | McpToolFilter | None = None
    allowed_callers: tuple[Literal["direct", "programmatic"], ...] | None = None
    require_approval: Literal["always", "never"] | McpApprovalFilter | None = None
    defer_loading: bool | None = None


Tool = FunctionTool | McpServerTool


class ToolChoiceFunction(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="function"):
    """The model must call this function."""

    name: Name


class ToolChoiceMcp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="mcp"):
    """The model must call this MCP server, or this tool of it."""

    server_label: Name
    name: str | None = None


ToolChoice = Literal["none", "auto", "required"] | ToolChoiceFunction | ToolChoiceMcp


def check_tools(tools: Sequence[Tool], *, at: str) -> None:
    """Check what the types cannot say; `at` is the dotted path of the list.

    Raises:
        InputError: an MCP tool that names no server, too many that do, or a schema nested too deep.
    """
    if sum(isinstance(tool, McpServerTool) for tool in tools) > MAX_MCP_SERVERS:
        raise invalid_value(at, f"'{at}' names more than {MAX_MCP_SERVERS} MCP servers.")
    for index, tool in enumerate(tools):
        place = f"{at}[{index}]"
        if isinstance(tool, FunctionTool):
            check_nesting(tool.parameters, at=f"{place}.parameters")
        elif tool.server_url is None and tool.connector_id is None and tool.tunnel_id is None:
            raise missing_parameter(f"{place}.server_url")


def check_nesting(value: object, *, at: str) -> None:
    """Refuse a JSON value deeper than `MAX_NESTING`: whoever walks it later recurses, and must not run out of stack.

    Raises:
        InputError: the value is nested too deep.
    """
    level: list[object] = [value]
    for _ in range(MAX_NESTING):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return
    raise invalid_value(at, f"'{at}' is nested more than {MAX_NESTING} levels deep.")


def _children(value: object) -> Sequence[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else ()


def tools_without_secrets(tools: tuple[Tool, ...]) -> tuple[Tool, ...]:
    """Return `tools` as they may be told to a client: whoever reads a session need not be who configured it."""
    return tuple(
        msgspec.structs.replace(tool, headers=None, authorization=None) if isinstance(tool, McpServerTool) else tool
        for tool in tools
    )
