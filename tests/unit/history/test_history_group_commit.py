"""Writers that share a transaction, on virtual time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from vivavoce.errors import StorageError
from vivavoce.history.group_commit import MAX_GROUP, WRITE_SECONDS, GroupCommit
from vivavoce.testing.virtual_time import VirtualTimeLoop

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


class Disk:
    """Takes a second for whatever it is given, and refuses what is negative."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.takes_seconds = 1.0

    async def write(self, pieces: Sequence[int]) -> str:
        await anyio.sleep(self.takes_seconds)
        if min(pieces) < 0:
            raise StorageError("database_failed", "Refused.")
        self.groups.append(list(pieces))
        return f"group {len(self.groups)}"

    @property
    def written(self) -> list[int]:
        return sorted(piece for group in self.groups for piece in group)


async def test_whoever_waits_is_written_together_with_the_next() -> None:
    disk = Disk()
    commits = GroupCommit(disk.write)
    results: list[str] = []

    async def put(piece: int) -> None:
        results.append(await commits.put(piece))

    began = anyio.current_time()
    async with anyio.create_task_group() as group:
        group.start_soon(put, 0)
        await anyio.sleep(0.1)
        for piece in range(1, 50):
            group.start_soon(put, piece)
    assert [len(group) for group in disk.groups] == [1, 49]
    assert anyio.current_time() - began == pytest.approx(2.0)
    assert results == ["group 1"] + ["group 2"] * 49


async def test_a_group_is_bounded_and_everybody_gets_a_turn() -> None:
    disk = Disk()
    commits = GroupCommit(disk.write)
    async with anyio.create_task_group() as group:
        for piece in range(200):
            group.start_soon(commits.put, piece)
    assert disk.written == list(range(200))
    assert max(len(group) for group in disk.groups) == MAX_GROUP


async def test_a_writer_that_is_cancelled_while_it_waits_writes_nothing() -> None:
    disk = Disk()
    commits = GroupCommit(disk.write)
    async with anyio.create_task_group() as group:
        group.start_soon(commits.put, 1)
        await anyio.sleep(0.1)
        with anyio.move_on_after(0.1):
            await commits.put(2)
        group.start_soon(commits.put, 3)
    assert disk.groups == [[1], [3]]


async def test_a_writer_that_is_cancelled_while_it_writes_for_others_finishes() -> None:
    disk = Disk()
    commits = GroupCommit(disk.write)
    async with anyio.create_task_group() as group:
        group.start_soon(commits.put, 1)
        await anyio.sleep(0.1)
        async with anyio.create_task_group() as doomed:
            doomed.start_soon(commits.put, 2)
            await anyio.sleep(0.1)
            group.start_soon(commits.put, 3)
            await anyio.sleep(1.0)
            doomed.cancel_scope.cancel()
    assert disk.groups == [[1], [2, 3]]


async def test_what_cannot_be_written_is_refused_alone() -> None:
    disk = Disk()
    commits = GroupCommit(disk.write)
    refused: list[int] = []

    async def put(piece: int) -> None:
        try:
            await commits.put(piece)
        except StorageError:
            refused.append(piece)

    async with anyio.create_task_group() as group:
        for piece in (0, 1, -2, 3):
            group.start_soon(put, piece)
    assert (disk.written, refused) == ([0, 1, 3], [-2])


async def test_nobody_waits_for_ever() -> None:
    disk = Disk()
    disk.takes_seconds = 1_000.0
    commits = GroupCommit(disk.write)
    began = anyio.current_time()
    with pytest.raises(StorageError) as refusal:
        await commits.put(1)
    assert (refusal.value.code, refusal.value.retryable) == ("database_too_slow", True)
    assert anyio.current_time() - began == pytest.approx(WRITE_SECONDS)


async def test_a_fault_in_the_code_leaves_the_others_their_turn() -> None:
    calls: list[list[int]] = []

    async def write(pieces: Sequence[int]) -> None:
        await anyio.sleep(1.0)
        calls.append(list(pieces))
        if len(calls) == 2:
            raise ZeroDivisionError

    commits = GroupCommit(write)
    broken: list[int] = []

    async def put(piece: int) -> None:
        try:
            await commits.put(piece)
        except ZeroDivisionError:
            broken.append(piece)

    async with anyio.create_task_group() as group:
        group.start_soon(put, 0)
        await anyio.sleep(0.1)
        for piece in range(1, 4):
            group.start_soon(put, piece)
    assert broken == [1]
    assert calls == [[0], [1, 2, 3], [2, 3]]
