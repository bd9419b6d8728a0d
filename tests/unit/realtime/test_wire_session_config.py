"""The rules of `session.update`, one row each."""

import json
from typing import Any

import msgspec
import pytest

from vivavoce.errors import InputError
from vivavoce.realtime.wire.audio_config import (
    NoiseReduction,
    PcmaFormat,
    PcmFormat,
    PcmuFormat,
    SemanticVad,
    ServerVad,
    Transcription,
)
from vivavoce.realtime.wire.client_events import SessionUpdate, decode_client_event
from vivavoce.realtime.wire.session_config import SessionConfig, apply_update, default_session, to_wire
from vivavoce.realtime.wire.session_patch import TracingOptions
from vivavoce.realtime.wire.tools import FunctionTool, ToolChoiceFunction

START = default_session(session_id="sess_1", model="local", voice="aria")
LIGHT = FunctionTool(name="light")

SET: dict[str, Any] = {
    "instructions": "Be brief.",
    "tools": [{"type": "function", "name": "light"}],
    "tool_choice": {"type": "function", "name": "light"},
    "max_output_tokens": 100,
    "truncation": "disabled",
    "tracing": "auto",
    "include": ["item.input_audio_transcription.logprobs"],
    "prompt": {"id": "pmpt_1"},
    "reasoning": {"effort": "low"},
    "parallel_tool_calls": True,
    "output_modalities": ["text"],
    "vivavoce": {"language": "zh"},
    "audio": {
        "input": {
            "format": {"type": "audio/pcma"},
            "transcription": {"model": "whisper-1", "language": "en"},
            "noise_reduction": {"type": "far_field", "strength": 0.5},
            "turn_detection": {"type": "server_vad", "threshold": 0.7, "idle_timeout_ms": 5000},
        },
        "output": {"format": {"type": "audio/pcmu"}, "voice": "bella", "speed": 1.25},
    },
}


def update(current: SessionConfig, session: dict[str, Any], *, voice_locked: bool = False) -> SessionConfig:
    raw = json.dumps({"type": "session.update", "session": session})
    event = decode_client_event(raw, extensions=True)
    assert isinstance(event, SessionUpdate)
    return apply_update(current, event.session, voice_locked=voice_locked)


def refused(current: SessionConfig, session: dict[str, Any], *, voice_locked: bool = False) -> InputError:
    with pytest.raises(InputError) as caught:
        update(current, session, voice_locked=voice_locked)
    return caught.value


CHANGED = update(START, SET)


def heard(**settings: Any) -> dict[str, Any]:
    return {"audio": {"input": settings}}


def spoken(**settings: Any) -> dict[str, Any]:
    return {"audio": {"output": settings}}


def at(config: SessionConfig, path: str) -> object:
    value: object = config
    for name in path.split("."):
        value = getattr(value, name)
    return value


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("instructions", "Be brief."),
        ("tools", (LIGHT,)),
        ("tool_choice", ToolChoiceFunction(name="light")),
        ("max_output_tokens", 100),
        ("truncation", "disabled"),
        ("tracing", "auto"),
        ("output_modalities", ("text",)),
        ("language", "zh"),
        ("audio.input.format", PcmaFormat()),
        ("audio.input.transcription", Transcription(model="whisper-1", language="en")),
        ("audio.input.noise_reduction", NoiseReduction(type="far_field", strength=0.5)),
        ("audio.input.turn_detection", ServerVad(threshold=0.7, idle_timeout_ms=5000)),
        ("audio.output.format", PcmuFormat()),
        ("audio.output.voice", "bella"),
        ("audio.output.speed", 1.25),
    ],
)
def test_every_setting_can_be_set(path: str, expected: object) -> None:
    assert at(CHANGED, path) == expected
    assert at(START, path) != expected


@pytest.mark.parametrize("config", [START, CHANGED])
@pytest.mark.parametrize(
    "session",
    [
        {},
        {"type": "realtime"},
        {"audio": {}},
        {"audio": None},
        {"audio": {"input": None, "output": None}},
        heard(),
        spoken(),
        {"vivavoce": {}},
        {"model": "another", "id": "sess_9", "object": "realtime.session", "expires_at": 5},
        {"output_modalities": None},
        heard(format=None),
        spoken(format=None, voice=None),
    ],
)
def test_what_is_not_said_is_not_changed(config: SessionConfig, session: dict[str, Any]) -> None:
    assert update(config, session) == config


