"""Which parts of some speech can be heard.

Owns the thresholds. Refuses to know words and shapes.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["FRAME_SECONDS", "LoudnessGate", "Run"]

FRAME_SECONDS = 0.01

_FLOOR = 1e-3


class Run(NamedTuple):
    """Sound, or the lack of it, and how long it lasts."""

    is_heard: bool
    seconds: float


class LoudnessGate:
    """Tells sound from silence in speech that comes in pieces.

    Args:
        audible: what is quieter than this share of the loudest so far is silence.
        closure_seconds: quiet between two sounds that is no longer than this is part of them: the lips of a p are
            closed for as long.
    """

    def __init__(self, *, audible: float, closure_seconds: float) -> None:
        self._audible = audible
        self._closure_seconds = closure_seconds
        self._loudest = 0.0

    def runs(self, audio: npt.NDArray[np.float32], rate_hz: int) -> list[Run]:
        """Return what can be heard of the next piece and what cannot, in turn."""
        frame = max(1, round(FRAME_SECONDS * rate_hz))
        whole = audio.size // frame
        if not whole:
            return [Run(is_heard=False, seconds=audio.size / rate_hz)] if audio.size else []
        levels = np.sqrt(np.mean(np.square(audio[: whole * frame].reshape(whole, frame)), axis=1))
        self._loudest = max(self._loudest, float(levels.max()))
        heard = levels > max(_FLOOR, self._audible * self._loudest)
        edges = [0, *((np.flatnonzero(np.diff(heard)) + 1) * frame).tolist(), audio.size]
        runs = [
            Run(is_heard=bool(heard[start // frame]), seconds=(end - start) / rate_hz) for start, end in pairwise(edges)
        ]
        return self._without_closures(runs)

    def _without_closures(self, runs: list[Run]) -> list[Run]:
        joined: list[Run] = []
        for index, run in enumerate(runs):
            is_closure = not run.is_heard and 0 < index < len(runs) - 1 and run.seconds <= self._closure_seconds
            if joined and (is_closure or joined[-1].is_heard == run.is_heard):
                joined[-1] = joined[-1]._replace(seconds=joined[-1].seconds + run.seconds)
            else:
                joined.append(run)
        return joined
