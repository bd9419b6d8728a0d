"""Facts in a database: SQLite or PostgreSQL.

Owns every query, and that each one names the user whose facts it is about. A change and the user's new revision are one
transaction. Refuses to know when a fact contradicts another, and how facts are searched.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from vivavoce.memory.facts import Fact
from vivavoce.memory.tables import FACTS, OWNERS, ask_sqlite, prepare_tables, reading, writing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from sqlalchemy import Row, Select
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

log = structlog.get_logger(__name__)

__all__ = ["FactStore", "IndexRow", "NewFact", "Removed", "new_fact_id"]

_PAGE = 256
"""Rows read at once: reading 256 vectors keeps the event loop for a millisecond."""
_IDS_AT_ONCE = 500
_CHECKPOINTS = 3
_COLUMNS = (
    FACTS.c.id,
    FACTS.c.user_id,
    FACTS.c.text,
    FACTS.c.language,
    FACTS.c.told_at,
    FACTS.c.conversation_id,
    FACTS.c.turn_id,
    FACTS.c.confidence,
    FACTS.c.replaced_by,
)
_REVISION = (
    select(OWNERS.c.revision)
    .where(OWNERS.c.user_id == FACTS.c.user_id)
    .correlate(FACTS)
    .scalar_subquery()
    .label("revision")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFact:
    """A fact to be kept, with what it is found by.

    Attributes:
        fact: the fact.
        slot: what it is the one value of (`memory.relations`); empty for nothing.
        vector: its vector, as float16 bytes.
        terms: its words, as uint32 bytes (`memory.terms`).
    """

    fact: Fact
    slot: str
    vector: bytes
    terms: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRow:
    """What a search needs of one fact; `number` is the store's own name for it."""

    number: int
    told_at: float
    confidence: float
    vector: bytes
    terms: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """Facts that hold no longer, by both their names, and the user's revision since then."""

    revision: int
    numbers: tuple[int, ...] = ()
    ids: frozenset[str] = frozenset()


def new_fact_id() -> str:
    """Return an id that no other fact has."""
    return f"mem_{secrets.token_hex(12)}"


class FactStore:
    """Keeps facts; every method raises `StorageError` (`memory_storage_failed`) when the database does."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def prepare(self) -> None:
        """Make the tables if they are not there, once before anything else."""
        await prepare_tables(self._engine)

    async def revision(self, user_id: str) -> int:
        """Return how often this user's facts have changed."""
        async with reading(self._engine) as connection:
            return await _revision(connection, user_id)

    async def add(self, new: NewFact, *, replaces: Sequence[str] = ()) -> tuple[int, Removed]:
        """Keep a fact in the place of those with these ids, and of whatever holds its slot.

        Returns the new fact's number, and those replaced.
        """
        fact = new.fact
        held = (FACTS.c.user_id == fact.user_id) & (FACTS.c.replaced_by == "")
        out = or_(FACTS.c.id.in_(list(replaces)), and_(FACTS.c.slot != "", FACTS.c.slot == new.slot))
        async with writing(self._engine) as connection:
            revision = await _next_revision(connection, fact.user_id)
            gone = update(FACTS).where(held & out).values(replaced_by=fact.id)
            replaced = (await connection.execute(gone.returning(FACTS.c.number, FACTS.c.id))).all()
            kept = insert(FACTS).values(_values(new)).returning(FACTS.c.number)
            number = (await connection.execute(kept)).scalar_one()
        return number, _removed(revision, replaced)

    async def add_many(self, facts: Sequence[NewFact]) -> None:
        """Keep facts of one user that replace nothing: an import."""
        if not facts:
            return
        async with writing(self._engine) as connection:
            await _next_revision(connection, facts[0].fact.user_id)
            await connection.execute(insert(FACTS), [_values(new) for new in facts])

    async def confirm(self, told: Fact) -> int:
        """Note when and where a fact was told again, and how certain it is now; return the revision."""
        async with writing(self._engine) as connection:
            revision = await _next_revision(connection, told.user_id)
            await connection.execute(
                update(FACTS)
                .where(FACTS.c.user_id == told.user_id, FACTS.c.id == told.id)
                .values(
                    told_at=told.told_at,
                    confidence=told.confidence,
                    conversation_id=told.conversation_id,
                    turn_id=told.turn_id,
                )
            )
        return revision

    async def find(self, user_id: str, fact_id: str) -> Fact | None:
        """Return one fact of this user, held or replaced; None when there is none."""
        async with reading(self._engine) as connection:
            query = select(*_COLUMNS).where(FACTS.c.user_id == user_id, FACTS.c.id == fact_id)
            row = (await connection.execute(query)).first()
        return None if row is None else _fact(row)

    async def newest(self, user_id: str, conversation_id: str) -> Fact | None:
        """Return the fact of this user that was told last in a conversation and holds; None when there is none."""
        query = select(*_COLUMNS).where(
            FACTS.c.user_id == user_id, FACTS.c.conversation_id == conversation_id, FACTS.c.replaced_by == ""
        )
        query = query.order_by(FACTS.c.told_at.desc(), FACTS.c.number.desc()).limit(1)
        async with reading(self._engine) as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else _fact(row)

    async def of_turn(self, user_id: str, turn_id: str) -> list[str]:
        """Return the ids of this user's facts that were told in a turn and hold."""
        query = select(FACTS.c.id).where(
            FACTS.c.user_id == user_id, FACTS.c.turn_id == turn_id, FACTS.c.replaced_by == ""
        )
        async with reading(self._engine) as connection:
            return list((await connection.execute(query)).scalars())

    async def numbered(self, user_id: str, numbers: Sequence[int]) -> tuple[int | None, dict[int, Fact]]:
        """Return those of these facts that are this user's and hold, and the user's revision; None if there are none.

        One statement, and nothing but it: what a search waits for.
        """
        query = select(_REVISION, FACTS.c.number, *_COLUMNS).where(
            FACTS.c.user_id == user_id, FACTS.c.replaced_by == "", FACTS.c.number.in_(list(numbers))
        )
        async with reading(self._engine) as connection:
            rows = (await connection.execute(query)).all()
        return rows[0].revision if rows else None, {row.number: _fact(row) for row in rows}

    async def page(self, user_id: str, *, limit: int, offset: int, replaced: bool) -> list[Fact]:
        """Return this user's facts, the newest first."""
        query = select(*_COLUMNS).where(FACTS.c.user_id == user_id)
        if not replaced:
            query = query.where(FACTS.c.replaced_by == "")
        query = query.order_by(FACTS.c.told_at.desc(), FACTS.c.number.desc()).limit(limit).offset(offset)
        async with reading(self._engine) as connection:
            rows = (await connection.execute(query)).all()
        return [_fact(row) for row in rows]

    async def index_rows(self, user_id: str) -> tuple[int, AsyncIterator[list[IndexRow]]]:
        """Return the revision, and what a search needs of the facts that held then or since, a page at a time."""
        return await self.revision(user_id), self._pages(user_id)

    async def delete(self, user_id: str, fact_id: str) -> Removed:
        """Delete a fact and all that it replaced, for good; return them."""
        async with writing(self._engine) as connection:
            revision = await _next_revision(connection, user_id)
            ids = await _with_earlier(connection, user_id, fact_id)
            rows: list[Row[*tuple[Any, ...]]] = []
            for begin in range(0, len(ids), _IDS_AT_ONCE):
                some = FACTS.c.id.in_(ids[begin : begin + _IDS_AT_ONCE])
                gone = delete(FACTS).where(FACTS.c.user_id == user_id, some).returning(FACTS.c.number, FACTS.c.id)
                rows += (await connection.execute(gone)).all()
        await self._empty_log()
        return _removed(revision, rows)

    async def delete_all(self, user_id: str) -> Removed:
        """Delete every fact of this user, for good; return them, replaced ones included."""
        async with writing(self._engine) as connection:
            revision = await _next_revision(connection, user_id)
            gone = delete(FACTS).where(FACTS.c.user_id == user_id).returning(FACTS.c.number, FACTS.c.id)
            rows = (await connection.execute(gone)).all()
        await self._empty_log()
        return _removed(revision, rows)

    async def _pages(self, user_id: str) -> AsyncIterator[list[IndexRow]]:
        last = 0
        while True:
            async with reading(self._engine) as connection:
                rows = (await connection.execute(_index_page(user_id, last))).all()
            if not rows:
                return
            last = rows[-1].number
            yield [IndexRow(**row._mapping) for row in rows]

    async def _empty_log(self) -> None:
        """Have SQLite write its log into the file and cut it to nothing: deleted words stand in it too."""
        for _ in range(_CHECKPOINTS):
            answer = await ask_sqlite(self._engine, "PRAGMA wal_checkpoint(TRUNCATE)")
            if not answer or not answer[0]:
                return
        # Somebody reads for long; SQLite overwrites the log by and by, and deletes it when the server stops.
        log.warning("deleted_words_stay_in_the_log_for_a_while")


