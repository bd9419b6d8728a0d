"""What the server says about a response: its life, its items, its text, its sound, its calls.

Owns the response resource and the `response.*` events. Refuses to know their order, which the session's driver keeps.
A content part here is `audio` or `text`, while the same part inside an item is `output_audio` or `output_text`: so the
protocol has it.
"""

from typing import Literal

import msgspec

from vivavoce.realtime.wire.audio_config import AudioFormat
from vivavoce.realtime.wire.items import Item
from vivavoce.realtime.wire.session_patch import MaxOutputTokens

__all__ = [
    "AudioPart",
    "CachedTokenDetails",
    "InputTokenDetails",
    "OutputTokenDetails",
    "Response",
    "ResponseAudio",
    "ResponseAudioOutput",
    "ResponseContentPartAdded",
    "ResponseContentPartDone",
    "ResponseCreated",
    "ResponseDone",
    "ResponseError",
    "ResponseEvent",
    "ResponseFunctionCallArgumentsDelta",
    "ResponseFunctionCallArgumentsDone",
    "ResponseMcpCallArgumentsDelta",
    "ResponseMcpCallArgumentsDone",
    "ResponseMcpCallCompleted",
    "ResponseMcpCallFailed",
    "ResponseMcpCallInProgress",
    "ResponseOutputAudioDelta",
    "ResponseOutputAudioDone",
    "ResponseOutputAudioTranscriptDelta",
    "ResponseOutputAudioTranscriptDone",
    "ResponseOutputItemAdded",
    "ResponseOutputItemDone",
    "ResponseOutputTextDelta",
    "ResponseOutputTextDone",
    "ResponseStatus",
    "StatusDetails",
    "TextPart",
    "Usage",
]

ResponseStatus = Literal["in_progress", "completed", "cancelled", "incomplete", "failed"]


