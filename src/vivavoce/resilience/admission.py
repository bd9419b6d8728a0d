"""Whether another session may begin, judged by how those that are there fare.

Owns the decision, its hysteresis and its pace. Refuses to count sessions (the limit is `server.admission`'s), to
measure anything and to read a clock. Sessions that are there are never ended by it.

What a new session adds is felt only when its user has spoken, seconds after it was let in. So close to a limit sessions
are let in one at a time, with time between them to show what they add; at the limit nobody is, until every measure is
clearly below again.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AdmissionGate", "AdmissionLimits", "LoadReading"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReading:
    """How the sessions that are there fare, in seconds; 0 where nothing was measured.

    Attributes:
        loop_lag_seconds: 99th percentile of how late the event loop wakes.
        queue_delay_seconds: the longest of the engines' waits, 95th percentile.
        first_audio_seconds: from the end of the user's speech to the first sound of the reply, 95th percentile.
    """

    loop_lag_seconds: float = 0.0
    queue_delay_seconds: float = 0.0
    first_audio_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionLimits:
    """What those who are there must not suffer, in seconds; infinity for what does not matter.

    Attributes:
        careful_share: from this share of a limit on, sessions are let in one at a time.
        reopen_share: once closed, it opens when every measure is below this share of its limit.
        pace_seconds: time between two sessions while careful, and the least time it stays closed.
    """

    loop_lag_seconds: float = 0.1
    queue_delay_seconds: float = 2.0
    first_audio_seconds: float = 4.0
    careful_share: float = 0.7
    reopen_share: float = 0.6
    pace_seconds: float = 1.0


class AdmissionGate:
    """Open, careful or closed."""

    def __init__(self, limits: AdmissionLimits = AdmissionLimits()) -> None:
        self._limits = limits
        self._closed_at: float | None = None
        self._admitted_at: float | None = None

    @property
    def is_closed(self) -> bool:
        """Whether the last answer was that a limit is reached."""
        return self._closed_at is not None

    def admit(self, reading: LoadReading, *, now: float) -> bool:
        """Return whether a session may begin now; one that may has begun."""
        limits, pressure = self._limits, self._pressure(reading)
        if pressure >= 1:
            self._closed_at = now
        elif self._has_recovered(pressure, now):
            self._closed_at = None
        if self._closed_at is not None:
            return False
        last = self._admitted_at
        if pressure >= limits.careful_share and last is not None and now - last < limits.pace_seconds:
            return False
        self._admitted_at = now
        return True

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
