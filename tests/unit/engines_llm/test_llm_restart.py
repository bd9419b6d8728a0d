"""When a crashed process may start again."""

from __future__ import annotations

from vivavoce.engines.llm.restart import RestartPolicy, RestartSchedule

POLICY = RestartPolicy(attempts=5, first_delay_seconds=0.5, longest_delay_seconds=3.0, good_run_seconds=60.0)


def test_waits_double_up_to_the_longest_and_end() -> None:
    schedule = RestartSchedule(POLICY)
    assert [schedule.delay_seconds(1.0) for _ in range(6)] == [0.5, 1.0, 2.0, 3.0, 3.0, None]


def test_a_good_run_wipes_the_slate_clean() -> None:
    schedule = RestartSchedule(POLICY)
    assert [schedule.delay_seconds(seconds) for seconds in (1.0, 1.0, 60.0, 1.0)] == [0.5, 1.0, 0.5, 1.0]


def test_giving_up_lasts_until_a_good_run() -> None:
    schedule = RestartSchedule(RestartPolicy(attempts=0))
    assert [schedule.delay_seconds(1.0), schedule.delay_seconds(1.0)] == [None, None]
