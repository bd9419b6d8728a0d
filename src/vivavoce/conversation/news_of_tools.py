"""News of the tools that this server runs: calls that are written, at work and over, and servers asked for their tools.

Owns the records. Refuses to know what makes them and what becomes of them (`effects` has all news).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "ToolCallArguments",
    "ToolCallEnded",
    "ToolCallStarted",
    "ToolCallWritten",
    "ToolListEnded",
    "ToolListStarted",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCallArguments:
    """More of the arguments of a call that this server makes."""

    response_id: str
    item_id: str
    output_index: int
    delta: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCallWritten:
    """The arguments of a call that this server makes are whole."""

    response_id: str
    item_id: str
    output_index: int
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCallStarted:
    """A tool is at work; its reply may be over long before it is."""

    item_id: str
    output_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCallEnded:
    """A tool has come to an end; its item follows."""

    item_id: str
    output_index: int
    has_failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolListStarted:
    """A server is being asked for its tools; its item is there already."""

    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolListEnded:
    """A server has told its tools, or could not be asked; its item follows."""

    item_id: str
    has_failed: bool
