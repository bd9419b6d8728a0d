from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.memory.memory_scene import memory_in

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_listeners_hear_of_every_removal_before_the_call_returns_until_they_leave(tmp_path: Path) -> None:
    heard: list[tuple[str, frozenset[str]]] = []
    async with memory_in(tmp_path) as memory:
        leave = memory.subscribe(lambda user_id, fact_ids: heard.append((user_id, fact_ids)))
        berlin = await memory.remember("ann", "I live in Berlin.", language="en")
        assert heard == []
        rome = await memory.remember("ann", "I live in Rome.", language="en")
        assert heard.pop() == ("ann", frozenset({berlin.id}))
        oslo = await memory.correct("ann", rome.id, "I live in Oslo.")
        assert heard.pop() == ("ann", frozenset({rome.id}))
        await memory.forget("ann", oslo.id)
        assert heard.pop() == ("ann", frozenset({berlin.id, rome.id, oslo.id}))
        bees = await memory.remember("ann", "I keep bees in the garden.", language="en")
        await memory.forget_about("ann", "the bees")
        assert heard.pop() == ("ann", frozenset({bees.id}))
        cows = await memory.remember("bob", "I keep cows.", language="en")
        assert await memory.forget_all("ann") == 0
        assert heard == []
        assert await memory.forget_all("bob") == 1
        assert heard.pop() == ("bob", frozenset({cows.id}))
        last = await memory.remember("ann", "I keep bats.", language="en")
        leave()
        leave()
        await memory.forget("ann", last.id)
    assert heard == []


async def test_one_listener_that_subscribed_twice_leaves_one_time_each(tmp_path: Path) -> None:
    heard: list[str] = []

    def listener(user_id: str, fact_ids: frozenset[str]) -> None:
        heard.append(user_id)

    async with memory_in(tmp_path) as memory:
        leave = memory.subscribe(listener)
        memory.subscribe(listener)
        leave()
        leave()
        fact = await memory.remember("ann", "I keep bees.", language="en")
        await memory.forget("ann", fact.id)
    assert heard == ["ann"]
