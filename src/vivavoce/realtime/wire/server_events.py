"""What the server says about the session, the conversation and the input buffer, and how any event becomes bytes.

Owns those events, the union of everything a server may send, the encoder, and the `error` event made of a typed error.
Refuses to know who mints ids, or in which order events go out.
"""

from typing import Final, Literal

import msgspec

from vivavoce.errors import InputError, UnauthorisedError, VivavoceError
from vivavoce.realtime.wire.extension_events import ExtensionEvent
from vivavoce.realtime.wire.items import Item
from vivavoce.realtime.wire.response_events import ResponseEvent
from vivavoce.realtime.wire.session_config import SessionConfig

__all__ = [
    "Conversation",
    "ConversationCreated",
    "ConversationItemAdded",
    "ConversationItemDeleted",
    "ConversationItemDone",
    "ConversationItemRetrieved",
    "ConversationItemTruncated",
    "CoreServerEvent",
    "ErrorDetail",
    "ErrorEvent",
    "InputAudioBufferCleared",
    "InputAudioBufferCommitted",
    "InputAudioBufferSpeechStarted",
    "InputAudioBufferSpeechStopped",
    "InputAudioBufferTimeoutTriggered",
    "InputAudioTranscriptionCompleted",
    "InputAudioTranscriptionDelta",
    "InputAudioTranscriptionFailed",
    "McpListToolsCompleted",
    "McpListToolsFailed",
    "McpListToolsInProgress",
    "OutputAudioBufferCleared",
    "OutputAudioBufferStarted",
    "OutputAudioBufferStopped",
    "RateLimit",
    "RateLimitsUpdated",
    "ServerEvent",
    "SessionCreated",
    "SessionUpdated",
    "SpokenLanguage",
    "TranscriptionError",
    "UsageDuration",
    "UsageTokens",
    "UsageTokensInputDetails",
    "encode",
    "error_event",
]


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    event_id: str


class SessionCreated(_Event, frozen=True, kw_only=True, tag="session.created"):
    """The first event of a connection: the settings in force. Pass the session through `to_wire` first."""

    session: SessionConfig


class SessionUpdated(_Event, frozen=True, kw_only=True, tag="session.updated"):
    """The settings in force after an update. Pass the session through `to_wire` first."""

    session: SessionConfig


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """The default conversation."""

    id: str
    object: Literal["realtime.conversation"] = "realtime.conversation"


class ConversationCreated(_Event, frozen=True, kw_only=True, tag="conversation.created"):
    """The session has its conversation."""

    conversation: Conversation


class _PlacedItem(_Event, frozen=True, kw_only=True):
    item: Item
    previous_item_id: str | None = None


class ConversationItemAdded(_PlacedItem, frozen=True, kw_only=True, tag="conversation.item.added"):
    """An item is in the conversation, after `previous_item_id`; null means first."""


class ConversationItemDone(_PlacedItem, frozen=True, kw_only=True, tag="conversation.item.done"):
    """An item of the conversation is final."""


class ConversationItemRetrieved(_Event, frozen=True, kw_only=True, tag="conversation.item.retrieved"):
    """The item asked for, with its audio."""

    item: Item


class _ItemEvent(_Event, frozen=True, kw_only=True):
    item_id: str


class ConversationItemDeleted(_ItemEvent, frozen=True, kw_only=True, tag="conversation.item.deleted"):
    """An item has left the conversation."""


class ConversationItemTruncated(_ItemEvent, frozen=True, kw_only=True, tag="conversation.item.truncated"):
    """An assistant item was cut to what the user heard."""

    content_index: int
    audio_end_ms: int


class InputAudioTranscriptionDelta(
    _ItemEvent, frozen=True, kw_only=True, tag="conversation.item.input_audio_transcription.delta"
):
    """More of the words the user said."""

    delta: str
    content_index: int = 0


class UsageDuration(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="duration"):
    """Transcription counted by the audio's length."""

    seconds: float


class UsageTokensInputDetails(msgspec.Struct, frozen=True, kw_only=True):
    """Input tokens of a transcription, by kind."""

    text_tokens: int
    audio_tokens: int


class UsageTokens(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="tokens"):
    """Transcription counted by tokens; agents-js refuses it without the details."""

    total_tokens: int
    input_tokens: int
    output_tokens: int
    input_token_details: UsageTokensInputDetails


class SpokenLanguage(msgspec.Struct, frozen=True, kw_only=True):
    """A language heard, as an ISO 639-1 code."""

    code: str


class InputAudioTranscriptionCompleted(
    _ItemEvent,
    frozen=True,
    kw_only=True,
    tag="conversation.item.input_audio_transcription.completed",
    omit_defaults=True,
):
    """All the words the user said; may come at any time after the item was committed."""

    content_index: int
    transcript: str
    usage: UsageDuration | UsageTokens
    languages: tuple[SpokenLanguage, ...] | None = None


