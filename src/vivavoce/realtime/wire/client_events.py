"""What a client may say, and how its bytes become one of these events.

Owns the eleven client events of OpenAI Realtime, the one of the extension, and the bounds on their size. Refuses to
know what an event does. Decoding never raises anything but `ClientEventError`, which carries the client's `event_id`
when one could be read. Audio is decoded from base64 while the message is parsed, so its bytes are touched once.

Unknown fields are refused inside `session` and `response`, where a misspelt setting would look as if it had worked, and
ignored elsewhere, where libraries add fields of their own.
"""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Final

import msgspec
from msgspec import Meta, inspect

from vivavoce.errors import InputError
from vivavoce.realtime.wire.items import Item, ItemId, check_item
from vivavoce.realtime.wire.refusal import (
    INVALID_EVENT,
    INVALID_VALUE,
    ClientEventError,
    missing_parameter,
    refusal_of,
)
from vivavoce.realtime.wire.response_config import ResponseRequest, check_response_request
from vivavoce.realtime.wire.session_config import check_session_patch
from vivavoce.realtime.wire.session_patch import SessionPatch

__all__ = [
    "DEFAULT_LIMITS",
    "ClientEvent",
    "ConversationItemCreate",
    "ConversationItemDelete",
    "ConversationItemRetrieve",
    "ConversationItemTruncate",
    "CoreClientEvent",
    "EventLimits",
    "InputAudioBufferAppend",
    "InputAudioBufferClear",
    "InputAudioBufferCommit",
    "OutputAudioBufferClear",
    "PlayoutReport",
    "ResponseCancel",
    "ResponseCreate",
    "SessionUpdate",
    "decode_client_event",
]

MIB = 1_048_576
EVENT_ID_CHARACTERS = 512

