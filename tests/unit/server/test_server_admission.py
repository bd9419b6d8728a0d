from __future__ import annotations

from contextlib import ExitStack

import pytest

from vivavoce.errors import CapacityError
from vivavoce.resilience.admission import LoadReading
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


class Calm:
    """How the sessions fare, as the test says."""

    def __init__(self) -> None:
        self.now = 0.0
        self.reading = LoadReading()


@pytest.fixture
def load() -> Calm:
    return Calm()


@pytest.fixture
def room(load: Calm) -> SessionSlots:
    return SessionSlots(10, measure=lambda: load.reading, clock=lambda: load.now)


def test_a_busy_server_refuses_before_its_sessions_suffer_and_keeps_those_it_has(
    room: SessionSlots, load: Calm
) -> None:
    with ExitStack() as held:
        held.enter_context(room.take())
        held.enter_context(room.take())
        load.reading = LoadReading(first_audio_seconds=9.0)
        with pytest.raises(CapacityError) as refusal, room.take():
            pass
        assert (refusal.value.code, refusal.value.retryable) == ("server_busy", True)
        assert room.statistics().active == 2
        load.now, load.reading = 500.0, LoadReading()
        held.enter_context(room.take())
    assert room.statistics().refusals == {"server_busy": 1}


def test_two_sessions_are_never_too_many(room: SessionSlots, load: Calm) -> None:
    load.reading = LoadReading(first_audio_seconds=9.0, loop_lag_seconds=9.0)
    with room.take(), room.take():
        assert room.statistics().active == 2


def test_a_server_without_sessions_takes_one_whatever_was_measured_before(room: SessionSlots, load: Calm) -> None:
    load.reading = LoadReading(first_audio_seconds=9.0)
    with room.take():
        pass


def test_a_full_server_says_so_however_busy_it_is(load: Calm) -> None:
    room = SessionSlots(1, measure=lambda: load.reading, clock=lambda: load.now)
    with room.take():
        load.reading = LoadReading(loop_lag_seconds=9.0)
        with pytest.raises(CapacityError) as refusal, room.take():
            pass
    assert refusal.value.code == "session_limit_reached"
