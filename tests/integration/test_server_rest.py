"""The REST routes on real sockets, with the stock OpenAI client; the engines are fakes."""

from __future__ import annotations

import base64
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import anyio
import httpx2
import numpy as np
import openai
import pytest
from openai import AsyncOpenAI
from openai.types.audio import TranscriptionStreamEvent
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pydantic import TypeAdapter

from tests.deadlines import WAIT_SECONDS
from vivavoce.audio.files import decode_file, encode_file
from vivavoce.audio.pcm import rms_dbfs
from vivavoce.engines.llm.fake import Hold, ScriptedReplies
from vivavoce.engines.protocols import ReplyEnd, ToolCallDelta
from vivavoce.engines.roster import ComponentStatus, EngineRoster, Job
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.engines.tts.fake import FakeTts
from vivavoce.errors import EngineError, Stage
from vivavoce.server.settings import ServerSettings
from vivavoce.testing.engines import fake_roster
from vivavoce.testing.live_server import LiveServer, live_server

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.audio.pcm import Samples

pytestmark = pytest.mark.anyio

SETTINGS = ServerSettings(page_folder=None)
QUESTION: Any = [{"role": "user", "content": "Hi"}]
BROKEN = EngineError("engine_failed", "The engine broke.", stage=Stage.LLM)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@asynccontextmanager
async def stock_client(roster: EngineRoster, settings: ServerSettings = SETTINGS) -> AsyncGenerator[AsyncOpenAI, None]:
    async with (
        live_server(roster, settings) as server,
        AsyncOpenAI(api_key="any", base_url=server.api_url, max_retries=0, timeout=WAIT_SECONDS) as client,
    ):
        yield client


@asynccontextmanager
async def http_client(
    roster: EngineRoster, settings: ServerSettings = SETTINGS
) -> AsyncGenerator[httpx2.AsyncClient, None]:
    async with (
        live_server(roster, settings) as server,
        httpx2.AsyncClient(base_url=server.url, timeout=WAIT_SECONDS) as client,
    ):
        yield client


def tone(seconds: float, rate_hz: int = 16_000) -> Samples:
    wave: Samples = (0.2 * np.sin(np.arange(int(seconds * rate_hz)) * 0.1)).astype(np.float32)
    return wave


# ---------------------------------------------------------------- health and models


async def test_health_tells_the_state_the_version_and_the_sessions() -> None:
    async with http_client(fake_roster()) as client:
        answer = await client.get("/health")
        health = answer.json()
        assert answer.status_code == 200
        assert health["status"] == "ok"
        assert health["websocket"] == {"active": 0, "total": 0, "limit": 100}
        assert {component["job"] for component in health["components"]} == {"vad", "turn", "stt", "llm", "tts"}
        assert health["uptime_seconds"] >= 0
        assert health["version"]


@pytest.mark.parametrize(("state", "status"), [("loading", "starting"), ("missing", "degraded")])
async def test_a_service_that_cannot_converse_yet_is_alive_all_the_same(state: Any, status: str) -> None:
    roster = EngineRoster()
    roster.report(ComponentStatus(job=Job.LLM, name="big", state=state, progress=0.25))
    async with http_client(roster) as client:
        answer = await client.get("/health")
        assert (answer.status_code, answer.json()["status"]) == (200, status)
        assert answer.json()["components"][0]["progress"] == 0.25


async def test_a_service_that_converses_with_something_missing_is_degraded() -> None:
    roster = fake_roster()
    roster.report(ComponentStatus(job=Job.TURN, name="fake", state="missing"))
    async with http_client(roster) as client:
        assert (await client.get("/health")).json()["status"] == "degraded"


async def test_the_models_are_the_engines() -> None:
    async with stock_client(fake_roster()) as client:
        assert [model.id async for model in client.models.list()] == ["scripted", "fake"]
        assert (await client.models.retrieve("scripted")).object == "model"
        with pytest.raises(openai.NotFoundError):
            await client.models.retrieve("gpt-9")


# ---------------------------------------------------------------- chat


async def test_a_chat_is_answered_whole() -> None:
    async with stock_client(fake_roster()) as client:
        completion = await client.chat.completions.create(model="local", messages=QUESTION)
        TypeAdapter(ChatCompletion).validate_python(completion.model_dump())
        assert completion.choices[0].message.content == "Hello there."
        assert completion.model == "scripted"
        assert completion.usage
        assert completion.usage.total_tokens == 5


