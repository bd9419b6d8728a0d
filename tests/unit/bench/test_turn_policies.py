"""The arithmetic of the bench of turns."""

from __future__ import annotations

from bench.turn_policies import area_under_curve, curve, cut_when_accepted, operating_points


def test_a_score_that_parts_all_has_the_whole_area() -> None:
    assert area_under_curve([0.8, 0.9], [0.1, 0.2]) == 1.0
    assert area_under_curve([0.1, 0.2], [0.8, 0.9]) == 0.0
    assert area_under_curve([0.5], [0.5]) == 0.5


def test_the_threshold_is_what_the_accepted_ends_reach() -> None:
    ends = [number / 100 for number in range(1, 101)]
    assert cut_when_accepted(ends, [0.04, 0.05, 0.06, 0.99], 95) == 0.5


def test_silence_alone_trades_delay_for_cuts() -> None:
    points = curve([0.0, 0.0], [0.0] * 5, [200, 400, 600, 1_000, 2_000])
    assert operating_points(points) == (80.0, 40.0, 2_000.0, 2_000.0)


def test_a_perfect_score_waits_for_nobody() -> None:
    points = curve([1.0] * 4, [0.0] * 5, [200, 400, 600, 1_000, 2_000])
    assert points == [(100.0, 0.0)]


def test_the_curve_has_no_point_that_another_betters() -> None:
    points = curve([0.9, 0.8, 0.3], [0.1, 0.4, 0.85], [400, 600, 1_000])
    assert [delay for delay, _ in points] == sorted(delay for delay, _ in points)
    assert [cut for _, cut in points] == sorted((cut for _, cut in points), reverse=True)
    assert len({cut for _, cut in points}) == len(points)


def test_a_budget_out_of_reach_is_none() -> None:
    assert operating_points([(700.0, 50.0)]) == (None, None, None, None)
    assert operating_points([(200.0, 8.0)]) == (8.0, 8.0, None, 200.0)
