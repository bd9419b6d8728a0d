"""How much of a reply was heard, in its own words.

Owns the mapping from samples played to a prefix of the text. Refuses to know where the reports come from and what the
context does with the prefix.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vivavoce.speech.scripts import is_cjk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Segment", "heard_text"]

_END_TOLERANCE_SECONDS = 0.02
# How long a character takes to say, in letters: a digit is a word of its own, a Han character a syllable.
_DIGIT_WEIGHT = 3
_CJK_WEIGHT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of a reply: its raw text, and how many samples its speech lasts (0 when it is not spoken)."""

    text: str
    samples: int


def heard_text(segments: Sequence[Segment], played_samples: int, *, rate_hz: int = 24_000) -> str:
    """Return the prefix of the segments' joined text that was heard after `played_samples`.

    Segments played to within 20 ms of their end count whole. Of the one being played, whole words count, in proportion
    to their letters. More samples never give less text, and all of them give all of it. A segment that is not spoken
    counts as soon as everything before it was played.
    """
    tolerance = round(_END_TOLERANCE_SECONDS * rate_hz)
    heard: list[str] = []
    start = 0
    for segment in segments:
        end = start + segment.samples
        if played_samples < end - min(tolerance, segment.samples // 2):
            if played_samples > start:
                heard.append(_heard_words(segment.text, (played_samples - start) / segment.samples))
            break
        heard.append(segment.text)
        start = end
    return "".join(heard)


def _heard_words(text: str, fraction: float) -> str:
    words = list(_words(text))
    audible = fraction * sum(weight for _, weight in words)
    end = 0
    for word_end, weight in words:
        audible -= weight
        if audible < 0:
            break
        end = word_end
    return text[:end]


def _words(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each word ends, with the marks written against it, and its weight; a CJK character is a word."""
    weight = 0
    after_cjk = False
    for place, character in enumerate(text):
        cjk = is_cjk(character)
        voiced = cjk or character.isalnum()
        if weight and (character.isspace() or (voiced and (cjk or after_cjk))):
            yield place, weight
            weight = 0
        if voiced:
            weight += _weight(character, is_cjk_character=cjk)
            after_cjk = cjk
    if weight:
        yield len(text), weight


def _weight(character: str, *, is_cjk_character: bool) -> int:
    if is_cjk_character:
        return _CJK_WEIGHT
    return _DIGIT_WEIGHT if character.isdigit() else 1
