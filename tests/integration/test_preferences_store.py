"""Preferences on real databases: the same tests on SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from vivavoce.errors import InputError
from vivavoce.history.tables import HISTORY
from vivavoce.preferences.store import MAX_PREFERENCES, Preference, PreferenceStore
from vivavoce.storage.migrating import migrate

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


def store_on(engine: AsyncEngine) -> PreferenceStore:
    return PreferenceStore(engine, wall_clock=lambda: 1_000.0)


def chosen(name: str, value: str | float | bool | None, at: float = 10.0) -> Preference:
    return Preference(name=name, value=value, changed_at=at)


async def test_choices_come_back_by_name_and_outlive_the_server(engine: AsyncEngine) -> None:
    choices = [chosen("bargeIn", False), chosen("speed", 1.25), chosen("theme", "暗\U0001f600"), chosen("voice", None)]
    assert await store_on(engine).put("ann", reversed(choices)) == choices
    assert await store_on(engine).of("ann") == choices


async def test_the_later_of_two_choices_holds_for_each_name(engine: AsyncEngine) -> None:
    store = store_on(engine)
    await store.put("ann", [chosen("theme", "dark", 20.0), chosen("voice", "heart", 5.0)])
    held = await store.put("ann", [chosen("theme", "light", 10.0), chosen("voice", "bella", 6.0)])
    assert held == [chosen("theme", "dark", 20.0), chosen("voice", "bella", 6.0)]


async def test_one_user_neither_reads_nor_deletes_what_is_anothers(engine: AsyncEngine) -> None:
    store = store_on(engine)
    await store.put("ann", [chosen("theme", "dark")])
    await store.put("ben", [chosen("theme", "light")])
    await store.delete_all("ben")
    assert (await store.of("ann"), await store.of("ben")) == ([chosen("theme", "dark")], [])


async def test_too_many_at_once_change_nothing(engine: AsyncEngine) -> None:
    store = store_on(engine)
    await store.put("ann", [chosen("theme", "dark")])
    with pytest.raises(InputError, match="at most"):
        await store.put("ann", [chosen(f"n{number}", 1.0) for number in range(MAX_PREFERENCES)])
    assert await store.of("ann") == [chosen("theme", "dark")]


async def test_two_servers_begin_at_once_beside_a_history(engine: AsyncEngine) -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(migrate, engine, HISTORY)
        for number in range(4):
            group.start_soon(store_on(engine).put, "ann", [chosen(f"n{number}", True)])
    assert len(await store_on(engine).of("ann")) == 4


async def test_half_a_character_is_kept_as_what_a_database_can_hold(engine: AsyncEngine) -> None:
    assert await store_on(engine).put("ann", [chosen("voice", "a\x00b\ud83d")]) == [chosen("voice", "ab?")]
