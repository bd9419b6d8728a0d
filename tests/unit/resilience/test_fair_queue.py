"""Who is served next, whoever asks and however often."""

from __future__ import annotations

from collections import Counter

import pytest

from vivavoce.resilience.fair_queue import FairQueue, QueueBounds, QueueFullError, Ticket, Urgency

CONFIRMED, SPECULATIVE, BACKGROUND = Urgency


def queue(*, per_key: int = 100, total: int = 1_000) -> FairQueue:
    return FairQueue(QueueBounds(per_key=per_key, total=total))


def served(waiting: FairQueue, *, cost: float = 1.0, now: float = 0.0) -> list[str]:
    """Serve everything, one at a time, and return whose it was."""
    keys = []
    while (ticket := waiting.take(now)) is not None:
        keys.append(ticket.key)
        waiting.settle(ticket, cost)
    return keys


def test_one_who_asks_for_much_is_served_in_turn_with_the_others() -> None:
    waiting = queue()
    for key in ("flood",) * 6 + ("a", "b", "a"):
        waiting.put(key, CONFIRMED, now=0.0)
    assert served(waiting)[:5] == ["flood", "a", "b", "flood", "a"]


def test_whoever_used_more_time_waits_for_the_others_to_catch_up() -> None:
    waiting = queue()
    for _ in range(40):
        waiting.put("long", CONFIRMED, now=0.0)
        waiting.put("short", CONFIRMED, now=0.0)
    spent: Counter[str] = Counter()
    for _ in range(40):
        ticket = waiting.take(0.0)
        assert ticket is not None
        cost = 3 if ticket.key == "long" else 1
        spent[ticket.key] += cost
        waiting.settle(ticket, cost)
    assert abs(spent["long"] - spent["short"]) <= 2 * 3


def test_asking_one_piece_at_a_time_gains_nothing() -> None:
    waiting = queue()
    waiting.put("a", CONFIRMED, now=0.0)
    for _ in range(10):
        waiting.put("b", CONFIRMED, now=0.0)
    order = []
    for _ in range(10):
        ticket = waiting.take(0.0)
        assert ticket is not None
        order.append(ticket.key)
        waiting.settle(ticket, 1.0)
        if ticket.key == "a":
            waiting.put("a", CONFIRMED, now=0.0)
    assert Counter(order) == {"a": 5, "b": 5}


def test_a_late_comer_has_not_saved_up_its_absence() -> None:
    waiting = queue()
    for _ in range(10):
        waiting.put("early", CONFIRMED, now=0.0)
    for _ in range(5):
        ticket = waiting.take(0.0)
        assert ticket is not None
        waiting.settle(ticket, 1.0)
    for _ in range(5):
        waiting.put("late", CONFIRMED, now=0.0)
    assert Counter(served(waiting)[:6]) == {"late": 3, "early": 3}


def test_what_someone_waits_for_goes_before_what_is_done_on_the_chance_and_that_before_captions() -> None:
    waiting = queue()
    for urgency in (BACKGROUND, SPECULATIVE, CONFIRMED):
        waiting.put(urgency.name, urgency, now=0.0)
    assert served(waiting) == ["CONFIRMED", "SPECULATIVE", "BACKGROUND"]


def test_work_that_becomes_urgent_while_it_waits_moves_up_and_keeps_its_place_among_its_own() -> None:
    waiting = queue()
    first = waiting.put("a", SPECULATIVE, now=0.0)
    second = waiting.put("a", CONFIRMED, now=0.0)
    waiting.put("b", SPECULATIVE, now=0.0)
    waiting.hasten(first, CONFIRMED)
    assert waiting.take(0.0) is first
    assert waiting.take(0.0) is second


def test_work_in_service_or_withdrawn_cannot_be_hastened() -> None:
    waiting = queue()
    taken, withdrawn = (waiting.put("a", BACKGROUND, now=0.0) for _ in range(2))
    assert waiting.take(0.0) is taken
    assert waiting.withdraw(withdrawn)
    for ticket in (taken, withdrawn):
        waiting.hasten(ticket, CONFIRMED)
    assert waiting.take(0.0) is None
    assert not waiting.withdraw(withdrawn)
    assert len(waiting) == 0


def test_one_key_cannot_fill_the_queue() -> None:
    waiting = queue(per_key=2, total=3)
    for key in ("a", "a", "b"):
        waiting.put(key, CONFIRMED, now=0.0)
    with pytest.raises(QueueFullError) as full:
        waiting.put("c", CONFIRMED, now=0.0)
    assert not full.value.of_key
    waiting.take(0.0)
    waiting.put("a", CONFIRMED, now=0.0)
    waiting.take(0.0)
    with pytest.raises(QueueFullError) as own:
        waiting.put("a", CONFIRMED, now=0.0)
    assert own.value.of_key


def test_what_has_waited_too_long_is_never_begun() -> None:
    waiting = queue()
    late = waiting.put("a", CONFIRMED, now=0.0, deadline=1.0)
    patient = waiting.put("a", CONFIRMED, now=0.0, deadline=3.0)
    assert waiting.expire(0.9) == ()
    assert waiting.take(1.0) is patient
    assert waiting.expire(1.0) == (late,)
    assert waiting.waiting == ()


def test_several_places_are_shared_fairly_before_any_cost_is_known() -> None:
    waiting = queue()
    for key in ("a", "a", "a", "b", "b"):
        waiting.put(key, CONFIRMED, now=0.0)
    assert [ticket.key for _ in range(4) if (ticket := waiting.take(0.0))] == ["a", "b", "a", "b"]


def test_keys_that_left_are_forgotten() -> None:
    waiting = queue()
    waiting.put("stays", CONFIRMED, now=0.0)
    held: Ticket | None = None
    for guest in range(50):
        waiting.put(f"guest {guest}", CONFIRMED, now=0.0)
        waiting.put("stays", CONFIRMED, now=0.0)
        for _ in range(2):
            held = waiting.take(0.0)
            assert held is not None
            waiting.settle(held, 1.0)
    assert len(waiting._bands[CONFIRMED].flows) < 5