def _index_page(user_id: str, after: int) -> Select[*tuple[Any, ...]]:
    return (
        select(FACTS.c.number, FACTS.c.told_at, FACTS.c.confidence, FACTS.c.vector, FACTS.c.terms)
        .where(FACTS.c.user_id == user_id, FACTS.c.replaced_by == "", FACTS.c.number > after)
        .order_by(FACTS.c.number)
        .limit(_PAGE)
    )


async def _revision(connection: AsyncConnection, user_id: str) -> int:
    query = select(OWNERS.c.revision).where(OWNERS.c.user_id == user_id)
    return (await connection.execute(query)).scalar() or 0


async def _next_revision(connection: AsyncConnection, user_id: str) -> int:
    """Count a change; it comes first in its transaction, so that changes to one user's facts follow each other."""
    count = update(OWNERS).where(OWNERS.c.user_id == user_id).values(revision=OWNERS.c.revision + 1)
    for _ in range(2):
        revision = (await connection.execute(count.returning(OWNERS.c.revision))).scalar()
        if revision is not None:
            return int(revision)
        try:
            async with connection.begin_nested():
                await connection.execute(insert(OWNERS).values(user_id=user_id, revision=1))
        except IntegrityError:
            continue  # another process was first: count on from there
        return 1
    return await _revision(connection, user_id)


async def _with_earlier(connection: AsyncConnection, user_id: str, fact_id: str) -> list[str]:
    """Return a fact's id and those of everything it replaced, directly or not."""
    found, newest = [fact_id], [fact_id]
    while newest:
        query = select(FACTS.c.id).where(FACTS.c.user_id == user_id, FACTS.c.replaced_by.in_(newest))
        newest = [earlier for earlier in (await connection.execute(query)).scalars() if earlier not in found]
        found += newest
    return found


def _removed(revision: int, rows: Sequence[Row[*tuple[Any, ...]]]) -> Removed:
    return Removed(revision=revision, numbers=tuple(row.number for row in rows), ids=frozenset(row.id for row in rows))


def _values(new: NewFact) -> dict[str, object]:
    fact = new.fact
    columns = {column.name: getattr(fact, column.name) for column in _COLUMNS}
    return {**columns, "slot": new.slot, "vector": new.vector, "terms": new.terms}


def _fact(row: Row[*tuple[Any, ...]]) -> Fact:
    return Fact(**{column.name: getattr(row, column.name) for column in _COLUMNS})
