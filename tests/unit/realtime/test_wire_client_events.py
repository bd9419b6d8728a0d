"""Client events: those the OpenAI SDK builds, and the refusals of those that cannot be used."""

import base64
import json
from typing import Any, get_args

import msgspec
import pytest
from openai.types.realtime import RealtimeClientEvent, RealtimeClientEventParam
from openai.types.realtime.response_create_event_with_references_param import ResponseCreateEventWithReferencesParam
from pydantic import TypeAdapter

from vivavoce.realtime.wire import client_events as cli
from vivavoce.realtime.wire.audio_config import ServerVadPatch
from vivavoce.realtime.wire.items import InputAudio, ItemReference, Message
from vivavoce.realtime.wire.refusal import ClientEventError

AUDIO = bytes(range(240)) * 4
AUDIO_BASE64 = base64.b64encode(AUDIO).decode()
ADAPTER: TypeAdapter[Any] = TypeAdapter(RealtimeClientEvent)

WITH_REFERENCES: ResponseCreateEventWithReferencesParam = {
    "type": "response.create",
    "response": {
        "audio": {"output": {"format": {"type": "audio/pcma"}, "voice": "marin"}},
        "conversation": "none",
        "input": [
            {"type": "item_reference", "id": "item_1"},
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]},
        ],
        "instructions": "Sum up.",
        "max_output_tokens": 100,
        "metadata": {"topic": "summary"},
        "output_modalities": ["text"],
        "parallel_tool_calls": False,
        "prompt": {"id": "pmpt_1"},
        "reasoning": {"effort": "high"},
        "tool_choice": "none",
        "tools": [{"type": "function", "name": "light"}],
    },
}

