"""How late the event loop runs: what every frame and every turn of every session waits for before it is dealt with.

Owns a task that wakes at set times and the memory of how late it woke, bounded. Refuses to judge what is late, and to
find out what keeps the loop.
"""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import anyio

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LagStatistics", "LoopLag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LagStatistics:
    """How late the loop woke, in milliseconds; 0 before anything was measured."""

    p50_ms: float = 0.0
    p99_ms: float = 0.0
    max_ms: float = 0.0


class LoopLag:
    """Samples the lag of the loop that `run` runs in; the last `window_seconds` count.

    Event loops keep time in whole milliseconds, so that an idle one is up to 1 ms late. A loop that stands still gives
    one sample, as late as it stood.
    """

    def __init__(
        self,
        *,
        every_seconds: float = 0.05,
        window_seconds: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._every_seconds = every_seconds
        self._clock = clock
        self._lags_ms: deque[float] = deque(maxlen=round(window_seconds / every_seconds))

    async def run(self) -> NoReturn:
        """Sample until cancelled."""
        while True:
            due = self._clock() + self._every_seconds
            await anyio.sleep(self._every_seconds)
            self._lags_ms.append(max(0.0, (self._clock() - due) * 1000))

    @property
    def p99_ms(self) -> float:
        """The lag that one wake-up in a hundred exceeds."""
        return self.statistics().p99_ms

    def statistics(self) -> LagStatistics:
        """Return what was measured lately."""
        lags = sorted(self._lags_ms)
        if not lags:
            return LagStatistics()
        return LagStatistics(p50_ms=_rank(lags, 0.5), p99_ms=_rank(lags, 0.99), max_ms=lags[-1])


def _rank(ordered: list[float], share: float) -> float:
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
