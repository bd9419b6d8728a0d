"""A conversation that several sessions want at once: the last has it, and none begins before the others have ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from vivavoce.errors import InputError
from vivavoce.mind.holding import GIVE_WAY_SECONDS, Holder, Holders
from vivavoce.testing.virtual_time import VirtualTimeLoop

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


class Session:
    """A session that goes on with a conversation, and writes for a while when it has to leave."""

    def __init__(self, holders: Holders, *, writes_seconds: float = 1.0, user: str = "ann") -> None:
        self._holders = holders
        self._writes_seconds = writes_seconds
        self._has_to_leave = anyio.Event()
        self._holder = Holder(user, "conv_1", leave=self._has_to_leave.set)
        self.had_it_at: float | None = None
        self.left_it_at: float | None = None
        self.was_refused = False

    async def run(self) -> None:
        try:
            await self._holders.take(self._holder)
            self.had_it_at = anyio.current_time()
            await self._has_to_leave.wait()
            await anyio.sleep(self._writes_seconds)
            self.left_it_at = anyio.current_time()
        except InputError as error:
            self.was_refused = error.code == "conversation_taken_over"
        finally:
            self._holders.release(self._holder)


async def settled(group: TaskGroup, *sessions: Session) -> None:
    for session in sessions:
        group.start_soon(session.run)
        await anyio.wait_all_tasks_blocked()


async def test_the_next_begins_when_the_one_before_has_written_all() -> None:
    holders = Holders()
    first, second = Session(holders), Session(holders)
    async with anyio.create_task_group() as group:
        await settled(group, first, second)
        await anyio.sleep(GIVE_WAY_SECONDS)
        assert first.left_it_at is not None
        assert second.had_it_at == first.left_it_at
        group.cancel_scope.cancel()


async def test_of_two_that_come_while_another_writes_the_first_is_refused_and_only_the_last_has_it() -> None:
    holders = Holders()
    first, second, third = Session(holders), Session(holders), Session(holders)
    async with anyio.create_task_group() as group:
        await settled(group, first, second, third)
        await anyio.sleep(GIVE_WAY_SECONDS)
        assert second.was_refused
        assert second.had_it_at is None
        assert third.had_it_at is not None
        assert third.had_it_at == first.left_it_at
        group.cancel_scope.cancel()


async def test_whoever_writes_for_ever_is_not_waited_for_longer_than_the_deadline() -> None:
    holders = Holders()
    began_at = anyio.current_time()
    second = Session(holders)
    async with anyio.create_task_group() as group:
        await settled(group, Session(holders, writes_seconds=1_000.0), second)
        await anyio.sleep(2 * GIVE_WAY_SECONDS)
        assert second.had_it_at == began_at + GIVE_WAY_SECONDS
        group.cancel_scope.cancel()


async def test_a_conversation_of_the_same_id_that_is_another_users_is_not_in_the_way() -> None:
    holders = Holders()
    first, other = Session(holders), Session(holders, user="bob")
    async with anyio.create_task_group() as group:
        await settled(group, first, other)
        assert first.had_it_at == other.had_it_at
        group.cancel_scope.cancel()


async def test_nobody_is_remembered_who_has_left() -> None:
    holders = Holders()
    async with anyio.create_task_group() as group:
        await settled(group, Session(holders), Session(holders))
        await anyio.sleep(GIVE_WAY_SECONDS)
        group.cancel_scope.cancel()
    assert holders.holder_of("ann", "conv_1") is None