SDK_EVENTS: list[RealtimeClientEventParam | ResponseCreateEventWithReferencesParam] = [
    {
        "type": "session.update",
        "event_id": "c1",
        "session": {
            "type": "realtime",
            "model": "gpt-realtime",
            "output_modalities": ["text"],
            "instructions": "Be brief.",
            "max_output_tokens": 200,
            "tool_choice": {"type": "function", "name": "light"},
            "tools": [
                {"type": "function", "name": "light", "description": "Switch it.", "parameters": {"type": "object"}},
                {
                    "type": "mcp",
                    "server_label": "home",
                    "server_url": "https://mcp.example",
                    "allowed_tools": {"tool_names": ["light"], "read_only": False},
                    "require_approval": {"never": {"tool_names": ["light"]}},
                    "headers": {"X-Key": "k"},
                },
            ],
            "tracing": {"workflow_name": "w", "group_id": "g", "metadata": {"a": 1}},
            "truncation": {"type": "retention_ratio", "retention_ratio": 0.8, "token_limits": {"post_instructions": 9}},
            "include": ["item.input_audio_transcription.logprobs"],
            "parallel_tool_calls": True,
            "prompt": {"id": "pmpt_1", "version": "2", "variables": {"city": "Paris"}},
            "reasoning": {"effort": "low"},
            "audio": {
                "input": {
                    "format": {"type": "audio/pcmu"},
                    "noise_reduction": {"type": "near_field", "strength": 0.5},
                    "transcription": {
                        "model": "gpt-transcribe",
                        "language": "en",
                        "languages": ["en", "zh"],
                        "prompt": "names",
                        "keywords": ["vivavoce"],
                        "delay": "low",
                    },
                    "turn_detection": {
                        "type": "server_vad",
                        "threshold": 0.6,
                        "prefix_padding_ms": 200,
                        "silence_duration_ms": 700,
                        "create_response": False,
                        "interrupt_response": False,
                        "idle_timeout_ms": 6000,
                    },
                },
                "output": {"format": {"type": "audio/pcm", "rate": 24000}, "speed": 1.25, "voice": {"id": "voice_1"}},
            },
        },
    },
    {
        "type": "session.update",
        "session": {
            "type": "realtime",
            "tool_choice": {"type": "mcp", "server_label": "home", "name": "light"},
            "truncation": "disabled",
            "max_output_tokens": "inf",
            "audio": {"input": {"turn_detection": {"type": "semantic_vad", "eagerness": "high"}}},
        },
    },
    {"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"turn_detection": None}}}},
    {"type": "input_audio_buffer.append", "event_id": "c2", "audio": AUDIO_BASE64},
    {"type": "input_audio_buffer.commit", "event_id": "c3"},
    {"type": "input_audio_buffer.clear", "event_id": "c4"},
    {"type": "output_audio_buffer.clear", "event_id": "c5"},
    {
        "type": "conversation.item.create",
        "event_id": "c6",
        "previous_item_id": "root",
        "item": {
            "type": "message",
            "role": "user",
            "id": "item_1",
            "object": "realtime.item",
            "status": "completed",
            "content": [{"type": "input_text", "text": "hi"}, {"type": "input_audio", "audio": AUDIO_BASE64}],
        },
    },
    {
        "type": "conversation.item.create",
        "item": {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "hi"}]},
    },
    {
        "type": "conversation.item.create",
        "item": {"type": "message", "role": "system", "content": [{"type": "input_text", "text": "hi"}]},
    },
    {
        "type": "conversation.item.create",
        "item": {"type": "function_call", "name": "light", "arguments": "{}", "call_id": "call_1"},
    },
    {
        "type": "conversation.item.create",
        "item": {"type": "function_call_output", "call_id": "call_1", "output": ""},
    },
    {
        "type": "conversation.item.create",
        "item": {
            "type": "mcp_list_tools",
            "server_label": "home",
            "tools": [{"name": "light", "input_schema": {}, "description": None, "annotations": None}],
        },
    },
    {
        "type": "conversation.item.create",
        "item": {
            "type": "mcp_call",
            "id": "m1",
            "server_label": "home",
            "name": "light",
            "arguments": "{}",
            "output": None,
            "error": {"type": "tool_execution_error", "message": "no"},
        },
    },
    {
        "type": "conversation.item.create",
        "item": {"type": "mcp_approval_request", "id": "m2", "server_label": "h", "name": "n", "arguments": "{}"},
    },
    {
        "type": "conversation.item.create",
        "item": {"type": "mcp_approval_response", "id": "m3", "approval_request_id": "m2", "approve": False},
    },
    {"type": "conversation.item.retrieve", "event_id": "c7", "item_id": "item_1"},
    {"type": "conversation.item.delete", "event_id": "c8", "item_id": "item_1"},
    {
        "type": "conversation.item.truncate",
        "event_id": "c9",
        "item_id": "item_1",
        "content_index": 0,
        "audio_end_ms": 1500,
    },
    {"type": "response.create", "event_id": "c10"},
    WITH_REFERENCES,
    {"type": "response.create", "response": {"input": [], "metadata": None}},
    {"type": "response.cancel", "event_id": "c11", "response_id": "resp_1"},
    {"type": "response.cancel"},
]

PLAYOUT = {
    "type": "vivavoce.playout.report",
    "item_id": "item_1",
    "content_index": 0,
    "played_samples": 12_000,
    "buffered_samples": 2_400,
}


def contained(small: object, large: object) -> bool:
    """Whether everything `small` says, `large` says too; null says nothing."""
    if isinstance(small, dict):
        return isinstance(large, dict) and all(
            contained(value, large.get(key)) for key, value in small.items() if value is not None
        )
    if isinstance(small, list):
        return isinstance(large, list) and len(small) == len(large) and all(map(contained, small, large))
    return small == large


def refused(message: dict[str, Any], *, extensions: bool = False) -> ClientEventError:
    with pytest.raises(ClientEventError) as caught:
        cli.decode_client_event(json.dumps(message), extensions=extensions)
    return caught.value


@pytest.mark.parametrize("event", SDK_EVENTS, ids=lambda event: str(event["type"]))
def test_what_the_sdk_builds_is_read_without_loss(
    event: RealtimeClientEventParam | ResponseCreateEventWithReferencesParam,
) -> None:
    ours = cli.decode_client_event(json.dumps(event), extensions=False)
    assert contained(event, json.loads(msgspec.json.encode(ours)))
    assert ours.event_id == event.get("event_id")


@pytest.mark.parametrize(
    "event",
    # The SDK's own union of client events leaves item references out.
    [event for event in SDK_EVENTS if event is not WITH_REFERENCES],
    ids=lambda event: str(event["type"]),
)
def test_the_samples_are_what_the_sdk_itself_accepts(
    event: RealtimeClientEventParam | ResponseCreateEventWithReferencesParam,
) -> None:
    assert ADAPTER.validate_python(event).type == event["type"]


