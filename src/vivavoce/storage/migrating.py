"""A database brought up to date: the tables of one part of the server, from whatever version they are in.

Owns the running of Alembic's migrations that ship inside the package. Refuses to know what is in the tables. Each part
has its own folder of migrations and its own version table, so that parts on one database never wait for each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from vivavoce.errors import StorageError
from vivavoce.storage.database import make_room, writing

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection
    from sqlalchemy.ext.asyncio import AsyncEngine

__all__ = ["Migrations", "migrate"]

_LOCK = "SELECT pg_advisory_xact_lock(7628153041)"
"""A number of our own: two servers that start at once on one PostgreSQL bring it up to date one after the other."""


_ALEMBIC = anyio.Lock()
"""Alembic keeps what it is at work on in its modules: one of them at a time in a process, whatever the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrations:
    """Where a part's migrations are (`package:folder`), and the table that holds its version."""

    location: str
    version_table: str


async def migrate(engine: AsyncEngine, migrations: Migrations) -> None:
    """Bring one part's tables up to date, all of it or nothing.

    Raises:
        StorageError: `database_newer`, a newer vivavoce has written it; or it cannot be written to.
    """
    await anyio.to_thread.run_sync(make_room, engine.url)
    async with _ALEMBIC, writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            await connection.execute(text(_LOCK))
        await connection.run_sync(_upgrade, migrations)


def _upgrade(connection: Connection, migrations: Migrations) -> None:
    config = Config()
    config.set_main_option("script_location", migrations.location)
    config.attributes["connection"] = connection
    config.attributes["version_table"] = migrations.version_table
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    context = MigrationContext.configure(connection, opts={"version_table": migrations.version_table})
    if not known.issuperset(context.get_current_heads()):
        raise StorageError(
            "database_newer",
            "A newer vivavoce has written this database.",
            remedy="Update vivavoce, or name another data folder or database.",
        )
    command.upgrade(config, "head")
