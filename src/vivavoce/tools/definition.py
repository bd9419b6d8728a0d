"""What a tool is, what it answers, and what it may ask of the session that calls it.

Owns the data and the two Protocols between the conversation and whatever runs tools. Refuses to know MCP, the built-in
tools, and how a model spells a call.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

__all__ = [
    "BUILT_IN_LABEL",
    "ChangePersona",
    "ChangeVoice",
    "EndConversation",
    "SessionAction",
    "StartTimer",
    "StopTimer",
    "ToolCaller",
    "ToolDefinition",
    "ToolOutcome",
    "ToolSource",
]

BUILT_IN_LABEL = "vivavoce"
"""The label, as of an MCP server, under which clients see our own tools and Python functions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolDefinition:
    """One tool as it is offered to a model.

    Attributes:
        name: unique among the tools of a session: letters, digits, `_` and `-`, at most 64.
        parameters: a JSON schema of type object.
        server_label: the MCP server it belongs to, or `BUILT_IN_LABEL`.
        changes_things: whether it does more than look; such a tool may need approval.
        needs_approval: whether the user is asked before each call.
        timeout_seconds: how long one call may take.
        checked: whether arguments are held against `parameters` before the call; otherwise the tool's own check is all.
    """

    name: str
    description: str = ""
    parameters: dict[str, object] = field(default_factory=lambda: {"type": "object", "properties": {}})
    server_label: str = BUILT_IN_LABEL
    changes_things: bool = False
    needs_approval: bool = False
    timeout_seconds: float = 30.0
    checked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOutcome:
    """What a call came to: `output` is told to the model either way; `error_code` empty when it worked."""

    output: str
    error_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTimer:
    """Ring after `seconds`, naming `label` (may be empty) in the conversation's language."""

    timer_id: str
    seconds: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopTimer:
    """Let that timer ring no more."""

    timer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndConversation:
    """End the session once the reply under way has been heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeVoice:
    """Speak with this voice, or at this speed (0.25 to 1.5), from the next reply on; None leaves it as it is."""

    voice: str | None = None
    speed: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePersona:
    """Be this character from the next reply on."""

    persona_id: str


SessionAction = StartTimer | StopTimer | EndConversation | ChangeVoice | ChangePersona


class ToolCaller(Protocol):
    """The conversation that calls a tool, as far as a tool may know it and act on it."""

    @property
    def user_id(self) -> str:
        """Whose conversation it is."""
        ...

    @property
    def conversation_id(self) -> str:
        """Which conversation it is."""
        ...

    @property
    def persona_id(self) -> str:
        """The character that speaks."""
        ...

    @property
    def language(self) -> str:
        """ISO 639-1 code of what is spoken or written now; auto where anything may be spoken next."""
        ...

    def act(self, action: SessionAction) -> None:
        """Do something to the session.

        Raises:
            InputError: the voice or character does not exist; or nobody speaks (a written conversation).
        """
        ...


class ToolSource(Protocol):
    """Where tools come from: our own, Python functions, one MCP server."""

    @property
    def label(self) -> str:
        """The name clients know it by."""
        ...

    def tools(self) -> tuple[ToolDefinition, ...]:
        """What it offers now; an MCP server that is away offers nothing."""
        ...

    async def call(self, name: str, arguments: dict[str, object], caller: ToolCaller) -> ToolOutcome:
        """Run a tool with arguments that fit its schema. Cancelling stops it.

        Raises:
            ToolError: it failed, or its server is gone.
        """
        ...