def test_no_client_event_is_left_unchecked() -> None:
    sent = {event["type"] for event in SDK_EVENTS}
    assert {str(kind.__struct_config__.tag) for kind in get_args(cli.CoreClientEvent)} == sent


def test_audio_arrives_as_the_bytes_that_were_sent() -> None:
    append = cli.decode_client_event(json.dumps(SDK_EVENTS[3]), extensions=False)
    assert append == cli.InputAudioBufferAppend(event_id="c2", audio=AUDIO)
    create = cli.decode_client_event(json.dumps(SDK_EVENTS[7]), extensions=False)
    assert isinstance(create, cli.ConversationItemCreate)
    assert isinstance(create.item, Message)
    assert create.item.content[1] == InputAudio(audio=AUDIO)


def test_a_response_may_name_items_of_the_conversation() -> None:
    event = cli.decode_client_event(json.dumps(WITH_REFERENCES), extensions=False)
    assert isinstance(event, cli.ResponseCreate)
    assert event.response is not None
    assert event.response.input is not None
    assert event.response.input[0] == ItemReference(id="item_1")


def test_bytes_and_text_are_read_alike() -> None:
    raw = '{"type":"input_audio_buffer.commit","event_id":"é"}'
    expected = cli.InputAudioBufferCommit(event_id="é")
    assert cli.decode_client_event(raw, extensions=False) == expected
    assert cli.decode_client_event(raw.encode(), extensions=False) == expected


def test_settings_left_out_are_told_apart_from_settings_switched_off() -> None:
    left_out = cli.decode_client_event('{"type":"session.update","session":{"audio":{"input":{}}}}', extensions=False)
    switched_off = cli.decode_client_event(
        '{"type":"session.update","session":{"audio":{"input":{"turn_detection":null}}}}', extensions=False
    )
    assert isinstance(left_out, cli.SessionUpdate)
    assert isinstance(switched_off, cli.SessionUpdate)
    assert left_out.session.audio is not None
    assert switched_off.session.audio is not None
    assert left_out.session.audio.input is not None
    assert switched_off.session.audio.input is not None
    assert left_out.session.audio.input.turn_detection is msgspec.UNSET
    assert switched_off.session.audio.input.turn_detection is None


def test_the_detector_version_that_the_agents_sdks_can_ask_for_is_taken() -> None:
    event = cli.decode_client_event(
        '{"type":"session.update","session":{"audio":{"input":{"turn_detection":'
        '{"type":"server_vad","model_version":"v2"}}}}}',
        extensions=False,
    )
    assert isinstance(event, cli.SessionUpdate)
    assert event.session.audio is not None
    assert event.session.audio.input is not None
    assert event.session.audio.input.turn_detection == ServerVadPatch(model_version="v2")


def test_a_playout_report_is_read_from_clients_that_asked_for_the_extension() -> None:
    event = cli.decode_client_event(json.dumps(PLAYOUT), extensions=True)
    assert event == cli.PlayoutReport(item_id="item_1", content_index=0, played_samples=12_000, buffered_samples=2_400)


def test_a_playout_report_is_unknown_to_everyone_else() -> None:
    refusal = refused({**PLAYOUT, "event_id": "c1"})
    assert (refusal.code, refusal.param, refusal.event_id) == ("invalid_value", "type", "c1")
    assert "vivavoce" not in refusal.message.partition("Supported")[2]


@pytest.mark.parametrize("field", ["played_samples", "buffered_samples", "content_index"])
def test_a_playout_report_counts_from_zero(field: str) -> None:
    assert refused({**PLAYOUT, field: -1}, extensions=True).param == field


def test_the_language_may_be_asked_for_with_and_without_the_extension() -> None:
    raw = '{"type":"session.update","session":{"vivavoce":{"language":"zh","later":1}}}'
    for extensions in (True, False):
        event = cli.decode_client_event(raw, extensions=extensions)
        assert isinstance(event, cli.SessionUpdate)
        assert event.session.vivavoce


