"""What all conversations of a server share, and the Protocols by which they use it.

Owns the record. Refuses to make the parts (`app` does) and to know any conversation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from vivavoce.engines.protocols import ReplyEngine, ToolSpec
from vivavoce.memory.facts import Remembers, SpokenTurn
from vivavoce.memory.stillness import Stillness
from vivavoce.mind.conversation import ConversationMind
from vivavoce.mind.holding import Holders
from vivavoce.personas.library import PersonaLibrary
from vivavoce.tools.definition import ToolSource
from vivavoce.tools.functions import FunctionTools
from vivavoce.tools.mcp.guard import Reach

if TYPE_CHECKING:
    from vivavoce.audio.pcm import Samples
    from vivavoce.conversation import effects as fx
    from vivavoce.conversation.items import Item
    from vivavoce.session.mind import SessionHands

__all__ = ["Answers", "AnswersFor", "Keeper", "KeepsHistory", "MindParts", "Watcher"]


class Watcher(Protocol):
    """Someone who takes note of a conversation, in its own time."""

    def tell(self, news: fx.News, audio: Samples | None) -> None:
        """Take note, without waiting."""
        ...

    async def run(self) -> None:
        """Do what takes time, until cancelled; what is left is then done within a deadline."""
        ...


class Keeper(Watcher, Protocol):
    """Who writes a conversation down."""

    def describe(self, *, persona: str = "", engine: str = "") -> None:
        """Note who answers from now on; empty leaves it."""
        ...


class Answers(ReplyEngine, Protocol):
    """What answers for one conversation."""

    @property
    def engine_name(self) -> str:
        """The reply engine that answers next."""
        ...

    def observe(self, turn: SpokenTurn) -> None:
        """Let the engine that made the reply learn from a turn that is over, where it has a memory of its own."""
        ...

    async def learn_beginning(self, tools: tuple[ToolSpec, ...]) -> None:
        """Read what is the same in all prompts of the character, before anybody speaks.

        Raises:
            VivavoceError: it could not; the first reply begins later for it, and that is all.
        """
        ...


class AnswersFor(Protocol):
    """The reply engines, as far as one conversation needs them."""

    def bound(self, mind: ConversationMind) -> Answers:
        """Return what answers for a conversation, whichever engine is chosen for it at each turn."""
        ...

    def close_conversation(self, conversation_id: str, session_id: str) -> None:
        """Forget what is kept for a conversation that is over."""
        ...


class KeepsHistory(Protocol):
    """Conversations on disk, as far as a new session needs them."""

    async def open(self, mind: ConversationMind, session: SessionHands) -> tuple[Keeper, tuple[Item, ...]]:
        """Begin to write a conversation, and return what it held before.

        Raises:
            InputError: `conversation_not_found`: it is not there, or not this user's.
            StorageError: it cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MindParts:
    """The parts.

    Attributes:
        functions: the Python functions that every conversation may use besides the built-in tools.
        sources: the MCP servers, likewise.
        want: has the engines of a language made ready.
        want_voice: has the engine of a voice made ready.
        voices: the names of the voices that are there now.
        stillness: told when somebody speaks, for those who work in peace.
        persona: the id of the character of conversations that name none.
        client_mcp: which MCP servers clients may name.
        records_audio: whether the sound of conversations is kept.
        live: the conversations that have a session now, by its id.
        holders: which session has which conversation.
    """

    personas: PersonaLibrary
    engines: AnswersFor
    memory: Remembers | None = None
    history: KeepsHistory | None = None
    functions: FunctionTools = field(default_factory=lambda: FunctionTools(()))
    sources: Callable[[], Iterable[ToolSource]] = tuple
    voices: Callable[[], Collection[str]] = frozenset
    want: Callable[[str], None] = lambda _: None
    want_voice: Callable[[str], None] = lambda _: None
    stillness: Stillness | None = None
    persona: str = "viva"
    client_mcp: Reach = "refuse"
    records_audio: bool = False
    live: dict[str, ConversationMind] = field(default_factory=dict)
    holders: Holders = field(default_factory=Holders)
