"""Who may still come in."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.resilience.admission import AdmissionGate, AdmissionLimits, LoadReading

CALM = LoadReading()


@pytest.mark.parametrize("field", ["loop_lag_seconds", "queue_delay_seconds", "first_audio_seconds"])
def test_one_measure_at_its_limit_is_enough_to_refuse(field: str) -> None:
    gate = AdmissionGate(AdmissionLimits(loop_lag_seconds=1.0, queue_delay_seconds=1.0, first_audio_seconds=1.0))
    assert gate.admit(LoadReading(**{field: 0.5}), now=0.0)
    assert not gate.admit(LoadReading(**{field: 1.0}), now=1.0)
    assert gate.is_closed


def test_a_calm_server_takes_everyone_at_once() -> None:
    gate = AdmissionGate()
    assert all(gate.admit(CALM, now=0.0) for _ in range(1_000))


def test_close_to_a_limit_sessions_come_in_one_at_a_time() -> None:
    gate, tense = AdmissionGate(), LoadReading(first_audio_seconds=3.0)
    assert [gate.admit(tense, now=at / 4) for at in range(9)] == [True, *[False] * 3] * 2 + [True]


def test_once_closed_it_opens_only_when_it_is_clearly_better() -> None:
    gate = AdmissionGate()
    assert not gate.admit(LoadReading(first_audio_seconds=4.1), now=0.0)
    assert not gate.admit(LoadReading(first_audio_seconds=3.0), now=50.0)
    assert gate.admit(LoadReading(first_audio_seconds=2.4), now=51.0)


def test_it_stays_closed_for_a_moment() -> None:
    gate = AdmissionGate()
    assert not gate.admit(LoadReading(loop_lag_seconds=0.2), now=0.0)
    assert not gate.admit(CALM, now=0.9)
    assert gate.admit(CALM, now=1.0)


def test_what_has_no_limit_never_refuses() -> None:
    gate = AdmissionGate(AdmissionLimits(first_audio_seconds=math.inf))
    assert gate.admit(LoadReading(first_audio_seconds=1e9), now=0.0)


@given(st.lists(st.tuples(st.floats(0, 2), st.floats(0, 10)), max_size=50))
def test_nobody_is_let_in_beyond_a_limit(readings: list[tuple[float, float]]) -> None:
    gate, now = AdmissionGate(AdmissionLimits(queue_delay_seconds=1.0)), 0.0
    for delay, later in readings:
        now += later
        assert not (gate.admit(LoadReading(queue_delay_seconds=delay), now=now) and delay >= 1.0)
