"""Delays of the recent past, and how long the longer of them are.

Owns a bounded memory of measurements and their quantiles. Refuses to know what is measured and to read a clock.
"""

from __future__ import annotations

import math
from collections import deque

__all__ = ["DelayWindow"]


class DelayWindow:
    """The last measurements: no older than `seconds`, and no more than `most` of them."""

    def __init__(self, *, seconds: float = 30.0, most: int = 512) -> None:
        self._seconds = seconds
        self._measured: deque[tuple[float, float]] = deque(maxlen=most)

    def add(self, delay_seconds: float, *, now: float) -> None:
        """Remember a measurement."""
        self._measured.append((now, delay_seconds))

    def count(self, now: float) -> int:
        """Return how many measurements are remembered."""
        while self._measured and self._measured[0][0] < now - self._seconds:
            self._measured.popleft()
        return len(self._measured)

    def quantile(self, share: float, *, now: float) -> float:
        """Return the delay in seconds that `share` of the measurements do not exceed; 0 without any (nearest rank)."""
        if not self.count(now):
            return 0.0
        delays = sorted(delay for _, delay in self._measured)
        return delays[max(0, math.ceil(share * len(delays)) - 1)]
