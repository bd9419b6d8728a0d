"""Searches the facts of a user, and keeps the users' indexes that were needed lately.

Owns the indexes in memory: how many bytes they may take, and that each is as new as the database, whoever wrote to it
last. A search reads the user's revision, an index and the texts of what it found, each by the user's id; so a fact that
was deleted is not found, whatever another process still holds. Refuses to write.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING

import anyio
from anyio import to_thread

from vivavoce.memory.facts import Fact, Recalled
from vivavoce.memory.index import FactIndex, Hit
from vivavoce.memory.terms import terms_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivavoce.memory.embedder import Embedder
    from vivavoce.memory.store import FactStore

__all__ = ["Found", "Recall"]

_QUICK_BYTES = 2 * 1024 * 1024
"""An index of this size, some 900 facts, is searched in less time than it takes to hand it to a thread and back."""
_TRIES = 3
"""Searches until what was found is as new as the database; somebody else may write at the same time."""
_KEPT_BYTES = 128 * 1024 * 1024
"""Some five users with 10,000 facts each, or a thousand with fifty."""

Found = tuple[Fact, Hit]
"""A fact, and how it was found."""


class Recall:
    """The search.

    Args:
        store: where facts lie.
        embedder: turns questions into vectors.
        wall_clock: seconds since 1970.
        kept_bytes: what the indexes in memory may take; the one in use is kept whatever its size.
    """

    def __init__(
        self,
        store: FactStore,
        embedder: Embedder,
        *,
        wall_clock: Callable[[], float],
        kept_bytes: int = _KEPT_BYTES,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._wall_clock = wall_clock
        self._kept_bytes = kept_bytes
        self._indexes: OrderedDict[str, tuple[int, FactIndex]] = OrderedDict()
        self._reading = anyio.Lock()

    async def search(self, user_id: str, words: str, *, limit: int) -> tuple[Recalled, ...]:
        """Return what fits the words best, the best first."""
        return tuple(
            Recalled(fact=fact, score=hit.score) for fact, hit in await self.found(user_id, words, limit=limit)
        )

    async def found(self, user_id: str, words: str, *, limit: int) -> list[Found]:
        """Return what fits the words best, with the parts of each score."""
        if not words.strip() or limit <= 0:
            return []
        (vector,) = await self._embedder.embed([words])
        terms = terms_of(words)
        for _ in range(_TRIES):
            revision, index = self._indexes.get(user_id) or await self._read_in(user_id)
            search = partial(index.search, vector, terms, now=self._wall_clock(), limit=limit)
            is_quick = index.size_bytes <= _QUICK_BYTES
            hits = search() if is_quick else await to_thread.run_sync(search, abandon_on_cancel=True)
            # Whether the index was as new as the database is told with the texts: one trip instead of two.
            now, facts = await self._store.numbered(user_id, [hit.number for hit in hits])
            if (await self._store.revision(user_id) if now is None else now) == revision:
                self._used(user_id)
                break
            await self._read_in(user_id)
        return [(facts[hit.number], hit) for hit in hits if hit.number in facts]

    async def index(self, user_id: str) -> FactIndex:
        """Return the user's index, read in if it is not here."""
        kept = self._indexes.get(user_id)
        return kept[1] if kept is not None else (await self._read_in(user_id))[1]

    def changed(self, user_id: str, revision: int, change: Callable[[FactIndex], None]) -> None:
        """Follow a change that this process has made and that led to this revision."""
        kept = self._indexes.get(user_id)
        if kept is None:
            return
        if kept[0] != revision - 1:
            del self._indexes[user_id]
            return
        change(kept[1])
        self._indexes[user_id] = (revision, kept[1])

    def forget(self, user_id: str) -> None:
        """Let go of a user's index."""
        self._indexes.pop(user_id, None)

    async def _read_in(self, user_id: str) -> tuple[int, FactIndex]:
        """Return the revision and the index as they are in the database; many who wait have it read once."""
        async with self._reading:
            kept = self._indexes.get(user_id)
            if kept is None or kept[0] < await self._store.revision(user_id):
                kept = self._indexes[user_id] = await self._load(user_id)
            self._indexes.move_to_end(user_id)
            while len(self._indexes) > 1 and self._total_bytes > self._kept_bytes:
                self._indexes.popitem(last=False)
            return kept

    async def _load(self, user_id: str) -> tuple[int, FactIndex]:
        revision, pages = await self._store.index_rows(user_id)
        index = FactIndex(self._embedder.dimensions)
        async for rows in pages:
            await to_thread.run_sync(index.add, rows)
        return revision, index

    def _used(self, user_id: str) -> None:
        # It may have been let go of meanwhile.
        if user_id in self._indexes:
            self._indexes.move_to_end(user_id)

    @property
    def _total_bytes(self) -> int:
        return sum(index.size_bytes for _, index in self._indexes.values())
