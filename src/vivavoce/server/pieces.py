"""A long recording cut into pieces that a recogniser can take.

Owns where to cut: in the quietest moment of the last third of what a piece may hold, so that words stay whole. Refuses
to know what is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vivavoce.audio.formats import MODEL_HZ
from vivavoce.audio.pcm import Samples

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MAX_PIECE_SECONDS", "Piece", "cut_at_silences"]

MAX_PIECE_SECONDS = 30.0
"""What every recogniser here takes at once."""

_FRAME_SAMPLES = MODEL_HZ // 50
_QUIET_FRAMES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a recording, and where it lies in it."""

    start_seconds: float
    end_seconds: float
    audio: Samples


def cut_at_silences(audio: Samples, max_seconds: float = MAX_PIECE_SECONDS) -> Iterator[Piece]:
    """Yield the pieces of `audio` (16 kHz) in order; together they are all of it."""
    longest = int(max_seconds * MODEL_HZ)
    start = 0
    while start < len(audio):
        end = len(audio)
        if end - start > longest:
            earliest = start + longest * 2 // 3
            end = earliest + _quietest(audio[earliest : start + longest])
        yield Piece(start_seconds=start / MODEL_HZ, end_seconds=end / MODEL_HZ, audio=audio[start:end])
        start = end


def _quietest(audio: Samples) -> int:
    """Return the middle of the quietest 300 ms."""
    frames = len(audio) // _FRAME_SAMPLES
    width = min(_QUIET_FRAMES, frames)
    energy = np.square(audio[: frames * _FRAME_SAMPLES]).reshape(frames, _FRAME_SAMPLES).mean(axis=1)
    smooth = np.convolve(energy, np.ones(width), mode="valid")
    return (int(np.argmin(smooth)) * 2 + width) * _FRAME_SAMPLES // 2
