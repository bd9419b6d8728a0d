from __future__ import annotations

import json
from typing import Any

import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pydantic import TypeAdapter, ValidationError

from vivavoce.engines.protocols import ReplyDelta, ReplyEnd, TextDelta, ToolCallDelta
from vivavoce.errors import InputError
from vivavoce.server.chat_answer import ChunkWriter, CompletionHead, CompletionWriter
from vivavoce.server.chat_request import ChatRequest, reply_request

HEAD = CompletionHead(id="chatcmpl-1", created=1_700_000_000, model="fake")
TEXT: list[ReplyDelta] = [
    TextDelta(text="Hel"),
    TextDelta(text="lo."),
    ReplyEnd(finish_reason="length", input_tokens=5, output_tokens=2, cached_tokens=4),
]
CALLS: list[ReplyDelta] = [
    ToolCallDelta(index=0, call_id="call_a", name="clock", arguments=""),
    ToolCallDelta(index=0, call_id="", name="", arguments='{"zone":'),
    ToolCallDelta(index=1, call_id="call_b", name="weather", arguments="{}"),
    ToolCallDelta(index=0, call_id="", name="", arguments='"UTC"}'),
    ReplyEnd(finish_reason="tool_calls"),
]


def completion_of(deltas: list[ReplyDelta]) -> dict[str, Any]:
    writer = CompletionWriter(HEAD)
    for delta in deltas:
        writer.take(delta)
    data: dict[str, Any] = json.loads(writer.completion().model_dump_json())
    TypeAdapter(ChatCompletion).validate_python(data)
    return data


def chunks_of(deltas: list[ReplyDelta], *, include_usage: bool = False) -> list[dict[str, Any]]:
    writer = ChunkWriter(HEAD, include_usage=include_usage)
    lines = [line.decode() for delta in deltas for line in writer.take(delta)]
    assert lines[-1] == "data: [DONE]\n\n"
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]
    for chunk in chunks:
        TypeAdapter(ChatCompletionChunk).validate_python(chunk)
    return chunks


def chat(**fields: object) -> ChatRequest:
    return ChatRequest.model_validate({"messages": [{"role": "user", "content": "Hi"}]} | fields)


def test_a_whole_answer_adds_the_text_up() -> None:
    data = completion_of(TEXT)
    assert data["choices"][0]["message"] == {"role": "assistant", "content": "Hello.", "refusal": None}
    assert data["choices"][0]["finish_reason"] == "length"
    assert data["usage"]["total_tokens"] == 7
    assert data["usage"]["prompt_tokens_details"] == {"cached_tokens": 4}


def test_a_whole_answer_puts_interleaved_calls_together() -> None:
    message = completion_of(CALLS)["choices"][0]["message"]
    assert message["content"] is None
    assert message["tool_calls"] == [
        {"id": "call_a", "type": "function", "function": {"name": "clock", "arguments": '{"zone":"UTC"}'}},
        {"id": "call_b", "type": "function", "function": {"name": "weather", "arguments": "{}"}},
    ]


def test_an_answer_without_words_is_an_empty_text() -> None:
    assert completion_of([ReplyEnd()])["choices"][0]["message"]["content"] == ""


def test_a_stream_names_the_role_first_and_the_reason_last() -> None:
    chunks = chunks_of(TEXT)
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert deltas == [{"role": "assistant", "content": ""}, {"content": "Hel"}, {"content": "lo."}, {}]
    assert [chunk["choices"][0].get("finish_reason") for chunk in chunks] == [None, None, None, "length"]


def test_a_stream_ends_with_the_usage_when_asked() -> None:
    last = chunks_of(TEXT, include_usage=True)[-1]
    assert last["choices"] == []
    assert last["usage"]["completion_tokens"] == 2


def test_a_stream_names_each_call_once() -> None:
    calls = [
        call
        for chunk in chunks_of(CALLS)
        for choice in chunk["choices"]
        for call in choice["delta"].get("tool_calls", [])
    ]
    assert [(call["index"], call.get("id"), call["function"].get("name")) for call in calls] == [
        (0, "call_a", "clock"),
        (0, None, None),
        (1, "call_b", "weather"),
        (0, None, None),
    ]


def test_parts_of_text_become_one_text_and_developers_count_as_the_system() -> None:
    parts = [{"type": "text", "text": "Be "}, {"type": "text", "text": "brief."}]
    request = reply_request(chat(messages=[{"role": "developer", "content": parts}]))
    assert (request.messages[0].role, request.messages[0].content) == ("system", "Be brief.")


def test_calls_and_their_results_reach_the_engine() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "clock", "arguments": "{}"}}
    request = reply_request(
        chat(
            messages=[
                {"role": "user", "content": "What time is it?"},
                {"role": "assistant", "content": None, "tool_calls": [call]},
                {"role": "tool", "content": "noon", "tool_call_id": "c1"},
            ]
        )
    )
    assert request.messages[1].tool_calls == (("c1", "clock", "{}"),)
    assert request.messages[2].tool_call_id == "c1"


@pytest.mark.parametrize(
    ("choice", "passed"),
    [
        (None, "auto"),
        ("required", "required"),
        ("none", "none"),
        ({"type": "function", "function": {"name": "clock"}}, "clock"),
    ],
)
def test_tools_and_their_choice_are_passed_through(choice: object, passed: str) -> None:
    tool = {"type": "function", "function": {"name": "clock", "parameters": {"type": "object"}}}
    request = reply_request(chat(tools=[tool], tool_choice=choice))
    assert request.tool_choice == passed
    assert request.tools[0].parameters == {"type": "object"}


def test_the_newer_name_of_the_token_limit_wins() -> None:
    assert reply_request(chat(max_tokens=5)).max_tokens == 5
    assert reply_request(chat(max_tokens=5, max_completion_tokens=7)).max_tokens == 7


@pytest.mark.parametrize(
    ("param", "value"),
    [
        ("n", 2),
        ("stop", ["\n"]),
        ("logprobs", True),
        ("response_format", {"type": "json_object"}),
        ("modalities", ["text", "audio"]),
    ],
)
def test_what_would_make_the_answer_wrong_is_refused(param: str, value: object) -> None:
    with pytest.raises(InputError) as refusal:
        reply_request(chat(**{param: value}))
    assert (refusal.value.code, refusal.value.param) == ("unsupported_parameter", param)


@pytest.mark.parametrize(
    ("param", "value"),
    [("temperature", 0.2), ("n", 1), ("response_format", {"type": "text"}), ("seed", 1), ("modalities", ["text"])],
)
def test_what_only_shapes_the_sampling_is_taken(param: str, value: object) -> None:
    assert reply_request(chat(**{param: value})).messages


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{"role": "wizard", "content": "Hi"}],
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]}],
        "Hi",
    ],
)
def test_messages_that_cannot_be_read_are_refused(messages: object) -> None:
    with pytest.raises(ValidationError):
        chat(messages=messages)


def test_a_result_must_say_which_call_it_answers() -> None:
    with pytest.raises(InputError) as refusal:
        reply_request(chat(messages=[{"role": "tool", "content": "noon"}]))
    assert refusal.value.param == "messages[0].tool_call_id"
