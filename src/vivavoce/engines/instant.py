"""Engines that cost nothing: what is left of a turn's time and of a session's share of a machine is the server's own.

Owns one sentence that is always heard, one reply of twenty tokens, and a voice that takes 100 ms a word, all of it at
once. For measuring (`vivavoce serve --engines instant`), never for talking. Nothing is kept between calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio.lowlevel
import numpy as np

from vivavoce.engines.protocols import ReplyEnd, SpeechChunk, SttCapabilities, TextDelta, Transcript, TtsCapabilities

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.engines.protocols import ReplyDelta, ReplyRequest, Samples, SynthesisRequest

__all__ = ["InstantReplies", "InstantStt", "InstantTts"]

QUESTION = "What is the weather like today?"
ANSWER = "The sky is clear and it will stay warm and dry for the rest of this very long day today."
TOKENS = tuple(f"{word} " for word in ANSWER.split())

RATE_HZ = 24_000
SAMPLES_A_WORD = RATE_HZ // 10
TONE_HZ = 220.0
TONE_LEVEL = 0.25


class InstantStt:
    """Hears the same question in everything."""

    @property
    def capabilities(self) -> SttCapabilities:
        """Any language."""
        return SttCapabilities(name="instant", languages=None)

    async def transcribe(self, audio: Samples, *, language: str | None, prompt: str = "") -> Transcript:
        """Return the question."""
        await anyio.lowlevel.checkpoint()
        return Transcript(text=QUESTION, language=language or "en")

    async def aclose(self) -> None:
        """Nothing to free."""


class InstantReplies:
    """Gives the same answer to everything."""

    name = "instant"

    async def reply(self, request: ReplyRequest) -> AsyncGenerator[ReplyDelta, None]:
        """Stream the answer's tokens, all of them at once."""
        await anyio.lowlevel.checkpoint()
        for token in TOKENS:
            yield TextDelta(text=token)
        yield ReplyEnd(output_tokens=len(TOKENS))

    async def aclose(self) -> None:
        """Nothing to free."""


class InstantTts:
    """Hums, 100 ms a word."""

    @property
    def capabilities(self) -> TtsCapabilities:
        """One voice, for every language that has a writing of its own; those without are given the first."""
        return TtsCapabilities(
            name="instant", sample_rate_hz=RATE_HZ, voices=dict.fromkeys(("en", "zh", "ja"), ("hum",))
        )

    async def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
        """Stream the clause as one chunk."""
        await anyio.lowlevel.checkpoint()
        yield SpeechChunk(audio=_hum(len(request.text.split()) * SAMPLES_A_WORD))

    async def aclose(self) -> None:
        """Nothing to free."""


def _hum(samples: int) -> Samples:
    phase = np.arange(samples, dtype=np.float32) * np.float32(2 * np.pi * TONE_HZ / RATE_HZ)
    tone: Samples = np.float32(TONE_LEVEL) * np.sin(phase)
    return tone
