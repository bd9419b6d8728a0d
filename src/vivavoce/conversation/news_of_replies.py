"""News of a reply: its beginning, its items with their text and sound, and its end.

Owns the records. Refuses to know what makes them and what becomes of them (`effects` has all news).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from vivavoce.conversation.events import Failure, Usage
from vivavoce.conversation.items import Item
from vivavoce.conversation.settings import Modality

__all__ = [
    "ContentPartAdded",
    "ContentPartDone",
    "FunctionCallArguments",
    "FunctionCallDone",
    "MemoriesUsed",
    "OutputAudio",
    "OutputAudioDone",
    "OutputItemAdded",
    "OutputItemDone",
    "OutputKind",
    "OutputText",
    "OutputTextDone",
    "ReplyCreated",
    "ReplyDone",
    "ReplySnapshot",
    "ReplyStatus",
]

OutputKind = Literal["output_audio", "output_text"]
ReplyStatus = Literal["in_progress", "completed", "cancelled", "incomplete", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplySnapshot:
    """A reply as the client sees it. `reason` qualifies cancelled and incomplete, `failure` explains failed."""

    response_id: str
    status: ReplyStatus
    modality: Modality
    voice: str
    max_output_tokens: int | None
    metadata: tuple[tuple[str, str], ...] = ()
    in_band: bool = True
    output: tuple[Item, ...] = ()
    usage: Usage = field(default_factory=Usage)
    reason: str = ""
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyCreated:
    """A reply has begun."""

    reply: ReplySnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDone:
    """A reply is over; nothing of it follows."""

    reply: ReplySnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoriesUsed:
    """What a reply rests on of what is remembered of the user, as (memory id, text)."""

    response_id: str
    memories: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputItemAdded:
    """A reply has a new item."""

    response_id: str
    output_index: int
    item: Item


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputItemDone:
    """One of a reply's items is whole."""

    response_id: str
    output_index: int
    item: Item


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentPartAdded:
    """A reply's message begins to have content."""

    response_id: str
    item_id: str
    output_index: int
    part: OutputKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentPartDone:
    """A reply's message has all its content."""

    response_id: str
    item_id: str
    output_index: int
    part: OutputKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputText:
    """More of a reply's text, or of the transcript of its audio."""

    response_id: str
    item_id: str
    output_index: int
    part: OutputKind
    delta: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputTextDone:
    """All of a reply's text, or of the transcript of its audio."""

    response_id: str
    item_id: str
    output_index: int
    part: OutputKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputAudio:
    """A chunk of a reply's speech, to be sent now; `text` is the clause it begins, empty for later chunks of it."""

    response_id: str
    item_id: str
    output_index: int
    chunk_id: int
    first_sample: int
    samples: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputAudioDone:
    """A reply's speech is whole."""

    response_id: str
    item_id: str
    output_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionCallArguments:
    """More of a function call's arguments."""

    response_id: str
    item_id: str
    output_index: int
    call_id: str
    delta: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionCallDone:
    """A function call is whole."""

    response_id: str
    item_id: str
    output_index: int
    call_id: str
    name: str
    arguments: str
