"""Memory on a real PostgreSQL, by the words of `tests/unit/memory`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from tests.unit.memory.memory_scene import Clock, WordCountEmbedder
from vivavoce.memory.long_term import LongTermMemory
from vivavoce.storage.database import open_engine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.engine import URL

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture
async def memory(empty_postgres: URL) -> AsyncIterator[LongTermMemory]:
    async with open_engine(empty_postgres) as engine:
        memory = LongTermMemory(engine, WordCountEmbedder(), wall_clock=Clock())
        await memory.prepare()
        yield memory


async def test_facts_are_kept_replaced_found_and_forgotten(memory: LongTermMemory) -> None:
    await memory.remember("ann", "I live in Berlin.", language="en")
    rome = await memory.remember("ann", "I've moved to Rome.", language="en")
    await memory.remember("bob", "我住在上海。", language="zh")
    assert [hit.fact.text for hit in await memory.search("ann", "Where do I live?")] == ["I've moved to Rome."]
    assert len(await memory.facts("ann", replaced=True)) == 2
    await memory.forget("ann", rome.id)
    assert await memory.facts("ann", replaced=True) == []
    assert await memory.forget_all("bob") == 1


async def test_servers_that_start_at_once_make_the_tables_once(empty_postgres: URL) -> None:
    async def start(user_id: str) -> None:
        async with open_engine(empty_postgres) as engine:
            memory = LongTermMemory(engine, WordCountEmbedder(), wall_clock=Clock())
            await memory.prepare()
            for number in range(5):
                await memory.remember("both", f"My friend {user_id} has {number} boats.", language="en")

    async with anyio.create_task_group() as tasks:
        for name in ("Xavier", "Yolanda", "Zelda"):
            tasks.start_soon(start, name)
    async with open_engine(empty_postgres) as engine:
        memory = LongTermMemory(engine, WordCountEmbedder(), wall_clock=Clock())
        held = await memory.facts("both")
        found = await memory.search("both", "boats", limit=50)
    assert {hit.fact.id for hit in found} == {fact.id for fact in held}
    assert {fact.text.split()[2] for fact in held} == {"Xavier", "Yolanda", "Zelda"}
