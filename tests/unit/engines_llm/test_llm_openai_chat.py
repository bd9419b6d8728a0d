"""The client against real sockets: servers that answer well, badly, late, or not at all."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
import threading
import traceback
from contextlib import aclosing

import anyio
import psutil
import pytest
import structlog

from tests.deadlines import WAIT_SECONDS
from tests.unit.engines_llm.chat_servers import OK_HEAD, Answer, Exchange, chat_server, hello, http_chunk, refusal
from vivavoce.engines.llm.chat_settings import ChatDeadlines, ChatRetries, ChatSettings, Sampling
from vivavoce.engines.llm.openai_chat import OpenAiChat
from vivavoce.engines.protocols import (
    ChatMessage,
    ReplyDelta,
    ReplyEnd,
    ReplyRequest,
    TextDelta,
    ToolCallDelta,
    ToolSpec,
)
from vivavoce.errors import EngineError, NetworkError, Stage, VivavoceError

pytestmark = pytest.mark.anyio

SECRET_KEY = "sk-very-secret-key"
SECRET_WORDS = "the treasure lies under the oak"
QUICK = ChatSettings(
    deadlines=ChatDeadlines(connect_seconds=1.0, first_token_seconds=0.4, between_tokens_seconds=0.2),
    retries=ChatRetries(retries=2, first_delay_seconds=0.01, longest_delay_seconds=0.1),
)
PATIENT = dataclasses.replace(QUICK, deadlines=ChatDeadlines())
HOUR_SECONDS = 3_600.0
ENDLESS = dataclasses.replace(
    QUICK, deadlines=ChatDeadlines(first_token_seconds=HOUR_SECONDS, between_tokens_seconds=HOUR_SECONDS)
)
"""What ends with these was ended by somebody, and not by a deadline."""


def asking(words: str = SECRET_WORDS) -> ReplyRequest:
    return ReplyRequest(messages=(ChatMessage(role="user", content=words),))


async def replied(engine: OpenAiChat, request: ReplyRequest | None = None) -> list[ReplyDelta]:
    with anyio.fail_after(WAIT_SECONDS):
        async with aclosing(engine.reply(request or asking())) as deltas:
            return [delta async for delta in deltas]


async def failure(*answers: Answer, settings: ChatSettings = QUICK, model: str = "tiny") -> VivavoceError:
    async with chat_server(*answers) as server:
        engine = OpenAiChat(server.url, model, SECRET_KEY, settings=settings)
        with pytest.raises(VivavoceError) as caught:
            await replied(engine)
        await engine.aclose()
    told = "".join(traceback.format_exception(caught.value))
    assert SECRET_KEY not in told
    assert SECRET_WORDS not in told
    return caught.value


async def test_text_usage_and_finish_reason_arrive_in_order() -> None:
    async with chat_server(hello) as server:
        engine = OpenAiChat(server.url, "tiny", SECRET_KEY, settings=PATIENT)
        assert await replied(engine) == [
            TextDelta(text="Hello"),
            TextDelta(text=" there."),
            ReplyEnd(finish_reason="stop", input_tokens=7, output_tokens=2),
        ]
        (seen,) = server.seen
        assert seen.target == "/v1/chat/completions"
        assert seen.headers["authorization"] == f"Bearer {SECRET_KEY}"
        assert seen.body == {
            "model": "tiny",
            "messages": [{"role": "user", "content": SECRET_WORDS}],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        await engine.aclose()


async def test_sampling_the_requests_own_bound_and_extra_fields_go_into_the_body() -> None:
    settings = dataclasses.replace(
        PATIENT, sampling=Sampling(temperature=0.3, max_tokens=200), extra_body={"cache_prompt": True}
    )
    async with chat_server(hello) as server:
        engine = OpenAiChat(server.url, "tiny", settings=settings)
        async with aclosing(
            engine.reply(dataclasses.replace(asking(), max_tokens=9), extra_body={"id_slot": 3})
        ) as deltas:
            assert [delta async for delta in deltas][-1] == ReplyEnd(input_tokens=7, output_tokens=2)
        body = server.seen[0].body
        assert (body["temperature"], body["max_tokens"]) == (0.3, 9)
        assert (body["cache_prompt"], body["id_slot"]) == (True, 3)
        await engine.aclose()


async def test_tool_calls_stream_with_id_and_name_once() -> None:
    async def calls(exchange: Exchange) -> None:
        await exchange.send(OK_HEAD)
        for part in (
            {"index": 0, "id": "c1", "function": {"name": "weather", "arguments": '{"city"'}},
            {"index": 0, "id": "c1", "function": {"name": "weather", "arguments": ': "Rome"}'}},
        ):
            await exchange.event({"choices": [{"index": 0, "delta": {"tool_calls": [part]}}]})
        await exchange.finish("tool_calls")

    async with chat_server(calls) as server:
        engine = OpenAiChat(server.url, "tiny", settings=PATIENT)
        tool = ToolSpec(name="weather", parameters={"type": "object"})
        request = dataclasses.replace(asking(), tools=(tool,), tool_choice="weather")
        assert await replied(engine, request) == [
            ToolCallDelta(index=0, call_id="c1", name="weather", arguments='{"city"'),
            ToolCallDelta(index=0, call_id="", name="", arguments=': "Rome"}'),
            ReplyEnd(finish_reason="tool_calls"),
        ]
        assert server.seen[0].body["tool_choice"] == {"type": "function", "function": {"name": "weather"}}
        await engine.aclose()


async def test_one_connection_serves_turn_after_turn() -> None:
    async with chat_server(hello) as server:
        engine = OpenAiChat(server.url, "tiny", settings=PATIENT)
        for _ in range(3):
            await replied(engine)
        assert server.connections == 1
        await engine.aclose()


async def test_a_kept_connection_that_turns_out_closed_is_replaced_without_a_word() -> None:
    async def hello_then_hang_up_on_the_next(exchange: Exchange) -> None:
        await hello(exchange)
        await exchange.incoming.receive()
        await exchange.socket.aclose()

    never_wait = ChatRetries(first_delay_seconds=60.0, longest_delay_seconds=60.0)
    async with chat_server(hello_then_hang_up_on_the_next, hello) as server:
        engine = OpenAiChat(server.url, "tiny", settings=dataclasses.replace(PATIENT, retries=never_wait))
        await replied(engine)
        assert (await replied(engine))[0] == TextDelta(text="Hello")
        assert server.connections == 2
        await engine.aclose()


async def test_closing_the_iterator_closes_the_stream_at_once() -> None:
    gone = anyio.Event()

    async def endless(exchange: Exchange) -> None:
        await exchange.send(OK_HEAD)
        await exchange.text("one")
        await exchange.closed_by_client()
        gone.set()

    async with chat_server(endless) as server:
        engine = OpenAiChat(server.url, "tiny", settings=ENDLESS)
        deltas = engine.reply(asking())
        assert await anext(deltas) == TextDelta(text="one")
        await deltas.aclose()
        with anyio.fail_after(WAIT_SECONDS):
            await gone.wait()
        await engine.aclose()


async def test_abandoned_replies_leave_no_task_thread_or_socket() -> None:
    async def endless(exchange: Exchange) -> None:
        await exchange.send(OK_HEAD)
        await exchange.text("one")
        await exchange.closed_by_client()

    def held() -> tuple[int, int, int]:
        return len(asyncio.all_tasks()), threading.active_count(), psutil.Process().num_fds()

    async def abandon(engine: OpenAiChat) -> None:
        async with aclosing(engine.reply(asking())) as deltas:
            await anext(deltas)

    async with chat_server(endless) as server:
        engine = OpenAiChat(server.url, "tiny", settings=PATIENT)
        await abandon(engine)
        await anyio.wait_all_tasks_blocked()
        base = held()
        for _ in range(30):
            await abandon(engine)
        await anyio.wait_all_tasks_blocked()
        assert all(now <= before for now, before in zip(held(), base, strict=True)), (base, held())
        await engine.aclose()


@pytest.mark.parametrize("talks_first", [True, False])
async def test_cancelling_the_reader_closes_the_stream_at_once(*, talks_first: bool) -> None:
    arrived, gone = anyio.Event(), anyio.Event()

    async def endless(exchange: Exchange) -> None:
        if talks_first:
            await exchange.send(OK_HEAD)
            await exchange.text("one")
        arrived.set()
        await exchange.closed_by_client()
        gone.set()

    async with chat_server(endless) as server, anyio.create_task_group() as tasks:
        engine = OpenAiChat(server.url, "tiny", settings=ENDLESS)
        tasks.start_soon(replied, engine)
        with anyio.fail_after(WAIT_SECONDS):
            await arrived.wait()
            tasks.cancel_scope.cancel()
        with anyio.fail_after(WAIT_SECONDS, shield=True):
            await gone.wait()
            await engine.aclose()


async def test_a_server_that_fails_before_the_first_token_is_asked_again() -> None:
    async with chat_server(refusal(500), refusal(503), hello) as server:
        engine = OpenAiChat(server.url, "tiny", settings=PATIENT)
        assert (await replied(engine))[0] == TextDelta(text="Hello")
        assert len(server.seen) == 3
        await engine.aclose()


async def test_retries_end() -> None:
    error = await failure(refusal(500), settings=PATIENT)
    assert isinstance(error, EngineError)
    assert (error.code, error.stage, error.retryable) == ("llm_server_error", Stage.LLM, True)


async def test_nothing_is_asked_again_after_the_first_token() -> None:
    async def breaks_off(exchange: Exchange) -> None:
        await exchange.send(OK_HEAD)
        await exchange.text("one")
        await exchange.socket.aclose()

    async with chat_server(breaks_off, hello) as server:
        engine = OpenAiChat(server.url, "tiny", settings=PATIENT)
        deltas = engine.reply(asking())
        assert await anext(deltas) == TextDelta(text="one")
        with pytest.raises(NetworkError) as caught:
            await anext(deltas)
        assert caught.value.code == "llm_disconnected"
        assert len(server.seen) == 1
        await engine.aclose()


async def test_a_hang_before_the_first_token_ends_at_the_deadline() -> None:
    async def hangs(exchange: Exchange) -> None:
        await exchange.closed_by_client()

    error = await failure(hangs)
    assert (error.code, error.retryable) == ("llm_first_token_timeout", True)


async def test_keep_alive_comments_and_empty_chunks_are_no_first_token() -> None:
    async def chatters(exchange: Exchange) -> None:
        await exchange.send(OK_HEAD)
        await exchange.event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]})
        while True:
            await exchange.send(http_chunk(b": ping\n\n"))
            await anyio.sleep(0.05)

    assert (await failure(chatters)).code == "llm_first_token_timeout"


async def test_a_hang_in_mid_reply_ends_at_the_deadline() -> None:
    async def hangs(exchange: Exchange) -> None:
        await exchange.send(OK_HEAD)
        await exchange.text("one")
        await exchange.closed_by_client()

    error = await failure(hangs)
    assert (error.code, error.retryable) == ("llm_stalled", True)


async def test_thoughts_that_are_not_passed_on_still_count_as_progress() -> None:
    async def thinks(exchange: Exchange) -> None:
        await exchange.send(OK_HEAD)
        for _ in range(6):
            await exchange.event({"choices": [{"index": 0, "delta": {"reasoning_content": "hm"}}]})
            await anyio.sleep(0.1)
        await exchange.text("Yes.")
        await exchange.finish()

    async with chat_server(thinks) as server:
        engine = OpenAiChat(server.url, "tiny", settings=QUICK)
        assert await replied(engine) == [TextDelta(text="Yes."), ReplyEnd()]
        await engine.aclose()


async def test_a_server_that_never_ends_its_stream_cannot_hold_the_finished_reply() -> None:
    async def lingers(exchange: Exchange) -> None:
        await exchange.send(OK_HEAD)
        await exchange.text("Done.")
        await exchange.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]})
        await exchange.closed_by_client()

    async with chat_server(lingers) as server:
        engine = OpenAiChat(server.url, "tiny", settings=PATIENT)
        assert await replied(engine) == [TextDelta(text="Done."), ReplyEnd(finish_reason="length")]
        await engine.aclose()


@pytest.mark.parametrize(
    "data",
    [b'data: {"choices": [{"delta"\n\n', b"data: [1, 2]\n\n", b'data: {"choices": "none"}\n\n', b"data: \xff\xfe\n\n"],
    ids=["cut JSON", "no object", "wrong type", "bad UTF-8"],
)
async def test_malformed_events_are_a_typed_error(data: bytes) -> None:
    async def nonsense(exchange: Exchange) -> None:
        await exchange.send(OK_HEAD, http_chunk(data), b"0\r\n\r\n")

    assert (await failure(nonsense)).code == "llm_bad_stream"


async def test_a_web_page_instead_of_a_stream_is_a_typed_error() -> None:
    async def page(exchange: Exchange) -> None:
        body = b"<html><body>Welcome</body></html>"
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
        await exchange.send(head.encode() + body)

    error = await failure(page)
    assert error.code == "llm_bad_stream"
    assert "/v1" in error.remedy


@pytest.mark.parametrize("words", [(), ("one",)], ids=["first", "later"])
async def test_an_error_event_inside_the_stream_is_a_typed_error(words: tuple[str, ...]) -> None:
    async def fails(exchange: Exchange) -> None:
        await exchange.send(OK_HEAD)
        await exchange.text(*words)
        await exchange.event({"error": {"message": f"cannot say: {SECRET_WORDS}", "type": "server_error"}})

    assert (await failure(fails)).code == "llm_server_error"


@pytest.mark.parametrize(
    ("answer", "code", "retryable"),
    [
        (refusal(401, {"message": f"Incorrect API key: {SECRET_KEY}"}), "llm_unauthorised", False),
        (refusal(403), "llm_unauthorised", False),
        (refusal(404, {"message": "model 'tiny' not found"}), "llm_model_not_found", False),
        (refusal(404, {"message": "x", "code": "model_not_found"}), "llm_model_not_found", False),
        (refusal(404), "llm_bad_url", False),
        (refusal(400, {"message": SECRET_WORDS, "code": "context_length_exceeded"}), "llm_context_too_long", False),
        (refusal(400, {"message": "long", "type": "exceed_context_size_error"}), "llm_context_too_long", False),
        (refusal(400, {"message": SECRET_WORDS}), "llm_bad_request", False),
        (refusal(429, {"message": "no", "code": "insufficient_quota"}), "llm_quota_exhausted", False),
        (refusal(429, headers="Retry-After: 30\r\n"), "llm_rate_limited", True),
        (refusal(301, headers="Location: https://elsewhere.invalid/\r\n"), "llm_bad_request", False),
    ],
)
async def test_refusals_are_named(answer: Answer, code: str, retryable: bool) -> None:
    error = await failure(answer)
    assert (error.code, error.retryable) == (code, retryable)
    assert error.remedy


async def test_a_rate_limit_with_a_short_wait_is_waited_out() -> None:
    limited = refusal(429, headers="Retry-After: 0.05\r\n")
    async with chat_server(limited, hello) as server:
        engine = OpenAiChat(server.url, "tiny", settings=PATIENT)
        assert (await replied(engine))[0] == TextDelta(text="Hello")
        await engine.aclose()


async def test_a_long_rate_limit_is_told_at_once_with_its_seconds() -> None:
    error = await failure(refusal(429, headers="Retry-After: 30\r\n"), settings=PATIENT)
    assert "30 seconds" in error.remedy


@pytest.mark.parametrize(
    ("refused", "check"),
    [
        ({"message": "unknown field: stream_options"}, "stream_options"),
        ({"message": "Unsupported parameter", "param": "max_tokens"}, "max_tokens"),
    ],
)
async def test_a_parameter_a_server_does_not_know_is_left_out_from_then_on(refused: dict[str, str], check: str) -> None:
    settings = dataclasses.replace(PATIENT, sampling=Sampling(max_tokens=50))
    async with chat_server(refusal(400, refused), hello) as server:
        engine = OpenAiChat(server.url, "tiny", settings=settings)
        await replied(engine)
        await replied(engine)
        assert [check in seen.body for seen in server.seen] == [True, False, False]
        assert server.seen[-1].body.get("max_completion_tokens") == (50 if check == "max_tokens" else None)
        await engine.aclose()


async def test_nothing_listening_asks_whether_the_server_runs() -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    engine = OpenAiChat(f"http://127.0.0.1:{port}/v1", "tiny", settings=QUICK)
    with pytest.raises(NetworkError) as caught:
        await replied(engine)
    assert caught.value.code == "llm_unreachable"
    assert caught.value.remedy == f"Is the server at http://127.0.0.1:{port}/v1 running?"
    await engine.aclose()


async def test_without_a_model_the_first_one_of_the_server_answers() -> None:
    async def lists(exchange: Exchange) -> None:
        assert exchange.request.target == "/v1/models"
        body = b'{"object": "list", "data": [{"id": "first"}, {"id": "second"}]}'
        await exchange.send(
            f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        )

    async with chat_server(lists, hello) as server:
        engine = OpenAiChat(server.url, settings=PATIENT)
        await replied(engine)
        assert server.seen[1].body["model"] == "first"
        await engine.aclose()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (refusal(401, {"message": f"Incorrect API key: {SECRET_KEY}"}), "llm_unauthorised"),
        (refusal(200, "no list"), "llm_bad_stream"),
    ],
)
async def test_a_server_that_does_not_tell_its_models_is_named(answer: Answer, code: str) -> None:
    assert (await failure(answer, model="")).code == code


async def test_a_server_without_a_model_is_named() -> None:
    body = b'{"data": []}'

    async def lists_none(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n" + body)

    error = await failure(lists_none, model="")
    assert error.code == "llm_model_not_found"
    assert "#MODEL" in error.remedy


async def test_no_key_and_no_word_reaches_the_log() -> None:
    with structlog.testing.capture_logs() as lines:
        async with chat_server(refusal(500, {"message": SECRET_WORDS}), hello) as server:
            engine = OpenAiChat(server.url, "tiny", SECRET_KEY, settings=PATIENT)
            await replied(engine)
            await engine.aclose()
    assert [line["event"] for line in lines] == ["llm_retry"]
    assert SECRET_KEY not in str(lines)
    assert SECRET_WORDS not in str(lines)


async def test_loopback_servers_are_never_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with chat_server(hello) as server:
        engine = OpenAiChat(server.url, "tiny", settings=QUICK)
        assert (await replied(engine))[0] == TextDelta(text="Hello")
        await engine.aclose()