UPDATE = "session.update"
CREATE = "response.create"


@pytest.mark.parametrize(
    ("message", "code", "param"),
    [
        ({}, "invalid_event", "type"),
        ({"type": 5}, "invalid_event", None),
        ({"type": "session.stop"}, "invalid_value", "type"),
        ({"type": "vivavoce.session.resume"}, "invalid_value", "type"),
        ({"type": UPDATE}, "missing_required_parameter", "session"),
        ({"type": UPDATE, "session": []}, "invalid_value", "session"),
        ({"type": UPDATE, "session": {"type": "transcription"}}, "invalid_value", "session.type"),
        ({"type": UPDATE, "session": {"voise": "x"}}, "unknown_parameter", "session.voise"),
        ({"type": UPDATE, "session": {"audio": {"volume": 1}}}, "unknown_parameter", "session.audio.volume"),
        ({"type": "input_audio_buffer.append"}, "missing_required_parameter", "audio"),
        ({"type": "input_audio_buffer.append", "audio": 5}, "invalid_value", "audio"),
        ({"type": "input_audio_buffer.append", "audio": "AAA"}, "invalid_value", "audio"),
        ({"type": "input_audio_buffer.append", "audio": "AA-_"}, "invalid_value", "audio"),
        ({"type": "input_audio_buffer.append", "audio": "AAAA\n"}, "invalid_value", "audio"),
        ({"type": "input_audio_buffer.append", "audio": "é==="}, "invalid_value", "audio"),
        ({"type": "conversation.item.create"}, "missing_required_parameter", "item"),
        ({"type": "conversation.item.create", "item": {"type": "song"}}, "invalid_value", "item.type"),
        ({"type": "conversation.item.delete", "item_id": ""}, "invalid_value", "item_id"),
        (
            {"type": "conversation.item.truncate", "item_id": "i", "content_index": 0},
            "missing_required_parameter",
            "audio_end_ms",
        ),
        (
            {"type": "conversation.item.truncate", "item_id": "i", "content_index": 0, "audio_end_ms": -1},
            "invalid_value",
            "audio_end_ms",
        ),
        ({"type": CREATE, "response": {"metadata": {"a": 1}}}, "invalid_value", "response.metadata"),
        ({"type": CREATE, "response": {"metadata": {"a" * 65: ""}}}, "invalid_value", "response.metadata"),
        ({"type": CREATE, "response": {"metadata": {"a": "b" * 513}}}, "invalid_value", "response.metadata"),
        (
            {"type": CREATE, "response": {"metadata": {str(n): "" for n in range(17)}}},
            "invalid_value",
            "response.metadata",
        ),
        ({"type": CREATE, "response": {"conversation": "side"}}, "invalid_value", "response.conversation"),
        ({"type": CREATE, "response": {"input": [{"type": "item_reference"}]}}, "missing_required_parameter", None),
        ({"type": CREATE, "response": {"temperature": 0.8}}, "unknown_parameter", "response.temperature"),
        ({"type": CREATE, "event_id": 7}, "invalid_value", "event_id"),
        ({"type": CREATE, "event_id": "x" * 513}, "invalid_value", "event_id"),
    ],
)
def test_a_refusal_names_its_reason_and_its_place(message: dict[str, Any], code: str, param: str | None) -> None:
    refusal = refused(message)
    assert refusal.code == code
    assert refusal.param == param or (param is None and refusal.param == "response.input[0].id")
    assert refusal.message


@pytest.mark.parametrize(
    "message",
    [
        {"type": UPDATE, "event_id": "c1", "session": {"speed": 1}},
        {"type": "unheard.of", "event_id": "c1"},
        {"event_id": "c1"},
        {"type": "input_audio_buffer.append", "event_id": "c1", "audio": "?"},
        {"type": "conversation.item.create", "event_id": "c1", "item": {"type": "message", "role": "user"}},
        {
            "type": "conversation.item.create",
            "event_id": "c1",
            "item": {"type": "message", "role": "system", "content": [{"type": "output_text", "text": ""}]},
        },
    ],
)
def test_a_refusal_carries_the_clients_own_event_id(message: dict[str, Any]) -> None:
    assert refused(message).event_id == "c1"