@pytest.mark.parametrize(
    ("session", "path", "expected"),
    [
        ({"instructions": ""}, "instructions", ""),
        ({"instructions": None}, "instructions", ""),
        ({"tools": []}, "tools", ()),
        ({"tools": None}, "tools", ()),
        ({"tool_choice": None}, "tool_choice", "auto"),
        ({"max_output_tokens": None}, "max_output_tokens", "inf"),
        ({"max_output_tokens": "inf"}, "max_output_tokens", "inf"),
        ({"truncation": None}, "truncation", "auto"),
        ({"tracing": None}, "tracing", None),
        ({"include": None}, "include", None),
        ({"prompt": None}, "prompt", None),
        ({"reasoning": None}, "reasoning", None),
        ({"parallel_tool_calls": None}, "parallel_tool_calls", None),
        ({"vivavoce": None}, "language", "auto"),
        ({"vivavoce": {"language": None}}, "language", "auto"),
        (heard(turn_detection=None), "audio.input.turn_detection", None),
        (heard(transcription=None), "audio.input.transcription", None),
        (heard(noise_reduction=None), "audio.input.noise_reduction", None),
        (spoken(speed=None), "audio.output.speed", 1.0),
    ],
)
def test_what_is_cleared_goes_back_and_nothing_else_changes(
    session: dict[str, Any], path: str, expected: object
) -> None:
    cleared = update(CHANGED, session)
    assert at(cleared, path) == expected
    assert at(CHANGED, path) != expected
    assert update(cleared, {key: SET[key] for key in session}) == CHANGED


@pytest.mark.parametrize(
    ("session", "expected"),
    [
        ({"type": "server_vad"}, ServerVad()),
        ({"type": "server_vad", "silence_duration_ms": 200}, ServerVad(silence_duration_ms=200)),
        ({"type": "server_vad", "threshold": None, "idle_timeout_ms": None}, ServerVad()),
        ({"type": "server_vad", "create_response": False}, ServerVad(create_response=False)),
        ({"type": "semantic_vad"}, SemanticVad()),
        ({"type": "semantic_vad", "eagerness": "high"}, SemanticVad(eagerness="high")),
        ({"type": "semantic_vad", "interrupt_response": False}, SemanticVad(interrupt_response=False)),
    ],
)
def test_turn_detection_is_replaced_as_a_whole_with_its_defaults_filled(
    session: dict[str, Any], expected: object
) -> None:
    assert update(CHANGED, heard(turn_detection=session)).audio.input.turn_detection == expected


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ({"language": "fr"}, Transcription(model="whisper-1", language="fr")),
        ({"model": "anything-at-all"}, Transcription(model="anything-at-all", language="en")),
        ({"language": None}, Transcription(model="whisper-1")),
        ({}, Transcription(model="whisper-1", language="en")),
    ],
)
def test_transcription_is_merged_field_by_field(patch: dict[str, Any], expected: Transcription) -> None:
    assert update(CHANGED, heard(transcription=patch)).audio.input.transcription == expected


@pytest.mark.parametrize(
    ("config", "patch", "expected"),
    [
        (START, {"type": "near_field"}, NoiseReduction(type="near_field", strength=1.0)),
        (CHANGED, {"type": "near_field"}, NoiseReduction(type="near_field", strength=0.5)),
        (CHANGED, {"strength": 0.1}, NoiseReduction(type="far_field", strength=0.1)),
        (CHANGED, {"strength": None}, NoiseReduction(type="far_field", strength=1.0)),
    ],
)
def test_noise_reduction_keeps_the_strength_in_force(
    config: SessionConfig, patch: dict[str, Any], expected: NoiseReduction
) -> None:
    assert update(config, heard(noise_reduction=patch)).audio.input.noise_reduction == expected


def test_noise_reduction_must_say_which_kind_when_none_is_on() -> None:
    refusal = refused(START, heard(noise_reduction={"strength": 0.5}))
    assert (refusal.code, refusal.param) == (
        "missing_required_parameter",
        "session.audio.input.noise_reduction.type",
    )


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"type": "audio/pcm"}, PcmFormat()),
        ({"type": "audio/pcm", "rate": 24000}, PcmFormat()),
        ({"type": "audio/pcmu"}, PcmuFormat()),
        ({"type": "audio/pcma"}, PcmaFormat()),
    ],
)
def test_the_three_formats_may_be_asked_for_in_both_directions(asked: dict[str, Any], expected: object) -> None:
    both = update(START, {**heard(format=asked), "audio": {"input": {"format": asked}, "output": {"format": asked}}})
    assert both.audio.input.format == both.audio.output.format == expected


