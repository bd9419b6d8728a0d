"""Every server event as OpenAI's own types read it."""

import base64
import json
from typing import Any, get_args

import msgspec
import pytest
from openai.types.realtime import RealtimeServerEvent, RealtimeSessionCreateRequest
from pydantic import TypeAdapter

from vivavoce.errors import CapacityError, EngineError, InputError, Stage, UnauthorisedError
from vivavoce.realtime.wire import extension_events as ext
from vivavoce.realtime.wire import items
from vivavoce.realtime.wire import response_events as resp
from vivavoce.realtime.wire import server_events as srv
from vivavoce.realtime.wire.audio_config import NoiseReduction, PcmFormat, PcmuFormat, SemanticVad, Transcription
from vivavoce.realtime.wire.session_config import SessionConfig, default_session, to_wire
from vivavoce.realtime.wire.session_patch import Prompt, Reasoning, RetentionRatio, TokenLimits, TracingOptions
from vivavoce.realtime.wire.tools import FunctionTool, McpServerTool, ToolChoiceFunction

AUDIO = bytes(range(256)) * 4
ADAPTER: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)

USER = items.Message(
    id="item_u", role="user", status="completed", content=(items.InputAudio(transcript="turn on the light"),)
)
ASSISTANT = items.Message(
    id="item_a",
    role="assistant",
    status="in_progress",
    content=(items.OutputAudio(transcript="Done."), items.OutputText(text="Done.")),
)
SYSTEM = items.Message(id="item_s", role="system", content=(items.InputText(text="It is dark."),))
CALL = items.FunctionCall(id="item_c", name="light", arguments='{"on":true}', call_id="call_1", status="completed")
OUTPUT = items.FunctionCallOutput(id="item_o", call_id="call_1", output="on")
MCP = (
    items.McpListTools(
        id="mcp_1", server_label="home", tools=(items.McpToolListing(name="light", input_schema={"type": "object"}),)
    ),
    items.McpCall(
        id="mcp_2",
        server_label="home",
        name="light",
        arguments="{}",
        error=items.McpProtocolError(code=-32601, message="no such tool"),
    ),
    items.McpCall(id="mcp_3", server_label="home", name="light", arguments="{}", output="on"),
    items.McpCall(
        id="mcp_4",
        server_label="home",
        name="light",
        arguments="{}",
        error=items.McpHttpError(code=502, message="bad gateway"),
    ),
    items.McpApprovalRequest(id="mcp_5", server_label="home", name="light", arguments="{}"),
    items.McpApprovalResponse(id="mcp_6", approval_request_id="mcp_5", approve=True),
)

IN_PROGRESS = resp.Response(id="resp_1", status="in_progress", output=(), conversation_id="conv_1")
COMPLETED = resp.Response(
    id="resp_1",
    status="completed",
    status_details=resp.StatusDetails(type="completed"),
    output=(ASSISTANT, CALL),
    conversation_id="conv_1",
    output_modalities=("audio",),
    max_output_tokens="inf",
    audio=resp.ResponseAudio(output=resp.ResponseAudioOutput(format=PcmFormat(), voice="marin")),
    usage=resp.Usage(total_tokens=30, input_tokens=20, output_tokens=10),
    metadata={"client_event_id": "e1"},
)
CANCELLED = resp.Response(
    id="resp_2",
    status="cancelled",
    status_details=resp.StatusDetails(type="cancelled", reason="turn_detected"),
    output=(),
)
FAILED = resp.Response(
    id="resp_3",
    status="failed",
    status_details=resp.StatusDetails(
        type="failed", error=resp.ResponseError(type="server_error", code="llm_gone", message="The model is gone.")
    ),
    output=(),
)


def plain_session() -> SessionConfig:
    return default_session(session_id="sess_1", model="smollm2-135m", voice="aria", instructions="Be brief.")


