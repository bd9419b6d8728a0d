from __future__ import annotations

from contextlib import ExitStack

import pytest

from vivavoce.errors import CapacityError
from vivavoce.server.admission import SessionSlots


def test_one_more_than_the_limit_is_refused_at_once_and_may_come_back() -> None:
    slots = SessionSlots(2)
    with slots.take(), slots.take(), pytest.raises(CapacityError) as refusal, slots.take():
        pass
    assert refusal.value.code == "session_limit_reached"
    assert refusal.value.retryable


def test_a_slot_is_given_back_however_its_holder_ends() -> None:
    slots = SessionSlots(1)
    with pytest.raises(KeyError), slots.take():
        raise KeyError
    with slots.take():
        assert slots.statistics().active == 1
    assert slots.statistics().active == 0


def test_everyone_is_counted() -> None:
    slots = SessionSlots(1)
    with ExitStack() as held:
        held.enter_context(slots.take())
        for _ in range(3):
            with pytest.raises(CapacityError), slots.take():
                pass
    statistics = slots.statistics()
    assert (statistics.active, statistics.admitted, statistics.refused, statistics.limit) == (0, 1, 3, 1)
