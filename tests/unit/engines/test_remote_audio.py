"""Ears and voices on servers that answer well, badly, late, or in their own way."""

from __future__ import annotations

import json
import struct

import anyio
import numpy as np
import pytest

from tests.deadlines import WAIT_SECONDS
from tests.unit.engines.audio_servers import EVENT_STREAM, AudioServer, Reply, audio_server, event
from vivavoce.engines.protocols import SpeechChunk, SynthesisRequest
from vivavoce.engines.remote import Patience
from vivavoce.engines.stt.openai_stt import OpenAiStt
from vivavoce.engines.tts.openai_tts import OpenAiTts
from vivavoce.errors import EngineError

pytestmark = pytest.mark.anyio

SECOND = np.full(16_000, 0.1, np.float32)
QUICK = Patience(connect_seconds=1.0, first_seconds=0.4, between_seconds=0.2, retries=0)
HELLO = SynthesisRequest(text="Hello.", language="en")
PCM = (np.arange(-1000, 1000, dtype="<i2")).tobytes()


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return ("asyncio", {"use_uvloop": True})


async def heard(server: AudioServer, *, streams: bool = True) -> str:
    engine = OpenAiStt(server.url, "tiny", patience=QUICK, streams=streams)
    try:
        with anyio.fail_after(WAIT_SECONDS):
            return (await engine.transcribe(SECOND, language="zh", prompt="天气")).text
    finally:
        await engine.aclose()


async def spoken(server: AudioServer, request: SynthesisRequest = HELLO, **options: object) -> list[SpeechChunk]:
    engine = OpenAiTts(server.url, "tiny", patience=QUICK, **options)  # type: ignore[arg-type] # few options, any
    try:
        with anyio.fail_after(WAIT_SECONDS):
            return [chunk async for chunk in engine.synthesize(request)]
    finally:
        await engine.aclose()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(pieces=('{"text": "今天天气很好。"}'.encode(),)),
        Reply(
            content_type=f"{EVENT_STREAM}; charset=utf-8",
            pieces=(
                event('{"type": "transcript.text.delta", "delta": "今天"}'),
                event('{"type": "transcript.text.delta", "delta": "天气很好。"}'),
                event('{"type": "transcript.text.done", "text": "今天天气很好。"}'),
            ),
        ),
        Reply(
            content_type=EVENT_STREAM,
            pieces=(
                b": keep-alive\n\n",
                event('{"object": "transcription.chunk", "choices": [{"delta": {"content": "今天"}}]}'),
                event('{"choices": [{"delta": {"content": "天气很好。"}}], "usage": null}'),
                event("[DONE]"),
            ),
        ),
        Reply(
            content_type=EVENT_STREAM, pieces=(event('{"type": "transcript.text.delta", "delta": "今天天气很好。"}'),)
        ),
    ],
    ids=["whole", "openai", "vllm", "without an end"],
)
async def test_words_are_read_however_they_come(reply: Reply) -> None:
    with audio_server(reply) as server:
        assert await heard(server) == "今天天气很好。"
    form = server.bodies[0].decode("utf-8", "replace")
    assert 'name="stream"\r\n\r\ntrue' in form
    assert 'name="language"\r\n\r\nzh' in form
    assert 'name="prompt"\r\n\r\n天气' in form
    assert 'name="model"\r\n\r\ntiny' in form


async def test_a_server_that_refuses_to_stream_is_asked_without_from_then_on() -> None:
    refused = Reply(status=400, pieces=(b'{"error": {"message": "Unrecognized request argument: stream"}}',))
    with audio_server(refused, Reply(pieces=(b'{"text": "Hello."}',))) as server:
        engine = OpenAiStt(server.url, patience=QUICK)
        assert (await engine.transcribe(SECOND, language=None)).text == "Hello."
        assert (await engine.transcribe(SECOND, language=None)).text == "Hello."
        await engine.aclose()
    assert [b'name="stream"' in body for body in server.bodies] == [True, False, False]


async def test_streaming_can_be_switched_off() -> None:
    with audio_server(Reply(pieces=(b'{"text": "Hello."}',))) as server:
        assert await heard(server, streams=False) == "Hello."
    assert b'name="stream"' not in server.bodies[0]


