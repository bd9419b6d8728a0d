"""Whether replies are begun before the turn is sure to be over, and what came of those that were.

Owns the count of work that was kept and work that was wasted, and the decision to leave speculation be while others pay
for it. Refuses to know what a reply is and to read a clock.

A reply begun on the chance costs nothing while there are slots to spare. When work waits, every wasted one makes
somebody wait longer, so speculation stops; it begins again only when the waiting is clearly over (hysteresis), for it
would otherwise flicker: without it there is less waiting, which is no reason to take it up again at once.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

__all__ = ["SpeculationGovernor", "SpeculationLoad", "SpeculationPolicy", "SpeculationRecord", "SpeculationStatistics"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeculationStatistics:
    """What came of speculation since the start.

    Attributes:
        kept: replies that were begun on the chance and then wanted.
        wasted: replies that were begun and not wanted.
        kept_seconds: how long the kept ones had been under way when they were wanted: what was gained at most.
        wasted_tokens: pieces of text that were written in vain.
        wasted_clauses: clauses that were given to the voice in vain.
        declined: pauses at which nothing was begun because of the load.
        is_allowed: whether a reply may be begun on the chance now.
    """

    kept: int
    wasted: int
    kept_seconds: float
    wasted_tokens: int
    wasted_clauses: int
    declined: int
    is_allowed: bool


class SpeculationRecord:
    """Counts for a process; the share that is wasted is taken over the last `recent` replies."""

    def __init__(self, *, recent: int = 40) -> None:
        self._outcomes: deque[bool] = deque(maxlen=recent)
        self.kept = 0
        self.wasted = 0
        self.kept_seconds = 0.0
        self.wasted_tokens = 0
        self.wasted_clauses = 0
        self.declined = 0

    @property
    def wasted_share(self) -> float:
        """The share of the last replies that were wasted, 0 to 1; 0 without any."""
        return self._outcomes.count(False) / len(self._outcomes) if self._outcomes else 0.0

    def keep(self, *, seconds: float) -> None:
        """A reply that had been under way for so long is wanted."""
        self._outcomes.append(True)
        self.kept += 1
        self.kept_seconds += seconds

    def waste(self, *, tokens: int, clauses: int) -> None:
        """A reply is not wanted, and neither is what was written and spoken of it."""
        self._outcomes.append(False)
        self.wasted += 1
        self.wasted_tokens += tokens
        self.wasted_clauses += clauses

    def decline(self) -> None:
        """A pause passed without a reply being begun."""
        self.declined += 1

    def statistics(self, *, is_allowed: bool) -> SpeculationStatistics:
        """Return the counts."""
        return SpeculationStatistics(
            kept=self.kept,
            wasted=self.wasted,
            kept_seconds=self.kept_seconds,
            wasted_tokens=self.wasted_tokens,
            wasted_clauses=self.wasted_clauses,
            declined=self.declined,
            is_allowed=is_allowed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeculationLoad:
    """How busy the machine is.

    Attributes:
        delay_seconds: the longest of the engines' usual waits.
        idle_slots: replies that could begin at once; None when nobody counts them.
        wasted_share: share of the last speculative replies that were wasted, 0 to 1.
    """

    delay_seconds: float
    idle_slots: int | None
    wasted_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeculationPolicy:
    """When speculation stops and when it begins again.

    Attributes:
        stop_delay_seconds: waits as long as this stop it.
        resume_delay_seconds: waits must be shorter than this for it to begin again.
        bearable_waste: with no idle slot, it stops when more than this share is wasted.
        rest_seconds: it stays off at least so long.
    """

    stop_delay_seconds: float = 0.4
    resume_delay_seconds: float = 0.15
    bearable_waste: float = 0.5
    rest_seconds: float = 2.0


class SpeculationGovernor:
    """Says whether a reply may be begun on the chance: the same readings give the same answers."""

    def __init__(self, policy: SpeculationPolicy = SpeculationPolicy()) -> None:
        self._policy = policy
        self._stopped_at: float | None = None

    @property
    def is_allowed(self) -> bool:
        """The last answer."""
        return self._stopped_at is None

    def decide(self, load: SpeculationLoad, *, now: float) -> bool:
        """Return whether a reply may be begun now."""
        policy = self._policy
        has_no_room = load.idle_slots == 0 and load.wasted_share > policy.bearable_waste
        if load.delay_seconds >= policy.stop_delay_seconds or has_no_room:
            # Counted from the last reason to stop, not from the first.
            self._stopped_at = now
        elif self._stopped_at is not None:
            is_over = load.delay_seconds < policy.resume_delay_seconds and load.idle_slots != 0
            if is_over and now - self._stopped_at >= policy.rest_seconds:
                self._stopped_at = None
        return self.is_allowed
