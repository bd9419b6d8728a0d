"""A clause, spoken at the rate of the conversation by the engine that suits it.

Owns the meeting of what was asked for and what the voices can do: a voice nobody has (stock clients ask for OpenAI's)
and a language nobody speaks give way to the nearest thing. Refuses to know where the speech goes.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from vivavoce.audio.formats import SPEECH_HZ
from vivavoce.audio.resample import StreamingResampler

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.audio.pcm import Samples
    from vivavoce.engines.protocols import SynthesisRequest, TtsCapabilities
    from vivavoce.engines.roster import EngineRoster

__all__ = ["speak_clause"]

UNCHOSEN = "default"
"""What a session's voice is called before anyone has chosen one."""


async def speak_clause(roster: EngineRoster, request: SynthesisRequest) -> AsyncGenerator[Samples, None]:
    """Yield the clause's speech at 24 kHz as it is made; closing the generator stops the voice.

    Raises:
        EngineError: there is no voice at all, or it failed.
    """
    engine = await roster.tts_when_loaded(request.language, request.voice)
    capabilities = engine.capabilities
    resampler = StreamingResampler(capabilities.sample_rate_hz, SPEECH_HZ)
    async with aclosing(engine.synthesize(_possible(request, capabilities))) as chunks:
        async for chunk in chunks:
            samples = resampler.process(chunk.audio)
            if len(samples):
                yield samples
    rest = resampler.flush()
    if len(rest):
        yield rest


def _possible(request: SynthesisRequest, capabilities: TtsCapabilities) -> SynthesisRequest:
    """Return the request with only what the engine has."""
    voices = capabilities.voices
    if not voices:
        # A server that does not tell its voices is asked for the one that was chosen.
        return replace(request, voice="" if request.voice == UNCHOSEN else request.voice)
    has_voice = any(request.voice in names for names in voices.values())
    voice = request.voice if has_voice else ""
    if voice or request.language in voices:
        return replace(request, voice=voice)
    return replace(request, voice=voice, language=next(iter(voices)))
