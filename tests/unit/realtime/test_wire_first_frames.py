"""The first frames that real clients were seen to send: each must be understood, and say what its sender meant."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from openai.types.realtime import RealtimeSessionCreateRequest

from vivavoce.realtime.wire import client_events as cli
from vivavoce.realtime.wire.audio_config import SemanticVad, ServerVad
from vivavoce.realtime.wire.items import InputText, Message
from vivavoce.realtime.wire.server_events import SessionUpdated, encode
from vivavoce.realtime.wire.session_config import SessionConfig, apply_update, default_session, to_wire

AGENTS_PYTHON = (
    '{"session":{"type":"realtime","audio":{"input":{"format":{"rate":24000,"type":"audio/pcm"},"transcription":'
    '{"model":"gpt-4o-mini-transcribe"},"turn_detection":{"type":"semantic_vad","interrupt_response":true}},"output":'
    '{"format":{"rate":24000,"type":"audio/pcm"},"voice":"ash"}},"instructions":"Be brief.","model":"gpt-realtime-2.1",'
    '"output_modalities":["audio"],"tools":[{"description":"Switch the light.","name":"light","parameters":'
    '{"properties":{"on":{"title":"On","type":"boolean"}},"required":["on"],"title":"light_args","type":"object",'
    '"additionalProperties":false},"type":"function"}]},"type":"session.update"}'
)
AGENTS_PYTHON_TRACING = (
    '{"session":{"type":"realtime","model":"gpt-realtime-2.1","tracing":"auto"},"type":"session.update"}'
)
AGENTS_JS = (
    '{"type":"session.update","session":{"type":"realtime","instructions":"Be brief.","model":"local",'
    '"output_modalities":["audio"],"audio":{"input":{"format":{"type":"audio/pcm","rate":24000},"noise_reduction":null,'
    '"transcription":{"model":"gpt-4o-mini-transcribe"},"turn_detection":{"type":"semantic_vad"}},"output":{"format":'
    '{"type":"audio/pcm","rate":24000},"speed":1}},"tools":[{"type":"function","name":"light","description":"Switch",'
    '"parameters":{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"on":{"type":'
    '"boolean"}},"required":["on"],"additionalProperties":false}}]}}'
)
AGENTS_JS_TRACING = '{"type":"session.update","session":{"type":"realtime","tracing":"auto"}}'
LIVEKIT = (
    '{"session": {"type": "realtime", "audio": {"input": {"format": {"rate": 24000, "type": "audio/pcm"}, '
    '"noise_reduction": null, "transcription": {"model": "gpt-4o-mini-transcribe"}, "turn_detection": {"type": '
    '"semantic_vad", "create_response": true, "eagerness": "medium", "interrupt_response": true}}, "output": '
    '{"format": {"rate": 24000, "type": "audio/pcm"}, "speed": 1.0, "voice": "marin"}}, "max_output_tokens": "inf", '
    '"model": "local", "output_modalities": ["audio"], "tool_choice": "auto", "tracing": null}, "type": '
    '"session.update", "event_id": "session_update_a6da4f2fdaf3"}'
)
LIVEKIT_INSTRUCTIONS = (
    '{"session": {"type": "realtime", "instructions": "Be brief."}, "type": "session.update", '
    '"event_id": "instructions_update_51d1a50fc973"}'
)
PIPECAT = (
    '{"event_id": "08209d0c-eecf-4f4c-8b95-ca0bf22f6dc0", "type": "session.update", "session": {"type": "realtime", '
    '"model": "local", "instructions": "Be brief.", "audio": {"input": {"transcription": {"model": '
    '"gpt-realtime-whisper"}}}}}'
)


def session() -> SessionConfig:
    return default_session(session_id="sess_1", model="smollm2-135m", voice="marin")


def updated(current: SessionConfig, *frames: str, voice_locked: bool = False) -> SessionConfig:
    for frame in frames:
        event = cli.decode_client_event(frame, extensions=False)
        assert isinstance(event, cli.SessionUpdate)
        current = apply_update(current, event.session, voice_locked=voice_locked)
    return current


def told(config: SessionConfig) -> dict[str, Any]:
    event = SessionUpdated(event_id="e", session=to_wire(config, extensions=False))
    body: dict[str, Any] = json.loads(encode(event))["session"]
    return body


def is_agents_python(config: SessionConfig) -> bool:
    return (
        config.audio.input.turn_detection == SemanticVad()
        and config.audio.output.voice == "ash"
        and config.tracing == "auto"
        and config.tools[0].__struct_config__.tag == "function"
    )


def is_agents_js(config: SessionConfig) -> bool:
    return config.audio.input.noise_reduction is None and config.tracing == "auto" and len(config.tools) == 1


def is_livekit(config: SessionConfig) -> bool:
    return config.audio.input.turn_detection == SemanticVad(eagerness="medium") and config.instructions == "Be brief."


def is_pipecat(config: SessionConfig) -> bool:
    transcription = config.audio.input.transcription
    return (
        config.audio.input.turn_detection == ServerVad()
        and transcription is not None
        and transcription.model == "gpt-realtime-whisper"
    )


@pytest.mark.parametrize(
    ("frames", "holds"),
    [
        pytest.param((AGENTS_PYTHON, AGENTS_PYTHON_TRACING), is_agents_python, id="agents-python"),
        pytest.param((AGENTS_JS, AGENTS_JS_TRACING), is_agents_js, id="agents-js"),
        pytest.param((LIVEKIT, LIVEKIT_INSTRUCTIONS), is_livekit, id="livekit"),
        pytest.param((PIPECAT,), is_pipecat, id="pipecat"),
    ],
)
def test_the_first_updates_of_a_client_take_effect(
    frames: tuple[str, ...], holds: Callable[[SessionConfig], bool]
) -> None:
    config = updated(session(), *frames)
    assert holds(config)
    assert config.model == "smollm2-135m"
    echoed = told(config)
    assert RealtimeSessionCreateRequest.model_validate(echoed).model == "smollm2-135m"
    assert echoed["audio"]["input"]["turn_detection"]["interrupt_response"] is True
    assert echoed["audio"]["input"]["turn_detection"]["create_response"] is True


@pytest.mark.parametrize("frame", [AGENTS_PYTHON, AGENTS_JS, LIVEKIT, PIPECAT])
def test_clients_that_repeat_their_settings_after_the_first_audio_are_not_refused(frame: str) -> None:
    config = updated(session(), frame)
    assert updated(config, frame, voice_locked=True) == config


def test_agents_python_names_its_response_create_so_that_a_refusal_can_be_matched() -> None:
    event = cli.decode_client_event(
        '{"type":"response.create","event_id":"agents_py_response_create_1"}', extensions=False
    )
    assert event == cli.ResponseCreate(event_id="agents_py_response_create_1")


def test_livekit_marks_its_response_create_with_metadata() -> None:
    event = cli.decode_client_event(
        '{"type": "response.create", "event_id": "response_create_44756dee8a0a", "response": {"instructions": null, '
        '"metadata": {"client_event_id": "response_create_44756dee8a0a"}}}',
        extensions=False,
    )
    assert isinstance(event, cli.ResponseCreate)
    assert event.response is not None
    assert event.response.metadata == {"client_event_id": "response_create_44756dee8a0a"}
    assert event.response.instructions is None


def test_pipecat_mints_the_ids_of_its_items() -> None:
    event = cli.decode_client_event(
        '{"event_id": "d3200c64-64f3-4f2c-a4f7-38948db1e37e", "type": "conversation.item.create", "item": {"id": '
        '"f19c023d8854400886c97998d2fe19b9", "type": "message", "role": "user", "content": [{"type": "input_text", '
        '"text": "hello"}]}}',
        extensions=False,
    )
    assert isinstance(event, cli.ConversationItemCreate)
    assert event.item == Message(id="f19c023d8854400886c97998d2fe19b9", role="user", content=(InputText(text="hello"),))


def test_agents_js_answers_an_approval_without_an_id_of_its_own() -> None:
    event = cli.decode_client_event(
        '{"type":"conversation.item.create","previous_item_id":"mcpr_1","item":{"type":"mcp_approval_response",'
        '"approval_request_id":"mcpr_1","approve":true}}',
        extensions=False,
    )
    assert isinstance(event, cli.ConversationItemCreate)
    assert event.previous_item_id == "mcpr_1"
    assert event.item.id is None


@pytest.mark.parametrize(
    "frame",
    [
        '{"item":{"content":[{"text":"hello","type":"input_text"}],"role":"user","type":"message"},'
        '"type":"conversation.item.create"}',
        '{"event_id": "cd8c5bae-5873-4d2b-ae1b-63363404285b", "type": "response.create", '
        '"response": {"output_modalities": ["audio"]}}',
        '{"event_id": "aca79307-9522-4cf6-821a-3df8e7a2b4fa", "type": "conversation.item.truncate", '
        '"item_id": "item_7", "content_index": 0, "audio_end_ms": 200}',
        '{"type":"conversation.item.retrieve","item_id":"item_23"}',
    ],
)
def test_the_other_frames_seen_in_a_first_turn_are_understood(frame: str) -> None:
    assert cli.decode_client_event(frame, extensions=False).__struct_config__.tag == json.loads(frame)["type"]