def full_session() -> SessionConfig:
    plain = plain_session()
    heard = msgspec.structs.replace(
        plain.audio.input,
        format=PcmuFormat(),
        turn_detection=SemanticVad(eagerness="low"),
        transcription=Transcription(model="whisper-1", language="en", keywords=("vivavoce",)),
        noise_reduction=NoiseReduction(type="far_field", strength=0.5),
    )
    return msgspec.structs.replace(
        plain,
        audio=msgspec.structs.replace(plain.audio, input=heard),
        tools=(
            FunctionTool(name="light", description="Switch it.", parameters={"type": "object", "properties": {}}),
            McpServerTool(
                server_label="home",
                server_url="https://mcp.example/",
                authorization="secret-token",
                headers={"X-Key": "secret-header"},
                require_approval="never",
            ),
        ),
        tool_choice=ToolChoiceFunction(name="light"),
        max_output_tokens=512,
        truncation=RetentionRatio(retention_ratio=0.8, token_limits=TokenLimits(post_instructions=4000)),
        tracing=TracingOptions(workflow_name="demo"),
        include=("item.input_audio_transcription.logprobs",),
        prompt=Prompt(id="pmpt_1", version="2", variables={"city": "Paris"}),
        reasoning=Reasoning(effort="low"),
        parallel_tool_calls=True,
        expires_at=1_900_000_000,
    )


def core_events() -> list[srv.CoreServerEvent]:
    place: dict[str, Any] = {"event_id": "e", "response_id": "resp_1", "item_id": "item_a", "output_index": 0}
    part: dict[str, Any] = {**place, "content_index": 0}
    return [
        srv.SessionCreated(event_id="e", session=to_wire(plain_session(), extensions=False)),
        srv.SessionUpdated(event_id="e", session=to_wire(full_session(), extensions=False)),
        srv.ConversationCreated(event_id="e", conversation=srv.Conversation(id="conv_1")),
        *(
            srv.ConversationItemAdded(event_id="e", item=item, previous_item_id="item_p")
            for item in (USER, ASSISTANT, SYSTEM, CALL, OUTPUT, *MCP)
        ),
        srv.ConversationItemDone(event_id="e", item=USER),
        srv.ConversationItemRetrieved(
            event_id="e", item=items.Message(id="item_u", role="user", content=(items.InputAudio(audio=AUDIO),))
        ),
        srv.ConversationItemDeleted(event_id="e", item_id="item_u"),
        srv.ConversationItemTruncated(event_id="e", item_id="item_a", content_index=0, audio_end_ms=1200),
        srv.InputAudioTranscriptionDelta(event_id="e", item_id="item_u", delta="turn on"),
        srv.InputAudioTranscriptionCompleted(
            event_id="e",
            item_id="item_u",
            content_index=0,
            transcript="turn on the light",
            usage=srv.UsageDuration(seconds=1.4),
            languages=(srv.SpokenLanguage(code="en"),),
        ),
        srv.InputAudioTranscriptionCompleted(
            event_id="e",
            item_id="item_u",
            content_index=0,
            transcript="",
            usage=srv.UsageTokens(
                total_tokens=3,
                input_tokens=2,
                output_tokens=1,
                input_token_details=srv.UsageTokensInputDetails(text_tokens=0, audio_tokens=2),
            ),
        ),
        srv.InputAudioTranscriptionFailed(
            event_id="e",
            item_id="item_u",
            content_index=0,
            error=srv.TranscriptionError(type="server_error", message="The recogniser is gone.", code="stt_gone"),
        ),
        srv.InputAudioBufferCommitted(event_id="e", item_id="item_u"),
        srv.InputAudioBufferCleared(event_id="e"),
        srv.InputAudioBufferSpeechStarted(event_id="e", item_id="item_u", audio_start_ms=300),
        srv.InputAudioBufferSpeechStopped(event_id="e", item_id="item_u", audio_end_ms=2300),
        srv.InputAudioBufferTimeoutTriggered(event_id="e", item_id="item_u", audio_start_ms=0, audio_end_ms=5000),
        srv.McpListToolsInProgress(event_id="e", item_id="item_l"),
        srv.McpListToolsCompleted(event_id="e", item_id="item_l"),
        srv.McpListToolsFailed(event_id="e", item_id="item_l"),
        srv.OutputAudioBufferStarted(event_id="e", response_id="resp_1"),
        srv.OutputAudioBufferStopped(event_id="e", response_id="resp_1"),
        srv.OutputAudioBufferCleared(event_id="e", response_id="resp_1"),
        srv.RateLimitsUpdated(
            event_id="e", rate_limits=(srv.RateLimit(name="requests", limit=100, remaining=99, reset_seconds=0.5),)
        ),
        srv.error_event(InputError("invalid_value", "No.", param="session.speed"), event_id="e", client_event_id="c"),
        resp.ResponseCreated(event_id="e", response=IN_PROGRESS),
        *(resp.ResponseDone(event_id="e", response=response) for response in (COMPLETED, CANCELLED, FAILED)),
        resp.ResponseOutputItemAdded(event_id="e", response_id="resp_1", output_index=0, item=ASSISTANT),
        resp.ResponseOutputItemDone(event_id="e", response_id="resp_1", output_index=0, item=CALL),
        resp.ResponseContentPartAdded(**part, part=resp.AudioPart(transcript="")),
        resp.ResponseContentPartDone(**part, part=resp.TextPart(text="Done.")),
        resp.ResponseOutputTextDelta(**part, delta="Do"),
        resp.ResponseOutputTextDone(**part, text="Done."),
        resp.ResponseOutputAudioDelta(**part, delta=AUDIO),
        resp.ResponseOutputAudioDone(**part),
        resp.ResponseOutputAudioTranscriptDelta(**part, delta="Do"),
        resp.ResponseOutputAudioTranscriptDone(**part, transcript="Done."),
        resp.ResponseFunctionCallArgumentsDelta(**place, call_id="call_1", delta='{"on"'),
        resp.ResponseFunctionCallArgumentsDone(**place, call_id="call_1", name="light", arguments='{"on":true}'),
        resp.ResponseMcpCallArgumentsDelta(**place, delta='{"on"'),
        resp.ResponseMcpCallArgumentsDone(**place, arguments='{"on":true}'),
        resp.ResponseMcpCallInProgress(event_id="e", item_id="item_m", output_index=0),
        resp.ResponseMcpCallCompleted(event_id="e", item_id="item_m", output_index=0),
        resp.ResponseMcpCallFailed(event_id="e", item_id="item_m", output_index=0),
    ]


