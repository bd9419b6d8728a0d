"""A memory with a database of its own, and a sentence encoder that only counts words: no weights are needed."""

from __future__ import annotations

import zlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import numpy as np

from vivavoce.memory.facts import SpokenTurn
from vivavoce.memory.long_term import LongTermMemory
from vivavoce.memory.terms import words_of
from vivavoce.storage.database import database_url, open_engine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from vivavoce.memory.learning import SlowExtraction
    from vivavoce.memory.sentence_encoder import Vectors

FIRST_DAY = 1_800_000_000.0
DEADLINE_SECONDS = 10.0


class WordCountEmbedder:
    """Texts lie close together that share words."""

    dimensions = 1024

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        vectors = np.full((len(texts), self.dimensions), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in words_of(text):
                vectors[row, zlib.crc32(word.encode()) % self.dimensions] += 1.0
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / lengths, dtype=np.float32)

    def forget(self) -> None:
        self.asked.clear()


class Clock:
    """Seconds since 1970, as the test says."""

    def __init__(self) -> None:
        self.now = FIRST_DAY

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def memory_in(
    folder: Path, *, clock: Clock | None = None, slow: SlowExtraction | None = None
) -> AsyncIterator[LongTermMemory]:
    """A memory in a folder; what another left there is known."""
    async with open_engine(database_url("", folder)) as engine:
        memory = LongTermMemory(engine, WordCountEmbedder(), wall_clock=clock or Clock(), slow=slow)
        await memory.prepare()
        yield memory


def spoken(
    said: str,
    *,
    user_id: str = "ann",
    turn_id: str = "t1",
    at: float = FIRST_DAY,
    conversation_id: str = "c1",
) -> SpokenTurn:
    return SpokenTurn(
        user_id=user_id,
        conversation_id=conversation_id,
        turn_id=turn_id,
        language="en",
        said=said,
        heard="I see.",
        at=at,
    )


@asynccontextmanager
async def running(memory: LongTermMemory) -> AsyncIterator[None]:
    """Let a memory learn while the context is open."""
    async with anyio.create_task_group() as tasks:
        await tasks.start(memory.run)
        with anyio.fail_after(DEADLINE_SECONDS):
            yield
        tasks.cancel_scope.cancel()
