"""Speech by whichever provider can: the first in order, and the next when it fails, also in mid-clause.

Owns the passing on of one clause: whole while nothing of it was spoken, else the words that were not heard, which are
told by how long the speech so far lasted. Refuses to know providers otherwise than as engines.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from vivavoce.engines.fallback import attempts, in_order, may_pass_on
from vivavoce.engines.tts.suiting import suited
from vivavoce.errors import EngineError, Stage, VivavoceError
from vivavoce.speech.heard import Segment, heard_text
from vivavoce.speech.scripts import is_cjk

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from vivavoce.engines.fallback import Attempt, Member
    from vivavoce.engines.protocols import SpeechChunk, SynthesisRequest, TextToSpeech, TtsCapabilities

__all__ = ["FallbackTts", "words_left"]

LETTER_SECONDS = 0.065
"""How long a letter or a space takes to say: the embedded voices take 0.050 to 0.064 s over English sentences. The
slowest counts, for a word said twice is understood and one left out is not."""

CJK_SECONDS = 0.26
"""The same of a Han character: 0.21 to 0.26 s over Mandarin sentences."""


class FallbackTts:
    """A `TextToSpeech` over several, the preferred ones first. Each chunk tells its own rate."""

    def __init__(self, members: Sequence[Member[TextToSpeech]]) -> None:
        self._members = tuple(members)

    @property
    def capabilities(self) -> TtsCapabilities:
        """Those of whoever is asked next; the voices of all stay each engine's to judge, so none is listed."""
        first = in_order(self._members)[0].engine.capabilities
        return replace(first, voices={})

    async def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
        """Stream the clause's speech; closing the generator stops the work.

        Raises:
            EngineError: all providers failed; the last failure is told.
            CapacityError: likewise.
        """
        spoken_seconds, rest = 0.0, request
        for member, attempt in attempts(self._members):
            try:
                with attempt.judged():
                    async with aclosing(_spoken(member, attempt, rest)) as chunks:
                        async for chunk in chunks:
                            spoken_seconds += chunk.audio.size / (chunk.sample_rate_hz or 1)
                            yield chunk
            except VivavoceError as error:
                if not may_pass_on(error, attempt):
                    raise
                rest = replace(rest, text=words_left(rest.text, spoken_seconds * request.speed))
                spoken_seconds = 0.0
                if not rest.text:
                    return
            else:
                return
        raise EngineError("tts_unavailable", "There is no engine for a voice.", stage=Stage.TTS)

    async def aclose(self) -> None:
        """Free nothing: the engines are the roster's."""


async def _spoken(
    member: Member[TextToSpeech], attempt: Attempt, request: SynthesisRequest
) -> AsyncGenerator[SpeechChunk, None]:
    capabilities = member.engine.capabilities
    async with aclosing(member.engine.synthesize(suited(request, capabilities))) as chunks:
        chunk = await attempt.first(anext(chunks, None))
        attempt.answered()
        while chunk is not None:
            yield replace(chunk, sample_rate_hz=chunk.sample_rate_hz or capabilities.sample_rate_hz)
            chunk = await anext(chunks, None)


def words_left(text: str, spoken_seconds: float) -> str:
    """Return what of `text` was not yet said after so many seconds of speech at normal speed.

    A word that may have been cut short is said again: said twice it is understood, left out it is not.
    """
    if spoken_seconds <= 0:
        return text
    expected = sum(CJK_SECONDS if is_cjk(character) else LETTER_SECONDS for character in text)
    said = heard_text([Segment(text=text, samples=round(expected * 1000))], round(spoken_seconds * 1000), rate_hz=1000)
    return text[len(said) :].lstrip(" ,;:，、；：。.!?！？")
