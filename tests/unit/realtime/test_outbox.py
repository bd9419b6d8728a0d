"""What waits for a client: in order, purged of stale audio, and bounded."""

from __future__ import annotations

import anyio
import pytest

from tests.deadlines import WAIT_SECONDS
from vivavoce.errors import CapacityError
from vivavoce.realtime.outbox import Outbox

pytestmark = pytest.mark.anyio


async def test_messages_leave_in_the_order_they_came() -> None:
    outbox = Outbox()
    for message in ("one", b"two", "three"):
        outbox.put(message)
    assert [await outbox.take() for _ in range(3)] == ["one", b"two", "three"]


async def test_audio_that_nobody_may_hear_any_more_is_dropped_and_the_rest_stays() -> None:
    outbox = Outbox()
    outbox.put("words")
    outbox.put(b"old", audio_of="resp_1")
    outbox.put(b"new", audio_of="resp_2")
    outbox.purge_audio("resp_1")
    assert [await outbox.take(), await outbox.take()] == ["words", b"new"]
    assert outbox.statistics().purged_messages == 1


async def test_a_client_that_takes_nothing_has_no_more_held_for_it_than_the_bound() -> None:
    outbox = Outbox(max_bytes=1_000)
    for _ in range(10_000):
        outbox.put("x" * 100)
        assert outbox.statistics().waiting_messages <= 10
    assert outbox.statistics().waiting_messages == 0
    with anyio.fail_after(WAIT_SECONDS), pytest.raises(CapacityError, match="has not taken"):
        await outbox.overflow()


async def test_a_client_that_keeps_up_may_be_sent_any_amount() -> None:
    outbox = Outbox(max_bytes=1_000)
    for _ in range(100):
        outbox.put("x" * 900)
        assert await outbox.take() == "x" * 900
    with anyio.move_on_after(0.01) as waited:
        await outbox.overflow()
    assert waited.cancelled_caught


async def test_purging_makes_room() -> None:
    outbox = Outbox(max_bytes=1_000)
    for _ in range(100):
        outbox.put(b"x" * 900, audio_of="resp_1")
        outbox.purge_audio("resp_1")
    outbox.put("still here")
    assert await outbox.take() == "still here"
