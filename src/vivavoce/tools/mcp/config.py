"""The MCP servers to use, as users write them down: JSON with `mcpServers`, in the shape that other programs read too.

Owns the fields, their meaning, and the replacing of `${NAME}` by environment variables. Refuses to start or reach
anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vivavoce.errors import InputError
from vivavoce.tools.mcp.approval import ALL_TOOLS, Approval, ToolFilter, read_approval, read_filter

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["McpServerConfig", "load_mcp_config", "read_mcp_config", "session_server"]

_KINDS: Mapping[str, tuple[type | tuple[type, ...], str]] = {
    "command": (str, "text"),
    "args": (list, "a list"),
    "env": (dict, "an object"),
    "cwd": (str, "text"),
    "url": (str, "text"),
    "headers": (dict, "an object"),
    "type": (str, "text"),
    "timeout_seconds": ((int, float), "a number"),
    "disabled": (bool, "true or false"),
}
_OURS = {"allowed_tools", "require_approval"}
_OF_OTHER_PROGRAMS = {"alwaysAllow", "autoApprove", "description", "disabledTools", "icon", "name", "timeout", "note"}
"""Read over without a word. Any other field is an error, for a slip in `allowed_tools` would allow everything."""

_TYPES = {
    "stdio": "command",
    "http": "url",
    "streamable-http": "url",
    "streamableHttp": "url",
    "streamable_http": "url",
}
_LABEL = re.compile(r"[A-Za-z0-9_-]{1,64}")
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class McpServerConfig:
    """One MCP server: a program to run (`command`) or an address (`url`).

    Attributes:
        label: what clients, allow-lists and logs call it.
        env: set for the program, which otherwise gets just the few variables that any program needs.
        cwd: the folder it runs in; empty for ours.
        headers: sent with each request to `url`.
        allowed: which of its tools are used.
        approval: before which of them the user is asked.
        timeout_seconds: how long one call may take.
    """

    label: str
    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str = ""
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    allowed: ToolFilter = ALL_TOOLS
    approval: Approval = field(default_factory=Approval)
    timeout_seconds: float = 30.0


def load_mcp_config(path: Path, environment: Mapping[str, str]) -> tuple[McpServerConfig, ...]:
    """Read the servers of a file, without those that are `disabled`.

    Raises:
        InputError: `mcp_config_not_found`, or `mcp_config_invalid` with the server and the field at fault.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "mcp_config_not_found",
            f"The file of MCP servers '{path}' cannot be read: {getattr(error, 'strerror', None) or error}.",
            remedy="Check the setting 'mcp_config'.",
        ) from error
    try:
        return read_mcp_config(json.loads(text), environment)
    except ValueError as error:
        raise _invalid(f"The file of MCP servers '{path}' is not JSON: {error}") from error


def read_mcp_config(document: object, environment: Mapping[str, str]) -> tuple[McpServerConfig, ...]:
    """Read the servers of a document that has been parsed.

    Raises:
        InputError: `mcp_config_invalid`.
    """
    servers = document.get("mcpServers") if isinstance(document, dict) else None
    if not isinstance(servers, dict):
        raise _invalid("The file of MCP servers has no 'mcpServers' with an entry for each server")
    return tuple(
        _server(label, fields, environment)
        for label, fields in servers.items()
        if not (isinstance(fields, dict) and fields.get("disabled") is True)
    )


def session_server(
    label: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    authorization: str = "",
    allowed_tools: object = None,
    require_approval: object = None,
) -> McpServerConfig:
    """Return a server that a client names in its session, in the words of the Realtime protocol.

    As there, the user is asked before each call unless `require_approval` says otherwise.

    Raises:
        InputError: `mcp_config_invalid`.
    """
    _check_label(label)
    sent = dict(headers or {})
    if authorization:
        sent["Authorization"] = f"Bearer {authorization}"
    for name, value in sent.items():
        if not (name.isascii() and value.isascii() and value.isprintable()):
            raise _invalid(f"The header {name!r} for the MCP server {label!r} has characters no header may have")
    return McpServerConfig(
        label=label,
        url=url,
        headers=sent,
        allowed=read_filter(allowed_tools, param="allowed_tools"),
        approval=read_approval(require_approval, otherwise="always"),
    )


def _server(label: str, fields: object, environment: Mapping[str, str]) -> McpServerConfig:
    _check_label(label)
    if not isinstance(fields, dict):
        raise _invalid(f"The MCP server {label!r} must have fields, such as 'command' or 'url'")
    _check_fields(label, fields)
    told: dict[str, Any] = _expanded(label, fields, environment)
    timeout = float(told.get("timeout_seconds", 30.0))
    if not 0 < timeout <= 3600:
        raise _invalid(f"The MCP server {label!r}: 'timeout_seconds' must be more than 0 and at most 3600")
    return McpServerConfig(
        label=label,
        command=told.get("command", ""),
        args=tuple(str(part) for part in told.get("args", ())),
        env={name: str(value) for name, value in told.get("env", {}).items()},
        cwd=told.get("cwd", ""),
        url=told.get("url", ""),
        headers={name: str(value) for name, value in told.get("headers", {}).items()},
        allowed=read_filter(told.get("allowed_tools"), param=f"mcpServers.{label}.allowed_tools"),
        approval=read_approval(
            told.get("require_approval"), otherwise="when_destructive", param=f"mcpServers.{label}.require_approval"
        ),
        timeout_seconds=timeout,
    )


def _check_label(label: str) -> None:
    if not _LABEL.fullmatch(label):
        raise _invalid(f"The name of the MCP server {label!r} must be letters, digits, '_' and '-', at most 64")
    if label == "vivavoce":
        raise _invalid("No MCP server can be called 'vivavoce': our own tools are")


def _check_fields(label: str, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if name in _KINDS:
            kind, wanted = _KINDS[name]
            if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
                raise _invalid(f"The MCP server {label!r}: {name!r} must be {wanted}")
        elif name not in _OURS | _OF_OTHER_PROGRAMS:
            raise _invalid(f"The MCP server {label!r} has a field {name!r} that does not exist")
    kind_of_server = fields.get("type", "stdio" if "command" in fields else "http")
    if kind_of_server not in _TYPES:
        raise _invalid(f"The MCP server {label!r}: 'type' is {kind_of_server!r}, but can be stdio or http")
    if ("command" in fields) == ("url" in fields) or not fields.get(_TYPES[kind_of_server]):
        raise _invalid(f"The MCP server {label!r} needs either a 'command' to run or a 'url' to reach")


def _expanded(label: str, value: Any, environment: Mapping[str, str]) -> Any:
    """Put environment variables in the place of their names, everywhere."""
    if isinstance(value, dict):
        return {name: _expanded(label, part, environment) for name, part in value.items()}
    if isinstance(value, list):
        return [_expanded(label, part, environment) for part in value]
    if not isinstance(value, str):
        return value

    def replaced(found: re.Match[str]) -> str:
        name, default = found.groups()
        told = environment.get(name, default)
        if told is None:
            raise _invalid(f"The MCP server {label!r} asks for the environment variable {name}, which is not set")
        return told

    return _VARIABLE.sub(replaced, value)


def _invalid(message: str) -> InputError:
    return InputError(
        "mcp_config_invalid", f"{message}.", remedy="See docs/how-to/mcp-servers.md for what can stand there."
    )
