"""The server's database: one engine for whatever is kept, on SQLite or PostgreSQL.

Owns the engine, its transactions and the plain words for what can go wrong with it. Refuses to know any table: each
part brings its own and its own migrations (`migrating`).

SQLite writes ahead (WAL), so readers never wait for the writer. A commit is a write to the file and not a sync of the
disk (`synchronous=NORMAL`): what is committed is the operating system's, and survives a kill -9 of this process at any
moment. A power cut may take the last seconds, and never damages the file (https://sqlite.org/pragma.html, synchronous).
A sync for every commit (`FULL`) would buy those seconds for some milliseconds of disk at every clause of every reply.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from vivavoce.errors import InputError, StorageError
from vivavoce.storage.folders import make_private

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator

    from sqlalchemy.engine import URL, Connection
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

__all__ = ["database_url", "make_room", "open_engine", "outside_transactions", "reading", "telling_plainly", "writing"]

DATABASE_FILE = "vivavoce.db"

BUSY_SECONDS = 5.0
"""How long SQLite waits for another process that writes."""

CONNECT_SECONDS, COMMAND_SECONDS = 10.0, 30.0
"""How long PostgreSQL may take to answer the door, and a question."""

CONNECTIONS = 4

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    # What is deleted is overwritten, and not only forgotten.
    "PRAGMA secure_delete=ON",
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000:.0f}",
)
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_BEGIN = "vivavoce_begin"


def database_url(setting: str, folder: Path) -> URL:
    """Return the database that a setting names; an empty one is the SQLite file in `folder`.

    Raises:
        InputError: `database_url_invalid`.
    """
    if not setting:
        return make_url("sqlite+aiosqlite://").set(database=str(folder / DATABASE_FILE))
    try:
        url = make_url(setting)
    except ArgumentError:
        raise _bad_url("The database's URL cannot be read.") from None
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    if url.drivername not in _DRIVERS.values():
        raise _bad_url(f"There is no database '{url.drivername}' here.")
    return url


@asynccontextmanager
async def open_engine(url: URL) -> AsyncGenerator[AsyncEngine, None]:
    """Keep an engine ready while the context is open; nothing is connected before it is first used.

    `engine.begin()` takes SQLite's write lock at once, so that a transaction which reads and then writes never fails in
    the middle; `reading` does not.

    Raises:
        InputError: `database_url_invalid`.
    """
    is_sqlite = url.get_backend_name() == "sqlite"
    try:
        engine = _sqlite(url) if is_sqlite else _postgresql(url)
    except (ArgumentError, NoSuchModuleError):
        raise _bad_url("The database's URL cannot be used.") from None
    try:
        yield engine
    finally:
        await engine.dispose()


def make_room(url: URL) -> None:
    """Make the folder of an SQLite file, for its owner only, and make sure that the file can be written to.

    Raises:
        StorageError: `database_not_writable`.
    """
    if url.get_backend_name() != "sqlite" or not url.database:
        return
    file = Path(url.database)
    try:
        make_private(file.parent)
        with file.open("ab"):
            pass
    except OSError as error:
        raise _not_writable() from error


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection, None]:
    """Open a transaction that only reads, and sees one state of the database.

    Raises:
        StorageError: the database cannot be read.
    """
    with telling_plainly():
        async with engine.execution_options(**{_BEGIN: "BEGIN"}).connect() as connection:
            yield connection


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection, None]:
    """Open a transaction that is committed at the end, or rolled back whole.

    Raises:
        StorageError: the database cannot be written to.
    """
    with telling_plainly():
        async with engine.begin() as connection:
            yield connection


@asynccontextmanager
async def outside_transactions(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection, None]:
    """Open a connection to SQLite on which every statement stands alone.

    Raises:
        StorageError: the database cannot be written to.
    """
    with telling_plainly():
        async with engine.execution_options(**{_BEGIN: ""}).connect() as connection:
            yield connection


@contextmanager
def telling_plainly() -> Iterator[None]:
    """Turn what the database says went wrong into plain words.

    Raises:
        StorageError: in the place of SQLAlchemy's and the drivers' own errors.
    """
    try:
        yield
    except DBAPIError as error:
        raise _in_plain_words(str(error.orig)) from error
    except (SQLAlchemyError, OSError) as error:
        raise _in_plain_words(str(error) or type(error).__name__) from error


def _sqlite(url: URL) -> AsyncEngine:
    # The driver would begin transactions by itself, and too late.
    engine = create_async_engine(url, pool_size=CONNECTIONS, connect_args={"isolation_level": None})

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        statement = connection.get_execution_options().get(_BEGIN, "BEGIN IMMEDIATE")
        if statement:
            connection.exec_driver_sql(statement)

    return engine


def _postgresql(url: URL) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=CONNECTIONS,
        pool_pre_ping=True,
        pool_timeout=CONNECT_SECONDS,
        connect_args={"timeout": CONNECT_SECONDS, "command_timeout": COMMAND_SECONDS},
    )


def _bad_url(message: str) -> InputError:
    return InputError(
        "database_url_invalid",
        message,
        remedy="Leave 'database' empty for a file in the data folder, or give postgresql+asyncpg://USER:KEY@HOST/NAME.",
        param="database",
    )


def _in_plain_words(reason: str) -> StorageError:
    said = reason.lower()
    for signs, error in _FAILURES:
        if any(sign in said for sign in signs):
            return error()
    return StorageError(
        "database_failed",
        f"The database refused: {reason.strip().splitlines()[0] if reason.strip() else 'it gave no reason'}.",
        remedy="See the server's log.",
    )


def _not_writable() -> StorageError:
    return StorageError(
        "database_not_writable",
        "The database file cannot be written to.",
        remedy="Give the server a data folder that it may write to, with the setting 'data'.",
    )


_FAILURES: tuple[tuple[tuple[str, ...], Callable[[], StorageError]], ...] = (
    (
        ("timeout", "timed out"),
        lambda: StorageError(
            "database_too_slow",
            "The database did not answer in time.",
            remedy="See whether its disk or its machine is overloaded.",
            retryable=True,
        ),
    ),
    (
        ("database is locked", "database table is locked"),
        lambda: StorageError(
            "database_locked",
            "Another program keeps the database locked.",
            remedy="Close it, and try again.",
            retryable=True,
        ),
    ),
    (
        ("not a database", "malformed", "corrupt"),
        lambda: StorageError(
            "database_damaged",
            "The database file is damaged, or is no database.",
            remedy="Move it away and start the server again, or put a copy of it back.",
        ),
    ),
    (
        ("disk is full", "no space left", "disk full"),
        lambda: StorageError(
            "database_full",
            "There is no room left on the disk of the database.",
            remedy="Make room; what is said meanwhile is kept as soon as there is some.",
            retryable=True,
        ),
    ),
    (("unable to open", "readonly", "read-only", "permission denied", "disk i/o"), _not_writable),
    (
        ("password", "does not exist", "connect", "getaddrinfo", "name or service", "closed"),
        lambda: StorageError(
            "database_unreachable",
            "The database server cannot be reached, or does not let this server in.",
            remedy="Check the setting 'database', and that the database server is running.",
            retryable=True,
        ),
    ),
)
