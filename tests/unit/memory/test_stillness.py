"""Work that is done in peace."""

from __future__ import annotations

import anyio
import pytest
from anyio.lowlevel import checkpoint

from vivavoce.memory.stillness import Stillness

pytestmark = pytest.mark.anyio


class Work:
    """Is done once it may."""

    def __init__(self) -> None:
        self.begun = self.done = 0
        self.may_end = anyio.Event()

    async def __call__(self) -> None:
        self.begun += 1
        await self.may_end.wait()
        self.done += 1


async def settled() -> None:
    """Let everybody do what they can."""
    for _ in range(20):
        await checkpoint()


async def test_work_waits_for_peace_and_is_done_once() -> None:
    stillness, work = Stillness(), Work()
    work.may_end.set()
    stillness.disturb("a")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stillness.in_peace, work)
        await settled()
        assert work.begun == 0
        stillness.settle("a")
    assert (work.begun, work.done) == (1, 1)


async def test_work_is_broken_off_when_somebody_speaks_and_begun_anew_after_them() -> None:
    stillness, work = Stillness(), Work()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stillness.in_peace, work)
        for speaker in ("a", "b"):
            await settled()
            stillness.disturb(speaker)
            await settled()
            stillness.settle(speaker)
        await settled()
        assert (work.begun, work.done) == (3, 0)
        work.may_end.set()
    assert work.done == 1


async def test_a_disturbance_after_the_work_changes_nothing() -> None:
    stillness, work = Stillness(), Work()
    work.may_end.set()
    await stillness.in_peace(work)
    stillness.disturb("a")
    await settled()
    assert work.begun == 1
