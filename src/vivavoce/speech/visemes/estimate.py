"""The mouth of a voice that tells no phonemes: its text, laid out over the parts of its sound that can be heard.

Owns where in the text the voice is by now. Refuses to know how a text is spelt out (`spelling`), and to recognise
speech: only loudness is looked at. What it gives is right about when the mouth moves and when it rests, and roughly
right about how; the longer a voice speaks without a pause, the rougher.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING

from vivavoce.speech.visemes.loudness import LoudnessGate
from vivavoce.speech.visemes.shapes import mouth_of
from vivavoce.speech.visemes.spelling import spelt

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt

    from vivavoce.speech.visemes.shapes import MouthShape
    from vivavoce.speech.visemes.spelling import SpeltPhoneme

__all__ = ["EstimatedMouth"]

_AUDIBLE = 0.06
"""24 dB below the loudest is a pause, or a breath."""

_CLOSURE_SECONDS = 0.07
_PAUSE_SECONDS = 0.12
_WHOLE_SECONDS = 0.6
"""A piece of speech that lasts as long is a sentence, or several, and not a cut from a stream."""

_SLOWEST, _FASTEST = 2.2, 0.45
_TEXT_AHEAD_SECONDS = 0.8
"""How far from where the text should be a pause may find its mark."""

_NOTHING_LEFT = 1e-6

# What a mouth does that goes on when its text is over.
_MURMUR = (("ɑ", 0.12), ("n", 0.06), ("ə", 0.1), ("d", 0.06))


@dataclass(slots=True)
class _Left:
    """What is still to be said of one phoneme; an empty one is a mark."""

    phoneme: str
    seconds: float
    ends_sentence: bool


class EstimatedMouth:
    """The mouth of one clause, whose speech comes in pieces.

    Args:
        text: what is said.
        speed: how fast, 1.0 being ordinary.
    """

    def __init__(self, text: str, *, speed: float = 1.0) -> None:
        self._left = deque(_left(phoneme, speed) for phoneme in spelt(text))
        self._gate = LoudnessGate(audible=_AUDIBLE, closure_seconds=_CLOSURE_SECONDS)
        self._murmur = cycle(_MURMUR)

    def skip(self, seconds: float) -> None:
        """So much of the clause was said by somebody who told the phonemes."""
        for _ in self._say(seconds, 1.0):
            pass

    def take(self, audio: npt.NDArray[np.float32], rate_hz: int) -> tuple[MouthShape, ...]:
        """Return the shapes of the mouth over the next piece of speech; the first begins at sample 0."""
        runs = self._gate.runs(audio, rate_hz)
        pace = self._pace(sum(run.seconds for run in runs if run.is_heard))
        spans: list[tuple[str, float]] = []
        for run in runs:
            if run.is_heard:
                spans += [(phoneme, seconds * rate_hz) for phoneme, seconds in self._say(run.seconds, pace)]
                continue
            spans.append(("", run.seconds * rate_hz))
            if run.seconds >= _PAUSE_SECONDS:
                self._find_mark(pace)
        return mouth_of(spans, rate_hz=rate_hz)

    def _pace(self, heard_seconds: float) -> float:
        """Return by what the times of the text are to be multiplied in this piece.

        A piece as long as a sentence ends where a sentence does; what is cut from a stream ends anywhere.
        """
        if heard_seconds < _WHOLE_SECONDS:
            return 1.0
        paces: list[float] = []
        planned = 0.0
        for index, left in enumerate(self._left, start=1):
            planned += left.seconds
            if planned > 0 and (left.ends_sentence or index == len(self._left)):
                paces.append(heard_seconds / planned)
        fitting = min(paces, key=lambda pace: abs(math.log(pace)), default=1.0)
        return fitting if _FASTEST < fitting < _SLOWEST else 1.0

    def _say(self, seconds: float, pace: float) -> Iterator[tuple[str, float]]:
        """Yield the next phonemes of the text, with how long each is, for so many seconds of sound."""
        while self._left and seconds > _NOTHING_LEFT:
            left = self._left[0]
            length = left.seconds * pace
            if length > seconds:
                left.seconds -= seconds / pace
                yield left.phoneme, seconds
                return
            self._left.popleft()
            seconds -= length
            if left.phoneme:
                yield left.phoneme, length
        while seconds > _NOTHING_LEFT:
            phoneme, length = next(self._murmur)
            yield phoneme, min(length, seconds)
            seconds -= length

    def _find_mark(self, pace: float) -> None:
        """The voice pauses: where a mark is not far ahead in the text, that is what it pauses at."""
        ahead = 0.0
        for index, left in enumerate(self._left):
            if ahead > _TEXT_AHEAD_SECONDS:
                return
            if not left.phoneme:
                for _ in range(index + 1):
                    self._left.popleft()
                return
            ahead += left.seconds * pace


def _left(spelt_phoneme: SpeltPhoneme, speed: float) -> _Left:
    return _Left(spelt_phoneme.phoneme, spelt_phoneme.seconds / speed, spelt_phoneme.ends_sentence)