class ResponseError(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a response failed."""

    type: str
    code: str | None = None
    message: str | None = None


class StatusDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a response ended as it did."""

    type: Literal["completed", "cancelled", "incomplete", "failed"]
    reason: Literal["turn_detected", "client_cancelled", "max_output_tokens", "content_filter"] | None = None
    error: ResponseError | None = None


class CachedTokenDetails(msgspec.Struct, frozen=True, kw_only=True):
    """Input tokens that earlier turns had already prepared, by kind."""

    text_tokens: int = 0
    audio_tokens: int = 0
    image_tokens: int = 0


class InputTokenDetails(msgspec.Struct, frozen=True, kw_only=True):
    """Input tokens by kind; the cached ones are among them."""

    text_tokens: int = 0
    audio_tokens: int = 0
    image_tokens: int = 0
    cached_tokens: int = 0
    cached_tokens_details: CachedTokenDetails = CachedTokenDetails()


class OutputTokenDetails(msgspec.Struct, frozen=True, kw_only=True):
    """Output tokens by kind."""

    text_tokens: int = 0
    audio_tokens: int = 0


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens that a response took."""

    total_tokens: int
    input_tokens: int
    output_tokens: int
    input_token_details: InputTokenDetails = InputTokenDetails()
    output_token_details: OutputTokenDetails = OutputTokenDetails()


class ResponseAudioOutput(msgspec.Struct, frozen=True, kw_only=True):
    """How a response sounded."""

    format: AudioFormat
    voice: str


class ResponseAudio(msgspec.Struct, frozen=True, kw_only=True):
    """Audio settings of a response."""

    output: ResponseAudioOutput


def _object() -> Literal["realtime.response"]:
    return "realtime.response"


class Response(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A response, as its first and last events tell it.

    What is not known yet is left out, because the published schema refuses null for it; so is `conversation_id` of a
    response outside the conversation.
    """

    id: str
    status: ResponseStatus
    output: tuple[Item, ...]
    # A factory, because a plain default would be left out of what is sent.
    object: Literal["realtime.response"] = msgspec.field(default_factory=_object)
    status_details: StatusDetails | None = None
    conversation_id: str | None = None
    output_modalities: tuple[Literal["text", "audio"], ...] | None = None
    max_output_tokens: MaxOutputTokens | None = None
    audio: ResponseAudio | None = None
    usage: Usage | None = None
    metadata: dict[str, str] | None = None


class TextPart(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="text"):
    """A content part that is read."""

    text: str


class AudioPart(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="audio"):
    """A content part that is heard."""

    transcript: str


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    event_id: str


class ResponseCreated(_Event, frozen=True, kw_only=True, tag="response.created"):
    """A response has begun."""

    response: Response


class ResponseDone(_Event, frozen=True, kw_only=True, tag="response.done"):
    """A response has ended; its status says how."""

    response: Response


class _OutputEvent(_Event, frozen=True, kw_only=True):
    response_id: str
    output_index: int


class ResponseOutputItemAdded(_OutputEvent, frozen=True, kw_only=True, tag="response.output_item.added"):
    """The response has a new item."""

    item: Item


class ResponseOutputItemDone(_OutputEvent, frozen=True, kw_only=True, tag="response.output_item.done"):
    """Nothing more will come for an item."""

    item: Item


class _ItemEvent(_OutputEvent, frozen=True, kw_only=True):
    item_id: str


class _ContentEvent(_ItemEvent, frozen=True, kw_only=True):
    content_index: int


class ResponseContentPartAdded(_ContentEvent, frozen=True, kw_only=True, tag="response.content_part.added"):
    """An item has a new part."""

    part: TextPart | AudioPart


class ResponseContentPartDone(_ContentEvent, frozen=True, kw_only=True, tag="response.content_part.done"):
    """Nothing more will come for a part."""

    part: TextPart | AudioPart


class ResponseOutputTextDelta(_ContentEvent, frozen=True, kw_only=True, tag="response.output_text.delta"):
    """More text."""

    delta: str


class ResponseOutputTextDone(_ContentEvent, frozen=True, kw_only=True, tag="response.output_text.done"):
    """The whole text."""

    text: str


class ResponseOutputAudioDelta(_ContentEvent, frozen=True, kw_only=True, tag="response.output_audio.delta", gc=False):
    """More sound; raw bytes here, written as base64 straight into the message."""

    delta: bytes


class ResponseOutputAudioDone(_ContentEvent, frozen=True, kw_only=True, tag="response.output_audio.done"):
    """No more sound."""


class ResponseOutputAudioTranscriptDelta(
    _ContentEvent, frozen=True, kw_only=True, tag="response.output_audio_transcript.delta"
):
    """More of the words being spoken."""

    delta: str


class ResponseOutputAudioTranscriptDone(
    _ContentEvent, frozen=True, kw_only=True, tag="response.output_audio_transcript.done"
):
    """All the words spoken."""

    transcript: str


class ResponseFunctionCallArgumentsDelta(
    _ItemEvent, frozen=True, kw_only=True, tag="response.function_call_arguments.delta"
):
    """More of a function call's JSON arguments."""

    call_id: str
    delta: str


class ResponseFunctionCallArgumentsDone(
    _ItemEvent, frozen=True, kw_only=True, tag="response.function_call_arguments.done"
):
    """A function call is complete; the client runs it."""

    call_id: str
    name: str
    arguments: str


class ResponseMcpCallArgumentsDelta(_ItemEvent, frozen=True, kw_only=True, tag="response.mcp_call_arguments.delta"):
    """More of the JSON arguments of a call that this server makes."""

    delta: str


class ResponseMcpCallArgumentsDone(_ItemEvent, frozen=True, kw_only=True, tag="response.mcp_call_arguments.done"):
    """The arguments of a call are complete; this server makes it."""

    arguments: str


class _McpCallEvent(_Event, frozen=True, kw_only=True):
    item_id: str
    output_index: int


class ResponseMcpCallInProgress(_McpCallEvent, frozen=True, kw_only=True, tag="response.mcp_call.in_progress"):
    """A tool is at work; it may be so after its response is done."""


class ResponseMcpCallCompleted(_McpCallEvent, frozen=True, kw_only=True, tag="response.mcp_call.completed"):
    """A tool has answered; the item that follows holds its output."""


class ResponseMcpCallFailed(_McpCallEvent, frozen=True, kw_only=True, tag="response.mcp_call.failed"):
    """A tool has failed; the item that follows says why."""


ResponseEvent = (
    ResponseCreated
    | ResponseDone
    | ResponseOutputItemAdded
    | ResponseOutputItemDone
    | ResponseContentPartAdded
    | ResponseContentPartDone
    | ResponseOutputTextDelta
    | ResponseOutputTextDone
    | ResponseOutputAudioDelta
    | ResponseOutputAudioDone
    | ResponseOutputAudioTranscriptDelta
    | ResponseOutputAudioTranscriptDone
    | ResponseFunctionCallArgumentsDelta
    | ResponseFunctionCallArgumentsDone
    | ResponseMcpCallArgumentsDelta
    | ResponseMcpCallArgumentsDone
    | ResponseMcpCallInProgress
    | ResponseMcpCallCompleted
    | ResponseMcpCallFailed
)