@pytest.mark.parametrize(
    ("reply", "code", "is_retryable"),
    [
        (Reply(status=401, pieces=(b"{}",)), "stt_unauthorised", False),
        (Reply(status=404, pieces=(b"{}",)), "stt_server_error", False),
        (Reply(status=422, pieces=(b"{}",)), "stt_bad_request", False),
        (Reply(status=429, pieces=(b"{}",)), "stt_server_error", True),
        (Reply(status=503, pieces=(b"{}",)), "stt_server_error", True),
        (Reply(pieces=(b"<html>",)), "stt_bad_answer", False),
        (Reply(content_type=EVENT_STREAM, pieces=(event("{nonsense"),)), "stt_bad_answer", False),
        (Reply(content_type=EVENT_STREAM, pieces=(event('{"type": "error", "error": {}}'),)), "stt_bad_answer", False),
        (Reply(content_type=EVENT_STREAM, pieces=(event('{"delta": "a"}'),), cuts=True), "stt_unreachable", True),
        (Reply(content_type=EVENT_STREAM, pieces=(event('{"delta": "a"}'),), holds=True), "stt_timeout", True),
        (Reply(holds=True), "stt_timeout", True),
    ],
)
async def test_what_goes_wrong_with_an_ear_has_a_name(reply: Reply, code: str, is_retryable: bool) -> None:
    with audio_server(reply) as server, pytest.raises(EngineError) as failed:
        await heard(server)
    assert (failed.value.code, failed.value.retryable) == (code, is_retryable)


async def test_a_busy_server_is_asked_again_when_retries_are_allowed() -> None:
    busy, well = Reply(status=503, pieces=(b"{}",)), Reply(pieces=(b'{"text": "Hello."}',))
    with audio_server(busy, well) as server:
        engine = OpenAiStt(server.url, patience=Patience(retries=1))
        assert (await engine.transcribe(SECOND, language="en")).text == "Hello."
        await engine.aclose()


def wav(rate_hz: int, samples: bytes, *, channels: int = 1, extra: bytes = b"") -> bytes:
    shape = struct.pack("<HHIIHH", 1, channels, rate_hz, 2 * rate_hz * channels, 2 * channels, 16)
    chunks = b"fmt " + struct.pack("<I", len(shape)) + shape + extra + b"data" + struct.pack("<I", len(samples))
    return b"RIFF" + struct.pack("<I", 4 + len(chunks) + len(samples)) + b"WAVE" + chunks + samples


@pytest.mark.parametrize("size", [1, 7, 4000])
@pytest.mark.parametrize(
    ("body", "rate_hz"),
    [
        (PCM, 24_000),
        (wav(22_050, PCM), 22_050),
        (wav(16_000, PCM, extra=b"LIST\x03\x00\x00\x00abc\x00"), 16_000),
    ],
    ids=["pcm", "wav", "wav with notes"],
)
async def test_speech_is_read_in_whole_samples_as_pcm_or_as_a_file(body: bytes, rate_hz: int, size: int) -> None:
    pieces = tuple(body[at : at + size] for at in range(0, len(body), size))
    with audio_server(Reply(content_type="audio/pcm", pieces=pieces)) as server:
        chunks = await spoken(server)
    assert {chunk.sample_rate_hz for chunk in chunks} == {rate_hz}
    samples = np.round(np.concatenate([chunk.audio for chunk in chunks]) * 32768)
    assert samples.astype("<i2").tobytes() == PCM


@pytest.mark.parametrize(
    ("voice", "language", "asked"),
    [("af_heart", "en", "nova"), ("", "zh", "shimmer"), ("zf_xiaoxiao", "zh", "shimmer"), ("am_adam", "en", "alloy")],
)
async def test_the_servers_voice_follows_from_the_voice_then_the_language(
    voice: str, language: str, asked: str
) -> None:
    voices = {"af_heart": "nova", "zh": "shimmer", "*": "alloy"}
    with audio_server(Reply(pieces=(PCM,))) as server:
        await spoken(server, SynthesisRequest(text="Hello.", language=language, voice=voice), voices=voices)
    body = json.loads(server.bodies[0])
    assert body["voice"] == asked
    assert body["response_format"] == "pcm"


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(status=400, pieces=(b"{}",)), "tts_bad_request"),
        (Reply(status=500, pieces=(b"{}",)), "tts_server_error"),
        (Reply(pieces=()), "tts_bad_answer"),
        (Reply(pieces=(wav(24_000, PCM, channels=2),)), "tts_bad_answer"),
        (Reply(pieces=(PCM,), cuts=True), "tts_unreachable"),
        (Reply(pieces=(PCM,), holds=True), "tts_timeout"),
        (Reply(holds=True), "tts_timeout"),
    ],
)
async def test_what_goes_wrong_with_a_voice_has_a_name(reply: Reply, code: str) -> None:
    with audio_server(reply) as server, pytest.raises(EngineError) as failed:
        await spoken(server)
    assert failed.value.code == code


@pytest.mark.parametrize(("status", "is_well"), [(200, True), (404, True), (401, False), (500, False)])
async def test_a_server_is_well_when_it_is_there_and_takes_the_key(status: int, is_well: bool) -> None:
    with audio_server(Reply(status=status, pieces=(b"{}",))) as server:
        engine = OpenAiTts(server.url, patience=QUICK)
        if is_well:
            await engine.look()
        else:
            with pytest.raises(EngineError):
                await engine.look()
        await engine.aclose()
    assert server.paths == ["/v1/models"]