async def test_a_chat_is_answered_word_by_word() -> None:
    async with stock_client(fake_roster()) as client:
        stream = await client.chat.completions.create(
            model="local", messages=QUESTION, stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]
        for chunk in chunks:
            TypeAdapter(ChatCompletionChunk).validate_python(chunk.model_dump())
        words = [choice.delta.content for chunk in chunks for choice in chunk.choices]
        assert words == ["", "Hello", " there.", None]
        assert chunks[-1].usage


async def test_the_words_come_while_the_model_still_writes() -> None:
    hold = Hold()
    replies = ScriptedReplies(["Wait", hold, " for it."])
    async with stock_client(fake_roster(replies=replies)) as client:
        stream = await client.chat.completions.create(model="local", messages=QUESTION, stream=True)
        words = ""
        async for chunk in stream:
            words += chunk.choices[0].delta.content or ""
            if words == "Wait":
                hold.until.set()
        assert words == "Wait for it."


async def test_tools_reach_the_model_and_its_calls_come_back() -> None:
    call = ToolCallDelta(index=0, call_id="call_1", name="clock", arguments='{"zone": "UTC"}')
    replies = ScriptedReplies([call, ReplyEnd(finish_reason="tool_calls")])
    tools: Any = [{"type": "function", "function": {"name": "clock", "parameters": {"type": "object"}}}]
    async with stock_client(fake_roster(replies=replies)) as client:
        completion = await client.chat.completions.create(
            model="local", messages=QUESTION, tools=tools, tool_choice="required"
        )
        calls = completion.choices[0].message.tool_calls
        assert calls
        assert calls[0].id == "call_1"
        assert completion.choices[0].finish_reason == "tool_calls"
        assert (replies.requests[0].tools[0].name, replies.requests[0].tool_choice) == ("clock", "required")


@pytest.mark.parametrize("stream", [True, False])
async def test_a_client_that_leaves_stops_the_model(stream: bool) -> None:
    hold = Hold()
    replies = ScriptedReplies(["Once upon a time.", hold])
    body = {"messages": QUESTION, "stream": stream}
    async with http_client(fake_roster(replies=replies)) as client, anyio.create_task_group() as group:

        async def ask() -> None:
            await client.post("/v1/chat/completions", json=body)

        group.start_soon(ask)
        with anyio.fail_after(WAIT_SECONDS):
            await hold.reached.wait()
            group.cancel_scope.cancel()
            with anyio.fail_after(WAIT_SECONDS, shield=True):
                await replies.stopped.wait()
    assert replies.active == 0


@pytest.mark.parametrize("stream", [True, False])
async def test_a_model_that_fails_at_once_is_an_error_of_the_server(stream: bool) -> None:
    async with stock_client(fake_roster(replies=ScriptedReplies([BROKEN]))) as client:
        with pytest.raises(openai.InternalServerError) as failure:
            await client.chat.completions.create(model="local", messages=QUESTION, stream=stream)
        assert failure.value.code == "engine_failed"


async def test_a_model_that_fails_in_mid_stream_says_so_in_the_stream() -> None:
    async with stock_client(fake_roster(replies=ScriptedReplies(["Well", BROKEN]))) as client:
        stream = await client.chat.completions.create(model="local", messages=QUESTION, stream=True)
        with pytest.raises(openai.APIError, match="The engine broke"):
            [chunk async for chunk in stream]


async def test_without_a_model_the_refusal_says_so() -> None:
    async with http_client(EngineRoster()) as client:
        answer = await client.post("/v1/chat/completions", json={"messages": QUESTION})
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "llm_unavailable"


async def test_more_requests_than_there_is_room_for_are_refused_at_once() -> None:
    hold = Hold()
    replies = ScriptedReplies(["One.", hold])
    settings = replace(SETTINGS, max_requests=1)
    async with stock_client(fake_roster(replies=replies), settings) as client, anyio.create_task_group() as group:

        async def occupy() -> None:
            await client.chat.completions.create(model="local", messages=QUESTION)

        group.start_soon(occupy)
        await hold.reached.wait()
        with pytest.raises(openai.InternalServerError) as refusal:
            await client.chat.completions.create(model="local", messages=QUESTION)
        assert (refusal.value.status_code, refusal.value.code) == (503, "request_limit_reached")
        hold.until.set()


