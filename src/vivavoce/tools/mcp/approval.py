"""Which tools of an MCP server may be used, and before which of them the user is asked.

Owns the two rules in the shapes of the OpenAI API: a list of names or patterns, "always", "never", or which always and
which never. Refuses to ask anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from vivavoce.errors import InputError

__all__ = ["ALL_TOOLS", "Approval", "ToolFilter", "read_approval", "read_filter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolFilter:
    """Some of a server's tools: those of these names or patterns; with `read_only`, only what says it just looks."""

    names: tuple[str, ...] = ("*",)
    read_only: bool = False

    def fits(self, name: str, *, read_only: bool) -> bool:
        """Tell whether the tool is among them."""
        return (read_only or not self.read_only) and any(fnmatchcase(name, pattern) for pattern in self.names)


ALL_TOOLS = ToolFilter()
NO_TOOLS = ToolFilter(names=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Before which calls the user is asked.

    Attributes:
        always: these, and no rule against it.
        never: these, unless `always` names them.
        otherwise: the rest: asked, not asked, or asked for when the server says that the tool destroys something.
    """

    always: ToolFilter = NO_TOOLS
    never: ToolFilter = NO_TOOLS
    otherwise: Literal["always", "never", "when_destructive"] = "when_destructive"

    def is_needed(self, name: str, *, read_only: bool, destructive: bool) -> bool:
        """Tell whether the user is asked before this tool is called."""
        if self.always.fits(name, read_only=read_only):
            return True
        if self.never.fits(name, read_only=read_only):
            return False
        return destructive if self.otherwise == "when_destructive" else self.otherwise == "always"


def read_filter(value: object, *, param: str) -> ToolFilter:
    """Read a list of tool names or patterns, or `{tool_names, read_only}`.

    Raises:
        InputError: `mcp_config_invalid`.
    """
    if value is None:
        return ALL_TOOLS
    if isinstance(value, list | tuple) and all(isinstance(name, str) for name in value):
        return ToolFilter(names=tuple(value))
    if isinstance(value, dict) and value.keys() <= {"tool_names", "read_only"}:
        names = read_filter(value.get("tool_names"), param=f"{param}.tool_names").names
        return ToolFilter(names=names, read_only=value.get("read_only") is True)
    raise InputError("mcp_config_invalid", f"'{param}' must be a list of tool names.", param=param)


def read_approval(
    value: object, *, otherwise: Literal["always", "never", "when_destructive"], param: str = "require_approval"
) -> Approval:
    """Read "always", "never", or `{always: ..., never: ...}`; `otherwise` is for the tools that are not named.

    Raises:
        InputError: `mcp_config_invalid`.
    """
    if value is None:
        return Approval(otherwise=otherwise)
    if value in ("always", "never"):
        return Approval(otherwise="always" if value == "always" else "never")
    if isinstance(value, dict) and value and value.keys() <= {"always", "never"}:
        rules = {key: read_filter(told, param=f"{param}.{key}") for key, told in value.items() if told is not None}
        return Approval(otherwise=otherwise, **rules)
    raise InputError("mcp_config_invalid", f"'{param}' must be always, never, or say which of both.", param=param)
