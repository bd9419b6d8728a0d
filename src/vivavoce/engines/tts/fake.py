"""A voice that hums.

Owns a tone as long as the text: for tests that count samples and need no words. Not for use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import numpy as np

from vivavoce.engines.protocols import SpeechChunk, SynthesisRequest, TtsCapabilities
from vivavoce.errors import EngineError, Stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

__all__ = ["FakeTts"]

_SAMPLE_RATE_HZ = 24_000
_SAMPLES_A_CHARACTER = _SAMPLE_RATE_HZ // 20
_TONE_HZ = 220.0


class FakeTts:
    """Hums 50 ms a character at 24 kHz, without phonemes.

    Args:
        languages: what it claims to speak.
        delay_seconds: how long a clause takes.
        failing_on: a clause that contains this fails with `engine_failed`; empty never does.
        voice: what its voice is called.

    Attributes:
        spoken: every request it was given.
    """

    def __init__(
        self,
        languages: Sequence[str] = ("en", "zh"),
        *,
        delay_seconds: float = 0.0,
        failing_on: str = "",
        voice: str = "hum",
    ) -> None:
        self._languages = tuple(languages)
        self._delay_seconds = delay_seconds
        self._failing_on = failing_on
        self._voice = voice
        self.spoken: list[SynthesisRequest] = []

    @property
    def capabilities(self) -> TtsCapabilities:
        """One voice a language."""
        voices: dict[str, tuple[str, ...]] = dict.fromkeys(self._languages, (self._voice,))
        return TtsCapabilities(name="fake", sample_rate_hz=_SAMPLE_RATE_HZ, voices=voices)

    async def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
        """Stream the tone as one chunk."""
        self.spoken.append(request)
        await anyio.sleep(self._delay_seconds)
        if self._failing_on and self._failing_on in request.text:
            raise EngineError("engine_failed", "The script says so.", stage=Stage.TTS, retryable=True)
        samples = round(len(request.text) * _SAMPLES_A_CHARACTER / request.speed)
        phase = 2 * np.pi * _TONE_HZ / _SAMPLE_RATE_HZ * np.arange(samples, dtype=np.float32)
        yield SpeechChunk(audio=(0.3 * np.sin(phase)).astype(np.float32))

    async def aclose(self) -> None:
        """Nothing to free."""