async def test_a_request_has_a_deadline() -> None:
    replies = ScriptedReplies([Hold()])
    settings = replace(SETTINGS, request_seconds=0.1)
    async with http_client(fake_roster(replies=replies), settings) as client:
        answer = await client.post("/v1/chat/completions", json={"messages": QUESTION})
        assert (answer.status_code, answer.json()["error"]["code"]) == (504, "request_timed_out")
    assert replies.active == 0


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ('{"messages": ', "invalid_json", None),
        ("{}", "missing_required_parameter", "messages"),
        ('{"messages": [{"role": "user", "content": 5}]}', "invalid_value", "messages[0].content"),
        ('{"messages": [{"role": "wizard"}]}', "invalid_value", "messages[0].role"),
        ('{"messages": [{"role": "user", "content": "Hi"}], "n": 2}', "unsupported_parameter", "n"),
        ("[]", "invalid_value", "body"),
    ],
)
async def test_a_bad_request_is_refused_in_openais_words(body: str, code: str, param: str | None) -> None:
    async with http_client(fake_roster()) as client:
        headers = {"Content-Type": "application/json"}
        answer = await client.post("/v1/chat/completions", content=body, headers=headers)
        error = answer.json()["error"]
        assert answer.status_code == 400
        assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, param)
        assert error["message"]


async def test_an_unknown_path_is_refused_in_openais_words() -> None:
    async with http_client(fake_roster()) as client:
        answer = await client.post("/v1/embeddings", json={})
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
        answer = await client.get("/v1/chat/completions")
        assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")


# ---------------------------------------------------------------- speech


@pytest.mark.parametrize(
    ("file_format", "content_type"),
    [
        (None, "audio/mpeg"),
        ("mp3", "audio/mpeg"),
        ("opus", "audio/ogg"),
        ("flac", "audio/flac"),
        ("wav", "audio/wav"),
    ],
)
async def test_speech_comes_as_the_file_that_was_asked_for(file_format: Any, content_type: str) -> None:
    async with stock_client(fake_roster()) as client:
        chosen = {} if file_format is None else {"response_format": file_format}
        answer = await client.audio.speech.create(model="tts-1", voice="alloy", input="Good morning, all.", **chosen)
        assert answer.response.headers["content-type"] == content_type
        samples, rate_hz = decode_file(answer.content)
        assert len(samples) / rate_hz == pytest.approx(0.9, abs=0.15)
        assert rms_dbfs(samples) > -20


async def test_pcm_is_24_khz_without_a_header() -> None:
    async with stock_client(fake_roster()) as client:
        answer = await client.audio.speech.create(
            model="tts-1", voice="alloy", input="Good.", response_format="pcm", speed=0.5
        )
        assert answer.response.headers["content-type"] == "audio/pcm"
        assert len(answer.content) == 2 * 24_000 * 5 // 10


@pytest.mark.parametrize("file_format", ["pcm", "wav", "mp3"])
async def test_speech_as_events_is_the_same_sound(file_format: str) -> None:
    body = {"input": "One day. Another day.", "voice": "alloy", "response_format": file_format}
    async with http_client(fake_roster()) as client:
        whole = (await client.post("/v1/audio/speech", json=body)).content
        answer = await client.post("/v1/audio/speech", json=body | {"stream_format": "sse"})
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = events_of(answer.text)
        assert {event["type"] for event in events[:-1]} == {"speech.audio.delta"}
        assert events[-1]["type"] == "speech.audio.done"
        assert set(events[-1]["usage"]) == {"input_tokens", "output_tokens", "total_tokens"}
        assert b"".join(base64.b64decode(event["audio"]) for event in events[:-1]) == whole


