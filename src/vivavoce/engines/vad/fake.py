"""A voice activity detector that listens for loudness.

Owns nothing but a threshold: for tests that need speech and silence told apart without a model. Not for use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vivavoce.engines.protocols import Samples, VadState

__all__ = ["FakeVad"]


class FakeVad:
    """Calls a frame speech when its RMS level is above `threshold`; the state counts the frames a stream has heard."""

    def __init__(self, *, frame_samples: int = 512, threshold: float = 0.01) -> None:
        self._frame_samples = frame_samples
        self._threshold = threshold

    @property
    def frame_samples(self) -> int:
        """Samples a frame holds."""
        return self._frame_samples

    def initial_state(self) -> VadState:
        """The state of a stream that has heard nothing."""
        return np.zeros(1, dtype=np.float32)

    def probabilities(self, frames: Samples, states: VadState) -> Samples:
        """Return 1.0 for loud frames and 0.0 for quiet ones."""
        states += 1
        levels = np.sqrt(np.mean(np.square(frames), axis=1))
        return np.where(levels > self._threshold, 1.0, 0.0).astype(np.float32)
