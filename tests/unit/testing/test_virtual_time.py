"""Waiting costs nothing on virtual time, and everything else goes on as ever."""

from __future__ import annotations

import asyncio
import socket
import time

import anyio
import anyio.to_thread
import pytest

from vivavoce.testing import virtual_time
from vivavoce.testing.virtual_time import StuckError, VirtualTimeLoop

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


async def test_an_hour_passes_at_once() -> None:
    began, really_began = anyio.current_time(), time.monotonic()
    await anyio.sleep(3_600)
    assert anyio.current_time() - began == pytest.approx(3_600)
    assert time.monotonic() - really_began < 5


async def test_the_clock_stands_still_while_anything_can_run() -> None:
    began = anyio.current_time()
    for _ in range(1_000):
        await anyio.lowlevel.checkpoint()
    assert anyio.current_time() == began


async def test_sleepers_wake_in_the_order_of_their_times() -> None:
    woken: list[tuple[float, float]] = []
    began = anyio.current_time()

    async def sleeper(seconds: float) -> None:
        await anyio.sleep(seconds)
        woken.append((seconds, anyio.current_time() - began))

    async with anyio.create_task_group() as group:
        for seconds in (30.0, 0.01, 7.5, 0.0):
            group.start_soon(sleeper, seconds)
    assert [seconds for seconds, _ in woken] == [0.0, 0.01, 7.5, 30.0]
    assert [at for _, at in woken] == pytest.approx([0.0, 0.01, 7.5, 30.0])


async def test_deadlines_pass_on_the_same_clock() -> None:
    began = anyio.current_time()
    with anyio.move_on_after(20) as scope:
        await anyio.sleep_forever()
    assert scope.cancelled_caught
    assert anyio.current_time() - began == pytest.approx(20)


async def test_an_event_set_before_the_deadline_is_seen() -> None:
    event = anyio.Event()

    async def set_later() -> None:
        await anyio.sleep(19)
        event.set()

    async with anyio.create_task_group() as group:
        group.start_soon(set_later)
        with anyio.fail_after(20):
            await event.wait()


@pytest.mark.parametrize("thread", [anyio.to_thread.run_sync, asyncio.to_thread])
async def test_the_clock_waits_for_threads(thread: object) -> None:
    assert callable(thread)
    began = anyio.current_time()
    with anyio.fail_after(1):
        await thread(time.sleep, 0.05)
    assert anyio.current_time() == began


async def test_the_clock_goes_on_after_a_thread() -> None:
    await anyio.to_thread.run_sync(lambda: None)
    await asyncio.to_thread(lambda: None)
    began = anyio.current_time()
    await anyio.sleep(100)
    assert anyio.current_time() - began == pytest.approx(100)


async def test_sockets_are_heard_before_the_clock_jumps() -> None:
    ours, theirs = socket.socketpair()
    near, far = [await anyio.abc.SocketStream.from_socket(end) for end in (ours, theirs)]
    async with near, far:
        with anyio.fail_after(1):
            await far.send(b"hello")
            assert await near.receive() == b"hello"


def test_waiting_for_nothing_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual_time, "STUCK_SECONDS", 0.01)
    loop = VirtualTimeLoop()
    wait_for_ever = asyncio.Event().wait()
    with pytest.raises(StuckError):
        loop.run_until_complete(wait_for_ever)
    for task in asyncio.all_tasks(loop):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            loop.run_until_complete(task)
    loop.close()
