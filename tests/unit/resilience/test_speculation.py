"""When replies are begun on the chance, and what is known of those that were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.resilience.speculation import SpeculationGovernor, SpeculationLoad, SpeculationRecord


def load(delay: float = 0.0, *, idle: int | None = 2, wasted: float = 0.2) -> SpeculationLoad:
    return SpeculationLoad(delay_seconds=delay, idle_slots=idle, wasted_share=wasted)


def test_with_slots_to_spare_much_waste_does_not_matter() -> None:
    governor = SpeculationGovernor()
    assert governor.decide(load(wasted=1.0), now=0.0)
    assert governor.decide(load(wasted=1.0, idle=None), now=0.0)


@pytest.mark.parametrize("busy", [load(0.4), load(idle=0, wasted=0.6)], ids=["work waits", "no slot, much waste"])
def test_under_load_it_stops_and_begins_again_when_the_load_is_clearly_over(busy: SpeculationLoad) -> None:
    governor = SpeculationGovernor()
    assert not governor.decide(busy, now=0.0)
    assert not governor.decide(load(0.3), now=10.0), "not as bad as it was, and not good"
    assert not governor.decide(load(idle=0), now=11.0)
    assert governor.decide(load(), now=12.0)


def test_it_rests_for_a_while_however_short_the_load_was() -> None:
    governor = SpeculationGovernor()
    governor.decide(load(1.0), now=0.0)
    assert not governor.decide(load(), now=1.9)
    assert governor.decide(load(), now=2.0)


def test_a_full_machine_on_which_little_is_wasted_goes_on() -> None:
    assert SpeculationGovernor().decide(load(0.1, idle=0, wasted=0.4), now=0.0)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 4), st.floats(0, 1)), max_size=40))
def test_the_same_readings_give_the_same_answers(readings: list[tuple[float, int, float]]) -> None:
    one, other = SpeculationGovernor(), SpeculationGovernor()
    for now, (delay, idle, wasted) in enumerate(readings):
        reading = load(delay, idle=idle, wasted=wasted)
        answer = one.decide(reading, now=now)
        assert answer == other.decide(reading, now=now)
        assert not (answer and delay >= 0.4)


def test_kept_and_wasted_work_is_counted() -> None:
    record = SpeculationRecord(recent=4)
    assert record.wasted_share == 0.0
    record.waste(tokens=7, clauses=1)
    record.waste(tokens=2, clauses=0)
    for seconds in (0.1, 0.2, 0.3):
        record.keep(seconds=seconds)
    record.decline()
    statistics = record.statistics(is_allowed=False)
    assert (statistics.kept, statistics.wasted, statistics.declined) == (3, 2, 1)
    assert (statistics.wasted_tokens, statistics.wasted_clauses) == (9, 1)
    assert statistics.kept_seconds == pytest.approx(0.6)
    assert not statistics.is_allowed
    assert record.wasted_share == 0.25, "only the last count"
