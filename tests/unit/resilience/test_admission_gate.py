"""Who may still come in."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.resilience.admission import AdmissionGate, AdmissionLimits, LoadReading

CALM = LoadReading()


@pytest.mark.parametrize("field", ["loop_lag_seconds", "queue_delay_seconds", "first_audio_seconds"])
def test_one_measure_close_to_its_limit_is_enough_to_refuse(field: str) -> None:
    gate = AdmissionGate(AdmissionLimits(loop_lag_seconds=1.0, queue_delay_seconds=1.0, first_audio_seconds=1.0))
    assert gate.admit(LoadReading(**{field: 0.3}), sessions=5, now=0.0)
    assert not gate.admit(LoadReading(**{field: 0.7}), sessions=6, now=10.0)
    assert gate.is_closed


def test_a_calm_server_takes_everyone_at_once() -> None:
    gate = AdmissionGate()
    assert all(gate.admit(CALM, sessions=number, now=0.0) for number in range(1_000))


def test_halfway_to_a_limit_sessions_come_in_one_at_a_time() -> None:
    gate, tense = AdmissionGate(AdmissionLimits(pace_seconds=1.0)), LoadReading(first_audio_seconds=2.5)
    assert [gate.admit(tense, sessions=5, now=at / 4) for at in range(9)] == [True, *[False] * 3] * 2 + [True]


def test_once_closed_it_opens_only_when_it_is_clearly_better() -> None:
    gate = AdmissionGate()
    assert not gate.admit(LoadReading(first_audio_seconds=4.1), sessions=9, now=0.0)
    assert not gate.admit(LoadReading(first_audio_seconds=3.0), sessions=2, now=50.0)
    assert gate.admit(LoadReading(first_audio_seconds=1.9), sessions=2, now=51.0)


def test_it_stays_closed_for_a_moment() -> None:
    gate = AdmissionGate()
    assert not gate.admit(LoadReading(loop_lag_seconds=0.4), sessions=9, now=0.0)
    assert not gate.admit(CALM, sessions=2, now=5.9)
    assert gate.admit(CALM, sessions=2, now=6.0)


def test_the_number_at_which_it_was_too_much_is_remembered_and_tried_again_slowly() -> None:
    gate = AdmissionGate()
    assert not gate.admit(LoadReading(first_audio_seconds=9.0), sessions=10, now=0.0)
    assert not gate.admit(CALM, sessions=8, now=20.0), "eight are four fifths of ten"
    assert gate.admit(CALM, sessions=7, now=20.0)
    assert gate.admit(CALM, sessions=8, now=30.0)
    assert not gate.admit(CALM, sessions=9, now=59.0)
    assert gate.admit(CALM, sessions=9, now=60.0)


def test_what_has_no_limit_never_refuses() -> None:
    gate = AdmissionGate(AdmissionLimits(first_audio_seconds=math.inf))
    assert gate.admit(LoadReading(first_audio_seconds=1e9), sessions=5, now=0.0)


@given(st.lists(st.tuples(st.floats(0, 2), st.floats(0, 10)), max_size=50))
def test_nobody_is_let_in_at_a_limit(readings: list[tuple[float, float]]) -> None:
    gate, now = AdmissionGate(AdmissionLimits(queue_delay_seconds=1.0)), 0.0
    for delay, later in readings:
        now += later
        assert not (gate.admit(LoadReading(queue_delay_seconds=delay), sessions=5, now=now) and delay >= 0.7)
