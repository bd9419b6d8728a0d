"""What the engines of a process have to do for all sessions together, and how those fare.

Owns the measures that are taken over all sessions: waits, first sounds, speculation kept and wasted. Refuses to know a
session, and to refuse one: `server.admission` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from vivavoce.engines.fair_gate import GateStatistics
from vivavoce.observe.histogram import Histogram
from vivavoce.resilience.speculation import SpeculationGovernor, SpeculationLoad, SpeculationRecord
from vivavoce.resilience.window import DelayWindow

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivavoce.resilience.speculation import SpeculationStatistics

__all__ = ["EngineQueue", "Queued", "Workload"]

FIRST_AUDIO_SECONDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 1.2, 1.5, 2.0, 3.0, 4.0, 6.0, 10.0)
"""Where people begin to notice lies in the middle of these."""

RECENT_SECONDS = 60.0
LEAST_TURNS = 5
"""Fewer turns say nothing of a percentile."""

READ_EVERY_SECONDS = 0.25


@runtime_checkable
class Queued(Protocol):
    """An engine whose work waits its turn."""

    def statistics(self) -> GateStatistics:
        """Return how much waits."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineQueue:
    """One engine's queue; `job` is what the engine is for."""

    job: str
    engine: str
    statistics: GateStatistics


class Workload:
    """The measures of one process; `queues` reads the engines there are now."""

    def __init__(self, queues: Callable[[], tuple[EngineQueue, ...]]) -> None:
        self.queues = queues
        self.speculation = SpeculationRecord()
        self.first_audio = Histogram(FIRST_AUDIO_SECONDS)
        self.replies: dict[str, int] = {}
        self.turns = 0
        self._governor = SpeculationGovernor()
        self._recent_first_audio = DelayWindow(seconds=RECENT_SECONDS)
        self._read: tuple[float, tuple[EngineQueue, ...]] | None = None

    def may_speculate(self, now: float) -> bool:
        """Return whether a reply may be begun before its turn is sure to be over; a no is counted."""
        queues = self._recent_queues(now)
        slots = [queue.statistics for queue in queues if queue.job == "llm"]
        load = SpeculationLoad(
            delay_seconds=self.queue_delay_seconds(now),
            idle_slots=sum(max(0, llm.places - llm.busy) for llm in slots) if slots else None,
            wasted_share=self.speculation.wasted_share,
        )
        is_allowed = self._governor.decide(load, now=now)
        if not is_allowed:
            self.speculation.decline()
        return is_allowed

    def speculation_statistics(self) -> SpeculationStatistics:
        """Return what came of speculation."""
        return self.speculation.statistics(is_allowed=self._governor.is_allowed)

    def note_turn(self) -> None:
        """A user's turn is over."""
        self.turns += 1

    def note_reply(self, status: str) -> None:
        """A reply is over: completed, cancelled, incomplete or failed."""
        self.replies[status] = self.replies.get(status, 0) + 1

    def note_first_audio(self, seconds: float, *, work_seconds: float, now: float) -> None:
        """The first sound of a reply has been sent, so long after the user's last word.

        `work_seconds` of that it took after the turn was known to be over: waiting on a doubt is no sign of load.
        """
        self.first_audio.observe(seconds)
        self._recent_first_audio.add(work_seconds, now=now)

    def queue_delay_seconds(self, now: float) -> float:
        """Return the longest of the engines' waits (95th percentile of the recent past)."""
        return max((queue.statistics.delay_seconds for queue in self._recent_queues(now)), default=0.0)

    def first_audio_seconds(self, now: float) -> float:
        """Return how long first sounds took after their turns were over, 95th percentile of the recent past.

        0 while there are too few turns.
        """
        if self._recent_first_audio.count(now) < LEAST_TURNS:
            return 0.0
        return self._recent_first_audio.quantile(0.95, now=now)

    def _recent_queues(self, now: float) -> tuple[EngineQueue, ...]:
        # Every session asks at every pause, and a percentile has its price.
        if self._read is None or now - self._read[0] >= READ_EVERY_SECONDS:
            self._read = now, self.queues()
        return self._read[1]
