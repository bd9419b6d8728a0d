"""Requests and chunks, as the many compatible servers write them."""

from __future__ import annotations

import pytest

from vivavoce.engines.llm.chat_settings import ChatRetries, Sampling
from vivavoce.engines.llm.chat_wire import ChatDialect, ChunkReader, chat_body, parse_chunk
from vivavoce.engines.protocols import (
    ChatMessage,
    FinishReason,
    ReplyDelta,
    ReplyEnd,
    ReplyRequest,
    TextDelta,
    ToolCallDelta,
    ToolSpec,
)


def read(*chunks: object) -> tuple[list[ReplyDelta], ReplyEnd]:
    reader = ChunkReader()
    deltas = [delta for chunk in chunks for delta in reader.read(parse_chunk(chunk))]
    return deltas, reader.end()


def delta(**fields: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": fields}]}


def test_a_tool_conversation_takes_the_chat_completions_shape() -> None:
    request = ReplyRequest(
        messages=(
            ChatMessage(role="assistant", content="", tool_calls=(("c1", "clock", "{}"),)),
            ChatMessage(role="tool", content="12:00", tool_call_id="c1"),
        ),
        tools=(ToolSpec(name="clock", description="Tells the time.", parameters={"type": "object"}),),
        tool_choice="required",
    )
    assert chat_body(request, model="m", sampling=Sampling(), dialect=ChatDialect(asks_usage=False)) == {
        "model": "m",
        "stream": True,
        "messages": [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "clock", "arguments": "{}"}}],
            },
            {"role": "tool", "content": "12:00", "tool_call_id": "c1"},
        ],
        "tools": [
            {
                "type": "function",
                "function": {"name": "clock", "description": "Tells the time.", "parameters": {"type": "object"}},
            }
        ],
        "tool_choice": "required",
    }


def test_no_tool_choice_is_sent_without_tools() -> None:
    body = chat_body(ReplyRequest(messages=()), model="m", sampling=Sampling(), dialect=ChatDialect())
    assert "tool_choice" not in body


def test_empty_deltas_and_unknown_fields_say_nothing() -> None:
    deltas, _ = read(
        delta(role="assistant", content=None),
        delta(content=""),
        {"choices": [], "timings": {}},
        {"object": "x"},
        {"choices": [{}]},
    )
    assert deltas == []


def test_a_refusal_is_said_aloud() -> None:
    assert read(delta(refusal="I cannot help with that."))[0] == [TextDelta(text="I cannot help with that.")]


@pytest.mark.parametrize(
    ("told", "reason"),
    [("stop", "stop"), ("length", "length"), ("content_filter", "content_filter"), ("eos", "stop"), (None, "stop")],
)
def test_finish_reasons_are_narrowed_to_ours(told: str | None, reason: FinishReason) -> None:
    assert read({"choices": [{"delta": {"content": "x"}, "finish_reason": told}]})[1] == ReplyEnd(finish_reason=reason)


def test_usage_counts_cached_tokens_where_told() -> None:
    usage = {"prompt_tokens": 30, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 20}}
    assert read({"choices": [], "usage": usage})[1] == ReplyEnd(input_tokens=30, output_tokens=4, cached_tokens=20)
    assert read({"choices": [], "usage": {"prompt_tokens": 3}})[1] == ReplyEnd(input_tokens=3)


def test_tool_calls_without_index_are_told_apart_by_their_ids() -> None:
    deltas, end = read(
        delta(tool_calls=[{"id": "a", "function": {"name": "one", "arguments": "{}"}}]),
        delta(tool_calls=[{"id": "b", "function": {"name": "two", "arguments": "{"}}]),
        delta(tool_calls=[{"id": "b", "function": {"arguments": "}"}}]),
        {"choices": [{"delta": {}, "finish_reason": "stop"}]},
    )
    assert deltas == [
        ToolCallDelta(index=0, call_id="a", name="one", arguments="{}"),
        ToolCallDelta(index=1, call_id="b", name="two", arguments="{"),
        ToolCallDelta(index=1, call_id="", name="", arguments="}"),
    ]
    assert end.finish_reason == "tool_calls"


def test_a_tool_call_without_an_id_gets_one() -> None:
    deltas, _ = read(delta(tool_calls=[{"index": 0, "function": {"name": "one"}}]))
    (call,) = deltas
    assert isinstance(call, ToolCallDelta)
    assert call.call_id.startswith("call_")


@pytest.mark.parametrize("nonsense", [None, 3, "text", [], {"choices": 1}, {"choices": [{"delta": {"content": 3}}]}])
def test_what_is_no_chunk_is_refused(nonsense: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_chunk(nonsense)


def test_a_dialect_learns_each_lesson_once() -> None:
    learned = ChatDialect().without("stream_options")
    assert learned == ChatDialect(asks_usage=False)
    assert learned.without("stream_options") is None
    assert ChatDialect().without("max_tokens") == ChatDialect(bound_field="max_completion_tokens")
    assert ChatDialect().without("temperature") is None


def test_retries_wait_longer_each_time_and_never_less_than_asked() -> None:
    retries = ChatRetries(retries=3, first_delay_seconds=0.5, longest_delay_seconds=1.5)
    assert [retries.delay_seconds(failures) for failures in (1, 2, 3, 4)] == [0.5, 1.0, 1.5, None]
    assert retries.delay_seconds(1, 1.2) == 1.2
    assert retries.delay_seconds(1, 60.0) is None
