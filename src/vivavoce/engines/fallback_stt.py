"""Speech recognition by whichever provider can: the first in order, and the next when it fails.

Owns the passing on of one utterance. Refuses to know providers otherwise than as engines; shares nothing between
sessions but what is known of each provider.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from vivavoce.engines.fallback import attempts, in_order, may_pass_on
from vivavoce.engines.protocols import SpeechToText, SttCapabilities, TranscribesOnward, Transcript
from vivavoce.errors import EngineError, Stage, VivavoceError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from vivavoce.engines.fallback import Member
    from vivavoce.engines.protocols import Samples

__all__ = ["FallbackStt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard(Transcript):
    """A transcript, and whose it is: what it tells of tokens means something to that engine only."""

    by: SpeechToText
    asked_language: str | None


class FallbackStt:
    """A `SpeechToText` over several, the preferred ones first; it is also a `TranscribesOnward`."""

    def __init__(self, members: Sequence[Member[SpeechToText]]) -> None:
        self._members = tuple(members)

    @property
    def capabilities(self) -> SttCapabilities:
        """Those of whoever is asked next."""
        return in_order(self._members)[0].engine.capabilities

    async def transcribe(self, audio: Samples, *, language: str | None, prompt: str = "") -> Transcript:
        """Return the words in `audio` (16 kHz mono), from the first provider that finds them.

        Raises:
            EngineError: all of them failed; the last failure is told.
            CapacityError: likewise.
        """
        return await self._first_to_hear(
            lambda engine: engine.transcribe(audio, language=language, prompt=prompt), language
        )

    async def transcribe_onward(self, audio: Samples, heard: Transcript) -> Transcript:
        """Return the words in `audio`; `heard` helps where it was the same engine's.

        Raises:
            EngineError: as `transcribe`.
            CapacityError: likewise.
        """
        language = heard.asked_language if isinstance(heard, _Heard) else heard.language or None

        def hear(engine: SpeechToText) -> Awaitable[Transcript]:
            is_own = isinstance(heard, _Heard) and heard.by is engine
            if is_own and isinstance(engine, TranscribesOnward):
                return engine.transcribe_onward(audio, heard)
            return engine.transcribe(audio, language=language)

        return await self._first_to_hear(hear, language)

    async def aclose(self) -> None:
        """Free nothing: the engines are the roster's."""

    async def _first_to_hear(
        self, hear: Callable[[SpeechToText], Awaitable[Transcript]], language: str | None
    ) -> Transcript:
        for member, attempt in attempts(self._members):
            try:
                with attempt.judged():
                    words = await attempt.first(hear(member.engine))
                    attempt.answered()
            except VivavoceError as error:
                if not may_pass_on(error, attempt):
                    raise
                continue
            told = {field.name: getattr(words, field.name) for field in fields(Transcript)}
            return _Heard(**told, by=member.engine, asked_language=language)
        raise EngineError("stt_unavailable", "There is no engine for speech recognition.", stage=Stage.STT)
