"""A clause, spoken at the rate of the conversation by the engine that suits it.

Owns the change of rate, also where another voice goes on with a clause. Refuses to know where the speech goes.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from vivavoce.audio.formats import SPEECH_HZ
from vivavoce.audio.resample import StreamingResampler
from vivavoce.engines.tts.suiting import suited

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.audio.pcm import Samples
    from vivavoce.engines.protocols import SynthesisRequest
    from vivavoce.engines.roster import EngineRoster

__all__ = ["speak_clause"]


async def speak_clause(roster: EngineRoster, request: SynthesisRequest) -> AsyncGenerator[Samples, None]:
    """Yield the clause's speech at 24 kHz as it is made; closing the generator stops the voice.

    Raises:
        EngineError: there is no voice at all, or it failed.
    """
    engine = await roster.tts_when_loaded(request.language, request.voice)
    capabilities = engine.capabilities
    rate_hz = capabilities.sample_rate_hz
    resampler = StreamingResampler(rate_hz, SPEECH_HZ)
    async with aclosing(engine.synthesize(suited(request, capabilities))) as chunks:
        async for chunk in chunks:
            if (chunk.sample_rate_hz or rate_hz) != rate_hz:
                # Another voice goes on with the clause.
                if len(rest := resampler.flush()):
                    yield rest
                rate_hz = chunk.sample_rate_hz or rate_hz
                resampler = StreamingResampler(rate_hz, SPEECH_HZ)
            samples = resampler.process(chunk.audio)
            if len(samples):
                yield samples
    rest = resampler.flush()
    if len(rest):
        yield rest