async def test_the_first_clause_is_sent_before_the_last_is_spoken() -> None:
    tts = FakeTts(failing_on="second")
    body = {"input": "This is the first sentence. This is the second sentence.", "response_format": "pcm"}
    async with http_client(fake_roster(tts=tts)) as client:
        answer = await client.post("/v1/audio/speech", json=body | {"stream_format": "sse"})
        kinds = [event["type"] for event in events_of(answer.text)]
        assert kinds[0] == "speech.audio.delta"
        assert kinds[-1] == "error"
        with pytest.raises(httpx2.RemoteProtocolError):
            await client.post("/v1/audio/speech", json=body)


@pytest.mark.parametrize(
    ("text", "voice", "spoken_as"),
    [
        ("Good morning.", "alloy", ("en", "")),
        ("Good morning.", "hum", ("en", "hum")),
        ("早上好。", "alloy", ("zh", "")),
        ("早上好。", "hum", ("zh", "hum")),
        ("Good morning.", {"id": "hum"}, ("en", "hum")),
    ],
)
async def test_a_voice_that_is_not_there_gives_way_to_the_languages_own(
    text: str, voice: object, spoken_as: tuple[str, str]
) -> None:
    tts = FakeTts()
    async with http_client(fake_roster(tts=tts)) as client:
        answer = await client.post("/v1/audio/speech", json={"input": text, "voice": voice, "response_format": "pcm"})
        assert answer.status_code == 200
        assert (tts.spoken[0].language, tts.spoken[0].voice) == spoken_as


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"response_format": "aac"}, "audio_format_unsupported"),
        ({"response_format": "ogg"}, "invalid_value"),
        ({"speed": 5}, "invalid_value"),
        ({"speed": 0.2}, "invalid_value"),
        ({"input": ""}, "invalid_value"),
        ({"input": "a" * 4_097}, "invalid_value"),
        ({"stream_format": "ws"}, "invalid_value"),
    ],
)
async def test_speech_that_cannot_be_made_is_refused(changed: dict[str, object], code: str) -> None:
    async with http_client(fake_roster()) as client:
        answer = await client.post("/v1/audio/speech", json={"input": "Hi.", "voice": "alloy"} | changed)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
        assert answer.json()["error"]["param"] == next(iter(changed))


async def test_a_voice_that_fails_at_once_is_an_error_of_the_server() -> None:
    async with http_client(fake_roster(tts=FakeTts(failing_on="Hi"))) as client:
        answer = await client.post("/v1/audio/speech", json={"input": "Hi.", "response_format": "pcm"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "engine_failed")


# ---------------------------------------------------------------- transcription


@pytest.mark.parametrize("file_format", ["wav", "flac", "mp3", "opus"])
async def test_a_recording_is_transcribed(file_format: str) -> None:
    stt = FakeStt(["Turn on the lights."])
    async with stock_client(fake_roster(stt=stt)) as client:
        content = encode_file(tone(1.0, 24_000), 24_000, file_format)
        transcription = await client.audio.transcriptions.create(
            file=(f"audio.{file_format}", content), model="whisper-1", language="en"
        )
        assert transcription.text == "Turn on the lights."
        assert stt.heard_samples[0] == pytest.approx(16_000, abs=1_500)


async def test_a_long_recording_is_heard_in_pieces() -> None:
    stt = FakeStt(["First.", "", "Third."])
    async with stock_client(fake_roster(stt=stt)) as client:
        verbose = await client.audio.transcriptions.create(
            file=("long.flac", encode_file(tone(75.0), 16_000, "flac")), model="local", response_format="verbose_json"
        )
        assert verbose.text == "First. Third."
        assert verbose.duration == 75.0
        assert verbose.segments
        assert [segment.text for segment in verbose.segments] == ["First.", "Third."]
        assert sum(stt.heard_samples) == 75 * 16_000
        assert max(stt.heard_samples) <= 30 * 16_000


async def test_a_transcript_can_come_piece_by_piece() -> None:
    async with stock_client(fake_roster(stt=FakeStt(["First.", "Second."]))) as client:
        stream = await client.audio.transcriptions.create(
            file=("long.flac", encode_file(tone(40.0), 16_000, "flac")), model="local", stream=True
        )
        events = [event async for event in stream]
        for event in events:
            TypeAdapter(TranscriptionStreamEvent).validate_python(event.model_dump())
        assert [event.type for event in events] == ["transcript.text.delta"] * 2 + ["transcript.text.done"]
        deltas = [event.delta for event in events if event.type == "transcript.text.delta"]
        assert "".join(deltas) == "First. Second."


@pytest.mark.parametrize(
    ("response_format", "text"),
    [
        ("text", "Hello.\n"),
        ("srt", "1\n00:00:00,000 --> 00:00:01,000\nHello.\n\n"),
        ("vtt", "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nHello.\n\n"),
    ],
)
async def test_a_transcript_comes_in_the_format_that_was_asked_for(response_format: Any, text: str) -> None:
    async with stock_client(fake_roster()) as client:
        wav = encode_file(tone(1.0), 16_000, "wav")
        answer = await client.audio.transcriptions.create(
            file=("a.wav", wav), model="local", response_format=response_format
        )
        assert answer == text


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"response_format": "diarized_json"}, "unsupported_parameter"),
        ({"response_format": "xml"}, "invalid_value"),
        ({"timestamp_granularities[]": "word"}, "unsupported_parameter"),
        ({"stream": "perhaps"}, "invalid_value"),
    ],
)
async def test_a_transcript_that_cannot_be_made_is_refused(fields: dict[str, str], code: str) -> None:
    async with http_client(fake_roster()) as client:
        wav = encode_file(tone(0.1), 16_000, "wav")
        answer = await client.post("/v1/audio/transcriptions", data=fields, files={"file": ("a.wav", wav)})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


