"""Playout positions: reported where the client reports, estimated where it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.conversation.ledger import PlayoutLedger

RATE = 1_000


@pytest.fixture
def ledger() -> PlayoutLedger:
    return PlayoutLedger(RATE)


@pytest.mark.parametrize(("now", "played"), [(9.0, 0), (10.0, 0), (11.0, 1_000), (12.0, 2_000), (99.0, 2_000)])
def test_without_reports_playing_begins_at_once_and_has_no_gaps(ledger: PlayoutLedger, now: float, played: int) -> None:
    ledger.sent("a", 2_000, now=10.0)
    assert ledger.played("a", now) == played


def test_more_of_an_item_plays_on_without_a_gap(ledger: PlayoutLedger) -> None:
    ledger.sent("a", 2_000, now=10.0)
    ledger.sent("a", 2_000, now=11.0)
    assert ledger.played("a", 13.5) == 3_500
    assert ledger.remaining_seconds("a", 13.5) == 0.5


def test_a_client_that_ran_dry_waits(ledger: PlayoutLedger) -> None:
    ledger.sent("a", 1_000, now=10.0)
    ledger.sent("a", 1_000, now=15.0)
    assert ledger.played("a", 15.5) == 1_500


def test_one_reply_plays_after_the_other(ledger: PlayoutLedger) -> None:
    ledger.sent("a", 4_000, now=10.0)
    ledger.sent("b", 1_000, now=11.0)
    assert ledger.played("b", 14.0) == 0
    assert ledger.played("b", 14.5) == 500
    assert ledger.remaining_seconds("b", 14.5) == 0.5


def test_a_reply_that_was_cut_holds_up_no_other(ledger: PlayoutLedger) -> None:
    ledger.sent("a", 4_000, now=10.0)
    ledger.cut("a", 11.0)
    ledger.sent("b", 1_000, now=11.0)
    assert ledger.played("b", 11.5) == 500


def test_a_cut_keeps_the_position(ledger: PlayoutLedger) -> None:
    ledger.sent("a", 4_000, now=10.0)
    ledger.cut("a", 11.0)
    assert ledger.is_cut("a")
    assert ledger.played("a", 99.0) == 1_000
    assert ledger.remaining_seconds("a", 11.0) == 0.0


def test_a_report_mends_a_cut(ledger: PlayoutLedger) -> None:
    ledger.sent("a", 4_000, now=10.0)
    ledger.cut("a", 11.0)
    ledger.reported("a", 700, now=11.0)
    assert ledger.played("a", 99.0) == 700


@pytest.mark.parametrize(("report", "believed"), [(-5, 0), (300, 300), (1_000, 1_000), (5_000, 1_000)])
def test_reports_are_believed_within_what_was_sent(ledger: PlayoutLedger, report: int, believed: int) -> None:
    ledger.sent("a", 1_000, now=10.0)
    ledger.reported("a", report, now=11.0)
    assert ledger.played("a", 10.0) == believed
    assert ledger.remaining_seconds("a", 10.0) == (1_000 - believed) / RATE
    assert ledger.is_heard("a") is (believed == 1_000)


def test_what_was_truncated_is_not_heard_whatever_is_reported(ledger: PlayoutLedger) -> None:
    ledger.sent("a", 4_000, now=10.0)
    ledger.truncate("a", 700, now=11.0)
    ledger.reported("a", 3_000, now=11.0)
    assert ledger.played("a", 99.0) == ledger.kept_samples("a") == 700
    assert ledger.kept_samples("b") == 0


def test_an_unknown_item_was_never_sent(ledger: PlayoutLedger) -> None:
    ledger.reported("a", 5, now=11.0)
    ledger.cut("a", 1.0)
    assert ledger.played("a", 99.0) == ledger.sent_samples("a") == 0
    assert ledger.remaining_seconds("a", 1.0) == 0.0
    assert not ledger.is_heard("a")
    assert not ledger.is_cut("a")


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 5_000), st.floats(0.0, 3.0)), min_size=1, max_size=30))
def test_time_never_unplays_and_never_plays_what_was_not_sent(sendings: list[tuple[str, int, float]]) -> None:
    ledger = PlayoutLedger(RATE)
    now, before = 0.0, {"a": 0, "b": 0}
    for item_id, samples, pause in sendings:
        now += pause
        ledger.sent(item_id, samples, now)
        for known in "ab":
            played = ledger.played(known, now)
            assert before[known] <= played <= ledger.sent_samples(known)
            before[known] = played


# ------------------------------------------------------------------ held


def test_nothing_plays_while_it_is_held(ledger: PlayoutLedger) -> None:
    ledger.sent("a", 4_000, now=10.0)
    ledger.hold(11.0)
    ledger.hold(12.0)
    assert ledger.played("a", 20.0) == 1_000
    assert ledger.remaining_seconds("a", 20.0) == 3.0
    ledger.resume(21.0)
    ledger.resume(25.0)
    assert ledger.played("a", 22.0) == 2_000
    assert ledger.remaining_seconds("a", 22.0) == 2.0


def test_what_is_sent_while_it_is_held_plays_afterwards(ledger: PlayoutLedger) -> None:
    ledger.sent("a", 2_000, now=10.0)
    ledger.hold(11.0)
    ledger.sent("a", 1_000, now=15.0)
    ledger.sent("b", 1_000, now=15.0)
    ledger.resume(20.0)
    assert ledger.played("a", 22.0) == 3_000
    assert ledger.played("b", 22.5) == 500


def test_a_reply_cut_while_it_was_held_was_heard_up_to_there(ledger: PlayoutLedger) -> None:
    ledger.sent("a", 4_000, now=10.0)
    ledger.hold(11.0)
    ledger.cut("a", 12.5)
    ledger.resume(12.5)
    assert ledger.played("a", 20.0) == 1_000


# ------------------------------------------------------------------ in the air


def test_what_is_in_the_air_is_estimated_from_the_start(ledger: PlayoutLedger) -> None:
    assert ledger.sounding(10.0) is None
    ledger.sent("a", 2_000, now=10.0)
    ledger.sent("b", 1_000, now=10.0)
    assert ledger.sounding(11.5) == ("a", 1_500)
    assert ledger.sounding(12.5) == ("b", 500)
    assert ledger.sounding(13.5) is None
    assert ledger.sounding(13.5, lately_seconds=1.0) == ("b", 1_500)


def test_a_report_is_where_the_estimate_goes_on_from(ledger: PlayoutLedger) -> None:
    ledger.sent("a", 4_000, now=10.0)
    ledger.reported("a", 700, now=11.0)
    assert ledger.sounding(11.5) == ("a", 1_200)
    assert ledger.played("a", 11.5) == 700


def test_a_reporting_client_that_ran_dry_waits_too(ledger: PlayoutLedger) -> None:
    ledger.sent("a", 1_000, now=10.0)
    ledger.reported("a", 900, now=11.0)
    ledger.sent("a", 1_000, now=15.0)
    assert ledger.sounding(15.5) == ("a", 1_500)


def test_what_was_cut_is_not_in_the_air(ledger: PlayoutLedger) -> None:
    ledger.sent("a", 4_000, now=10.0)
    ledger.cut("a", 11.0)
    assert ledger.sounding(11.1) is None
