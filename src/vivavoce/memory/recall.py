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
        self._loading = anyio.Lock()

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
        index = await self.index(user_id)
        search = partial(index.search, vector, terms_of(words), now=self._wall_clock(), limit=limit)
        hits = await to_thread.run_sync(search, abandon_on_cancel=True)
        if not hits:
            return []
        facts = await self._store.numbered(user_id, [hit.number for hit in hits])
        return [(facts[hit.number], hit) for hit in hits if hit.number in facts]

    async def index(self, user_id: str) -> FactIndex:
        """Return the user's index, loaded if it is not here or older than the database."""
        revision = await self._store.revision(user_id)
        index = self._kept(user_id, revision)
        if index is None:
            async with self._loading:
                index = self._kept(user_id, revision) or await self._load(user_id)
        return index

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

    def _kept(self, user_id: str, revision: int) -> FactIndex | None:
        kept = self._indexes.get(user_id)
        if kept is None or kept[0] < revision:
            return None
        self._indexes.move_to_end(user_id)
        return kept[1]

    async def _load(self, user_id: str) -> FactIndex:
        revision, pages = await self._store.index_rows(user_id)
        index = FactIndex(self._embedder.dimensions)
        async for rows in pages:
            await to_thread.run_sync(index.add, rows)
        self._indexes[user_id] = (revision, index)
        self._indexes.move_to_end(user_id)
        while len(self._indexes) > 1 and self._total_bytes > self._kept_bytes:
            self._indexes.popitem(last=False)
        return index

    @property
    def _total_bytes(self) -> int:
        return sum(index.size_bytes for _, index in self._indexes.values())
