"""Whether another session may begin, judged by how those that are there fare.

Owns the decision, its hysteresis and its pace. Refuses to count sessions (the limit is `server.admission`'s), to
measure anything and to read a clock. Sessions that are there are never ended by it.

What a new session adds is felt only when its user has spoken, seconds after it was let in. So close to a limit sessions
are let in one at a time, with time between them to show what they add; at the limit nobody is, until every measure is
clearly below again. The number of sessions at which that happened is remembered: a lull does not make the machine
larger. It may be tried again slowly, as a sender tries a network that has dropped its packets (additive increase,
multiplicative decrease: D. Chiu, R. Jain, "Analysis of the Increase and Decrease Algorithms for Congestion Avoidance",
Computer Networks and ISDN Systems 17, 1989).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["AdmissionGate", "AdmissionLimits", "LoadReading"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReading:
    """How the sessions that are there fare, in seconds; 0 where nothing was measured.

    Attributes:
        loop_lag_seconds: 99th percentile of how late the event loop wakes.
        queue_delay_seconds: the longest of the engines' waits, 95th percentile.
        first_audio_seconds: from the end of the user's turn to the first sound of the reply, 95th percentile.
    """

    loop_lag_seconds: float = 0.0
    queue_delay_seconds: float = 0.0
    first_audio_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionLimits:
    """What those who are there must not suffer, in seconds; infinity for what does not matter.

    Attributes:
        careful_share: from this share of a limit on, sessions are let in one at a time.
        close_share: at this share of a limit nobody is: those let in last have yet to be felt.
        reopen_share: once closed, it opens when every measure is below this share of its limit.
        pace_seconds: time between two sessions while careful, and the least time it stays closed.
        retreat_share: of the sessions there were when it closed, how many there may be afterwards.
        regrow_seconds: time for one session more.
    """

    loop_lag_seconds: float = 0.4
    queue_delay_seconds: float = 2.0
    first_audio_seconds: float = 5.0
    careful_share: float = 0.35
    close_share: float = 0.7
    reopen_share: float = 0.4
    pace_seconds: float = 6.0
    retreat_share: float = 0.8
    regrow_seconds: float = 30.0


class AdmissionGate:
    """Open, careful or closed."""

    def __init__(self, limits: AdmissionLimits = AdmissionLimits()) -> None:
        self._limits = limits
        self._closed_at: float | None = None
        self._admitted_at: float | None = None
        self._ceiling = math.inf
        self._regrown_at = 0.0

    @property
    def is_closed(self) -> bool:
        """Whether the last answer was that a limit is reached."""
        return self._closed_at is not None

    def admit(self, reading: LoadReading, *, sessions: int, now: float) -> bool:
        """Return whether a session may begin beside those there are; one that may has begun."""
        limits, pressure = self._limits, self._pressure(reading)
        if pressure >= limits.close_share:
            self._close(sessions, now)
        elif self._has_recovered(pressure, now):
            self._closed_at = None
            self._regrow(now)
        if self._closed_at is not None or sessions >= self._ceiling:
            return False
        last = self._admitted_at
        if pressure >= limits.careful_share and last is not None and now - last < limits.pace_seconds:
            return False
        self._admitted_at = now
        return True

    def _close(self, sessions: int, now: float) -> None:
        if self._closed_at is None:
            self._ceiling = max(1.0, min(self._ceiling, sessions * self._limits.retreat_share))
        # The last moment at which it was too much, not the first.
        self._closed_at = self._regrown_at = now

    def _regrow(self, now: float) -> None:
        steps = int((now - self._regrown_at) / self._limits.regrow_seconds)
        if steps > 0:
            self._ceiling += steps
            self._regrown_at += steps * self._limits.regrow_seconds

    def _has_recovered(self, pressure: float, now: float) -> bool:
        limits, closed_at = self._limits, self._closed_at
        return closed_at is None or (pressure <= limits.reopen_share and now - closed_at >= limits.pace_seconds)

    def _pressure(self, reading: LoadReading) -> float:
        """Return the largest share of its limit that any measure has reached."""
        limits = self._limits
        return max(
            reading.loop_lag_seconds / limits.loop_lag_seconds,
            reading.queue_delay_seconds / limits.queue_delay_seconds,
            reading.first_audio_seconds / limits.first_audio_seconds,
        )
