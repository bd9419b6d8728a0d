"""A conversation that sessions on several workers want: one order for all of them, and one of them has it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import anyio
import pytest

from vivavoce.app.fleet.elsewhere import VACATE_SECONDS, OtherWorkers
from vivavoce.app.fleet.messages import FromWorker, GaveWay, GiveWay, Numbered, TakeOver, ToWorker, Vacant
from vivavoce.app.fleet.takeovers import Takeovers
from vivavoce.errors import InputError
from vivavoce.mind.holding import Holder
from vivavoce.testing.virtual_time import VirtualTimeLoop

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

pytestmark = pytest.mark.anyio

WRITES_SECONDS = 1.0


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


class Fleet:
    """Workers and a first process whose lines take `delays` in turn, and keep the order of what is said on each."""

    def __init__(self, group: TaskGroup, workers: int, *, delays: tuple[float, ...] = (0.0,)) -> None:
        self._group = group
        self._delays = itertools.cycle(delays)
        self._takeovers = Takeovers(self._to_worker)
        self._lines: dict[tuple[str, int], anyio.Lock] = {}
        self._deaf: set[int] = set()
        self.workers = [self._worker(number) for number in range(workers)]

    def _worker(self, number: int) -> OtherWorkers:
        async def say(message: FromWorker) -> None:
            self._group.start_soon(self._at_parent, number, message, self._line("up", number))

        return OtherWorkers(say)

    async def dies(self, number: int) -> None:
        self._deaf.add(number)
        await self._takeovers.gone(number)

    def falls_silent(self, number: int) -> None:
        self._deaf.add(number)

    def _line(self, way: str, number: int) -> anyio.Lock:
        return self._lines.setdefault((way, number), anyio.Lock())

    async def _at_parent(self, number: int, message: FromWorker, line: anyio.Lock) -> None:
        async with line:
            await anyio.sleep(next(self._delays))
            match message:
                case TakeOver():
                    others = set(range(len(self.workers))) - {number}
                    await self._takeovers.begin(number, message, others)
                case GaveWay():
                    await self._takeovers.gave_way(number, message.ticket)

    async def _to_worker(self, number: int, message: ToWorker) -> None:
        if number in self._deaf:
            return
        async with self._line("down", number):
            await anyio.sleep(next(self._delays))
            worker = self.workers[number]
            match message:
                case Numbered() | Vacant():
                    worker.note(message)
                case GiveWay():
                    self._group.start_soon(worker.give_way, message)


class Session:
    def __init__(self, worker: OtherWorkers, *, begins: bool = False) -> None:
        self._holders = worker.holders
        self._begins = begins
        self._has_to_leave = anyio.Event()
        self._holder = Holder("ann", "conv_1", leave=self._has_to_leave.set)
        self.has_it = False
        self.had_it_at = 0.0
        self.left_it_at = 0.0
        self.was_refused = False

    async def run(self) -> None:
        try:
            if self._begins:
                self._holders.begin(self._holder)
            else:
                await self._holders.take(self._holder)
            self.has_it, self.had_it_at = True, anyio.current_time()
            await self._has_to_leave.wait()
            await anyio.sleep(WRITES_SECONDS)
            self.left_it_at = anyio.current_time()
        except InputError:
            self.was_refused = True
        finally:
            self.has_it = False
            self._holders.release(self._holder)


async def test_a_session_on_one_worker_ends_that_on_another_and_begins_once_all_is_written() -> None:
    async with anyio.create_task_group() as group:
        fleet = Fleet(group, 3)
        first, second = Session(fleet.workers[0], begins=True), Session(fleet.workers[1])
        group.start_soon(first.run)
        await anyio.sleep(1.0)
        group.start_soon(second.run)
        await anyio.sleep(VACATE_SECONDS)
        assert (first.has_it, second.has_it) == (False, True)
        assert second.had_it_at >= first.left_it_at > 0.0
        group.cancel_scope.cancel()


@pytest.mark.parametrize("delays", [(0.0,), (0.3, 0.01), (0.01, 0.3), (0.2, 0.0, 0.05), (0.0, 0.1, 0.0, 0.4, 0.02)])
@pytest.mark.parametrize("sessions", [2, 3, 5])
async def test_of_those_that_come_to_several_workers_at_once_just_one_has_it_in_the_end(
    delays: tuple[float, ...], sessions: int
) -> None:
    async with anyio.create_task_group() as group:
        fleet = Fleet(group, 3, delays=delays)
        comers = [Session(fleet.workers[number % 3]) for number in range(sessions)]
        for comer in comers:
            group.start_soon(comer.run)
        for _ in range(600):
            await anyio.sleep(0.1)
            assert sum(comer.has_it for comer in comers) <= 1
        assert sum(comer.has_it for comer in comers) == 1
        group.cancel_scope.cancel()


async def test_a_worker_that_has_died_is_not_waited_for() -> None:
    async with anyio.create_task_group() as group:
        fleet = Fleet(group, 2)
        fleet.falls_silent(0)
        began_at = anyio.current_time()
        second = Session(fleet.workers[1])
        group.start_soon(second.run)
        await anyio.sleep(1.0)
        assert not second.has_it
        await fleet.dies(0)
        await anyio.wait_all_tasks_blocked()
        assert second.has_it
        assert second.had_it_at <= began_at + 1.0
        group.cancel_scope.cancel()


async def test_a_new_worker_is_told_nothing_of_what_the_one_before_it_asked() -> None:
    said: list[ToWorker] = []

    async def tell(number: int, message: ToWorker) -> None:
        if number == 0:
            said.append(message)

    takeovers = Takeovers(tell)
    await takeovers.begin(0, TakeOver(request=1, user_id="ann", conversation_id="conv_1"), {1})
    await takeovers.gone(0)
    await takeovers.gave_way(1, 1)
    assert said == [Numbered(request=1, ticket=1)]


async def test_a_worker_that_never_answers_is_waited_for_until_the_deadline() -> None:
    async with anyio.create_task_group() as group:
        fleet = Fleet(group, 2)
        fleet.falls_silent(0)
        began_at = anyio.current_time()
        second = Session(fleet.workers[1])
        group.start_soon(second.run)
        await anyio.sleep(2 * VACATE_SECONDS)
        assert second.had_it_at == pytest.approx(began_at + VACATE_SECONDS)
        group.cancel_scope.cancel()