def extension_events() -> list[ext.ExtensionEvent]:
    return [
        ext.AudioStream(
            event_id="e",
            response_number=1,
            response_id="resp_1",
            item_id="item_a",
            content_index=0,
            sample_rate_hz=24_000,
        ),
        ext.OutputSegment(
            event_id="e", response_id="resp_1", item_id="item_a", first_sample=0, samples=12_000, text="Done."
        ),
        ext.PlayoutClear(event_id="e", response_id="resp_1", item_id="item_a"),
        ext.PlayoutHold(event_id="e", response_id="resp_1", item_id="item_a"),
        ext.PlayoutResume(event_id="e", response_id="resp_1", item_id="item_a"),
        ext.InputPartial(event_id="e", item_id="item_u", stable="turn on", unstable=" the"),
        ext.TurnState(event_id="e", state="listening", reason="speech_started"),
        ext.TurnTiming(
            event_id="e",
            response_id="resp_1",
            item_id="item_u",
            marks=ext.TurnMarks(transcript=61.5, first_audio=280.0),
        ),
        ext.MemoriesUsed(event_id="e", response_id="resp_1", memories=(ext.Memory(id="mem_1", text="Ada likes tea."),)),
        ext.Expression(event_id="e", response_id="resp_1", item_id="item_a", expression="joy", first_sample=0),
        ext.Action(event_id="e", response_id="resp_1", item_id="item_a", action="nod", first_sample=0),
        ext.Visemes(
            event_id="e",
            response_id="resp_1",
            item_id="item_a",
            first_sample=0,
            samples=12_000,
            visemes=(ext.Viseme(viseme="PP", sample=0, weight=1.0), ext.Viseme(viseme="aa", sample=2_400, weight=0.9)),
        ),
        ext.Recording(event_id="e", is_on=True),
        ext.RoomState(event_id="e", room="den", name="Ada", role="host", speaker=None, waiting=0, dropped=0, viewers=2),
        ext.ServiceStatus(
            event_id="e",
            components=(
                ext.ComponentStatus(job="llm", name="qwen", state="loading", detail="1.1 GB of 1.6", progress=0.7),
                ext.ComponentStatus(job="stt", name="moonshine", state="ready", detail="", progress=None),
            ),
        ),
    ]


def wire(event: srv.ServerEvent) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(srv.encode(event))
    return decoded


def label(event: msgspec.Struct) -> str:
    return str(event.__struct_config__.tag)


@pytest.mark.parametrize("event", core_events(), ids=label)
def test_the_openai_types_accept_every_event_stock_clients_get(event: srv.CoreServerEvent) -> None:
    sent = wire(event)
    read = ADAPTER.validate_python(sent)
    assert read.type == sent["type"]
    assert set(sent) <= set(type(read).model_fields)


def test_no_core_server_event_is_left_unchecked() -> None:
    assert {type(event) for event in core_events()} == set(get_args(srv.CoreServerEvent))


def test_no_extension_event_is_left_unchecked() -> None:
    assert {type(event) for event in extension_events()} == set(get_args(ext.ExtensionEvent))


