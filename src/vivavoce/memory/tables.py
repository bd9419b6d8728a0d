"""The tables that facts lie in, and their version.

Owns the shape of the tables, the step from each version of it to the next, and what SQLite must be told before it
writes. The tables bear names of their own and may share a database with others'. Refuses to know what for.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateIndex, CreateTable

from vivavoce.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

__all__ = ["FACTS", "METADATA", "OWNERS", "ask_sqlite", "prepare_tables", "reading", "writing"]

_VERSION = 1

_BEGIN = "vivavoce_begin"
"""Where an engine that begins SQLite's transactions itself looks for the statement; an empty one begins none."""

METADATA = MetaData()

FACTS = Table(
    "memory_facts",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("user_id", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("language", String(16), nullable=False),
    Column("told_at", Float(53), nullable=False),
    Column("conversation_id", String(200), nullable=False),
    Column("turn_id", String(200), nullable=False),
    Column("confidence", Float(53), nullable=False),
    Column("replaced_by", String(40), nullable=False),
    Column("slot", String(120), nullable=False),
    Column("vector", LargeBinary, nullable=False),
    Column("terms", LargeBinary, nullable=False),
    # A number that was a deleted fact's never becomes another's: processes remember facts by their numbers.
    sqlite_autoincrement=True,
)
"""`slot`: what can hold one value only (`memory.relations`); `vector`: float16; `terms`: uint32 (`memory.terms`)."""

_HELD = Index("memory_facts_held", FACTS.c.user_id, FACTS.c.replaced_by, FACTS.c.number)

OWNERS = Table(
    "memory_owners",
    METADATA,
    Column("user_id", String(200), primary_key=True),
    Column("revision", Integer, nullable=False),
)
"""How often a user's facts have changed: by it a process knows that another one has written."""

_VERSIONS = Table("memory_version", METADATA, Column("version", Integer, primary_key=True, autoincrement=False))


_LOCK = "SELECT pg_advisory_xact_lock(7628153042)"
"""A number of our own, next to the one under which the history's tables are made."""


async def prepare_tables(engine: AsyncEngine) -> None:
    """Make the tables if they are not there; safe when several processes start at once.

    Raises:
        StorageError: `memory_storage_failed`; or `memory_too_new`, when a later version of vivavoce made them.
    """
    await ask_sqlite(engine, "PRAGMA journal_mode=WAL")
    async with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            # "If not exists" is no promise there: two who ask at the same moment both make the table, and one fails.
            await connection.exec_driver_sql(_LOCK)
        for table in METADATA.sorted_tables:
            await connection.execute(CreateTable(table, if_not_exists=True))
        await connection.execute(CreateIndex(_HELD, if_not_exists=True))
        version = (await connection.execute(select(_VERSIONS.c.version))).scalar()
        if version is None:
            await connection.execute(insert(_VERSIONS).values(version=_VERSION))
        elif version > _VERSION:
            raise StorageError(
                "memory_too_new",
                f"The memories were kept by a later version of vivavoce (version {version}, known {_VERSION}).",
                remedy="Install that version, or set another data folder.",
            )


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection on which every statement stands alone: a transaction is a few trips to the database more.

    Raises:
        StorageError: `memory_storage_failed`.
    """
    try:
        async with engine.execution_options(**{_BEGIN: ""}).connect() as connection:
            yield connection
    except (SQLAlchemyError, OSError) as error:
        raise _failed(error) from error


async def ask_sqlite(engine: AsyncEngine, pragma: str) -> Sequence[object]:
    """Have SQLite do what it does in no transaction, and return its answer; other databases are not asked.

    Raises:
        StorageError: `memory_storage_failed`.
    """
    if engine.dialect.name != "sqlite":
        return ()
    async with reading(engine) as connection:
        return tuple((await connection.exec_driver_sql(pragma)).one())


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection in a transaction, which is kept if nothing goes wrong.

    Raises:
        StorageError: `memory_storage_failed`.
    """
    try:
        async with engine.begin() as connection:
            if engine.dialect.name == "sqlite":
                # What is deleted or overwritten is filled with zeros, rather than left for whoever reads the file.
                await connection.exec_driver_sql("PRAGMA secure_delete=ON")
            yield connection
    except (SQLAlchemyError, OSError) as error:
        raise _failed(error) from error


def _failed(error: Exception) -> StorageError:
    # Only the kind of failure: the database's own words quote what was to be written.
    cause = getattr(error, "orig", None) or error
    return StorageError(
        "memory_storage_failed",
        f"The memories cannot be read or written ({type(cause).__name__}).",
        remedy="Check the disk's space and rights, or the database's address.",
        retryable=True,
    )
