"""A circuit breaker: whether a provider is asked, after it has failed.

Owns the three states and the waits between them. Refuses to read a clock, to know what is asked and to look whether a
provider is well again: times and findings are passed in. The pattern is Nygard's ("Release It!", 2007), with one trial
call at a time in the half-open state.

    closed      everyone asks
    open        nobody asks; once the wait is over, a look is due at whether the provider is well
    half-open   it looks well: one call at a time tries; its success closes the circuit, its failure opens it again,
                for twice as long as before, up to a longest wait

Calls are numbered, so that one which began before the circuit opened, or beside a trial since nobody else was left to
ask, is never taken for the trial.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Breaker", "BreakerPolicy", "Circuit"]


class Circuit(StrEnum):
    """The state of a breaker."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerPolicy:
    """When a circuit opens, and for how long.

    Attributes:
        failures: calls in a row that must fail.
        open_seconds: the first wait, and the one between two looks.
        longest_open_seconds: the longest wait after trial calls that failed.
    """

    failures: int = 1
    open_seconds: float = 30.0
    longest_open_seconds: float = 300.0


class Breaker:
    """The circuit of one provider; `now` is seconds on one steady clock."""

    def __init__(self, policy: BreakerPolicy | None = None) -> None:
        self._policy = policy or BreakerPolicy()
        self._circuit = Circuit.CLOSED
        self._failures = 0
        self._wait_seconds = self._policy.open_seconds
        self._opened_at = 0.0
        self._calls = 0
        self._trial: int | None = None

    @property
    def circuit(self) -> Circuit:
        """The state."""
        return self._circuit

    @property
    def admits(self) -> bool:
        """Whether a call may be made now."""
        return self._circuit is Circuit.CLOSED or (self._circuit is Circuit.HALF_OPEN and self._trial is None)

    def is_look_due(self, now: float) -> bool:
        """Whether an open circuit's wait is over."""
        return self._circuit is Circuit.OPEN and now >= self._opened_at + self._wait_seconds

    def began(self) -> int:
        """A call is under way; return its number, with which it tells that it `failed` or was `abandoned`."""
        self._calls += 1
        if self._circuit is Circuit.HALF_OPEN and self._trial is None:
            self._trial = self._calls
        return self._calls

    def succeeded(self) -> None:
        """A call went well. It closes the circuit, whoever made it: proof is worth more than waiting."""
        self._circuit = Circuit.CLOSED
        self._failures = 0
        self._trial = None
        self._wait_seconds = self._policy.open_seconds

    def failed(self, now: float, call: int) -> None:
        """A call failed. In a half-open circuit the trial decides: others may have begun before it looked well."""
        if self._circuit is Circuit.CLOSED:
            self._failures += 1
            if self._failures >= self._policy.failures:
                self._open(now)
        elif self._circuit is Circuit.HALF_OPEN and call == self._trial:
            self._wait_seconds = min(2 * self._wait_seconds, self._policy.longest_open_seconds)
            self._open(now)

    def abandoned(self, call: int) -> None:
        """A call was given up for reasons of the caller's: it tells nothing, and a trial leaves its place."""
        if call == self._trial:
            self._trial = None

    def looked(self, now: float, *, is_well: bool) -> None:
        """Take note of a look at the provider."""
        if not is_well:
            # A look costs nobody a turn: the next one need not wait longer.
            self._wait_seconds = min(self._wait_seconds, self._policy.open_seconds)
            self._open(now)
        elif self.is_look_due(now):
            self._circuit = Circuit.HALF_OPEN
            self._trial = None

    def _open(self, now: float) -> None:
        self._circuit = Circuit.OPEN
        self._opened_at = now
        self._trial = None
