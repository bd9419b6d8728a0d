"""Everything that can happen to a conversation: the closed union of the machine's inputs.

Owns the vocabulary between the driver and the core. Refuses to know who made an event (a socket, a model, a timer).
Events that answer earlier work carry the generation they belong to (`item_id` and `attempt` for a transcription,
`response_id` for a reply, `timer_id` for a timer); the machine drops what belongs to work it has given up.

Positions in the input audio are samples at 16 kHz since the session began. Times are seconds of the driver's monotonic
clock. Audio bytes never enter: a chunk of speech is known by its number and its length.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from vivavoce.conversation.items import Item
from vivavoce.conversation.settings import ConversationSettings, ReplyOptions

__all__ = [
    "EVENT_TYPES",
    "AnnouncementDue",
    "AnnouncementKind",
    "ClauseSpoken",
    "Event",
    "Failure",
    "InputAudioOpened",
    "InputClearRequested",
    "InputCommitRequested",
    "ItemCreateRequested",
    "ItemDeleteRequested",
    "ItemRetrieveRequested",
    "ItemTruncateRequested",
    "PartialHeard",
    "PlayoutReported",
    "ReplyCancelRequested",
    "ReplyEnded",
    "ReplyFailed",
    "ReplyMemoriesUsed",
    "ReplyRequested",
    "ReplyTextArrived",
    "ReplyToolCallArrived",
    "SessionClosed",
    "SettingsChanged",
    "SilenceMeasured",
    "SpeechPaused",
    "SpeechResumed",
    "SpeechStarted",
    "SpeechSynthesized",
    "SynthesisFailed",
    "TimerFired",
    "ToolAnswered",
    "ToolServerAsked",
    "ToolServerListed",
    "TranscriptFailed",
    "TranscriptReady",
    "TurnEnded",
    "Usage",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A typed error as data, so that it can be recorded and replayed."""

    code: str
    stage: str
    message: str
    remedy: str = ""
    retryable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one reply; zeros where the engine does not count."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0


# ------------------------------------------------------------------ the session


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChanged:
    """The session's settings are now these; work under way keeps the ones it started with."""

    settings: ConversationSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired:
    """A timer that an earlier effect asked for has run out."""

    timer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionClosed:
    """The client is gone for good; nothing may follow."""

    reason: str = ""


AnnouncementKind = Literal["greeting", "timer", "notice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementDue:
    """The assistant has something to say of its own accord: `text`, as soon as nobody else has the floor.

    A greeting is said first or not at all.
    """

    text: str
    kind: AnnouncementKind = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolAnswered:
    """A tool that `RunTool` asked for is done: `output` is for the model, `error_code` empty when it worked."""

    call_id: str
    output: str
    error_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolServerAsked:
    """An MCP server that the client has named is being asked for its tools."""

    server_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolServerListed:
    """That server has told its tools: `listing` is JSON, a list as clients get it; empty when nothing came of it."""

    server_label: str
    listing: str = ""
    failure: Failure | None = None


# ------------------------------------------------------------------ the user's audio


@dataclass(frozen=True, slots=True, kw_only=True)
class InputAudioOpened:
    """The first audio of the session has arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStarted:
    """Speech was detected; `start_sample` includes the prefix padding."""

    start_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechPaused:
    """The speaker fell silent; the turn may be over. A good moment to start on the transcript.

    `may_speculate` when there is room to start on the reply too, before the turn is sure to be over.
    """

    start_sample: int
    end_sample: int
    may_speculate: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechResumed:
    """The pause was none: the speaker goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEnded:
    """The turn is over: the audio from `start_sample` to `end_sample` is what the user said.

    `speech_ended_at` is when the last speech arrived, on the driver's clock.
    """

    start_sample: int
    end_sample: int
    speech_ended_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceMeasured:
    """What the buffer holds uncommitted while the user says nothing; answers `MeasureSilence`."""

    start_sample: int
    end_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InputCommitRequested:
    """The client ends the turn by hand; the range is what the buffer holds uncommitted."""

    start_sample: int
    end_sample: int
    event_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InputClearRequested:
    """The client throws the uncommitted audio away."""

    event_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialHeard:
    """The words so far of a turn under way: `stable` will not change, `unstable` may.

    `certainty` is the probability that anyone said them: recognisers find words in coughs too.
    """

    item_id: str
    stable: str
    unstable: str
    certainty: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptReady:
    """A transcription has ended. `certainty` is the probability that anyone said these words."""

    item_id: str
    attempt: int
    text: str
    language: str
    certainty: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptFailed:
    """A transcription could not be made."""

    item_id: str
    attempt: int
    failure: Failure


# ------------------------------------------------------------------ the client's requests


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCreateRequested:
    """Add `item` after `previous_item_id` (None: at the end). An empty `item.id` asks for one."""

    item: Item
    previous_item_id: str | None = None
    event_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDeleteRequested:
    """Take an item out of the conversation."""

    item_id: str
    event_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRetrieveRequested:
    """Send an item back, with its audio."""

    item_id: str
    event_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTruncateRequested:
    """The listener heard only the first `audio_end_ms` of an assistant item."""

    item_id: str
    content_index: int
    audio_end_ms: int
    event_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRequested:
    """Answer now."""

    options: ReplyOptions = field(default_factory=ReplyOptions)
    event_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyCancelRequested:
    """Stop the reply `response_id`; when None the conversation's own, or the tools it waits for."""

    response_id: str | None = None
    event_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayoutReported:
    """The client has played this much of an item's audio (samples at the reply's rate) and holds this much more."""

    item_id: str
    played_samples: int
    buffered_samples: int


# ------------------------------------------------------------------ the engines


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTextArrived:
    """More of a reply's text."""

    response_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyToolCallArrived:
    """More of one of a reply's tool calls."""

    response_id: str
    index: int
    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyMemoriesUsed:
    """What the reply rests on of what is remembered of the user, as (memory id, text)."""

    response_id: str
    memories: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyEnded:
    """The engine has said all it will: `finish_reason` is stop, length, tool_calls or content_filter."""

    response_id: str
    finish_reason: str = "stop"
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFailed:
    """The engine broke; what it said before stands."""

    response_id: str
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechSynthesized:
    """A chunk of a clause's speech is ready; the driver keeps its bytes under `chunk_id`."""

    response_id: str
    clause_index: int
    chunk_id: int
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseSpoken:
    """A clause has no more chunks to come."""

    response_id: str
    clause_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthesisFailed:
    """A clause could not be spoken; its text stands, unheard."""

    response_id: str
    clause_index: int
    failure: Failure


Event = (
    SettingsChanged
    | TimerFired
    | SessionClosed
    | AnnouncementDue
    | ToolAnswered
    | ToolServerAsked
    | ToolServerListed
    | InputAudioOpened
    | SpeechStarted
    | SpeechPaused
    | SpeechResumed
    | TurnEnded
    | SilenceMeasured
    | InputCommitRequested
    | InputClearRequested
    | PartialHeard
    | TranscriptReady
    | TranscriptFailed
    | ItemCreateRequested
    | ItemDeleteRequested
    | ItemRetrieveRequested
    | ItemTruncateRequested
    | ReplyRequested
    | ReplyCancelRequested
    | PlayoutReported
    | ReplyTextArrived
    | ReplyToolCallArrived
    | ReplyMemoriesUsed
    | ReplyEnded
    | ReplyFailed
    | SpeechSynthesized
    | ClauseSpoken
    | SynthesisFailed
)

EVENT_TYPES: tuple[type[Event], ...] = Event.__args__
