"""The one interface of a reply engine: whatever turns a conversation into the next reply.

Owns the Protocol and the data that crosses it. Refuses to know which engines there are. An engine makes the prompt (its
character, what is remembered, what was said, the tools), asks a language model, and streams what comes. It does not
run tools: a call it streams is run by whoever asked, who then asks again with the outcome among the messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from vivavoce.engines.protocols import ToolSpec

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.engines.protocols import ChatMessage, ReplyDelta

__all__ = ["DialogueEngine", "EngineHealth", "EngineInfo", "TurnOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineInfo:
    """What an engine is: its name, one plain sentence, the model it asks, and what it can do."""

    name: str
    description: str
    model: str
    has_memory: bool
    has_tools: bool
    can_stream: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineHealth:
    """Whether an engine can answer now, and if not, why."""

    is_healthy: bool
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnOptions:
    """What one reply depends on besides the messages.

    Attributes:
        user_id: whose memory counts; empty for nobody's.
        language: ISO 639-1 code, or auto.
        tools: what may be called; the engine is told none when `use_tools` is false.
        tool_choice: none, auto, required, or a tool's name.
        max_tokens: bound of the reply; None for the model's own.
        keeps: whether the conversation is to remember this turn (false for replies beside it).
    """

    user_id: str = ""
    language: str = "auto"
    tools: tuple[ToolSpec, ...] = ()
    tool_choice: str = "auto"
    max_tokens: int | None = None
    keeps: bool = True


class DialogueEngine(Protocol):
    """Answers conversations; shared by all of them, so it keeps what it knows of each under its id."""

    def get_engine_info(self) -> EngineInfo:
        """Return what this engine is."""
        ...

    async def health_check(self) -> EngineHealth:
        """Find out whether it can answer; within two seconds."""
        ...

    def generate_response(
        self,
        messages: tuple[ChatMessage, ...],
        conversation_id: str,
        personality_id: str,
        use_tools: bool = True,
        stream: bool = True,
        *,
        options: TurnOptions | None = None,
    ) -> AsyncGenerator[ReplyDelta, None]:
        """Stream the reply to `messages`; the last delta is a `ReplyEnd`.

        A system message among them stands in the place of the character's own instructions. Without `stream` the text
        comes in one piece. Closing the generator stops the work at once.

        Raises:
            EngineError: the model failed or is gone.
            InputError: no such character.
        """
        ...

    async def read_ahead(
        self, messages: tuple[ChatMessage, ...], conversation_id: str, personality_id: str, *, options: TurnOptions
    ) -> None:
        """Prepare for a reply whose last message may still grow: search memory, have the model read the prompt.

        Raises:
            EngineError, CapacityError: it could not; the reply is made all the same.
        """
        ...

    def close_conversation(self, conversation_id: str) -> None:
        """Forget what is kept for a conversation that is over; unknown ids are fine."""
        ...
