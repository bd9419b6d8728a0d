"""How places are given out to those who wait for them, on virtual time."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import pytest

from vivavoce.engines.caller import Caller, Urgency, calling, current_caller, urgency
from vivavoce.engines.fair_gate import FairGate, Place
from vivavoce.resilience.fair_queue import QueueBounds, QueueFullError
from vivavoce.testing.virtual_time import VirtualTimeLoop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio

BOUNDS = QueueBounds(per_key=4, total=8)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


@asynccontextmanager
async def entered(gate: FairGate, level: Urgency = Urgency.CONFIRMED) -> AsyncIterator[Place]:
    with urgency(level):
        place = await gate.enter()
    try:
        yield place
    finally:
        place.leave()


async def test_no_more_work_at_a_time_than_there_are_places() -> None:
    gate, at_work, most = FairGate(2, BOUNDS), 0, 0

    async def work(session: str) -> None:
        nonlocal at_work, most
        with calling(Caller(session)):
            async with entered(gate):
                at_work += 1
                most = max(most, at_work)
                await anyio.sleep(1.0)
                at_work -= 1

    async with anyio.create_task_group() as tasks:
        for number in range(6):
            tasks.start_soon(work, f"{number}")
    assert most == 2
    assert gate.statistics().begun == 6
    assert gate.statistics().busy == 0
    assert gate.statistics().delay_seconds == pytest.approx(2.0)


async def test_a_wait_ends_with_its_patience_and_is_counted() -> None:
    gate = FairGate(1, BOUNDS)
    async with entered(gate):
        before = anyio.current_time()
        with pytest.raises(TimeoutError):
            await gate.enter(patience_seconds=2.0)
        with urgency(Urgency.BACKGROUND, patience_seconds=0.5), pytest.raises(TimeoutError):
            await gate.enter(patience_seconds=60.0)
        assert anyio.current_time() - before == pytest.approx(2.5)
    statistics = gate.statistics()
    assert (statistics.expired, statistics.waiting) == (2, 0)
    assert statistics.delay_seconds == pytest.approx(2.0), "what waits in the background is no measure of the load"


async def test_whoever_stops_waiting_leaves_nothing_behind() -> None:
    gate = FairGate(1, BOUNDS)
    async with entered(gate):
        with anyio.move_on_after(1.0):
            await gate.enter()
        assert gate.statistics().waiting == 0
    async with entered(gate):
        assert gate.statistics().busy == 1


async def test_whoever_is_cancelled_in_the_moment_of_its_turn_passes_the_place_on() -> None:
    gate = FairGate(1, BOUNDS)
    served: list[str] = []

    async def wait(name: str, scope: anyio.CancelScope) -> None:
        with scope:
            async with entered(gate):
                served.append(name)

    place = await gate.enter()
    scopes = [anyio.CancelScope(), anyio.CancelScope()]
    async with anyio.create_task_group() as tasks:
        for name, scope in zip("ab", scopes, strict=True):
            tasks.start_soon(wait, name, scope)
        await anyio.wait_all_tasks_blocked()
        scopes[0].cancel()
        place.leave()
    assert served == ["b"]
    assert gate.statistics().busy == 0


async def test_too_much_waiting_is_refused() -> None:
    gate = FairGate(1, QueueBounds(per_key=1, total=1))
    async with entered(gate), anyio.create_task_group() as tasks:
        tasks.start_soon(gate.enter)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(QueueFullError):
            await gate.enter()
        tasks.cancel_scope.cancel()
    assert gate.statistics().refused == 1


async def test_speculation_gives_its_place_up_to_what_someone_waits_for() -> None:
    gate = FairGate(2, BOUNDS)
    gave_up: list[str] = []

    async def speculate(name: str, level: Urgency) -> None:
        async with entered(gate, level) as place:
            stop = anyio.Event()
            place.offer(stop.set)
            await stop.wait()
            gave_up.append(name)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(speculate, "reading ahead", Urgency.BACKGROUND)
        tasks.start_soon(speculate, "reply", Urgency.SPECULATIVE)
        await anyio.wait_all_tasks_blocked()
        async with entered(gate):
            assert gave_up == ["reading ahead"], "the least urgent goes first, and one is enough"
            async with entered(gate):
                assert gave_up == ["reading ahead", "reply"]
    assert gate.statistics().evicted == 2


async def test_work_that_begins_while_something_more_urgent_waits_is_asked_at_once() -> None:
    gate = FairGate(1, BOUNDS)
    place = None
    with urgency(Urgency.SPECULATIVE):
        place = await gate.enter()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(gate.enter)
        await anyio.wait_all_tasks_blocked()
        place.offer(place.leave)
        assert place.is_wanted


async def test_equals_do_not_push_each_other_out() -> None:
    gate = FairGate(1, BOUNDS)
    async with entered(gate, Urgency.SPECULATIVE) as place:
        place.offer(place.leave)
        with urgency(Urgency.SPECULATIVE), pytest.raises(TimeoutError):
            await gate.enter(patience_seconds=1.0)
        assert not place.is_wanted


async def test_speculation_that_is_confirmed_goes_before_other_speculation_and_is_not_pushed_out() -> None:
    gate = FairGate(1, BOUNDS)
    order: list[str] = []
    callers: dict[str, Caller] = {}

    async def speculate(session: str) -> None:
        with calling(Caller(session)), urgency(Urgency.SPECULATIVE) as callers[session]:
            place = await gate.enter()
            place.offer(place.leave)
            order.append(session)
            await anyio.sleep(1.0)
            place.leave()

    async with anyio.create_task_group() as tasks:
        async with entered(gate):
            for session in ("a", "b", "c"):
                tasks.start_soon(speculate, session)
            await anyio.wait_all_tasks_blocked()
            callers["b"].confirm()
        await anyio.sleep(0.5)
        assert order == ["b"]
        before = anyio.current_time()
        async with entered(gate):
            assert anyio.current_time() - before == pytest.approx(0.5), "what is confirmed is finished first"
    assert sorted(order) == ["a", "b", "c"]


async def test_tasks_work_for_whoever_started_them() -> None:
    seen: list[tuple[str, Urgency] | None] = []

    async def look() -> None:
        caller = current_caller.get()
        seen.append((caller.session_id, caller.urgency) if caller else None)

    async with anyio.create_task_group() as tasks:
        with calling(Caller("sess_1")):
            tasks.start_soon(look)
            with urgency(Urgency.BACKGROUND):
                tasks.start_soon(look)
        tasks.start_soon(look)
    assert seen == [("sess_1", Urgency.CONFIRMED), ("sess_1", Urgency.BACKGROUND), None]
