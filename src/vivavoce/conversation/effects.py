"""What the machine answers an event with: news for the client, and orders to the driver.

Owns the closed union of the news, which the client must get in the order in which they are made, and its union with the
orders (`orders`). Refuses to know how news are spelt (`realtime` does), and who performs an order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from vivavoce.conversation.events import Failure, Usage
from vivavoce.conversation.items import Item
from vivavoce.conversation.orders import Order
from vivavoce.conversation.settings import Modality
from vivavoce.speech.cues import ActionName
from vivavoce.speech.visemes.shapes import MouthShape

__all__ = [
    "ActionCue",
    "ContentPartAdded",
    "ContentPartDone",
    "Effect",
    "ErrorRaised",
    "ExpressionCue",
    "FunctionCallArguments",
    "FunctionCallDone",
    "InputCleared",
    "InputCommitted",
    "InputTimedOut",
    "ItemAdded",
    "ItemDeleted",
    "ItemDone",
    "ItemRetrieved",
    "ItemTruncated",
    "MemoriesUsed",
    "News",
    "OutputAudio",
    "OutputAudioDone",
    "OutputItemAdded",
    "OutputItemDone",
    "OutputMouth",
    "OutputText",
    "OutputTextDone",
    "PartialTranscript",
    "PlayoutCleared",
    "PlayoutHeld",
    "PlayoutResumed",
    "ReplyCreated",
    "ReplyDone",
    "ReplySnapshot",
    "SessionExpired",
    "SpeechStartedNotice",
    "SpeechStoppedNotice",
    "ToolCallArguments",
    "ToolCallEnded",
    "ToolCallStarted",
    "ToolCallWritten",
    "ToolListEnded",
    "ToolListStarted",
    "TranscriptionCompleted",
    "TranscriptionFailed",
    "TurnMarks",
    "TurnStateChanged",
    "TurnTimed",
    "VisibleState",
]

VisibleState = Literal["idle", "listening", "processing", "speaking"]
OutputKind = Literal["output_audio", "output_text"]
ReplyStatus = Literal["in_progress", "completed", "cancelled", "incomplete", "failed"]


# ------------------------------------------------------------------ news of the user's turn


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStartedNotice:
    """The user began to speak."""

    item_id: str
    audio_start_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStoppedNotice:
    """The user's turn is over."""

    item_id: str
    audio_end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InputTimedOut:
    """The user has said nothing for as long as may be; the silence becomes the item `item_id`."""

    item_id: str
    audio_start_ms: int
    audio_end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InputCommitted:
    """The audio of the turn, between two places of the stream, is now the item `item_id`."""

    item_id: str
    previous_item_id: str | None
    start_sample: int
    end_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InputCleared:
    """The uncommitted audio is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialTranscript:
    """The user's words so far."""

    item_id: str
    stable: str
    unstable: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionCompleted:
    """The user's words."""

    item_id: str
    transcript: str
    audio_seconds: float
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionFailed:
    """The user's words could not be found."""

    item_id: str
    failure: Failure


# ------------------------------------------------------------------ news of the conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAdded:
    """An item is in the conversation."""

    item: Item
    previous_item_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDone:
    """An item will not grow any more."""

    item: Item
    previous_item_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDeleted:
    """An item is gone."""

    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTruncated:
    """An item now holds only what was heard."""

    item_id: str
    content_index: int
    audio_end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRetrieved:
    """The item that was asked for; the driver adds its audio."""

    item: Item


# ------------------------------------------------------------------ news of a reply


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
class OutputMouth:
    """What the mouth does over a chunk of speech, which follows; places count from the chunk's first sample.

    The driver tells it: who keeps the sound keeps what belongs to it, and nothing depends on it here.
    """

    response_id: str
    item_id: str
    first_sample: int
    samples: int
    mouth: tuple[MouthShape, ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionCue:
    """What the assistant's face shows from this sample of the item's speech on (0 where it is not spoken)."""

    response_id: str
    item_id: str
    expression: str
    first_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCue:
    """What the assistant does once, at this sample of the item's speech (0 where it is not spoken)."""

    response_id: str
    item_id: str
    action: ActionName
    first_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayoutCleared:
    """The listener must hear no more of this reply: drop what is queued for it."""

    response_id: str
    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayoutHeld:
    """The listener may be interrupting: sound no more of this reply for now, and keep what is queued for it."""

    response_id: str
    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayoutResumed:
    """It was no interruption: go on from the sample where the reply was held."""

    response_id: str
    item_id: str


# ------------------------------------------------------------------ news of the session


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnStateChanged:
    """What the assistant is doing, as a person sees it."""

    state: VisibleState
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnMarks:
    """A turn's waterfall: milliseconds after the end of the user's speech; None for what did not happen."""

    turn_confirmed: float | None = None
    transcript: float | None = None
    first_token: float | None = None
    first_clause: float | None = None
    first_audio: float | None = None
    played: float | None = None
    interrupted: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTimed:
    """How long each step of answering took."""

    response_id: str
    item_id: str | None
    marks: TurnMarks


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionExpired:
    """The user has answered nothing for so long that nobody is there any more; the session is to be closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRaised:
    """A request was refused, or something failed; the session goes on."""

    failure: Failure
    event_id: str | None = None
    param: str | None = None


News = (
    SpeechStartedNotice
    | SpeechStoppedNotice
    | InputTimedOut
    | InputCommitted
    | InputCleared
    | PartialTranscript
    | TranscriptionCompleted
    | TranscriptionFailed
    | ItemAdded
    | ItemDone
    | ItemDeleted
    | ItemTruncated
    | ItemRetrieved
    | ReplyCreated
    | ReplyDone
    | MemoriesUsed
    | OutputItemAdded
    | OutputItemDone
    | ContentPartAdded
    | ContentPartDone
    | OutputText
    | OutputTextDone
    | OutputMouth
    | OutputAudio
    | OutputAudioDone
    | FunctionCallArguments
    | FunctionCallDone
    | ToolCallArguments
    | ToolCallWritten
    | ToolCallStarted
    | ToolCallEnded
    | ToolListStarted
    | ToolListEnded
    | ExpressionCue
    | ActionCue
    | PlayoutCleared
    | PlayoutHeld
    | PlayoutResumed
    | TurnStateChanged
    | TurnTimed
    | SessionExpired
    | ErrorRaised
)

Effect = Order | News