@pytest.mark.parametrize("event_id", [5, None, "x" * 600, {"a": 1}])
def test_an_event_id_that_cannot_be_echoed_is_left_out(event_id: object) -> None:
    assert refused({"type": "unheard.of", "event_id": event_id}).event_id is None


@pytest.mark.parametrize(
    ("field", "now"),
    [
        ("modalities", "session.output_modalities"),
        ("voice", "session.audio.output.voice"),
        ("input_audio_format", "session.audio.input.format"),
        ("output_audio_format", "session.audio.output.format"),
        ("input_audio_transcription", "session.audio.input.transcription"),
        ("input_audio_noise_reduction", "session.audio.input.noise_reduction"),
        ("turn_detection", "session.audio.input.turn_detection"),
        ("max_response_output_tokens", "session.max_output_tokens"),
    ],
)
def test_settings_of_the_beta_protocol_are_told_where_they_live_now(field: str, now: str) -> None:
    refusal = refused({"type": UPDATE, "session": {field: None}})
    assert (refusal.code, refusal.param) == ("unknown_parameter", f"session.{field}")
    assert f"'{now}'" in refusal.remedy


def test_a_refused_choice_lists_the_choices() -> None:
    refusal = refused({"type": UPDATE, "session": {"audio": {"input": {"format": {"type": "audio/mp3"}}}}})
    assert refusal.param == "session.audio.input.format.type"
    assert "'audio/mp3'" in refusal.message
    assert "'audio/pcm', 'audio/pcmu', 'audio/pcma'" in refusal.message


def test_both_modalities_at_once_are_refused_with_the_reason() -> None:
    refusal = refused({"type": UPDATE, "session": {"output_modalities": ["text", "audio"]}})
    assert refusal.param == "session.output_modalities"
    assert "never for both" in refusal.remedy


def test_what_the_client_wrote_cannot_pass_for_the_decoders_own_words() -> None:
    refusal = refused({"type": UPDATE, "session": {"tool_choice": "x' - at `$.evil`" + "z" * 300}})
    assert refusal.param == "session.tool_choice"
    assert len(refusal.message) < 250


def test_fields_of_events_and_items_that_are_not_known_are_ignored() -> None:
    event = cli.decode_client_event(
        '{"type":"conversation.item.create","later":1,"item":'
        '{"type":"message","role":"user","content":[{"type":"input_text","text":"hi","x":[]}],"y":{}}}',
        extensions=False,
    )
    assert isinstance(event, cli.ConversationItemCreate)


SMALL = cli.EventLimits(audio_bytes=2_000, other_bytes=200)


def padded(kind: str, size: int, **fields: Any) -> str:
    message = json.dumps({"type": kind, "event_id": "c1", **fields})
    return message[:-1] + " " * (size - len(message)) + "}"


def test_audio_may_be_larger_than_other_events() -> None:
    raw = padded("input_audio_buffer.append", 2_000, audio=AUDIO_BASE64)
    assert cli.decode_client_event(raw, extensions=False, limits=SMALL).event_id == "c1"
    with pytest.raises(ClientEventError):
        cli.decode_client_event(raw + " ", extensions=False, limits=SMALL)


def test_an_item_with_audio_may_be_as_large_as_audio() -> None:
    item = {"type": "message", "role": "user", "content": [{"type": "input_audio", "audio": AUDIO_BASE64}]}
    raw = padded("conversation.item.create", 2_000, item=item)
    assert cli.decode_client_event(raw, extensions=False, limits=SMALL).event_id == "c1"


def test_another_event_that_is_too_large_is_refused_by_name() -> None:
    raw = padded("response.cancel", 201)
    assert cli.decode_client_event(padded("response.cancel", 200), extensions=False, limits=SMALL).event_id == "c1"
    with pytest.raises(ClientEventError) as caught:
        cli.decode_client_event(raw, extensions=False, limits=SMALL)
    assert (caught.value.code, caught.value.event_id) == ("invalid_event", "c1")
    assert "201" in caught.value.message


def test_the_usual_bounds_are_those_of_the_protocol() -> None:
    assert cli.DEFAULT_LIMITS.audio_bytes == 15 * 1024 * 1024
    assert cli.DEFAULT_LIMITS.other_bytes == 256 * 1024
