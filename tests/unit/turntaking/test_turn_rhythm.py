"""A speaker's own pauses, and the patience that follows from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.turntaking.rhythm import LEAST_STRETCH, MOST_STRETCH, REMEMBERED, USUAL_PAUSE_MS, Rhythm


def heard(pauses_ms: list[float]) -> Rhythm:
    rhythm = Rhythm()
    for pause_ms in pauses_ms:
        rhythm.went_on(pause_ms)
    return rhythm


def test_of_an_unknown_speaker_the_usual_is_expected() -> None:
    assert Rhythm().stretch == 1.0
    assert heard([USUAL_PAUSE_MS] * 5).stretch == pytest.approx(1.0)


def test_one_long_pause_stretches_a_little_and_many_stretch_more() -> None:
    once, often = heard([700.0]).stretch, heard([700.0] * 3).stretch
    assert 1.0 < once < often <= MOST_STRETCH


def test_a_fluent_speaker_is_waited_for_less() -> None:
    assert LEAST_STRETCH <= heard([100.0] * REMEMBERED).stretch < 1.0


def test_old_pauses_are_forgotten() -> None:
    assert heard([5_000.0] * 20 + [USUAL_PAUSE_MS] * REMEMBERED).stretch == pytest.approx(1.0)


@given(st.lists(st.floats(0.0, 1e6), max_size=30))
def test_the_stretch_has_bounds(pauses_ms: list[float]) -> None:
    assert LEAST_STRETCH <= heard(pauses_ms).stretch <= MOST_STRETCH
