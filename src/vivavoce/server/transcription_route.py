"""`POST /v1/audio/transcriptions`: a recording in, its words out.

Owns the form, and the way from a file through the recogniser, piece by piece. Refuses what nobody here can tell: who
spoke, and when each word was said.
"""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Literal

import anyio
import anyio.to_thread
from fastapi import APIRouter, Form, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from vivavoce.audio.files import decode_file
from vivavoce.audio.formats import MODEL_HZ
from vivavoce.audio.pcm import Samples, duration_seconds
from vivavoce.audio.resample import resample
from vivavoce.engines.protocols import SpeechToText, Transcript
from vivavoce.errors import InputError, VivavoceError
from vivavoce.server.error_responses import error_body
from vivavoce.server.pieces import Piece, cut_at_silences
from vivavoce.server.responses import EVENT_STREAM, ComputedResponse, StreamedResponse
from vivavoce.server.services import Services
from vivavoce.server.settings import MIB
from vivavoce.server.transcript import ResponseFormat, Segment, Transcription, joint, render

__all__ = ["TranscriptionForm", "transcription_routes"]

MAX_FILE_BYTES = 25 * MIB


class TranscriptionForm(BaseModel):
    """The form of `POST /v1/audio/transcriptions`."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    file: UploadFile
    model: str = ""
    language: str = ""
    prompt: str = ""
    response_format: ResponseFormat = "json"
    stream: bool = False
    timestamp_granularities: Annotated[
        list[Literal["word", "segment"]], Field(alias="timestamp_granularities[]", default_factory=list)
    ]


class _Hearing:
    """One recording on its way through the recogniser."""

    def __init__(self, engine: SpeechToText, audio: Samples, *, language: str | None, prompt: str) -> None:
        self._engine = engine
        self._audio = audio
        self._language = language
        self._prompt = prompt
        self.heard_language = language or ""

    async def segments(self) -> AsyncGenerator[Segment, None]:
        """Yield the words of each piece that has any."""
        for piece in cut_at_silences(self._audio):
            words = await self._hear(piece)
            self.heard_language = self.heard_language or words.language
            if text := words.text.strip():
                yield Segment(start_seconds=piece.start_seconds, end_seconds=piece.end_seconds, text=text)

    async def whole(self) -> Transcription:
        """Return all the words."""
        async with aclosing(self.segments()) as heard:
            segments = [segment async for segment in heard]
        return Transcription(
            segments=segments,
            language=self.heard_language,
            duration_seconds=round(duration_seconds(self._audio, MODEL_HZ), 3),
        )

    async def _hear(self, piece: Piece) -> Transcript:
        return await self._engine.transcribe(piece.audio, language=self._language, prompt=self._prompt)


def transcription_routes(services: Services) -> APIRouter:
    """Return the route."""
    router = APIRouter()
    deadline = services.settings.request_seconds
    # One at a time: half an hour of stereo at 48 kHz takes hundreds of megabytes while it is being decoded.
    decoding = anyio.CapacityLimiter(1)

    async def hearing(data: bytes, form: TranscriptionForm) -> _Hearing:
        language = form.language.replace("_", "-").partition("-")[0].lower()
        engine = services.roster.stt_for(language or "auto")
        audio = await anyio.to_thread.run_sync(_decode, data, services.settings.max_audio_seconds, limiter=decoding)
        return _Hearing(engine, audio, language=language or None, prompt=form.prompt)

    async def compute(data: bytes, form: TranscriptionForm) -> Response:
        with services.request_slots.take():
            return render(await (await hearing(data, form)).whole(), form.response_format)

    async def stream(data: bytes, form: TranscriptionForm) -> AsyncGenerator[bytes, None]:
        with services.request_slots.take():
            text = ""
            async with aclosing((await hearing(data, form)).segments()) as segments:
                async for segment in segments:
                    delta = joint(text, segment.text) + segment.text
                    text += delta
                    yield _event({"type": "transcript.text.delta", "delta": delta})
            yield _event({"type": "transcript.text.done", "text": text})

    @router.post("/v1/audio/transcriptions", response_class=Response)
    async def create_transcription(form: Annotated[TranscriptionForm, Form()]) -> Response:
        _refuse_unsupported(form)
        data = await form.file.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise InputError("file_too_large", "The file is larger than 25 MB.", remedy="Send a part.", param="file")
        if form.stream:
            return StreamedResponse(
                stream(data, form), media_type=EVENT_STREAM, deadline_seconds=deadline, last_words=_last_words
            )
        return ComputedResponse(lambda: compute(data, form), deadline_seconds=deadline)

    return router


def _decode(data: bytes, max_seconds: float) -> Samples:
    samples, rate_hz = decode_file(data, max_seconds=max_seconds)
    return resample(samples, rate_hz, MODEL_HZ)


def _refuse_unsupported(form: TranscriptionForm) -> None:
    if form.response_format == "diarized_json":
        raise InputError(
            "unsupported_parameter",
            "Speakers are not told apart here.",
            remedy="Ask for json or verbose_json.",
            param="response_format",
        )
    if "word" in form.timestamp_granularities:
        raise InputError(
            "unsupported_parameter",
            "The time of each word is not known here.",
            remedy="Ask for segments.",
            param="timestamp_granularities",
        )


def _last_words(error: VivavoceError) -> bytes:
    return _event({"type": "error", **error_body(error)})


def _event(data: dict[str, object]) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
