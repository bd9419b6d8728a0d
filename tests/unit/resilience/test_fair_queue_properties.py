"""What holds of the fair queue in any order of events."""

from __future__ import annotations

from collections import Counter, deque

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from vivavoce.resilience.fair_queue import FairQueue, QueueBounds, QueueFullError, Ticket, Urgency

PER_KEY, TOTAL, PLACES = 4, 9, 2
KEYS = st.sampled_from("abcd")
COSTS = st.floats(0.0, 5.0)


class Traffic(RuleBasedStateMachine):
    """Anything may be put, taken, settled, withdrawn, hastened and left to expire, in any order."""

    @initialize()
    def begin(self) -> None:
        self.queue = FairQueue(QueueBounds(per_key=PER_KEY, total=TOTAL))
        self.now = 0.0
        self.waiting: list[Ticket] = []
        self.in_service: list[Ticket] = []

    @rule(key=KEYS, urgency=st.sampled_from(Urgency), patience=st.floats(0.1, 20.0))
    def put(self, key: str, urgency: Urgency, patience: float) -> None:
        mine = sum(ticket.key == key for ticket in self.waiting)
        if mine >= PER_KEY or len(self.waiting) >= TOTAL:
            with pytest.raises(QueueFullError) as full:
                self.queue.put(key, urgency, now=self.now)
            assert full.value.of_key == (len(self.waiting) < TOTAL)
            return
        self.waiting.append(self.queue.put(key, urgency, now=self.now, deadline=self.now + patience))

    @rule()
    def take(self) -> None:
        if len(self.in_service) >= PLACES:
            return
        can_begin = [ticket for ticket in self.waiting if ticket.deadline > self.now]
        ticket = self.queue.take(self.now)
        assert (ticket is None) == (not can_begin), "nothing idles while work waits"
        if ticket is None:
            return
        assert ticket in can_begin
        assert ticket.urgency == min(other.urgency for other in can_begin)
        own = [other for other in can_begin if (other.key, other.urgency) == (ticket.key, ticket.urgency)]
        assert ticket.number == min(other.number for other in own), "a key's work is done in order"
        self.waiting.remove(ticket)
        self.in_service.append(ticket)

    @rule(cost=COSTS, which=st.integers(0, PLACES))
    def settle(self, cost: float, which: int) -> None:
        if self.in_service:
            self.queue.settle(self.in_service.pop(which % len(self.in_service)), cost)

    @rule(which=st.integers(0, TOTAL))
    def withdraw(self, which: int) -> None:
        if self.waiting:
            assert self.queue.withdraw(self.waiting.pop(which % len(self.waiting)))

    @rule(which=st.integers(0, TOTAL), urgency=st.sampled_from(Urgency))
    def hasten(self, which: int, urgency: Urgency) -> None:
        if self.waiting:
            ticket = self.waiting[which % len(self.waiting)]
            expected = min(ticket.urgency, urgency)
            self.queue.hasten(ticket, urgency)
            assert ticket.urgency == expected

    @rule(seconds=st.floats(0.0, 5.0))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        late = self.queue.expire(self.now)
        assert set(late) == {ticket for ticket in self.waiting if ticket.deadline <= self.now}
        self.waiting = [ticket for ticket in self.waiting if ticket not in late]

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        if hasattr(self, "queue"):
            assert sorted(ticket.number for ticket in self.queue.waiting) == sorted(
                ticket.number for ticket in self.waiting
            )


test_any_traffic = Traffic.TestCase


@given(
    st.lists(st.tuples(KEYS, COSTS), min_size=1, max_size=60),
    st.integers(1, 3),
)
def test_between_two_turns_of_one_that_waits_no_other_gets_more_than_its_share(
    flood: list[tuple[str, float]], places: int
) -> None:
    """The bound of start-time fair queueing: keys that wait all along differ by no more than their largest costs."""
    queue = FairQueue(QueueBounds(per_key=1_000, total=10_000))
    costs: dict[int, float] = {}
    most = max(1e-3, max(cost for _, cost in flood), 1.0)
    for key, cost in flood * 3:
        costs[queue.put(key, Urgency.CONFIRMED, now=0.0).number] = cost
    for _ in range(200):
        costs[queue.put("patient", Urgency.CONFIRMED, now=0.0).number] = 1.0
    spent = dict.fromkeys([*"abcd", "patient"], 0.0)
    running: deque[Ticket] = deque()
    left = Counter(ticket.key for ticket in queue.waiting)
    while (ticket := queue.take(0.0)) is not None:
        left[ticket.key] -= 1
        running.append(ticket)
        if len(running) >= places:
            done = running.popleft()
            spent[done.key] += max(costs[done.number], 1e-3)
            queue.settle(done, costs[done.number])
        if not left["patient"]:
            break
        for key in "abcd":
            if left[key]:
                assert spent[key] - spent["patient"] <= 2 * (places + 1) * most