class TranscriptionError(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why speech could not be transcribed."""

    type: str
    message: str
    code: str | None = None
    param: str | None = None


class InputAudioTranscriptionFailed(
    _ItemEvent, frozen=True, kw_only=True, tag="conversation.item.input_audio_transcription.failed"
):
    """The user's words could not be made out."""

    content_index: int
    error: TranscriptionError


class InputAudioBufferCommitted(_ItemEvent, frozen=True, kw_only=True, tag="input_audio_buffer.committed"):
    """The buffered audio is now a user item, after `previous_item_id`."""

    previous_item_id: str | None = None


class InputAudioBufferCleared(_Event, frozen=True, kw_only=True, tag="input_audio_buffer.cleared"):
    """The buffered audio is forgotten."""


class InputAudioBufferSpeechStarted(_ItemEvent, frozen=True, kw_only=True, tag="input_audio_buffer.speech_started"):
    """Someone speaks; milliseconds of audio written since the session began, prefix padding included."""

    audio_start_ms: int


class InputAudioBufferSpeechStopped(_ItemEvent, frozen=True, kw_only=True, tag="input_audio_buffer.speech_stopped"):
    """The turn is over; milliseconds of audio written since the session began, the silence included."""

    audio_end_ms: int


class InputAudioBufferTimeoutTriggered(
    _ItemEvent, frozen=True, kw_only=True, tag="input_audio_buffer.timeout_triggered"
):
    """Nobody spoke for as long as `idle_timeout_ms`; the silence from start to end is committed."""

    audio_start_ms: int
    audio_end_ms: int


class McpListToolsInProgress(_ItemEvent, frozen=True, kw_only=True, tag="mcp_list_tools.in_progress"):
    """An MCP server is being asked for its tools."""


class McpListToolsCompleted(_ItemEvent, frozen=True, kw_only=True, tag="mcp_list_tools.completed"):
    """An MCP server's tools are known, and may be called."""


class McpListToolsFailed(_ItemEvent, frozen=True, kw_only=True, tag="mcp_list_tools.failed"):
    """An MCP server could not be asked; its item stays empty."""


class _OutputBufferEvent(_Event, frozen=True, kw_only=True):
    response_id: str


class OutputAudioBufferStarted(_OutputBufferEvent, frozen=True, kw_only=True, tag="output_audio_buffer.started"):
    """The server's output buffer begins to play (WebRTC and SIP)."""


class OutputAudioBufferStopped(_OutputBufferEvent, frozen=True, kw_only=True, tag="output_audio_buffer.stopped"):
    """The server's output buffer has run empty (WebRTC and SIP)."""


class OutputAudioBufferCleared(_OutputBufferEvent, frozen=True, kw_only=True, tag="output_audio_buffer.cleared"):
    """The server's output buffer was dropped (WebRTC and SIP)."""


class RateLimit(msgspec.Struct, frozen=True, kw_only=True):
    """One limit and what is left of it."""

    name: Literal["requests", "tokens"]
    limit: int
    remaining: int
    reset_seconds: float


class RateLimitsUpdated(_Event, frozen=True, kw_only=True, tag="rate_limits.updated"):
    """What is left of the limits after a response."""

    rate_limits: tuple[RateLimit, ...]


class ErrorDetail(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong; `event_id` is the client's own id of the event at fault."""

    type: str
    code: str | None
    message: str
    param: str | None = None
    event_id: str | None = None


class ErrorEvent(_Event, frozen=True, kw_only=True, tag="error"):
    """Something went wrong; unless the connection closes, the session goes on."""

    error: ErrorDetail


CoreServerEvent = (
    SessionCreated
    | SessionUpdated
    | ConversationCreated
    | ConversationItemAdded
    | ConversationItemDone
    | ConversationItemRetrieved
    | ConversationItemDeleted
    | ConversationItemTruncated
    | InputAudioTranscriptionDelta
    | InputAudioTranscriptionCompleted
    | InputAudioTranscriptionFailed
    | InputAudioBufferCommitted
    | InputAudioBufferCleared
    | InputAudioBufferSpeechStarted
    | InputAudioBufferSpeechStopped
    | InputAudioBufferTimeoutTriggered
    | McpListToolsInProgress
    | McpListToolsCompleted
    | McpListToolsFailed
    | OutputAudioBufferStarted
    | OutputAudioBufferStopped
    | OutputAudioBufferCleared
    | RateLimitsUpdated
    | ErrorEvent
    | ResponseEvent
)
ServerEvent = CoreServerEvent | ExtensionEvent

_ENCODER: Final = msgspec.json.Encoder()


def encode(event: ServerEvent) -> bytes:
    """Return `event` as the UTF-8 JSON of one text frame."""
    return _ENCODER.encode(event)


def error_event(error: VivavoceError, *, event_id: str, client_event_id: str | None = None) -> ErrorEvent:
    """Return the `error` event that tells `error`; `client_event_id` names the client event that caused it.

    What the client can mend is an `invalid_request_error`, everything else a `server_error`.
    """
    kind = "invalid_request_error" if isinstance(error, InputError | UnauthorisedError) else "server_error"
    detail = ErrorDetail(type=kind, code=error.code, message=str(error), param=error.param, event_id=client_event_id)
    return ErrorEvent(event_id=event_id, error=detail)
