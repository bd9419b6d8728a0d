from __future__ import annotations

from vivavoce.rooms.rate import Rate, TokenBucket


def test_a_burst_is_let_through_and_then_so_many_a_second() -> None:
    bucket = TokenBucket(Rate(per_second=2.0, burst=3), now=100.0)
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]
    assert bucket.take(100.4) is False
    assert bucket.take(100.5) is True
    assert bucket.take(100.5) is False


def test_a_long_rest_saves_no_more_than_a_burst() -> None:
    bucket = TokenBucket(Rate(per_second=2.0, burst=3), now=0.0)
    assert sum(bucket.take(1_000.0) for _ in range(10)) == 3
