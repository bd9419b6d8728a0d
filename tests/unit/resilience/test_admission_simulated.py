"""A server under more and more sessions, simulated: what admission by measured delay does for those that are there."""

from __future__ import annotations

import heapq
import random
from collections import defaultdict
from dataclasses import dataclass, field

import pytest

from vivavoce.resilience.admission import AdmissionGate, AdmissionLimits, LoadReading
from vivavoce.resilience.fair_queue import FairQueue, QueueBounds, Urgency
from vivavoce.resilience.window import DelayWindow

TURN_EVERY_SECONDS = 6.0
WORK_SECONDS = 0.25
LIMIT_SECONDS = 2.0


@dataclass
class Server:
    """One engine that works a quarter of a second for each turn: room for 24 talkers, no more."""

    limits: AdmissionLimits
    random: random.Random = field(default_factory=lambda: random.Random(7))
    now: float = 0.0
    sessions: int = 0
    refused: int = 0
    waits: dict[int, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.queue = FairQueue(QueueBounds(per_key=32, total=100_000))
        self.gate = AdmissionGate(self.limits)
        self.recent = DelayWindow(seconds=30.0)
        self.busy_until = 0.0
        self.events: list[tuple[float, int]] = []

    def arrive(self) -> None:
        oldest = max((self.now - ticket.arrived for ticket in self.queue.waiting), default=0.0)
        delay = max(self.recent.quantile(0.95, now=self.now), oldest)
        if not self.gate.admit(LoadReading(queue_delay_seconds=delay), sessions=self.sessions, now=self.now):
            self.refused += 1
            return
        self.sessions += 1
        self._next_turn(self.sessions)

    def run(self, until: float) -> None:
        while self.now < until:
            upcoming = self.events[0][0] if self.events else until
            if len(self.queue) and self.busy_until <= upcoming:
                self.now = max(self.now, self.busy_until)
                self._serve()
            else:
                self.now = min(until, upcoming)
                if self.events and self.events[0][0] <= self.now:
                    _, session = heapq.heappop(self.events)
                    self.queue.put(str(session), Urgency.CONFIRMED, now=self.now)

    def p95(self, after: float) -> float:
        waits = sorted(wait for of_one in self.waits.values() for at, wait in of_one if at >= after)
        return waits[int(0.95 * len(waits))]

    def _serve(self) -> None:
        ticket = self.queue.take(self.now)
        assert ticket is not None
        wait = self.now - ticket.arrived
        self.recent.add(wait, now=self.now)
        self.waits[int(ticket.key)].append((self.now, wait))
        work = WORK_SECONDS * self.random.uniform(0.5, 1.5)
        self.busy_until = self.now + work
        self.queue.settle(ticket, work)
        self._next_turn(int(ticket.key))

    def _next_turn(self, session: int) -> None:
        # Whoever has not been answered does not ask again.
        heapq.heappush(
            self.events, (max(self.now, self.busy_until) + self.random.expovariate(1 / TURN_EVERY_SECONDS), session)
        )


def filled(limits: AdmissionLimits, *, every_seconds: float, for_seconds: float = 600.0) -> Server:
    """Return a server that somebody new has come to every so often."""
    server = Server(limits)
    while server.now < for_seconds:
        server.arrive()
        server.run(server.now + every_seconds)
    return server


NO_LIMITS = AdmissionLimits(queue_delay_seconds=float("inf"))
LIMITS = AdmissionLimits(queue_delay_seconds=LIMIT_SECONDS)


@pytest.mark.parametrize("every_seconds", [1.0, 2.0, 5.0, 10.0, 20.0])
def test_admission_refuses_before_those_who_are_there_suffer(every_seconds: float) -> None:
    open_to_all, careful = (filled(limits, every_seconds=every_seconds) for limits in (NO_LIMITS, LIMITS))
    assert open_to_all.p95(after=300.0) > 1.5 * LIMIT_SECONDS, "this is more than the server can do"
    assert careful.p95(after=0.0) <= 1.2 * LIMIT_SECONDS
    assert careful.refused > 0
    assert careful.sessions >= 16, "two thirds of what it can do"


def test_when_it_is_saturated_all_wait_alike() -> None:
    server = filled(NO_LIMITS, every_seconds=5.0)
    waits = [[wait for at, wait in of_one if at > 300] for of_one in server.waits.values()]
    means = sorted(sum(of_one) / len(of_one) for of_one in waits if len(of_one) >= 8)
    assert len(means) > 50
    assert means[-1] <= 2.5 * means[0], "the worst served against the best served of sixty"
