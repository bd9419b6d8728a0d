"""What is remembered of recent delays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.resilience.window import DelayWindow


def test_nothing_measured_is_no_delay() -> None:
    assert DelayWindow().quantile(0.95, now=0.0) == 0.0


@pytest.mark.parametrize(("share", "expected"), [(0.5, 10.0), (0.95, 19.0), (1.0, 20.0), (0.0, 1.0)])
def test_a_quantile_is_a_delay_that_was_measured(share: float, expected: float) -> None:
    window = DelayWindow()
    for delay in range(20, 0, -1):
        window.add(float(delay), now=0.0)
    assert window.quantile(share, now=0.0) == expected


def test_what_is_long_ago_and_what_is_too_much_is_forgotten() -> None:
    window = DelayWindow(seconds=10.0, most=3)
    for at in (0.0, 5.0, 6.0, 7.0):
        window.add(at, now=at)
    assert window.count(7.0) == 3
    assert window.quantile(0.0, now=15.5) == 6.0
    assert window.count(18.0) == 0


@given(st.lists(st.floats(0, 100), min_size=1, max_size=50), st.floats(0, 1))
def test_no_more_than_the_rest_exceeds_a_quantile(delays: list[float], share: float) -> None:
    window = DelayWindow()
    for delay in delays:
        window.add(delay, now=0.0)
    above = sum(delay > window.quantile(share, now=0.0) for delay in delays)
    assert above <= (1 - share) * len(delays) + 1e-9
