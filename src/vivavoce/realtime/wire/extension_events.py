"""What the server says only to clients that asked for `vivavoce.v1`.

Owns the shape of the `vivavoce.*` server events and the names kept for later. Refuses to know when they are sent. The
field descriptions here are the reference documentation: `schema` renders them.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from vivavoce.speech.cues import ActionName
from vivavoce.speech.visemes.shapes import VisemeName

__all__ = [
    "RESERVED_EVENT_TYPES",
    "SUBPROTOCOL",
    "Action",
    "AudioStream",
    "ComponentState",
    "ComponentStatus",
    "Expression",
    "ExtensionEvent",
    "InputPartial",
    "MemoriesUsed",
    "Memory",
    "OutputSegment",
    "PlayoutClear",
    "PlayoutHold",
    "PlayoutResume",
    "Recording",
    "RoomState",
    "ServiceStatus",
    "TurnMarks",
    "TurnState",
    "TurnStateName",
    "TurnTiming",
    "Viseme",
    "Visemes",
]

SUBPROTOCOL: Final = "vivavoce.v1"

RESERVED_EVENT_TYPES: Final = ("vivavoce.session.resume", "vivavoce.session.resumed")
"""Names kept for later; not sent, and refused from clients."""

ResponseId = Annotated[str, Meta(description="the response this belongs to")]
ItemId = Annotated[str, Meta(description="the item this belongs to")]
SampleIndex = Annotated[int, Meta(ge=0, description="index of the first sample within the item's audio")]
Milliseconds = Annotated[float, Meta(description="milliseconds after the end of the user's speech")]
TurnStateName = Literal["idle", "listening", "processing", "speaking", "error"]
ComponentState = Literal["ready", "loading", "degraded", "missing"]


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    event_id: Annotated[str, Meta(description="unique id of this event")]


class AudioStream(_Event, frozen=True, kw_only=True, tag="vivavoce.audio.stream"):
    """Binary audio of a response follows; sent before its first binary frame."""

    response_number: Annotated[int, Meta(ge=0, le=65_535, description="the number in the headers of the frames")]
    response_id: ResponseId
    item_id: ItemId
    content_index: Annotated[int, Meta(ge=0, description="the item's content part that is heard")]
    sample_rate_hz: Annotated[int, Meta(gt=0, description="samples a second")]


class OutputSegment(_Event, frozen=True, kw_only=True, tag="vivavoce.output.segment"):
    """The words of the audio that follows: one event a clause, so that text is shown in time with the sound."""

    response_id: ResponseId
    item_id: ItemId
    first_sample: SampleIndex
    samples: Annotated[int, Meta(ge=0, description="how many samples the words last")]
    text: Annotated[str, Meta(description="the words")]


class PlayoutClear(_Event, frozen=True, kw_only=True, tag="vivavoce.playout.clear"):
    """Drop everything queued for this response, now; the client answers with a `vivavoce.playout.report`."""

    response_id: ResponseId
    item_id: ItemId


class PlayoutHold(_Event, frozen=True, kw_only=True, tag="vivavoce.playout.hold"):
    """Fall silent now, and keep what is queued for this response and what still comes of it.

    The user may be interrupting. `vivavoce.playout.resume` or `vivavoce.playout.clear` follows. The client answers with
    a `vivavoce.playout.report` of where it stopped.
    """

    response_id: ResponseId
    item_id: ItemId


class PlayoutResume(_Event, frozen=True, kw_only=True, tag="vivavoce.playout.resume"):
    """Nobody meant to interrupt: go on from the sample where it stopped; answered with a `vivavoce.playout.report`."""

    response_id: ResponseId
    item_id: ItemId


class InputPartial(_Event, frozen=True, kw_only=True, tag="vivavoce.input.partial"):
    """The user's words so far."""

    item_id: Annotated[str, Meta(description="the user item that will hold the words")]
    stable: Annotated[str, Meta(description="the beginning, which will not change any more")]
    unstable: Annotated[str, Meta(description="the rest, which may change")]


class TurnState(_Event, frozen=True, kw_only=True, tag="vivavoce.turn.state"):
    """What the conversation is doing."""

    state: Annotated[TurnStateName, Meta(description="the state entered")]
    reason: Annotated[str, Meta(description="what led to it, as a lower_snake word")]


