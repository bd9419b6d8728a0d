"""The index of every word that was said, as each database keeps one.

Owns SQLite's full-text index (FTS5, ranked by BM25) and PostgreSQL's (tsvector under GIN, ranked by `ts_rank_cd`). Both
hold the same terms (`terms`). Refuses to know whose words they are: the search joins that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Double, Integer, column, text

from vivavoce.history.terms import MAX_TERMS, Query, terms_of
from vivavoce.storage.database import outside_transactions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
    from sqlalchemy.sql.expression import CTE

__all__ = ["PostgresIndex", "SearchIndex", "SqliteIndex", "Words", "index_of"]

Words = tuple[str, str, str]
"""The conversation's id, the entry's id, and what was said in it."""

_NUMBER, _RANK = column("number", Integer), column("rank", Double)


class SearchIndex(Protocol):
    """What the store asks of an index. Entries that are deleted leave it by themselves."""

    async def put(self, connection: AsyncConnection, words: Sequence[Words]) -> None:
        """Index the words of entries that are there, in the place of what was indexed of them before."""
        ...

    def matches(self, query: Query) -> CTE:
        """Return the entries that have all of it, as (number, rank); the smallest rank is the best."""
        ...

    async def scrub(self, engine: AsyncEngine) -> None:
        """Leave no trace in the files of what was deleted."""
        ...


class SqliteIndex:
    """FTS5: https://sqlite.org/fts5.html."""

    async def put(self, connection: AsyncConnection, words: Sequence[Words]) -> None:
        """Index words."""
        await connection.execute(
            text(
                "INSERT OR REPLACE INTO entry_words (rowid, terms)"
                " SELECT number, :terms FROM entries WHERE conversation_id = :conversation AND id = :entry"
            ),
            [
                {"conversation": conversation, "entry": entry, "terms": " ".join(terms_of(said))}
                for conversation, entry, said in words
            ],
        )

    def matches(self, query: Query) -> CTE:
        """Return the entries that match."""
        phrases = [f'"{" ".join(phrase)}"' for phrase in query.phrases]
        wanted = " AND ".join(phrases) + ("*" if _may_go_on(query) else "")
        found = text(
            "SELECT rowid AS number, bm25(entry_words) AS rank FROM entry_words WHERE entry_words MATCH :wanted"
        )
        return found.bindparams(wanted=wanted).columns(_NUMBER, _RANK).cte("found")

    async def scrub(self, engine: AsyncEngine) -> None:
        """Merge the index, which otherwise only notes what is gone, and empty the log of writes."""
        async with outside_transactions(engine) as connection:
            await connection.execute(text("INSERT INTO entry_words (entry_words) VALUES ('optimize')"))
            await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


class PostgresIndex:
    """Text search types: https://www.postgresql.org/docs/current/datatype-textsearch.html."""

    async def put(self, connection: AsyncConnection, words: Sequence[Words]) -> None:
        """Index words."""
        await connection.execute(
            text(
                "INSERT INTO entry_words (number, terms)"
                " SELECT number, CAST(:terms AS tsvector) FROM entries"
                " WHERE conversation_id = :conversation AND id = :entry"
                " ON CONFLICT (number) DO UPDATE SET terms = excluded.terms"
            ),
            [
                {"conversation": conversation, "entry": entry, "terms": _tsvector(said)}
                for conversation, entry, said in words
            ],
        )

    def matches(self, query: Query) -> CTE:
        """Return the entries that match."""
        phrases = [" <-> ".join(f"'{term}'" for term in phrase) for phrase in query.phrases]
        wanted = " & ".join(phrases) + (":*" if _may_go_on(query) else "")
        found = text(
            "SELECT number, -ts_rank_cd(terms, CAST(:wanted AS tsquery)) AS rank"
            " FROM entry_words WHERE terms @@ CAST(:wanted AS tsquery)"
        )
        return found.bindparams(wanted=wanted).columns(_NUMBER, _RANK).cte("found")

    async def scrub(self, engine: AsyncEngine) -> None:
        """Leave it to the database's own vacuum, which is always at work."""


def index_of(engine: AsyncEngine) -> SearchIndex:
    """Return the index of this kind of database."""
    return SqliteIndex() if engine.dialect.name == "sqlite" else PostgresIndex()


def _tsvector(said: str) -> str:
    # The database's own parser would take some words for file names or numbers: terms are given with their places.
    return " ".join(f"'{term}':{place}" for place, term in enumerate(terms_of(said)[:MAX_TERMS], start=1))


def _may_go_on(query: Query) -> bool:
    """Whether the last term may be the beginning of a word; a character that is a word by itself is not."""
    last = query.phrases[-1][-1]
    return len(last) > 1
