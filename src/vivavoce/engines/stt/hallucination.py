"""What recognisers write when nobody speaks: loops, subtitle credits, the words that stand for noise.

Owns the rules that tell such text from speech. Refuses to know any model; confidence is each engine's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["is_noise_text", "loop_start", "rounds"]

_LONGEST_PERIOD = 24
_FEWEST_REPEATS = 3
_FEWEST_REPEATED = 8
"""Tokens after the first round. People do say "no no no no" and "five five five"; nobody says a phrase four times."""

_NOISE_TEXTS = frozenset(
    {"you", "the end", "thank you for watching!", "thanks for watching!", "thank you for watching."}
)
"""What models trained on subtitles write for noise, just so: a person's "You." comes with its full stop."""
_CREDIT_MARKS = ("©", "♪", "字幕", "amara.org")


def is_noise_text(text: str) -> bool:
    """Tell whether `text` is what a subtitle-trained model writes for music, noise and silence."""
    lowered = text.strip().lower()
    return lowered in _NOISE_TEXTS or any(mark in lowered for mark in _CREDIT_MARKS)


def loop_start(tokens: Sequence[int]) -> int | None:
    """Return where the repetition at the end of `tokens` begins, after its first round; None when there is no loop.

    A loop is a run of up to 24 tokens said at least four times on end, or often enough to repeat eight tokens.
    """
    for period in range(1, min(_LONGEST_PERIOD, len(tokens) // 2) + 1):
        repeated = 0
        while repeated + period < len(tokens) and tokens[-1 - repeated] == tokens[-1 - repeated - period]:
            repeated += 1
        if repeated >= max(_FEWEST_REPEATED, _FEWEST_REPEATS * period):
            return len(tokens) - repeated
    return None


def rounds(text: str) -> float:
    """Return how many times over `text` says the same thing, the last time perhaps not to its end; 1.0 if it does not.

    Compares letters and digits only: a recogniser that repeats itself changes the marks between.
    """
    letters = [character for character in text.lower() if character.isalnum()]
    for period in range(1, len(letters)):
        if all(letter == letters[index - period] for index, letter in enumerate(letters[period:], period)):
            return len(letters) / period
    return 1.0
