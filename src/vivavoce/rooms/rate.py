"""How often somebody may do something: a token bucket (Turner 1986, "leaky bucket as a meter"). Pure.

Owns the count of one caller. Refuses to know what is counted and to read a clock.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Rate", "TokenBucket"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many a second in the long run, and so many at once after a rest."""

    per_second: float
    burst: int


class TokenBucket:
    """One caller's allowance."""

    def __init__(self, rate: Rate, *, now: float) -> None:
        self._rate = rate
        self._tokens = float(rate.burst)
        self._at = now

    def take(self, now: float) -> bool:
        """Use one token, and return whether there was one; `now` in seconds, never going back."""
        self._tokens = min(float(self._rate.burst), self._tokens + (now - self._at) * self._rate.per_second)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