def test_another_voice_after_the_first_audio_is_refused() -> None:
    refusal = refused(CHANGED, spoken(voice="carl"), voice_locked=True)
    assert (refusal.code, refusal.param) == ("cannot_update_voice", "session.audio.output.voice")


@pytest.mark.parametrize("voice", ["bella", {"id": "bella"}, None])
def test_the_same_voice_after_the_first_audio_is_no_change(voice: object) -> None:
    assert update(CHANGED, spoken(voice=voice, speed=1.0), voice_locked=True).audio.output.voice == "bella"


def test_a_voice_may_be_named_by_id() -> None:
    assert update(START, spoken(voice={"id": "voice_1"})).audio.output.voice == "voice_1"


def test_tracing_once_on_can_be_repeated_or_switched_off_but_not_changed() -> None:
    assert update(CHANGED, {"tracing": "auto"}) == CHANGED
    assert update(CHANGED, {"tracing": None}).tracing is None
    refusal = refused(CHANGED, {"tracing": {"workflow_name": "w"}})
    assert (refusal.code, refusal.param) == ("invalid_value", "session.tracing")


def test_tracing_may_be_labelled() -> None:
    assert update(START, {"tracing": {"workflow_name": "w"}}).tracing == TracingOptions(workflow_name="w")


def test_a_refused_update_changes_nothing() -> None:
    before = msgspec.json.encode(CHANGED)
    refused(CHANGED, {"instructions": "Other.", **spoken(voice="carl")}, voice_locked=True)
    assert msgspec.json.encode(CHANGED) == before


VAD = "session.audio.input.turn_detection"


@pytest.mark.parametrize(
    ("session", "param"),
    [
        (heard(turn_detection={"type": "server_vad", "threshold": 1.01}), f"{VAD}.threshold"),
        (heard(turn_detection={"type": "server_vad", "threshold": -0.1}), f"{VAD}.threshold"),
        (heard(turn_detection={"type": "server_vad", "threshold": "high"}), f"{VAD}.threshold"),
        (heard(turn_detection={"type": "server_vad", "silence_duration_ms": -1}), f"{VAD}.silence_duration_ms"),
        (heard(turn_detection={"type": "server_vad", "silence_duration_ms": 10_001}), f"{VAD}.silence_duration_ms"),
        (heard(turn_detection={"type": "server_vad", "prefix_padding_ms": 1.5}), f"{VAD}.prefix_padding_ms"),
        (heard(turn_detection={"type": "server_vad", "idle_timeout_ms": 4_999}), f"{VAD}.idle_timeout_ms"),
        (heard(turn_detection={"type": "server_vad", "idle_timeout_ms": 30_001}), f"{VAD}.idle_timeout_ms"),
        (heard(turn_detection={"type": "semantic_vad", "eagerness": "wild"}), f"{VAD}.eagerness"),
        (heard(turn_detection={"type": "client_vad"}), f"{VAD}.type"),
        (heard(turn_detection=False), VAD),
        (heard(format={"type": "audio/opus"}), "session.audio.input.format.type"),
        (heard(format={"type": "audio/pcm", "rate": 16_000}), "session.audio.input.format.rate"),
        (heard(format="pcm16"), "session.audio.input.format"),
        (heard(noise_reduction={"type": "loud"}), "session.audio.input.noise_reduction.type"),
        (heard(noise_reduction={"type": "near_field", "strength": 2}), "session.audio.input.noise_reduction.strength"),
        (heard(transcription={"delay": "long"}), "session.audio.input.transcription.delay"),
        (spoken(speed=0.24), "session.audio.output.speed"),
        (spoken(speed=1.51), "session.audio.output.speed"),
        (spoken(voice=""), "session.audio.output.voice"),
        (spoken(voice=5), "session.audio.output.voice"),
        ({"max_output_tokens": 0}, "session.max_output_tokens"),
        ({"max_output_tokens": 4_097}, "session.max_output_tokens"),
        ({"max_output_tokens": "lots"}, "session.max_output_tokens"),
        ({"output_modalities": []}, "session.output_modalities"),
        ({"output_modalities": ["text", "audio"]}, "session.output_modalities"),
        ({"output_modalities": ["video"]}, "session.output_modalities[0]"),
        ({"tool_choice": "any"}, "session.tool_choice"),
        ({"tools": [{"type": "web_search", "name": "x"}]}, "session.tools[0].type"),
        ({"truncation": {"type": "retention_ratio", "retention_ratio": 2}}, "session.truncation.retention_ratio"),
        ({"reasoning": {"effort": "heroic"}}, "session.reasoning.effort"),
        ({"include": ["everything"]}, "session.include[0]"),
        ({"vivavoce": {"language": "English"}}, "session.vivavoce.language"),
        ({"instructions": 5}, "session.instructions"),
    ],
)
def test_a_value_out_of_range_is_refused_where_it_stands(session: dict[str, Any], param: str) -> None:
    refusal = refused(START, session)
    assert (refusal.code, refusal.param) == ("invalid_value", param)