@pytest.mark.parametrize("event", [*core_events(), *extension_events()], ids=label)
def test_what_is_encoded_decodes_to_the_same_event(event: srv.ServerEvent) -> None:
    assert msgspec.json.decode(srv.encode(event), type=srv.ServerEvent) == event


def test_extension_events_are_named_apart_from_core_events() -> None:
    assert all(wire(event)["type"].startswith("vivavoce.") for event in extension_events())
    assert not any(wire(event)["type"].startswith("vivavoce.") for event in core_events())


def test_audio_goes_out_as_plain_base64() -> None:
    event = resp.ResponseOutputAudioDelta(
        event_id="e", response_id="r", item_id="i", output_index=0, content_index=0, delta=AUDIO
    )
    assert base64.b64decode(wire(event)["delta"], validate=True) == AUDIO


def test_a_turn_timing_names_only_the_steps_that_happened() -> None:
    event = ext.TurnTiming(event_id="e", response_id="r", item_id=None, marks=ext.TurnMarks(first_audio=280.0))
    sent = wire(event)
    assert sent["marks"] == {"first_audio": 280.0}
    assert sent["item_id"] is None


def test_parts_without_audio_carry_no_audio_field() -> None:
    content = wire(srv.ConversationItemAdded(event_id="e", item=USER))["item"]["content"]
    assert content == [{"type": "input_audio", "transcript": "turn on the light"}]


def test_fields_that_agents_js_insists_on_are_told_even_when_nothing_is_known() -> None:
    unheard = items.Message(id="item_u", role="user", status="completed", content=(items.InputAudio(),))
    assert wire(srv.ConversationItemAdded(event_id="e", item=unheard))["item"]["content"] == [
        {"type": "input_audio", "transcript": None}
    ]
    running = items.McpCall(id="mcp_1", server_label="home", name="light", arguments="{}")
    assert wire(srv.ConversationItemAdded(event_id="e", item=running))["item"]["output"] is None
    listed = wire(srv.ConversationItemAdded(event_id="e", item=MCP[0]))["item"]["tools"][0]
    assert listed == {"name": "light", "input_schema": {"type": "object"}, "description": ""}


def test_an_item_placed_first_says_so_with_null() -> None:
    assert wire(srv.ConversationItemAdded(event_id="e", item=USER))["previous_item_id"] is None


def test_items_say_what_object_they_are() -> None:
    assert wire(srv.ConversationItemAdded(event_id="e", item=USER))["item"]["object"] == "realtime.item"


def test_the_session_told_is_valid_and_says_everything_in_force() -> None:
    told = wire(srv.SessionUpdated(event_id="e", session=to_wire(full_session(), extensions=False)))["session"]
    read = RealtimeSessionCreateRequest.model_validate(told)
    assert read.audio is not None
    assert read.audio.input is not None
    assert read.audio.input.turn_detection is not None
    assert read.audio.input.turn_detection.interrupt_response is True
    assert set(told) - {"id", "object", "expires_at"} == set(RealtimeSessionCreateRequest.model_fields)


def test_a_plain_session_leaves_out_what_the_schema_will_not_have_null() -> None:
    told = wire(srv.SessionCreated(event_id="e", session=to_wire(plain_session(), extensions=False)))["session"]
    assert not {"tracing", "include", "prompt", "reasoning", "expires_at", "vivavoce"} & set(told)
    assert set(told["audio"]["input"]) == {"format", "turn_detection"}
    assert told["audio"]["input"]["turn_detection"] == {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": 500,
        "create_response": True,
        "interrupt_response": True,
        "idle_timeout_ms": None,
    }


def test_secrets_of_tools_are_never_told() -> None:
    told = srv.encode(srv.SessionUpdated(event_id="e", session=to_wire(full_session(), extensions=True)))
    assert b"secret" not in told
    assert b"https://mcp.example/" in told


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (InputError("invalid_value", "Bad."), "invalid_request_error"),
        (UnauthorisedError("invalid_api_key", "Wrong key."), "invalid_request_error"),
        (CapacityError("capacity", "Full."), "server_error"),
        (EngineError("llm_gone", "The model is gone.", stage=Stage.LLM), "server_error"),
    ],
)
def test_an_error_keeps_its_code_and_says_whose_fault_it_is(error: InputError, kind: str) -> None:
    detail = wire(srv.error_event(error, event_id="e", client_event_id="c1"))["error"]
    assert detail == {"type": kind, "code": error.code, "message": str(error), "param": None, "event_id": "c1"}
