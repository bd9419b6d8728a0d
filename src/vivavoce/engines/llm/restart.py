"""When a process that crashed may start again.

Owns the schedule: waits that double, forgiveness after a good run, and an end. Refuses to know what runs. Pure: the
time is handed in.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["RestartPolicy", "RestartSchedule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartPolicy:
    """How patient to be. A run of `good_run_seconds` wipes the slate clean."""

    attempts: int = 6
    first_delay_seconds: float = 0.1
    longest_delay_seconds: float = 10.0
    good_run_seconds: float = 60.0


class RestartSchedule:
    """Counts the crashes of one process."""

    def __init__(self, policy: RestartPolicy) -> None:
        self._policy = policy
        self._crashes = 0

    def delay_seconds(self, ran_seconds: float) -> float | None:
        """Return the wait before the next start, after a run that lasted so long; None when to give up."""
        if ran_seconds >= self._policy.good_run_seconds:
            self._crashes = 0
        self._crashes += 1
        if self._crashes > self._policy.attempts:
            return None
        return min(self._policy.first_delay_seconds * 2.0 ** (self._crashes - 1), self._policy.longest_delay_seconds)
