"""The places of an engine, given out fairly: at most so many callers work at a time, the others wait their turn.

Owns the waiting: who is woken, who has waited too long, who is asked to make room. Refuses to choose (`FairQueue` does)
and to know what is done in a place.
"""

from __future__ import annotations

import asyncio
import math
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio

from vivavoce.engines.caller import Caller, Urgency, current_caller
from vivavoce.resilience.fair_queue import FairQueue, QueueBounds, QueueFullError
from vivavoce.resilience.window import DelayWindow

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivavoce.resilience.fair_queue import Ticket

__all__ = ["FairGate", "GateStatistics", "Place"]

_NOBODY = Caller("")


@dataclass(frozen=True, slots=True, kw_only=True)
class GateStatistics:
    """How much waits for an engine, and how long it takes.

    Attributes:
        places: how many may work at a time.
        busy: how many do.
        waiting: how many wait.
        begun: how much work has begun since the start.
        refused: how much was refused because too much waited.
        expired: how much waited in vain.
        evicted: how much was asked to make room for what is more urgent.
        delay_seconds: 95th percentile of the recent waits, those under way included; work in the background apart.
    """

    places: int
    busy: int
    waiting: int
    begun: int
    refused: int
    expired: int
    evicted: int
    delay_seconds: float


class Place:
    """The right to work, until `leave`."""

    def __init__(self, gate: FairGate, ticket: Ticket, caller: Caller, now: float) -> None:
        self._gate = gate
        self.ticket = ticket
        self.caller = caller
        self.since = now
        self.is_wanted = False
        self._give_up: Callable[[], None] | None = None
        self._is_left = False

    @property
    def can_be_given_up(self) -> bool:
        """Whether the work can end early, and has not been asked to."""
        return self._give_up is not None and not self.is_wanted

    def offer(self, give_up: Callable[[], None]) -> None:
        """Have `give_up` called, once, when someone more urgent waits and no place is free; that may be now."""
        self._give_up = give_up
        if self.is_wanted:
            give_up()
        else:
            self._gate._make_room()

    def give_up(self) -> None:
        """Ask the work to end: someone else wants the place."""
        self.is_wanted = True
        if self._give_up is not None:
            self._give_up()

    def leave(self) -> None:
        """Make room for the next; a second time does nothing."""
        if not self._is_left:
            self._is_left = True
            self._gate._left(self)


class _Waiter:
    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.called = anyio.Event()
        self.place: Place | None = None


class FairGate:
    """So many places, on one event loop at a time.

    Args:
        places: how many may work at a time.
        bounds: how much may wait.
        clock: seconds; None for the event loop's own.
    """

    def __init__(self, places: int, bounds: QueueBounds, *, clock: Callable[[], float] | None = None) -> None:
        self._places = places
        self._clock = clock or _loop_time
        self._queue = FairQueue(bounds)
        self._waiters: dict[Ticket, _Waiter] = {}
        self._held: list[Place] = []
        self._delays = DelayWindow()
        self._begun = self._refused = self._expired = self._evicted = 0

    async def enter(self, *, patience_seconds: float = math.inf) -> Place:
        """Wait for a place, no longer than that or than the caller's own patience; `leave` it in the end.

        Raises:
            QueueFullError: too much waits already.
            TimeoutError: no place in time.
        """
        caller, now = current_caller.get() or _NOBODY, self._clock()
        own = math.inf if caller.patience_seconds is None else caller.patience_seconds
        patience = min(patience_seconds, own)
        try:
            ticket = self._queue.put(caller.session_id, caller.urgency, now=now, deadline=now + patience)
        except QueueFullError:
            self._refused += 1
            raise
        waiter = self._waiters[ticket] = _Waiter(caller)
        with ExitStack() as context:
            context.callback(self._waiters.pop, ticket, None)
            self._give_out()
            if waiter.place is None:
                context.enter_context(caller.on_confirmed(lambda: self._hasten(ticket)))
                self._make_room()
                await self._turn(waiter, ticket, patience)
        if waiter.place is None:
            raise TimeoutError
        return waiter.place

    def statistics(self) -> GateStatistics:
        """Return how it goes."""
        now = self._clock()
        waits = [now - t.arrived for t in self._queue.waiting if t.urgency is not Urgency.BACKGROUND]
        return GateStatistics(
            places=self._places,
            busy=len(self._held),
            waiting=len(self._queue),
            begun=self._begun,
            refused=self._refused,
            expired=self._expired,
            evicted=self._evicted,
            delay_seconds=max([self._delays.quantile(0.95, now=now), *waits]),
        )

    async def _turn(self, waiter: _Waiter, ticket: Ticket, patience_seconds: float) -> None:
        """Wait to be called; whoever leaves before does not keep the place it was just given."""
        try:
            with anyio.move_on_after(patience_seconds):
                await waiter.called.wait()
        except BaseException:
            if waiter.place is not None:
                waiter.place.leave()
            raise
        finally:
            if self._queue.withdraw(ticket):
                self._note_expired(ticket)

    def _give_out(self) -> None:
        """Give every free place to whoever is next."""
        now = self._clock()
        for late in self._queue.expire(now):
            self._note_expired(late)
            self._waiters[late].called.set()
        while len(self._held) < self._places and (ticket := self._queue.take(now)) is not None:
            waiter = self._waiters[ticket]
            waiter.place = Place(self, ticket, waiter.caller, now)
            self._held.append(waiter.place)
            self._begun += 1
            if ticket.urgency is not Urgency.BACKGROUND:
                self._delays.add(now - ticket.arrived, now=now)
            waiter.called.set()

    def _make_room(self) -> None:
        """Ask the least urgent of those at work to give up, one for each that waits and is more urgent."""
        leaving = sum(place.is_wanted for place in self._held)
        for ticket in sorted(self._queue.waiting, key=lambda waiting: waiting.urgency)[leaving:]:
            willing = [place for place in self._held if place.can_be_given_up and place.caller.urgency > ticket.urgency]
            if not willing:
                return
            self._evicted += 1
            # Of equals the one that has done least loses least.
            max(willing, key=lambda held: (held.caller.urgency, held.since)).give_up()

    def _hasten(self, ticket: Ticket) -> None:
        self._queue.hasten(ticket, Urgency.CONFIRMED)
        self._make_room()

    def _note_expired(self, ticket: Ticket) -> None:
        now = self._clock()
        if ticket.deadline <= now:
            self._expired += 1
            if ticket.urgency is not Urgency.BACKGROUND:
                self._delays.add(now - ticket.arrived, now=now)

    def _left(self, place: Place) -> None:
        self._held.remove(place)
        self._queue.settle(place.ticket, self._clock() - place.since)
        self._give_out()


def _loop_time() -> float:
    # Not anyio's: places are left in callbacks of the loop too, which run outside any task.
    return asyncio.get_running_loop().time()
