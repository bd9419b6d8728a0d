"""Whatever arrives, the decoder answers with an event or with a refusal, and nothing else."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivavoce.errors import InputError
from vivavoce.realtime.wire.binary import unpack_input_audio, unpack_output_audio
from vivavoce.realtime.wire.client_events import (
    ClientEvent,
    EventLimits,
    ResponseCreate,
    SessionUpdate,
    decode_client_event,
)
from vivavoce.realtime.wire.refusal import ClientEventError
from vivavoce.realtime.wire.response_config import resolve_response
from vivavoce.realtime.wire.server_events import SessionUpdated, encode, error_event
from vivavoce.realtime.wire.session_config import apply_update, default_session, to_wire

SESSION = default_session(session_id="sess_1", model="local", voice="aria")
CODES = {"invalid_event", "invalid_value", "missing_required_parameter", "unknown_parameter", "cannot_update_voice"}

VALID: list[dict[str, Any]] = [
    {
        "type": "session.update",
        "event_id": "c1",
        "session": {
            "type": "realtime",
            "output_modalities": ["audio"],
            "instructions": "x",
            "tools": [{"type": "function", "name": "f", "parameters": {"type": "object"}}],
            "tool_choice": {"type": "function", "name": "f"},
            "max_output_tokens": 10,
            "tracing": {"metadata": {}},
            "truncation": {"type": "retention_ratio", "retention_ratio": 0.5},
            "audio": {
                "input": {
                    "format": {"type": "audio/pcm", "rate": 24000},
                    "turn_detection": {"type": "server_vad", "threshold": 0.5},
                    "transcription": {"model": "m", "languages": ["en"]},
                    "noise_reduction": {"type": "near_field"},
                },
                "output": {"voice": {"id": "v"}, "speed": 1.0},
            },
            "vivavoce": {"language": "en"},
        },
    },
    {"type": "input_audio_buffer.append", "event_id": "c2", "audio": "AAAA"},
    {"type": "input_audio_buffer.commit"},
    {
        "type": "conversation.item.create",
        "previous_item_id": "root",
        "item": {
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": "x"}, {"type": "input_audio", "audio": "AAAA"}],
        },
    },
    {"type": "conversation.item.truncate", "item_id": "i", "content_index": 0, "audio_end_ms": 5},
    {
        "type": "response.create",
        "response": {
            "input": [{"type": "item_reference", "id": "i"}, {"type": "message", "role": "system", "content": []}],
            "metadata": {"a": "b"},
            "audio": {"output": {"voice": "v"}},
        },
    },
    {"type": "response.cancel", "response_id": "r"},
    {
        "type": "vivavoce.playout.report",
        "item_id": "i",
        "content_index": 0,
        "played_samples": 1,
        "buffered_samples": 1,
    },
]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a JSON value at which something may be put."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, child in value.items():
            found += places(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            found += places(child, (*path, index))
    return found


def broken(message: dict[str, Any], path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(message))
    place: Any = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return copy


@st.composite
def broken_events(draw: st.DrawFn) -> dict[str, Any]:
    message: dict[str, Any] = draw(st.sampled_from(VALID))
    for _ in range(draw(st.integers(1, 3))):
        message = broken(message, draw(st.sampled_from(places(message))), draw(anything))
    return message


def check_refusal(refusal: InputError, event_id: str | None) -> None:
    assert refusal.code in CODES
    assert 0 < len(refusal.message) < 1_000
    answer = json.loads(encode(error_event(refusal, event_id="e", client_event_id=event_id)))
    assert answer["error"]["event_id"] == event_id


def survive(raw: bytes | str, *, extensions: bool = True, limits: EventLimits | None = None) -> ClientEvent | None:
    """Take a message as a server would, down to the answer; return the event, or None when it was refused."""
    try:
        event = decode_client_event(raw, extensions=extensions, limits=limits or EventLimits())
    except ClientEventError as refusal:
        check_refusal(refusal, refusal.event_id)
        return None
    try:
        if isinstance(event, SessionUpdate):
            config = apply_update(SESSION, event.session, voice_locked=False)
            encode(SessionUpdated(event_id="e", session=to_wire(config, extensions=extensions)))
        elif isinstance(event, ResponseCreate):
            resolve_response(SESSION, event.response, voice_locked=False)
    except InputError as refusal:
        check_refusal(refusal, event.event_id)
    return event


@given(st.binary())
def test_random_bytes_are_survived(raw: bytes) -> None:
    survive(raw)


@given(st.text())
def test_random_text_is_survived(raw: str) -> None:
    survive(raw)


@given(anything)
def test_random_json_is_survived(value: object) -> None:
    survive(json.dumps(value))


@given(st.sampled_from(VALID), st.dictionaries(st.text(max_size=8), anything, max_size=4))
def test_random_fields_beside_a_known_type_are_survived(message: dict[str, Any], fields: dict[str, Any]) -> None:
    survive(json.dumps({**fields, "type": message["type"]}))


@settings(max_examples=300)
@given(broken_events(), st.booleans())
def test_events_with_wrong_values_are_survived(message: dict[str, Any], extensions: bool) -> None:
    survive(json.dumps(message), extensions=extensions)


@given(st.sampled_from(VALID), st.data())
def test_events_cut_short_are_refused(message: dict[str, Any], data: st.DataObject) -> None:
    raw = json.dumps(message)
    assert survive(raw[: data.draw(st.integers(0, len(raw) - 1))]) is None


@given(st.sampled_from(VALID), st.data())
def test_events_with_one_byte_changed_are_survived(message: dict[str, Any], data: st.DataObject) -> None:
    raw = bytearray(json.dumps(message).encode())
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    survive(bytes(raw))


@given(broken_events())
def test_messages_near_the_size_bounds_are_survived(message: dict[str, Any]) -> None:
    survive(json.dumps(message), limits=EventLimits(audio_bytes=200, other_bytes=50))


@pytest.mark.parametrize("message", VALID, ids=lambda message: str(message["type"]))
def test_the_events_that_are_broken_above_are_whole_to_begin_with(message: dict[str, Any]) -> None:
    assert survive(json.dumps(message)) is not None


@pytest.mark.parametrize(
    "raw",
    [
        "[" * 200_000,
        '{"type":' * 50_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        '{"type":"session.update","session":' + '{"audio":' * 20_000,
        '{"type":"response.create","x":' + "[" * 20_000 + "]" * 20_000 + "}",
        '{"type":"session.update","session":{"tools":[{"type":"function","name":"x","parameters":'
        + '{"a":' * 900
        + "1"
        + "}" * 900
        + "}]}}",
    ],
)
def test_deep_nesting_is_refused(raw: str) -> None:
    assert survive(raw) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xfe{}",
        b'{"type":"input_audio_buffer.commit","event_id":"\xff"}',
        b'{"type":"input_audio_buffer.commit","event_id":"\\ud800"}',
        '{"type":"input_audio_buffer.commit","event_id":"\ud800"}',
        b'{"type":"input_audio_buffer.commit"}{}',
        b'{"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":' + b"9" * 5_000 + b"}",
        b'{"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":1e999}',
        b'{"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":NaN}',
        b'{"type":"session.update","session":{"audio":{"output":{"speed":Infinity}}}}',
    ],
)
def test_text_and_numbers_that_cannot_be_held_are_refused(raw: bytes | str) -> None:
    assert survive(raw) is None


def test_a_field_with_an_endless_name_is_not_repeated_back_in_full() -> None:
    raw = json.dumps({"type": "session.update", "session": {"x" * 100_000: 1}})
    with pytest.raises(ClientEventError) as caught:
        decode_client_event(raw, extensions=False)
    assert len(str(caught.value.param)) < 200


@given(st.binary())
def test_random_binary_frames_are_survived(frame: bytes) -> None:
    with suppress(InputError):
        unpack_input_audio(frame, max_bytes=64)
    with suppress(InputError):
        unpack_output_audio(frame)
