"""Preferences in the server's database: for each user a value by name, and when it was chosen.

Owns the table, whose each preference is, and which of two choices holds: the later one, each preference by itself, so
that two machines of one user never undo each other's. Refuses to know what any of them means: that is the page's, which
may be older or newer than the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
from sqlalchemy import JSON, Column, Double, MetaData, Table, Text, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from vivavoce.errors import InputError
from vivavoce.storage.database import reading, writing
from vivavoce.storage.migrating import Migrations, migrate
from vivavoce.storage.storable import storable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy.dialects.postgresql.dml import Insert as PostgresInsert
    from sqlalchemy.dialects.sqlite.dml import Insert as SqliteInsert
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

__all__ = ["MAX_PREFERENCES", "Preference", "PreferenceStore", "PreferenceValue"]

MAX_PREFERENCES = 100
"""For each user."""

PREFERENCES = Migrations(location="vivavoce.preferences:migrations", version_table="preferences_version")

PreferenceValue = str | float | bool | None

_TABLE = Table(
    "preferences",
    MetaData(),
    Column("user_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", JSON(none_as_null=False), nullable=False),
    Column("changed_at", Double, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """One choice: None stands for none; `changed_at` in seconds since 1970."""

    name: str
    value: PreferenceValue
    changed_at: float


class PreferenceStore:
    """The preferences on one database, whose table is made when somebody first asks for it.

    Every method raises `StorageError` where the database fails.

    Args:
        engine: the database.
        wall_clock: seconds since 1970.
    """

    def __init__(self, engine: AsyncEngine, *, wall_clock: Callable[[], float]) -> None:
        self._engine = engine
        self._wall_clock = wall_clock
        self._is_ready = False
        self._preparing = anyio.Lock()

    async def of(self, user_id: str) -> list[Preference]:
        """Return a user's preferences, by name."""
        await self._prepare()
        async with reading(self._engine) as connection:
            return await _of(connection, user_id)

    async def put(self, user_id: str, choices: Iterable[Preference]) -> list[Preference]:
        """Keep those choices that are not older than what is kept, and return what holds now.

        A clock that is ahead cannot make a choice last: none counts as later than now.

        Raises:
            InputError: `invalid_value`, there would be too many.
        """
        await self._prepare()
        now = self._wall_clock()
        rows = [
            {
                "user_id": user_id,
                "name": choice.name,
                "value": storable(choice.value) if isinstance(choice.value, str) else choice.value,
                "changed_at": min(choice.changed_at, now),
            }
            for choice in choices
        ]
        async with writing(self._engine) as connection:
            if rows:
                await connection.execute(_newer_wins(connection), rows)
            held = await _of(connection, user_id)
            if len(held) > MAX_PREFERENCES:
                raise InputError(
                    "invalid_value",
                    f"A user has at most {MAX_PREFERENCES} preferences here.",
                    remedy="Delete them all with DELETE /v1/preferences, and set those that are needed.",
                    param="data",
                )
            return held

    async def delete_all(self, user_id: str) -> None:
        """Delete all of a user's preferences for good."""
        await self._prepare()
        async with writing(self._engine) as connection:
            await connection.execute(delete(_TABLE).where(_TABLE.c.user_id == user_id))

    async def _prepare(self) -> None:
        async with self._preparing:
            if not self._is_ready:
                await migrate(self._engine, PREFERENCES)
                self._is_ready = True


async def _of(connection: AsyncConnection, user_id: str) -> list[Preference]:
    query = select(_TABLE.c.name, _TABLE.c.value, _TABLE.c.changed_at)
    query = query.where(_TABLE.c.user_id == user_id).order_by(_TABLE.c.name)
    return [Preference(**row._mapping) for row in await connection.execute(query)]


def _newer_wins(connection: AsyncConnection) -> PostgresInsert | SqliteInsert:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(_TABLE)
    return statement.on_conflict_do_update(
        index_elements=["user_id", "name"],
        set_={"value": statement.excluded.value, "changed_at": statement.excluded.changed_at},
        where=statement.excluded.changed_at >= _TABLE.c.changed_at,
    )
