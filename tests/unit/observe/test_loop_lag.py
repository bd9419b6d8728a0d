"""How late the event loop wakes is seen, and forgotten after a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest

from vivavoce.observe.loop_lag import LagStatistics, LoopLag
from vivavoce.testing.virtual_time import VirtualTimeLoop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


class Clock:
    """The loop's time, and what the loop has lost."""

    def __init__(self) -> None:
        self.lost_seconds = 0.0

    def __call__(self) -> float:
        return anyio.current_time() + self.lost_seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def lag(clock: Clock) -> AsyncIterator[LoopLag]:
    lag = LoopLag(every_seconds=0.02, window_seconds=10.0, clock=clock)
    async with anyio.create_task_group() as group:
        group.start_soon(lag.run)
        yield lag
        group.cancel_scope.cancel()


async def test_nothing_is_late_before_anything_was_measured() -> None:
    assert LoopLag().statistics() == LagStatistics(p50_ms=0.0, p99_ms=0.0, max_ms=0.0)


async def test_a_loop_that_is_on_time_has_no_lag(lag: LoopLag) -> None:
    await anyio.sleep(5.0)
    assert lag.statistics().max_ms == pytest.approx(0.0, abs=1e-6)


async def test_a_loop_that_stood_still_is_late_once(lag: LoopLag, clock: Clock) -> None:
    await anyio.sleep(1.01)
    clock.lost_seconds += 0.3
    await anyio.sleep(5.0)
    statistics = lag.statistics()
    assert statistics.max_ms == pytest.approx(300.0)
    assert statistics.p99_ms == pytest.approx(0.0, abs=1e-6)


async def test_a_loop_that_is_late_every_tenth_time_shows_it_in_the_99th_percentile(lag: LoopLag, clock: Clock) -> None:
    for _ in range(20):
        await anyio.sleep(0.2)
        clock.lost_seconds += 0.01
    assert lag.p99_ms == pytest.approx(10.0)
    assert lag.statistics().p50_ms == pytest.approx(0.0, abs=1e-6)


async def test_what_was_late_long_ago_is_forgotten(lag: LoopLag, clock: Clock) -> None:
    await anyio.sleep(1.01)
    clock.lost_seconds += 0.3
    await anyio.sleep(11.0)
    assert lag.statistics().max_ms == pytest.approx(0.0, abs=1e-6)