async def test_a_file_that_is_no_audio_is_refused() -> None:
    async with http_client(fake_roster()) as client:
        answer = await client.post("/v1/audio/transcriptions", files={"file": ("a.wav", b"%PDF-1.7")})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "audio_unreadable")
        assert "PDF" in answer.json()["error"]["message"]
        answer = await client.post("/v1/audio/transcriptions", data={"model": "local"})
        assert answer.json()["error"]["param"] == "file"


async def test_a_file_larger_than_openai_takes_is_refused() -> None:
    async with http_client(fake_roster()) as client:
        large = bytes(25 * 1_048_576 + 1)
        answer = await client.post("/v1/audio/transcriptions", files={"file": ("a.wav", large)})
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "file_too_large")


async def test_a_recogniser_that_fails_is_an_error_of_the_server() -> None:
    async with http_client(fake_roster(stt=FakeStt([None]))) as client:
        wav = encode_file(tone(0.1), 16_000, "wav")
        for stream in ("false", "true"):
            answer = await client.post(
                "/v1/audio/transcriptions", data={"stream": stream}, files={"file": ("a.wav", wav)}
            )
            assert (answer.status_code, answer.json()["error"]["code"]) == (503, "engine_failed")


# ---------------------------------------------------------------- bodies


async def test_a_body_that_announces_too_much_is_refused_before_it_is_read() -> None:
    async with live_server(fake_roster()) as server:
        status, body = await post_by_hand(server, {"Content-Length": "99999999"}, b"")
        assert status == 413
        assert json.loads(body)["error"]["code"] == "body_too_large"


async def test_a_body_that_grows_too_large_is_cut_off() -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    settings = replace(SETTINGS, max_body_bytes=100_000)
    async with live_server(fake_roster(), settings) as server:
        status, body = await post_by_hand(server, {"Transfer-Encoding": "chunked"}, chunk * 2)
        assert status == 413
        assert json.loads(body)["error"]["code"] == "body_too_large"


async def test_a_body_that_stops_coming_is_given_up() -> None:
    settings = replace(SETTINGS, body_seconds=0.1)
    async with live_server(fake_roster(), settings) as server:
        status, body = await post_by_hand(server, {"Content-Length": "50"}, b"{")
        assert status == 408
        assert json.loads(body)["error"]["code"] == "body_too_slow"


async def post_by_hand(server: LiveServer, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    """Send a chat request whose body is not what its headers promise; return the answer's status and body."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    lines = ["POST /v1/chat/completions HTTP/1.1", f"Host: {host}:{port}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    with anyio.fail_after(WAIT_SECONDS):
        async with await anyio.connect_tcp(host, int(port)) as stream:
            await stream.send("\r\n".join([*lines, "", ""]).encode() + body)
            received = b""
            while b"}}" not in received:
                received += await stream.receive()
    head, _, answer = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), answer


def events_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line.removeprefix("data: ")) for line in text.split("\n\n") if line]