def test_the_mcp_servers_of_a_session_are_bounded() -> None:
    servers = [{"type": "mcp", "server_label": f"s{number}", "server_url": "https://x"} for number in range(33)]
    assert len(update(START, {"tools": servers[:32]}).tools) == 32
    error = refused(START, {"tools": servers})
    assert (error.code, error.param) == ("invalid_value", "session.tools")


@pytest.mark.parametrize(
    ("session", "param"),
    [
        (heard(turn_detection={"threshold": 0.5}), f"{VAD}.type"),
        (heard(format={"rate": 24_000}), "session.audio.input.format.type"),
        ({"tools": [{"type": "function"}]}, "session.tools[0].name"),
        ({"tools": [{"name": "light"}]}, "session.tools[0].type"),
        ({"tools": [{"type": "mcp", "server_url": "https://x"}]}, "session.tools[0].server_label"),
        ({"tools": [{"type": "mcp", "server_label": "x"}]}, "session.tools[0].server_url"),
        ({"tool_choice": {"type": "function"}}, "session.tool_choice.name"),
        ({"truncation": {"type": "retention_ratio"}}, "session.truncation.retention_ratio"),
    ],
)
def test_a_field_that_is_needed_is_asked_for(session: dict[str, Any], param: str) -> None:
    refusal = refused(START, session)
    assert (refusal.code, refusal.param) == ("missing_required_parameter", param)


@pytest.mark.parametrize(
    ("session", "param"),
    [
        (heard(turn_detection={"type": "server_vad", "eagerness": "high"}), f"{VAD}.eagerness"),
        (heard(turn_detection={"type": "semantic_vad", "threshold": 0.5}), f"{VAD}.threshold"),
        (heard(voice="x"), "session.audio.input.voice"),
        (heard(transcription={"enabled": True}), "session.audio.input.transcription.enabled"),
        (spoken(pitch=2), "session.audio.output.pitch"),
        ({"temperature": 0.8}, "session.temperature"),
    ],
)
def test_a_setting_that_does_not_exist_is_refused_rather_than_ignored(session: dict[str, Any], param: str) -> None:
    refusal = refused(START, session)
    assert (refusal.code, refusal.param) == ("unknown_parameter", param)


@pytest.mark.parametrize(
    ("session", "param"),
    [
        ({"tools": [{"type": "function", "name": "x", "parameters": None}]}, "session.tools[0].parameters"),
        ({"prompt": {"id": "p", "variables": None}}, "session.prompt.variables"),
        ({"tracing": {"metadata": None}}, "session.tracing.metadata"),
    ],
)
def test_values_of_the_clients_own_making_are_bounded_in_depth(session: dict[str, Any], param: str) -> None:
    def nested(levels: int) -> dict[str, Any]:
        value: dict[str, Any] = {}
        for _ in range(levels):
            value = {"a": [value]}
        text = json.dumps(session).replace("null", json.dumps(value), 1)
        filled: dict[str, Any] = json.loads(text)
        return filled

    assert update(START, nested(30)) != START
    assert refused(START, nested(40)).param == param


def test_the_extension_is_told_only_to_those_who_asked() -> None:
    assert to_wire(CHANGED, extensions=True).vivavoce == CHANGED.vivavoce
    assert to_wire(CHANGED, extensions=False).vivavoce is None


def test_what_is_told_can_be_sent_back_without_changing_anything() -> None:
    told = json.loads(msgspec.json.encode(to_wire(CHANGED, extensions=True)))
    assert update(CHANGED, told, voice_locked=True) == CHANGED
