"""A text, spoken: clause by clause, at 24 kHz.

Owns the way from a text to sound outside a conversation, and the choice of the language it is spoken in. Refuses to
know formats and requests.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from vivavoce.engines.protocols import SynthesisRequest
from vivavoce.session.voicing import speak_clause
from vivavoce.speech.clauses import ClauseChunker
from vivavoce.speech.scripts import is_cjk
from vivavoce.speech.speakable import speakable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.audio.pcm import Samples
    from vivavoce.engines.roster import EngineRoster

__all__ = ["choose_voice", "speak"]

_CJK_SHARE = 0.3
_KANA = ("\u3041", "\u30ff")


def choose_voice(roster: EngineRoster, text: str, voice: str, default_language: str) -> tuple[str, str]:
    """Return the language to speak `text` in, and the voice: empty, the language's default, when `voice` is unknown.

    Writing decides first, for a voice that cannot read the text is of no use; then the language of the voice.
    """
    languages = [offer.language for offer in roster.voices if offer.name == voice]
    written = _written_in(text)
    if written is not None:
        return written, voice if written in languages else ""
    if languages:
        return languages[0], voice
    return ("en" if default_language == "auto" else default_language), ""


async def speak(
    roster: EngineRoster, text: str, *, language: str, voice: str, speed: float
) -> AsyncGenerator[Samples, None]:
    """Yield the speech at 24 kHz as it is made; closing the generator stops the voice.

    A voice that is on this machine and not in memory is loaded first, and so is one for the language. A text in a
    writing of its own is never read by a voice that cannot: what would be heard is no speech.

    Raises:
        EngineError: there is no voice, none that can read the text, or it failed.
    """
    roster.want(language)
    await roster.voice_when_loaded(voice)
    if _written_in(text) == language:
        await roster.require_voice(language)
    chunker = ClauseChunker(language)
    for clause in (*chunker.feed(text), *chunker.flush()):
        spoken = speakable(clause, language)
        if not spoken:
            continue
        request = SynthesisRequest(text=spoken, language=language, voice=voice, speed=speed)
        async with aclosing(speak_clause(roster, request)) as speech:
            async for piece in speech:
                yield piece.audio


def _written_in(text: str) -> str | None:
    """Return the language that the writing gives away, None for those that share an alphabet."""
    letters = [character for character in text if character.isalpha()]
    cjk = sum(is_cjk(character) for character in letters)
    if not letters or cjk < _CJK_SHARE * len(letters):
        return None
    return "ja" if any(_KANA[0] <= character <= _KANA[1] for character in letters) else "zh"
