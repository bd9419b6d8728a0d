"""One reply's own record: what it was asked for, what it has said so far, and how long each step took.

Owns the facts of a single reply. Refuses to know the floor, other replies, and when it is to be cancelled.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vivavoce.conversation.effects import ReplySnapshot, ReplyStatus, TurnMarks
from vivavoce.conversation.events import (
    ClauseSpoken,
    Failure,
    ReplyEnded,
    ReplyFailed,
    ReplyMemoriesUsed,
    ReplyTextArrived,
    ReplyToolCallArrived,
    SpeechSynthesized,
    SynthesisFailed,
    Usage,
)
from vivavoce.conversation.items import ContentPart, Item, ItemKind
from vivavoce.conversation.settings import Modality, ReplyOptions, Tool
from vivavoce.speech.clauses import ClauseChunker
from vivavoce.speech.cues import Cue, CueFilter

if TYPE_CHECKING:
    from vivavoce.conversation.effects import OutputKind
    from vivavoce.conversation.items import ItemStatus

__all__ = ["EngineEvent", "Reply", "SpeechEvent", "SpokenClause", "ToolCall", "TurnClock", "WrittenEvent"]

WrittenEvent = ReplyTextArrived | ReplyToolCallArrived | ReplyMemoriesUsed | ReplyEnded | ReplyFailed
SpeechEvent = SpeechSynthesized | ClauseSpoken | SynthesisFailed
EngineEvent = WrittenEvent | SpeechEvent
"""What the engines say of one reply: its words, and the speech made of them."""


@dataclass(slots=True)
class SpokenClause:
    """A clause of a reply as it was written, and how many samples of its speech went to the client.

    `is_silent` when there is nothing in it to say aloud; `is_whole` once no more of its speech will come.
    """

    text: str
    is_silent: bool
    samples: int = 0
    is_whole: bool = False


class TurnClock:
    """The waterfall of one turn, counted from the end of the user's speech."""

    def __init__(self, origin: float) -> None:
        self._origin = origin
        self._marks: dict[str, float] = {}

    def mark(self, name: str, now: float) -> None:
        """Note when `name` (a field of `TurnMarks`) first happened."""
        self._marks.setdefault(name, round((now - self._origin) * 1000, 1))

    def marks(self) -> TurnMarks:
        """Return what happened so far."""
        return TurnMarks(**self._marks)


@dataclass(slots=True, kw_only=True)
class ToolCall:
    """A call being written; `output_index` is its place among the reply's items.

    With a `server_label` this server makes it, at once or, as an `mcp_approval_request`, once the user has said yes;
    one that `is_unknown` names a tool that the reply was not offered, and is never made.
    """

    item_id: str
    call_id: str
    name: str
    output_index: int
    kind: ItemKind = "function_call"
    server_label: str = ""
    is_unknown: bool = False
    arguments: str = ""

    def item(self, status: ItemStatus) -> Item:
        """Return the call as a conversation item."""
        return Item(
            id=self.item_id,
            kind=self.kind,
            role="assistant",
            status=status,
            call_id=self.call_id,
            name=self.name,
            arguments=self.arguments,
            server_label=self.server_label,
        )


