"""A clause, spoken at the rate of the conversation by the engine that suits it, with what the mouth does meanwhile.

Owns the change of rate of both, also where another voice goes on with a clause. Refuses to know where the speech goes.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import anyio.to_thread

from vivavoce.audio.formats import SPEECH_HZ
from vivavoce.audio.pcm import Samples
from vivavoce.audio.resample import StreamingResampler
from vivavoce.engines.tts.suiting import suited
from vivavoce.speech.visemes import EstimatedMouth, MouthShape, is_chinese, told_mouth

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.engines.protocols import SpeechChunk, SynthesisRequest
    from vivavoce.engines.roster import EngineRoster

__all__ = ["Speech", "speak_clause"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """A piece of speech at 24 kHz; `mouth` counts from its first sample, and is empty where nobody asked for it."""

    audio: Samples
    mouth: tuple[MouthShape, ...] = ()


async def speak_clause(
    roster: EngineRoster, request: SynthesisRequest, *, with_mouth: bool = False
) -> AsyncGenerator[Speech, None]:
    """Yield the clause's speech as it is made; closing the generator stops the voice.

    Raises:
        EngineError: there is no voice at all, or it failed.
    """
    engine = await roster.tts_when_loaded(request.language, request.voice)
    capabilities = engine.capabilities
    stream = _ClauseStream(capabilities.sample_rate_hz, _Mouth(request) if with_mouth else None)
    async with aclosing(engine.synthesize(suited(request, capabilities))) as chunks:
        async for chunk in chunks:
            if (rest := stream.change_rate(chunk.sample_rate_hz)) is not None:
                yield rest
            if (speech := await stream.take(chunk)) is not None:
                yield speech
    if (rest := stream.flush()) is not None:
        yield rest


class _ClauseStream:
    """One clause on its way from an engine's rate to ours.

    The resampler holds a few samples back: what the mouth does is placed by the clause's own time, and handed out with
    the sound it belongs to.
    """

    def __init__(self, rate_hz: int, mouth: _Mouth | None) -> None:
        self._rate_hz = rate_hz
        self._resampler = StreamingResampler(rate_hz, SPEECH_HZ)
        self._mouth = mouth
        self._waiting: list[MouthShape] = []
        self._shape: MouthShape | None = None
        self._emitted = 0
        self._changed_at = 0
        self._received = 0

    def change_rate(self, rate_hz: int | None) -> Speech | None:
        """Another voice may go on with the clause: return what is left of the one before."""
        if rate_hz is None or rate_hz == self._rate_hz:
            return None
        rest = self.flush()
        self._rate_hz = rate_hz
        self._resampler = StreamingResampler(rate_hz, SPEECH_HZ)
        self._changed_at, self._received = self._emitted, 0
        # What rounding has left behind the last sound of one voice is not for the next to begin with.
        self._waiting.clear()
        return rest

    async def take(self, chunk: SpeechChunk) -> Speech | None:
        """Return what of the speech is certain with this chunk."""
        if self._mouth is not None:
            start = self._changed_at + self._received * SPEECH_HZ // self._rate_hz
            self._waiting += [
                replace(shape, sample=start + shape.sample * SPEECH_HZ // self._rate_hz)
                for shape in await self._mouth.over(chunk, self._rate_hz)
            ]
        self._received += chunk.audio.size
        return self._speech(self._resampler.process(chunk.audio))

    def flush(self) -> Speech | None:
        """Return what is held back."""
        return self._speech(self._resampler.flush())

    def _speech(self, audio: Samples) -> Speech | None:
        if not audio.size:
            return None
        start = self._emitted
        self._emitted += audio.size
        due = [shape for shape in self._waiting if shape.sample < self._emitted]
        del self._waiting[: len(due)]
        mouth = [replace(shape, sample=max(0, shape.sample - start)) for shape in due]
        if self._shape is not None and (not mouth or mouth[0].sample > 0):
            mouth.insert(0, replace(self._shape, sample=0))
        if mouth:
            self._shape = mouth[-1]
        return Speech(audio=audio, mouth=tuple(mouth))


class _Mouth:
    """What the mouth does over one clause: as its voice tells, or else as its text lets expect."""

    def __init__(self, request: SynthesisRequest) -> None:
        self._request = request
        self._estimated: EstimatedMouth | None = None
        self._told_seconds = 0.0

    async def over(self, chunk: SpeechChunk, rate_hz: int) -> tuple[MouthShape, ...]:
        """Return the shapes over a chunk, at its rate."""
        if chunk.phonemes:
            seconds = chunk.audio.size / rate_hz
            if self._estimated is not None:
                self._estimated.skip(seconds)
            self._told_seconds += seconds
            return told_mouth(((span.phoneme, span.samples) for span in chunk.phonemes), chunk.audio, rate_hz)
        if self._estimated is None:
            self._estimated = await self._opened()
        return self._estimated.take(chunk.audio, rate_hz)

    async def _opened(self) -> EstimatedMouth:
        text, speed = self._request.text, self._request.speed
        if is_chinese(text):
            # The dictionary of readings is read from disk the first time.
            estimated = await anyio.to_thread.run_sync(lambda: EstimatedMouth(text, speed=speed))
        else:
            estimated = EstimatedMouth(text, speed=speed)
        estimated.skip(self._told_seconds)
        return estimated
