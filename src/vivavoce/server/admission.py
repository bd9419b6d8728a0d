"""How many may be served at a time, and whether those who are there fare well enough for one more.

Owns the count: it is kept as they come and go, not sampled. Refuses to queue anyone: over the limit, or when the server
is too busy, the answer is no, at once, and says that coming back helps. Whoever has been let in stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vivavoce.errors import CapacityError
from vivavoce.resilience.admission import AdmissionGate, AdmissionLimits, LoadReading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["SessionSlots", "Slots", "SlotsStatistics"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotsStatistics:
    """Who is being served now, and what happened since the start; `refusals` by their code."""

    active: int
    limit: int
    admitted: int
    refusals: Mapping[str, int] = field(default_factory=dict)

    @property
    def refused(self) -> int:
        """All who were refused."""
        return sum(self.refusals.values())


class Slots:
    """A counter with a limit; `code` and `noun` say what was refused."""

    def __init__(self, limit: int, *, code: str, noun: str) -> None:
        self._limit = limit
        self._code = code
        self._noun = noun
        self._active = 0
        self._admitted = 0
        self._refusals: Counter[str] = Counter()

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold a slot for as long as the body runs.

        Raises:
            CapacityError: all slots are taken, or whatever else `_refusal` gives.
        """
        refusal = self._refusal()
        if refusal is not None:
            self._refusals[refusal.code] += 1
            raise refusal
        self._active += 1
        self._admitted += 1
        try:
            yield
        finally:
            self._active -= 1

    def statistics(self) -> SlotsStatistics:
        """Return the counts."""
        return SlotsStatistics(
            active=self._active, limit=self._limit, admitted=self._admitted, refusals=dict(self._refusals)
        )

    def _refusal(self) -> CapacityError | None:
        if self._active < self._limit:
            return None
        return CapacityError(
            self._code,
            f"All {self._limit} {self._noun} of this server are taken.",
            remedy="Try again in a moment.",
        )


FEW_SESSIONS = 2
"""As many are never too many: someone who comes back is there twice for a moment, and who is alone on a slow machine
would rather wait than be sent away."""


class SessionSlots(Slots):
    """The spoken conversations of a server: a number of them, and fewer while the server is busy.

    Refusals are `session_limit_reached` and `server_busy`; a few are never too many.

    Args:
        limit: how many there may be.
        limits: what those who are there must not suffer.
        measure: how they fare; without it only the number counts.
        clock: seconds on a clock that never jumps.
    """

    def __init__(
        self,
        limit: int,
        *,
        limits: AdmissionLimits | None = None,
        measure: Callable[[], LoadReading] = LoadReading,
        clock: Callable[[], float] = lambda: 0.0,
    ) -> None:
        super().__init__(limit, code="session_limit_reached", noun="sessions")
        self._gate = AdmissionGate(limits or AdmissionLimits())
        self._measure = measure
        self._clock = clock

    def _refusal(self) -> CapacityError | None:
        refusal = super()._refusal()
        if refusal is not None:
            return refusal
        may_begin = self._gate.admit(self._measure(), sessions=self._active, now=self._clock())
        if may_begin or self._active < FEW_SESSIONS:
            return None
        return CapacityError(
            "server_busy",
            "The server is too busy for another conversation: those under way would suffer.",
            remedy="Try again in a moment.",
        )
