"""The mouth of a voice that tells its phonemes.

Owns the rest of the mouth where the voice is silent, which the times of phonemes do not tell: models count the silence
behind a sentence to its last vowel. Refuses to know which phoneme looks like what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.speech.visemes.loudness import LoudnessGate
from vivavoce.speech.visemes.shapes import MouthShape, mouth_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    import numpy.typing as npt

__all__ = ["told_mouth"]

_AUDIBLE = 0.02
"""34 dB below the loudest: an f at a word's end is louder, or its lips are closed in any case."""

_CLOSURE_SECONDS = 0.1


def told_mouth(
    spans: Iterable[tuple[str, float]], audio: npt.NDArray[np.float32], rate_hz: int
) -> tuple[MouthShape, ...]:
    """Return the shapes of the mouth over timed phonemes, as (phoneme, samples), and at rest in the pauses of `audio`.

    The first shape begins at sample 0.
    """
    shapes = list(mouth_of(spans, rate_hz=rate_hz))
    place = 0.0
    gate = LoudnessGate(audible=_AUDIBLE, closure_seconds=_CLOSURE_SECONDS)
    for run in gate.runs(audio, rate_hz):
        end = place + run.seconds * rate_hz
        if not run.is_heard and shapes:
            shapes = _resting(shapes, round(place), round(end), audio.size)
        place = end
    return tuple(shapes)


def _resting(shapes: list[MouthShape], start: int, end: int, total: int) -> list[MouthShape]:
    """Return the shapes with the mouth at rest between two samples."""
    before = [shape for shape in shapes if shape.sample < start]
    at_end = next((shape for shape in reversed(shapes) if shape.sample <= end), None)
    after = [shape for shape in shapes if shape.sample > end]
    if end < total and at_end is not None:
        after.insert(0, MouthShape(viseme=at_end.viseme, sample=end, weight=at_end.weight))
    rest = MouthShape(viseme="sil", sample=start, weight=1.0)
    return _without_repeats([*before, rest, *after])


def _without_repeats(shapes: list[MouthShape]) -> list[MouthShape]:
    return [shape for index, shape in enumerate(shapes) if not index or shapes[index - 1].viseme != shape.viseme]