EventId = Annotated[str, Meta(max_length=EVENT_ID_CHARACTERS)]
Index = Annotated[int, Meta(ge=0)]
Count = Annotated[int, Meta(ge=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLimits:
    """How large a message may be.

    Attributes:
        audio_bytes: an event that carries audio or an image (`input_audio_buffer.append`, `conversation.item.create`).
        other_bytes: every other event.
        recording_seconds: how long the recordings in an item may be together, where they are compressed; as samples
            they are bounded by `audio_bytes`, to about four minutes at 24 kHz.
    """

    audio_bytes: int = 15 * MIB
    other_bytes: int = 256 * 1024
    recording_seconds: float = 300.0


DEFAULT_LIMITS: Final = EventLimits()


class _Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    event_id: EventId | None = None


class SessionUpdate(_Event, frozen=True, kw_only=True, tag="session.update"):
    """Change the session's settings."""

    session: SessionPatch


class InputAudioBufferAppend(_Event, frozen=True, kw_only=True, tag="input_audio_buffer.append", gc=False):
    """More of what the microphone hears; raw bytes here, base64 on the wire. Never acknowledged."""

    audio: bytes


class InputAudioBufferCommit(_Event, frozen=True, kw_only=True, tag="input_audio_buffer.commit"):
    """The user's turn ends here."""


class InputAudioBufferClear(_Event, frozen=True, kw_only=True, tag="input_audio_buffer.clear"):
    """Forget the audio that was not committed."""


class ConversationItemCreate(_Event, frozen=True, kw_only=True, tag="conversation.item.create"):
    """Put an item into the conversation; `previous_item_id` is `root` for the first place, absent for the last."""

    item: Item
    previous_item_id: ItemId | None = None


class ConversationItemRetrieve(_Event, frozen=True, kw_only=True, tag="conversation.item.retrieve"):
    """Tell an item, with its audio."""

    item_id: ItemId


class ConversationItemDelete(_Event, frozen=True, kw_only=True, tag="conversation.item.delete"):
    """Take an item out of the conversation."""

    item_id: ItemId


class ConversationItemTruncate(_Event, frozen=True, kw_only=True, tag="conversation.item.truncate"):
    """The user heard only the first `audio_end_ms` of this assistant item."""

    item_id: ItemId
    content_index: Index
    audio_end_ms: Count


class ResponseCreate(_Event, frozen=True, kw_only=True, tag="response.create"):
    """Answer now."""

    response: ResponseRequest | None = None


class ResponseCancel(_Event, frozen=True, kw_only=True, tag="response.cancel"):
    """Stop answering; without `response_id` the response of the default conversation, or the server's tools at work."""

    response_id: str | None = None


class OutputAudioBufferClear(_Event, frozen=True, kw_only=True, tag="output_audio_buffer.clear"):
    """Stop the sound; only where the server owns the output buffer (WebRTC, SIP)."""


class PlayoutReport(_Event, frozen=True, kw_only=True, tag="vivavoce.playout.report"):
    """How much of an item has been played: every 250 ms while playing, and at every stop, clear and end."""

    item_id: ItemId
    content_index: Index
    played_samples: Annotated[int, Meta(ge=0, description="samples of the item's audio that reached the speaker")]
    buffered_samples: Annotated[int, Meta(ge=0, description="samples received and not yet played")]


CoreClientEvent = (
    SessionUpdate
    | InputAudioBufferAppend
    | InputAudioBufferCommit
    | InputAudioBufferClear
    | ConversationItemCreate
    | ConversationItemRetrieve
    | ConversationItemDelete
    | ConversationItemTruncate
    | ResponseCreate
    | ResponseCancel
    | OutputAudioBufferClear
)
ClientEvent = CoreClientEvent | PlayoutReport

_CORE: Final[msgspec.json.Decoder[ClientEvent]] = msgspec.json.Decoder(CoreClientEvent)
_EXTENDED: Final[msgspec.json.Decoder[ClientEvent]] = msgspec.json.Decoder(ClientEvent)


class _Envelope(msgspec.Struct):
    """The two fields that say what a message is and how to answer it, whatever else is wrong with it."""

    type: msgspec.Raw = msgspec.Raw()
    event_id: msgspec.Raw = msgspec.Raw()


_ENVELOPE: Final = msgspec.json.Decoder(_Envelope)
_STRING: Final = msgspec.json.Decoder(str)


def decode_client_event(raw: bytes | str, *, extensions: bool, limits: EventLimits = DEFAULT_LIMITS) -> ClientEvent:
    """Return the event in `raw`; `extensions` says whether the client asked for `vivavoce.v1`.

    Raises:
        ClientEventError: the message is too large, is not JSON, or is no event that can be used.
    """
    if len(raw) > limits.other_bytes:
        _check_size(raw, limits)
    decoder = _EXTENDED if extensions else _CORE
    try:
        event = decoder.decode(raw)
        if isinstance(event, InputAudioBufferAppend):
            return event
        _check(event)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, InputError) as error:
        raise _refused(raw, error, extensions=extensions) from error
    return event


def _check(event: ClientEvent) -> None:
    """Raise `InputError` for what the types cannot say."""
    match event:
        case SessionUpdate(session=session):
            check_session_patch(session)
        case ConversationItemCreate(item=item):
            check_item(item, at="item")
        case ResponseCreate(response=ResponseRequest() as request):
            check_response_request(request)
        case _:
            pass


def _check_size(raw: bytes | str, limits: EventLimits) -> None:
    """Refuse a large message by its kind, before anything large is built from it."""
    size, limit = len(raw), limits.audio_bytes
    if size <= limit:
        kind, event_id = _envelope(raw)
        if kind in ("input_audio_buffer.append", "conversation.item.create"):
            return
        limit = limits.other_bytes
    else:
        event_id = None
    message = f"The message is {size} bytes long; at most {limit} are taken."
    raise ClientEventError(INVALID_EVENT, message, event_id=event_id)


def _envelope(raw: bytes | str) -> tuple[str | None, str | None]:
    """Return the type and the event id of a message, each None when it cannot be read."""
    try:
        envelope = _ENVELOPE.decode(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None, None
    event_id = _string(envelope.event_id)
    return _string(envelope.type), event_id if event_id and len(event_id) <= EVENT_ID_CHARACTERS else None


def _string(raw: msgspec.Raw) -> str | None:
    try:
        return _STRING.decode(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def _refused(raw: bytes | str, error: Exception, *, extensions: bool) -> ClientEventError:
    kind, event_id = _envelope(raw)
    refusal = _refusal(error, kind, extensions=extensions)
    return ClientEventError(
        refusal.code, refusal.message, remedy=refusal.remedy, param=refusal.param, event_id=event_id
    )


def _refusal(error: Exception, kind: str | None, *, extensions: bool) -> InputError:
    match error:
        case InputError():
            return error
        case RecursionError():
            return InputError(INVALID_EVENT, "The message is nested too deep.")
        case msgspec.ValidationError():
            return _shaped_refusal(error, kind, extensions=extensions)
        case _:
            return InputError(INVALID_EVENT, "The message is not valid JSON in UTF-8.")


def _shaped_refusal(error: msgspec.ValidationError, kind: str | None, *, extensions: bool) -> InputError:
    types = _types(extensions=extensions)
    if kind in types:
        return refusal_of(error, types[kind])
    if kind is None:
        if str(error).startswith("Object missing required field `type`"):
            refusal = missing_parameter("type")
            return InputError(INVALID_EVENT, refusal.message, param="type")
        return InputError(INVALID_EVENT, "A message is a JSON object whose 'type' names an event.")
    supported = ", ".join(map(repr, types))
    message = f"Invalid value for 'type': {kind[:80]!r}. Supported values are: {supported}."
    return InputError(INVALID_VALUE, message, param="type")


@cache
def _types(*, extensions: bool) -> dict[str, inspect.Type]:
    """Return what the decoder knows of each event, by its type; only refusals need it."""
    known = inspect.type_info(ClientEvent if extensions else CoreClientEvent)
    members = known.types if isinstance(known, inspect.UnionType) else (known,)
    return {str(member.tag): member for member in members if isinstance(member, inspect.StructType)}
