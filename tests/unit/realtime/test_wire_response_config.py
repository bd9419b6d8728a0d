"""What `response.create` makes of the session's settings."""

import json
from typing import Any

import msgspec
import pytest

from vivavoce.errors import InputError
from vivavoce.realtime.wire.audio_config import PcmFormat, PcmuFormat
from vivavoce.realtime.wire.client_events import ResponseCreate, decode_client_event
from vivavoce.realtime.wire.items import InputText, ItemReference, Message
from vivavoce.realtime.wire.response_config import ResponseConfig, resolve_response
from vivavoce.realtime.wire.session_config import default_session
from vivavoce.realtime.wire.tools import FunctionTool, ToolChoiceFunction

SESSION = msgspec.structs.replace(
    default_session(session_id="sess_1", model="local", voice="aria", instructions="Be brief."),
    tools=(FunctionTool(name="light"),),
    max_output_tokens=500,
)


def resolved(response: dict[str, Any] | None, *, voice_locked: bool = False) -> ResponseConfig:
    message = {"type": "response.create"} if response is None else {"type": "response.create", "response": response}
    event = decode_client_event(json.dumps(message), extensions=False)
    assert isinstance(event, ResponseCreate)
    return resolve_response(SESSION, event.response, voice_locked=voice_locked)


def refused(response: dict[str, Any], *, voice_locked: bool = False) -> InputError:
    with pytest.raises(InputError) as caught:
        resolved(response, voice_locked=voice_locked)
    return caught.value


@pytest.mark.parametrize(
    "response",
    [None, {}, {"instructions": None, "tools": None, "audio": None, "input": None}, {"audio": {"output": None}}],
)
def test_a_response_is_as_the_session_says_unless_told_otherwise(response: dict[str, Any] | None) -> None:
    config = resolved(response)
    assert config == ResponseConfig(
        conversation="auto",
        input=None,
        instructions="Be brief.",
        max_output_tokens=500,
        metadata=None,
        output_modalities=("audio",),
        output_format=PcmFormat(),
        voice="aria",
        speed=1.0,
        tools=(FunctionTool(name="light"),),
        tool_choice="auto",
        parallel_tool_calls=None,
        prompt=None,
        reasoning=None,
        own=frozenset(),
    )
    assert config.writes_to_conversation


@pytest.mark.parametrize(
    ("response", "field", "expected"),
    [
        ({"conversation": "none"}, "conversation", "none"),
        ({"conversation": "none"}, "writes_to_conversation", False),
        ({"input": []}, "input", ()),
        ({"input": [{"type": "item_reference", "id": "item_1"}]}, "input", (ItemReference(id="item_1"),)),
        (
            {"input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}]},
            "input",
            (Message(role="user", content=(InputText(text="hi"),)),),
        ),
        ({"instructions": "Sing."}, "instructions", "Sing."),
        ({"instructions": ""}, "instructions", ""),
        ({"max_output_tokens": 7}, "max_output_tokens", 7),
        ({"max_output_tokens": "inf"}, "max_output_tokens", "inf"),
        ({"metadata": {"a": "b"}}, "metadata", {"a": "b"}),
        ({"output_modalities": ["text"]}, "output_modalities", ("text",)),
        ({"audio": {"output": {"format": {"type": "audio/pcmu"}}}}, "output_format", PcmuFormat()),
        ({"audio": {"output": {"voice": "bella"}}}, "voice", "bella"),
        ({"audio": {"output": {"voice": {"id": "voice_1"}}}}, "voice", "voice_1"),
        ({"tools": []}, "tools", ()),
        ({"tool_choice": "required"}, "tool_choice", "required"),
        ({"tool_choice": {"type": "function", "name": "x"}}, "tool_choice", ToolChoiceFunction(name="x")),
        ({"parallel_tool_calls": False}, "parallel_tool_calls", False),
    ],
)
def test_a_response_may_override_the_session_for_itself(response: dict[str, Any], field: str, expected: object) -> None:
    assert getattr(resolved(response), field) == expected


def test_metadata_may_be_as_large_as_the_protocol_says() -> None:
    metadata = {f"{n:064d}": "v" * 512 for n in range(16)}
    assert resolved({"metadata": metadata}).metadata == metadata


@pytest.mark.parametrize(
    ("response", "param"),
    [
        ({"output_modalities": ["audio", "text"]}, "response.output_modalities"),
        ({"max_output_tokens": 5000}, "response.max_output_tokens"),
        ({"conversation": "conv_1"}, "response.conversation"),
        ({"voice": "x"}, "response.voice"),
        ({"audio": {"output": {"speed": 1}}}, "response.audio.output.speed"),
        (
            {"input": [{"type": "message", "role": "user", "content": [{"type": "output_text", "text": "x"}]}]},
            "response.input[0].content[0].type",
        ),
        ({"tools": [{"type": "mcp", "server_label": "x"}]}, "response.tools[0].server_url"),
        ({"input": [{"type": "item_reference", "id": "a"}, {"type": "item_reference"}]}, "response.input[1].id"),
    ],
)
def test_what_a_response_cannot_be_is_refused_where_it_stands(response: dict[str, Any], param: str) -> None:
    assert refused(response).param == param


def test_another_voice_after_the_first_audio_is_refused() -> None:
    refusal = refused({"audio": {"output": {"voice": "bella"}}}, voice_locked=True)
    assert (refusal.code, refusal.param) == ("cannot_update_voice", "response.audio.output.voice")
    assert resolved({"audio": {"output": {"voice": "aria"}}}, voice_locked=True).voice == "aria"


def test_a_response_with_tools_of_its_own_has_no_others() -> None:
    assert resolved({"tools": [], "audio": {"output": {"voice": "aria"}}}).own == {"tools", "voice"}
    assert resolved({"tools": []}).tools == ()
