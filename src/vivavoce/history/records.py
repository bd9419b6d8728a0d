"""What is kept of a conversation, as data.

Owns the records, and the title that a conversation has until somebody gives it another. Refuses to know where they are
kept, and what a session is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Conversation", "Entry", "Hit", "KeptConversation", "Portion", "Rating", "ToolUse", "Turn", "title_of"]

EntryKind = Literal[
    "message", "function_call", "function_call_output", "mcp_call", "mcp_approval_request", "mcp_approval_response"
]
EntryStatus = Literal["in_progress", "completed", "incomplete"]
EntrySource = Literal["text", "audio"]
Rating = Literal["up", "down"]

TITLE_CHARACTERS = 60
_WIDE = 2
"""A Chinese character says as much as this many letters, and is as wide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """A tool that was called, what came of it, and who allowed it.

    `error_code` is empty if it worked, `server_label` if the client ran it; see `conversation.items.Item`.
    """

    call_id: str = ""
    name: str = ""
    arguments: str = ""
    output: str = ""
    error_code: str = ""
    server_label: str = ""
    approval_request_id: str = ""
    approves: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that was said or done.

    Attributes:
        id: unique in its conversation; the item's id on the wire.
        place: entries stand in this order.
        status: in_progress also where the server ended before the reply did.
        source: whether it was spoken or typed.
        said: the words. Of a reply all that was made, so perhaps more than was heard.
        heard: the words that reached the listener, while or if they are not all.
        is_aside: said while somebody else spoke, and asking for nothing.
        audio_ms: how long its sound is; 0 for what was typed.
        response_id: the reply it belongs to; empty for what the user said.
        call: what a tool was asked and answered; None for a message.
        created_at: seconds since 1970.
        rating: what the user thought of a reply; None for nothing said. A session that goes on never changes it.
    """

    id: str
    place: float = 0.0
    kind: EntryKind = "message"
    role: str = "user"
    status: EntryStatus = "completed"
    source: EntrySource = "text"
    said: str = ""
    heard: str | None = None
    is_aside: bool = False
    audio_ms: int = 0
    response_id: str = ""
    call: ToolUse | None = None
    created_at: float = 0.0
    rating: Rating | None = None

    @property
    def is_interrupted(self) -> bool:
        """Whether the listener did not hear all of it."""
        return self.heard is not None and self.heard.strip() != self.said.strip()

    @property
    def words(self) -> str:
        """What everybody knows was said: of a reply, what was heard."""
        return self.said if self.heard is None else self.heard


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """How a reply came about.

    Attributes:
        user_entry_id: what it answers; empty where nobody had asked.
        status: as the wire tells it: completed, cancelled, incomplete, failed; in_progress if the server ended first.
        timings: milliseconds after the end of the user's speech, by the name of the step.
        memories: what is remembered of the user that the reply rests on, as (memory id, text).
        created_at: seconds since 1970.
    """

    response_id: str
    user_entry_id: str = ""
    status: str = "in_progress"
    timings: dict[str, float] = field(default_factory=dict)
    memories: tuple[tuple[str, str], ...] = ()
    created_at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation; times in seconds since 1970, `updated_at` when something was last said."""

    id: str
    user_id: str
    title: str
    persona: str
    engine: str
    language: str
    created_at: float
    updated_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A conversation that words were found in, and where: `snippet` has them with what stands around them."""

    conversation: Conversation
    entry_id: str
    snippet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptConversation:
    """What it costs to keep a conversation, for whoever decides how long."""

    id: str
    user_id: str
    updated_at: float
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """What has happened in one conversation since the last time it was written; kept whole or not at all.

    Attributes:
        opens: makes the conversation if there is none yet; otherwise one that is gone stays gone.
        at: seconds since 1970.
        title: taken while the conversation has none.
        persona, engine, language: as they are now; empty leaves them.
        entries, turns: new, or changed: they replace what is kept under their ids.
        deleted: ids of entries that are gone.
    """

    conversation_id: str
    user_id: str
    at: float
    opens: bool = False
    title: str = ""
    persona: str = ""
    engine: str = ""
    language: str = ""
    entries: tuple[Entry, ...] = ()
    turns: tuple[Turn, ...] = ()
    deleted: tuple[str, ...] = ()


def title_of(words: str) -> str:
    """Return the first words, as many as a line in a list shows, cut between words."""
    line = " ".join(words.split())
    if _width(line) <= TITLE_CHARACTERS:
        return line
    fitting = 0
    while _width(line[: fitting + 1]) < TITLE_CHARACTERS:
        fitting += 1
    start = line[:fitting]
    between = start.rpartition(" ")[0] if line[fitting] != " " and start.isascii() else start
    return f"{(between or start).rstrip(' ,;:，、；：')}…"


def _width(line: str) -> int:
    return sum(1 if ord(character) < 0x1100 else _WIDE for character in line)