@dataclass(slots=True, kw_only=True)
class Reply:
    """A reply under way.

    Attributes:
        asked: what it was asked for with; what that leaves open is as the session said then.
        waiting_for: items whose transcript must be known before the engine can be asked.
        clauses: what is spoken, in order, with the samples that went to the client.
        unspoken: clauses handed to the voice engine that have not come back whole.
        spoken_ahead: clauses handed to it before the turn was sure to be over.
        text_ended: the engine has said all it will.
        is_written: the engine has ended its words by itself, and was not cut off.
        message_index: place of the message among the reply's items; None until it has said something.
        allowed_cues: the cues that its text may hold.
        cues: takes them out of the text, where there may be any.
        cues_due: the cues whose words were not sent yet.
        status: in progress, or how it ended.
        silence: what the engine is told in the user's place when nobody has spoken.
    """

    id: str
    item_id: str
    asked: ReplyOptions
    modality: Modality
    voice: str
    speed: float
    language: str
    max_output_tokens: int | None
    instructions: str
    silence: str
    tools: tuple[Tool, ...]
    tool_choice: str
    user_item_id: str | None
    clock: TurnClock
    chunker: ClauseChunker
    allowed_cues: tuple[str, ...] = ()
    cues: CueFilter | None = None
    status: ReplyStatus = "in_progress"
    waiting_for: set[str] = field(default_factory=set)
    clauses: list[SpokenClause] = field(default_factory=list)
    unspoken: set[int] = field(default_factory=set)
    spoken_ahead: set[int] = field(default_factory=set)
    text: str = ""
    text_ended: bool = False
    is_written: bool = False
    message_index: int | None = None
    cues_due: list[Cue] = field(default_factory=list)
    calls: dict[int, ToolCall] = field(default_factory=dict)
    finish_reason: str = "stop"
    failure: Failure | None = None
    usage: Usage = field(default_factory=Usage)
    progress_at: float = 0.0

    @property
    def in_band(self) -> bool:
        """Whether it belongs to the conversation."""
        return self.asked.in_band

    @property
    def part(self) -> OutputKind:
        """The kind of content its message has."""
        return "output_audio" if self.modality == "audio" else "output_text"

    @property
    def samples(self) -> int:
        """Samples of speech that went to the client."""
        return sum(clause.samples for clause in self.clauses)

    @property
    def has_output(self) -> bool:
        """Whether it has said anything that the listener can take in."""
        return bool(self.samples if self.modality == "audio" else self.text)

    @property
    def next_output_index(self) -> int:
        """The place of the next item it makes."""
        return len(self.calls) + (self.message_index is not None)

    @property
    def has_whole_calls(self) -> bool:
        """Whether its calls, if any, are to be made: that is for its words to say, whatever became of their speech."""
        return self.is_written and self.status != "cancelled"

    @property
    def is_in_vain(self) -> bool:
        """Whether it has come to an end, and not been stopped, with nothing to take in and no call that leads on."""
        leads_on = self.is_written and any(
            call.kind != "mcp_call" or self.tool_choice != "none" for call in self.calls.values()
        )
        return self.status != "cancelled" and not (self.has_output or leads_on)

    @property
    def server_calls(self) -> list[ToolCall]:
        """The calls that this server makes."""
        return [call for call in self.calls.values() if call.server_label]

    def options(self, *, recital: str) -> ReplyOptions:
        """Return what asks for the same reply again, or for `recital` in its place."""
        return replace(
            self.asked,
            instructions=self.instructions,
            modality=self.modality,
            voice=self.voice,
            tools=self.tools,
            tool_choice=self.tool_choice,
            max_output_tokens=self.max_output_tokens or 0,
            recital=recital,
            silence=self.silence,
        )

    def message(self, status: ItemStatus, *, with_content: bool = True) -> Item:
        """Return its message as a conversation item."""
        audio_ms = self.samples * 1000 // 24_000
        part = ContentPart(kind=self.part, text=self.text, audio_ms=audio_ms)
        content = (part,) if with_content else ()
        return Item(id=self.item_id, role="assistant", status=status, content=content, is_aside=self.asked.is_aside)

    def snapshot(self, status: ReplyStatus, *, reason: str = "", output: tuple[Item, ...] = ()) -> ReplySnapshot:
        """Return the reply as the client sees it."""
        return ReplySnapshot(
            response_id=self.id,
            status=status,
            modality=self.modality,
            voice=self.voice,
            max_output_tokens=self.max_output_tokens,
            metadata=self.asked.metadata,
            in_band=self.in_band,
            output=output,
            usage=self.usage,
            reason=reason,
            failure=self.failure if status == "failed" else None,
        )
