"""Whose work is done next, where many want the same engine.

Owns the order: first by urgency, then fairly between the keys (one a session), then by arrival. Bounded for each key
and in total; what has waited past its deadline is never begun. Refuses to wait, to work and to read a clock: time comes
in as an argument, in seconds, and whoever drives it does the rest.

Within an urgency this is start-time fair queueing (P. Goyal, H. M. Vin, H. Cheng, "Start-time Fair Queueing", SIGCOMM
1996), which needs to know what a piece of work cost only once it is done. With several places it is SFQ(D), the variant
with a depth (W. Jin, J. S. Chase, J. Kaur, "Interposed Proportional Sharing for a Storage Service Utility", SIGMETRICS
2004). A key that begins to wait starts at the virtual time of the moment: idling earns no credit, and a key that has
used much waits until the others have caught up, however often it asks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import IntEnum

__all__ = ["FairQueue", "QueueBounds", "QueueFullError", "Ticket", "Urgency"]

LEAST_COST = 1e-3
"""What any work costs at least, in seconds: for nothing, one key could be served for ever."""

FIRST_GUESS = 0.1
"""What work is taken to cost before any is known, in seconds."""

_NEWEST_SHARE = 0.2


class Urgency(IntEnum):
    """Why the work is wanted; a lower number goes first."""

    CONFIRMED = 0
    """Someone waits for it now."""
    SPECULATIVE = 1
    """Someone will have waited for it, if the turn turns out to be over."""
    BACKGROUND = 2
    """It would be good to have: captions, prompts read ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueBounds:
    """How much may wait: for one key, and in total."""

    per_key: int = 32
    total: int = 128


class QueueFullError(Exception):
    """There is no room to wait; `of_key` when the key alone has used up its own."""

    def __init__(self, *, of_key: bool) -> None:
        super().__init__("the key has too much waiting" if of_key else "too much is waiting")
        self.of_key = of_key


@dataclass(slots=True, kw_only=True, eq=False)
class Ticket:
    """A place in the queue. `deadline` is when waiting for it to begin has lost its sense."""

    key: str
    urgency: Urgency
    arrived: float
    deadline: float
    number: int
    _band: _Band | None = field(default=None, repr=False)
    _charged: float = 0.0


@dataclass(slots=True)
class _Flow:
    """What one key has waiting, by number; `tag` is the virtual time at which its next work starts."""

    tag: float
    waiting: dict[int, Ticket] = field(default_factory=dict)
    in_service: int = 0


class _Band:
    """All work of one urgency."""

    def __init__(self) -> None:
        self.flows: dict[str, _Flow] = {}
        self._virtual_time = 0.0
        self._usual_cost = FIRST_GUESS

    def add(self, ticket: Ticket) -> None:
        flow = self.flows.setdefault(ticket.key, _Flow(self._virtual_time))
        if not flow.waiting:
            flow.tag = max(flow.tag, self._virtual_time)
        flow.waiting[ticket.number] = ticket
        # Work that became more urgent while it waited comes in behind younger work of its key.
        if next(reversed(flow.waiting)) != max(flow.waiting):
            flow.waiting = dict(sorted(flow.waiting.items()))

    def remove(self, ticket: Ticket) -> bool:
        flow = self.flows.get(ticket.key)
        return flow is not None and flow.waiting.pop(ticket.number, None) is not None

    def take(self, now: float) -> Ticket | None:
        heads = [(flow.tag, ticket.number, ticket) for flow in self.flows.values() if (ticket := _head(flow, now))]
        if not heads:
            return None
        start, _, ticket = min(heads, key=lambda head: head[:2])
        flow = self.flows[ticket.key]
        del flow.waiting[ticket.number]
        flow.in_service += 1
        flow.tag = start + self._usual_cost
        self._virtual_time = max(self._virtual_time, start)
        ticket._band, ticket._charged = self, self._usual_cost
        self._forget_idle()
        return ticket

    def settle(self, ticket: Ticket, cost: float) -> None:
        cost = max(cost, LEAST_COST)
        self._usual_cost += (cost - self._usual_cost) * _NEWEST_SHARE
        flow = self.flows[ticket.key]
        flow.in_service -= 1
        flow.tag += cost - ticket._charged
        if not any(flow.in_service or flow.waiting for flow in self.flows.values()):
            # Nobody waits: what each has used so far no longer matters.
            self.flows.clear()

    def _forget_idle(self) -> None:
        """Let go of keys that are owed nothing and owe nothing."""
        for key in [key for key, flow in self.flows.items() if not flow.waiting and not flow.in_service]:
            if self.flows[key].tag <= self._virtual_time:
                del self.flows[key]


class FairQueue:
    """The work that waits. `take` gives the next, `settle` says what it cost once it is done."""

    def __init__(self, bounds: QueueBounds) -> None:
        self._bounds = bounds
        self._bands = {urgency: _Band() for urgency in Urgency}
        self._waiting: dict[int, Ticket] = {}
        self._of_key: dict[str, int] = {}
        self._numbers = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def waiting(self) -> tuple[Ticket, ...]:
        """All that waits, the oldest first."""
        return tuple(self._waiting.values())

    def put(self, key: str, urgency: Urgency, *, now: float, deadline: float = math.inf) -> Ticket:
        """Let work wait.

        Raises:
            QueueFullError: there is no room.
        """
        if len(self._waiting) >= self._bounds.total:
            raise QueueFullError(of_key=False)
        if self._of_key.get(key, 0) >= self._bounds.per_key:
            raise QueueFullError(of_key=True)
        self._numbers += 1
        ticket = Ticket(key=key, urgency=urgency, arrived=now, deadline=deadline, number=self._numbers)
        self._bands[urgency].add(ticket)
        self._waiting[ticket.number] = ticket
        self._of_key[key] = self._of_key.get(key, 0) + 1
        return ticket

    def take(self, now: float) -> Ticket | None:
        """Return the work to begin now, or None when none waits that may still begin."""
        for band in self._bands.values():
            ticket = band.take(now)
            if ticket is not None:
                self._leave(ticket)
                return ticket
        return None

    def settle(self, ticket: Ticket, cost: float) -> None:
        """Work that was taken is over, and has cost so many seconds of its place. Once for each ticket taken."""
        assert ticket._band is not None
        ticket._band.settle(ticket, cost)

    def withdraw(self, ticket: Ticket) -> bool:
        """Take back work that waits; False when it does not."""
        if not self._bands[ticket.urgency].remove(ticket):
            return False
        self._leave(ticket)
        return True

    def hasten(self, ticket: Ticket, urgency: Urgency) -> None:
        """Make work that waits more urgent; it keeps its place among what its key wants."""
        if urgency < ticket.urgency and self._bands[ticket.urgency].remove(ticket):
            ticket.urgency = urgency
            self._bands[urgency].add(ticket)

    def expire(self, now: float) -> tuple[Ticket, ...]:
        """Take out what has waited past its deadline, and return it."""
        late = tuple(ticket for ticket in self._waiting.values() if ticket.deadline <= now)
        for ticket in late:
            self.withdraw(ticket)
        return late

    def _leave(self, ticket: Ticket) -> None:
        del self._waiting[ticket.number]
        self._of_key[ticket.key] -= 1
        if not self._of_key[ticket.key]:
            del self._of_key[ticket.key]


def _head(flow: _Flow, now: float) -> Ticket | None:
    return next((ticket for ticket in flow.waiting.values() if ticket.deadline > now), None)
