"""How long a search takes among many facts, and how late the event loop is meanwhile.

Owns the made-up facts and questions, and the probe of the loop. Refuses to judge.
"""

from __future__ import annotations

import itertools
import random
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
from anyio import to_thread
from sqlalchemy.ext.asyncio import create_async_engine

from vivavoce.memory.facts import Fact
from vivavoce.memory.keeping import new_fact
from vivavoce.memory.long_term import LongTermMemory
from vivavoce.memory.store import FactStore, new_fact_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from vivavoce.memory.embedder import SentenceEmbedder

__all__ = ["SearchTimes", "search_times"]

_QUESTIONS = 300
_AT_ONCE = 500
_PROBE_SECONDS = 0.001
_IDLE_SECONDS = 1.0
_USER = "user"
_WHO = (
    "My sister",
    "My friend Ana",
    "Our neighbour",
    "My boss",
    "I",
    "My cousin Li",
    "My old teacher",
    "我同事",
    "我表哥",
    "我朋友小林",
)
_DID = ("bought", "lost", "repaired", "painted", "wants to sell", "talked about", "dreams of", "买了", "弄丢了", "喜欢")
_WHAT = (
    "a red bicycle",
    "the wooden boat",
    "a house in Porto",
    "two violins",
    "the old camera",
    "a garden",
    "一辆旧车",
    "三本书",
    "a telescope",
)
_WHEN = (
    "last winter",
    "in May",
    "on Sunday",
    "when it rained",
    "before the wedding",
    "three years ago",
    "去年夏天",
    "上个月",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTimes:
    """Milliseconds: of each search, of the first one, and how late the event loop was during each.

    Beside them what the machine does to anything at that moment: a trip to a thread and back after each search
    (`hop_ms`), and how late the loop is with nothing to do (`late_idle_ms`).
    """

    search_ms: list[float]
    hop_ms: list[float]
    first_ms: float
    late_ms: list[float]
    late_at_first_ms: list[float]
    late_idle_ms: list[float]


async def search_times(folder: Path, embedder: SentenceEmbedder, facts: int) -> SearchTimes:
    """Fill a user's memory and search it, question after question."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder / 'memory.sqlite3'}")
    memory = LongTermMemory(engine, embedder, wall_clock=lambda: 0.0)
    await memory.prepare()
    await _fill(FactStore(engine), embedder, facts)
    await embedder.embed(["loaded"])
    async with _probe() as late_at_first_ms:
        first_ms = await _timed(memory, "Who has a red bicycle?")
    search_ms, hop_ms = [], []
    async with _probe() as late_ms:
        for n, did, what, when in _questions():
            search_ms.append(await _timed(memory, f"Who {did} {what}, and was it {when} or {n} days ago?"))
            hop_ms.append(await _hop())
    async with _probe() as late_idle_ms:
        await anyio.sleep(_IDLE_SECONDS)
    await engine.dispose()
    return SearchTimes(
        search_ms=search_ms,
        hop_ms=hop_ms,
        first_ms=first_ms,
        late_ms=late_ms,
        late_at_first_ms=late_at_first_ms,
        late_idle_ms=late_idle_ms,
    )


async def _timed(memory: LongTermMemory, question: str) -> float:
    began = time.perf_counter()
    await memory.search(_USER, question)
    return (time.perf_counter() - began) * 1000


async def _hop() -> float:
    began = time.perf_counter()
    await to_thread.run_sync(time.perf_counter)
    return (time.perf_counter() - began) * 1000


def _questions() -> list[tuple[int, str, str, str]]:
    chance = random.Random(4)
    return [(n, chance.choice(_DID), chance.choice(_WHAT), chance.choice(_WHEN)) for n in range(_QUESTIONS)]


async def _fill(store: FactStore, embedder: SentenceEmbedder, facts: int) -> None:
    every = itertools.product(range(1, facts), _WHO, _DID, _WHAT, _WHEN)
    texts = [f"{who} {did} {what} {when}, number {n}." for n, who, did, what, when in itertools.islice(every, facts)]
    for begin in range(0, facts, _AT_ONCE):
        some = texts[begin : begin + _AT_ONCE]
        vectors = await embedder.embed(some)
        await store.add_many([new_fact(_fact(text), vector) for text, vector in zip(some, vectors, strict=True)])


def _fact(text: str) -> Fact:
    return Fact(id=new_fact_id(), user_id=_USER, text=text, language="en", told_at=0.0)


@asynccontextmanager
async def _probe() -> AsyncIterator[list[float]]:
    """Give a list that fills with how many milliseconds late the loop was, each millisecond."""
    late: list[float] = []

    async def look() -> None:
        while True:
            began = time.perf_counter()
            await anyio.sleep(_PROBE_SECONDS)
            late.append((time.perf_counter() - began - _PROBE_SECONDS) * 1000)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(look)
        yield late
        tasks.cancel_scope.cancel()
