"""`POST /v1/audio/speech`: a text in, speech out.

Owns the request's shape and the formats of the answer. What can be played before it is whole (pcm, wav, and both as
server-sent events) leaves clause by clause. Refuses to know voices: the roster chooses.
"""

import json
from base64 import b64encode
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Literal

import anyio.to_thread
import numpy as np
from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from vivavoce.audio.files import FILE_FORMATS, encode_file
from vivavoce.audio.formats import SPEECH_HZ
from vivavoce.audio.pcm import Samples, float_to_pcm16
from vivavoce.errors import InputError, VivavoceError
from vivavoce.server.error_responses import error_body
from vivavoce.server.responses import EVENT_STREAM, StreamedResponse
from vivavoce.server.services import Services
from vivavoce.server.spoken import choose_voice, speak

__all__ = ["MAX_INPUT_CHARACTERS", "SpeechRequest", "speech_response", "speech_routes"]

MAX_INPUT_CHARACTERS = 4_096
FILE_PIECE_BYTES = 32_768

_MEDIA_TYPES = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}


class VoiceId(BaseModel):
    """A voice by its id."""

    id: str


class SpeechRequest(BaseModel):
    """The body of `POST /v1/audio/speech`; pcm is 24 kHz, 16 bit, little-endian, mono, without a header."""

    input: Annotated[str, Field(min_length=1, max_length=MAX_INPUT_CHARACTERS)]
    model: str = ""
    voice: str | VoiceId = ""
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] = "mp3"
    speed: Annotated[float, Field(ge=0.25, le=4.0)] = 1.0
    stream_format: Literal["audio", "sse"] = "audio"


def speech_routes(services: Services) -> APIRouter:
    """Return the route."""
    router = APIRouter()

    @router.post("/v1/audio/speech", response_class=Response)
    async def create_speech(request: SpeechRequest) -> Response:
        return speech_response(services, request)

    return router


def speech_response(services: Services, request: SpeechRequest) -> Response:
    """Return the speech as it is made.

    Raises:
        InputError: `audio_format_unsupported`.
    """
    file_format, deadline = request.response_format, services.settings.request_seconds
    if file_format not in FILE_FORMATS:
        raise InputError(
            "audio_format_unsupported",
            f"Audio cannot be written as {file_format!r}.",
            remedy=f"Ask for one of {', '.join(FILE_FORMATS)}.",
            param="response_format",
        )
    audio = _encoded(_spoken(services, request), file_format)
    if request.stream_format == "audio":
        return StreamedResponse(audio, media_type=_MEDIA_TYPES[file_format], deadline_seconds=deadline)
    return StreamedResponse(_events(audio), media_type=EVENT_STREAM, deadline_seconds=deadline, last_words=_last_words)


async def _spoken(services: Services, request: SpeechRequest) -> AsyncGenerator[Samples, None]:
    wanted = request.voice if isinstance(request.voice, str) else request.voice.id
    language, voice = choose_voice(services.roster, request.input, wanted, services.settings.connection.language)
    speech = speak(services.roster, request.input, language=language, voice=voice, speed=request.speed)
    with services.request_slots.take():
        async with aclosing(speech) as pieces:
            async for samples in pieces:
                yield samples


async def _encoded(speech: AsyncGenerator[Samples, None], file_format: str) -> AsyncGenerator[bytes, None]:
    async with aclosing(speech) as pieces:
        if file_format not in ("pcm", "wav"):
            whole = [samples async for samples in pieces]
            samples = np.concatenate(whole) if whole else np.zeros(0, np.float32)
            data = await anyio.to_thread.run_sync(encode_file, samples, SPEECH_HZ, file_format)
            for start in range(0, len(data), FILE_PIECE_BYTES):
                yield data[start : start + FILE_PIECE_BYTES]
            return
        header = _endless_wav_header() if file_format == "wav" else b""
        async for samples in pieces:
            if len(samples):
                yield header + float_to_pcm16(samples)
                header = b""
        if header:
            yield header


async def _events(audio: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(audio) as pieces:
        async for data in pieces:
            yield _event({"type": "speech.audio.delta", "audio": b64encode(data).decode()})
    # Nobody counts tokens here; the clients' types ask for numbers.
    usage = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
    yield _event({"type": "speech.audio.done", "usage": usage})


def _last_words(error: VivavoceError) -> bytes:
    return _event({"type": "error", **error_body(error)})


def _event(data: dict[str, object]) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()


def _endless_wav_header() -> bytes:
    """Return the header of a WAV stream: readers take the largest length for 'until it ends'."""
    wav = bytearray(encode_file(np.zeros(1, np.float32), SPEECH_HZ, "wav"))[:44]
    wav[4:8] = wav[40:44] = b"\xff\xff\xff\xff"
    return bytes(wav)