class TurnMarks(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When each step of a turn happened; a step that did not happen is left out."""

    turn_confirmed: Milliseconds | None = None
    transcript: Milliseconds | None = None
    first_token: Milliseconds | None = None
    first_clause: Milliseconds | None = None
    first_audio: Milliseconds | None = None
    played: Milliseconds | None = None
    interrupted: Milliseconds | None = None


class TurnTiming(_Event, frozen=True, kw_only=True, tag="vivavoce.turn.timing"):
    """The waterfall of one turn."""

    response_id: ResponseId
    item_id: Annotated[str | None, Meta(description="the user item answered; null when no speech was")]
    marks: Annotated[TurnMarks, Meta(description="when each step happened")]


class Expression(_Event, frozen=True, kw_only=True, tag="vivavoce.expression"):
    """What the assistant's face shows from here on; sent just before the words that it goes with."""

    response_id: ResponseId
    item_id: ItemId
    expression: Annotated[str, Meta(description="one of the character's expressions, such as `joy`")]
    first_sample: SampleIndex


class Action(_Event, frozen=True, kw_only=True, tag="vivavoce.action"):
    """A movement that the assistant makes once, here; sent just before the words that it goes with."""

    response_id: ResponseId
    item_id: ItemId
    action: Annotated[ActionName, Meta(description="the movement")]
    first_sample: SampleIndex


class Viseme(msgspec.Struct, frozen=True, kw_only=True):
    """A shape of the mouth, until the next one begins."""

    viseme: Annotated[VisemeName, Meta(description="the shape, by its name in the Oculus OVR LipSync set")]
    sample: Annotated[int, Meta(ge=0, description="index of the sample within the item's audio at which it begins")]
    weight: Annotated[float, Meta(ge=0, le=1, description="how marked it is")]


class Visemes(_Event, frozen=True, kw_only=True, tag="vivavoce.visemes"):
    """The shapes of the mouth in the audio that follows; one event for every piece of it, before the piece.

    They lie within `samples` samples from `first_sample` on, at the rate of the item's audio; the last one lasts to
    their end. Audio without this event has no timeline: an avatar goes by its loudness there.
    """

    response_id: ResponseId
    item_id: ItemId
    first_sample: SampleIndex
    samples: Annotated[int, Meta(ge=0, description="how many samples they cover")]
    visemes: Annotated[tuple[Viseme, ...], Meta(description="the shapes, in order")]


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is remembered of the user."""

    id: Annotated[str, Meta(description="its id at `/v1/memories`")]
    text: Annotated[str, Meta(description="what is remembered, as a sentence")]


class MemoriesUsed(_Event, frozen=True, kw_only=True, tag="vivavoce.memory.used"):
    """What a reply rests on of what is remembered of the user; sent before its words."""

    response_id: ResponseId
    memories: Annotated[tuple[Memory, ...], Meta(description="what was used, the most fitting first")]


class Recording(_Event, frozen=True, kw_only=True, tag="vivavoce.recording"):
    """Whether the sound of this conversation is kept; sent at the start where it is, and when that changes."""

    is_on: Annotated[bool, Meta(description="whether what is said from here on is kept as sound")]


class RoomState(_Event, frozen=True, kw_only=True, tag="vivavoce.room.state"):
    """Who is in a room that several share, and who is heard; at the start, and within 100 ms of every change."""

    room: Annotated[str, Meta(description="the room's name")]
    name: Annotated[str, Meta(description="what the others call this client")]
    role: Annotated[Literal["host", "speaker", "viewer"], Meta(description="what this client may do")]
    speaker: Annotated[str | None, Meta(description="whose microphone is heard; null while anyone may begin")]
    waiting: Annotated[int, Meta(ge=0, description="lines that wait for an answer")]
    dropped: Annotated[int, Meta(ge=0, description="lines that too many others waited before, so far")]
    viewers: Annotated[int, Meta(ge=0, description="how many are in the room")]


class ComponentStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How one part of the service is."""

    job: Annotated[Literal["stt", "llm", "tts", "vad", "turn"], Meta(description="what it does")]
    name: Annotated[str, Meta(description="the model or engine")]
    state: Annotated[ComponentState, Meta(description="whether it can be used")]
    detail: Annotated[str, Meta(description="one plain sentence; empty when there is nothing to say")]
    progress: Annotated[float | None, Meta(description="0..1 while loading, null otherwise")]


class ServiceStatus(_Event, frozen=True, kw_only=True, tag="vivavoce.service.status"):
    """How the service is; sent at the start and whenever it changes."""

    components: Annotated[tuple[ComponentStatus, ...], Meta(description="every part of the service")]


ExtensionEvent = (
    AudioStream
    | OutputSegment
    | PlayoutClear
    | PlayoutHold
    | PlayoutResume
    | InputPartial
    | TurnState
    | TurnTiming
    | MemoriesUsed
    | Expression
    | Action
    | Visemes
    | RoomState
    | Recording
    | ServiceStatus
)
