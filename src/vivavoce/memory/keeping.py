"""Writes facts: keeps new ones, confirms or replaces what they concern, deletes for good.

Owns the order of a write: its vector first, then, one write at a time, what is known that is like it, the database, and
the index in memory. Refuses to know where facts come from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import anyio
import numpy as np

from vivavoce.errors import InputError
from vivavoce.memory.contradiction import Verdict, judge
from vivavoce.memory.extraction.statement import LONGEST_FACT
from vivavoce.memory.index import FactIndex
from vivavoce.memory.recall import Found
from vivavoce.memory.relations import slot_of
from vivavoce.memory.store import IndexRow, NewFact, new_fact_id
from vivavoce.memory.terms import terms_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivavoce.memory.embedder import Embedder
    from vivavoce.memory.facts import Fact, HearsOfRemovals
    from vivavoce.memory.recall import Recall
    from vivavoce.memory.sentence_encoder import Vectors
    from vivavoce.memory.store import FactStore, Removed

__all__ = ["Keeping", "checked", "new_fact", "not_found"]

_LIKE_IT = 8
"""Known facts that a new one is compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """A fact ready to be kept, and what is known that is like it."""

    new: NewFact
    found: list[Found]


class Keeping:
    """The one writer of this process; every method raises what the store and the embedder raise.

    Args:
        store: where facts lie.
        embedder: turns them into vectors.
        recall: finds what is like them, and follows every change.
        wall_clock: seconds since 1970.
        removed: is told of every fact that was deleted or replaced.
    """

    def __init__(
        self,
        store: FactStore,
        embedder: Embedder,
        recall: Recall,
        *,
        wall_clock: Callable[[], float],
        removed: HearsOfRemovals,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._recall = recall
        self._wall_clock = wall_clock
        self._removed = removed
        self._one_at_a_time = anyio.Lock()

    async def keep(self, fact: Fact) -> Fact:
        """Keep a fact; return it, or the known one that says the same."""
        async with self._one_at_a_time:
            prepared = await self._prepared(fact)
            verdict = judge(fact.text, prepared.found)
            if verdict.same:
                return await self._confirm(*_found(verdict.same, prepared.found), fact)
            await self._add(prepared.new, verdict)
        return fact

    async def correct(self, old: Fact, text: str) -> Fact:
        """Put `text` in a fact's place, whatever it says."""
        fact = replace(
            old, id=new_fact_id(), text=checked(text), told_at=self._wall_clock(), confidence=1.0, replaced_by=""
        )
        async with self._one_at_a_time:
            prepared = await self._prepared(fact)
            await self._add(prepared.new, Verdict(replaced=(old.id,)))
        return fact

    async def forget(self, user_id: str, fact_id: str) -> None:
        """Delete a fact and every earlier version of it, for good.

        Raises:
            InputError: `memory_not_found`.
        """
        async with self._one_at_a_time:
            is_gone = await self._delete(user_id, fact_id)
        if not is_gone:
            raise not_found(fact_id)

    async def forget_turn(self, user_id: str, turn_id: str) -> None:
        """Delete what was learned from a turn, for good, with every earlier version of it."""
        async with self._one_at_a_time:
            for fact_id in await self._store.of_turn(user_id, turn_id):
                await self._delete(user_id, fact_id)

    async def forget_all(self, user_id: str) -> int:
        """Delete everything known of a user, for good; return how many facts that were."""
        async with self._one_at_a_time:
            self._embedder.forget()
            self._recall.forget(user_id)
            gone = await self._store.delete_all(user_id)
            self._tell(user_id, gone)
        return len(gone.ids)

    async def _delete(self, user_id: str, fact_id: str) -> bool:
        self._embedder.forget()
        gone = await self._store.delete(user_id, fact_id)
        self._recall.changed(user_id, gone.revision, lambda index: index.remove(gone.numbers))
        self._tell(user_id, gone)
        return bool(gone.ids)

    async def _prepared(self, fact: Fact) -> _Prepared:
        (vector,) = await self._embedder.embed([fact.text])
        found = await self._recall.found(fact.user_id, fact.text, limit=_LIKE_IT)
        return _Prepared(new=new_fact(fact, vector), found=found)

    async def _confirm(self, known: Fact, number: int, again: Fact) -> Fact:
        where = again if again.conversation_id else known
        told = replace(
            known,
            told_at=max(known.told_at, again.told_at),
            # Told twice is half as doubtful.
            confidence=max(again.confidence, 1.0 - (1.0 - known.confidence) / 2.0),
            conversation_id=where.conversation_id,
            turn_id=where.turn_id,
        )
        revision = await self._store.confirm(told)
        follow = partial(FactIndex.confirm, number=number, told_at=told.told_at, confidence=told.confidence)
        self._recall.changed(known.user_id, revision, follow)
        return told

    async def _add(self, new: NewFact, verdict: Verdict) -> None:
        fact = new.fact
        number, replaced = await self._store.add(new, replaces=verdict.replaced)
        row = IndexRow(
            number=number, told_at=fact.told_at, confidence=fact.confidence, vector=new.vector, terms=new.terms
        )

        def follow(index: FactIndex) -> None:
            index.remove(replaced.numbers)
            index.add([row])

        self._recall.changed(fact.user_id, replaced.revision, follow)
        self._tell(fact.user_id, replaced)

    def _tell(self, user_id: str, gone: Removed) -> None:
        if gone.ids:
            self._removed(user_id, gone.ids)


def new_fact(fact: Fact, vector: Vectors) -> NewFact:
    """Return a fact with all that it is found by."""
    return NewFact(
        fact=fact,
        slot=slot_of(fact.text),
        vector=vector.astype(np.float16).tobytes(),
        terms=terms_of(fact.text).tobytes(),
    )


def checked(text: str) -> str:
    """Return a fact's text as it is kept.

    Raises:
        InputError: `memory_empty`, `memory_too_long`.
    """
    text = " ".join(text.split())
    if not text:
        raise InputError("memory_empty", "There is nothing to remember.", remedy="Send a sentence.", param="text")
    if len(text) > LONGEST_FACT:
        raise InputError(
            "memory_too_long",
            f"A memory holds at most {LONGEST_FACT} characters.",
            remedy="Send it as several sentences.",
            param="text",
        )
    return text


def not_found(fact_id: str) -> InputError:
    """Return the error for a fact that is not among the user's."""
    return InputError(
        "memory_not_found",
        f"There is no memory '{fact_id}'.",
        remedy="List the memories to see their ids.",
        param="memory_id",
    )


def _found(fact_id: str, found: list[Found]) -> tuple[Fact, int]:
    return next((fact, hit.number) for fact, hit in found if fact.id == fact_id)
