"""Portions of conversations put into the tables.

Owns the statements, on both databases. Refuses to open transactions, and to know who else writes: `store` does.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, bindparam, case, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from vivavoce.history.tables import conversations, entries, turns
from vivavoce.storage.storable import is_storable, storable, storable_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection
    from sqlalchemy.sql.dml import Insert

    from vivavoce.history.records import Entry, Portion, Turn
    from vivavoce.history.search_index import SearchIndex

__all__ = ["put_portions"]

Row = dict[str, Any]

_FOLLOWED = ("persona", "engine", "language")
"""What a conversation may change in; the last that was told holds."""

_GROWING = ("status", "said", "heard", "is_aside", "source", "audio_ms", "call")
"""What an entry may still change in; its place and its time stay."""


async def put_portions(connection: AsyncConnection, portions: Sequence[Portion], index: SearchIndex) -> set[str]:
    """Write what has happened; return the conversations that are gone, of which nothing was written."""
    gone = await _open(connection, portions)
    kept = [portion for portion in portions if portion.conversation_id not in gone]
    if not kept:
        return gone
    await connection.execute(_touch(), [_touched(portion) for portion in kept])
    rows = [_entry_row(portion.conversation_id, entry) for portion in kept for entry in portion.entries]
    if rows:
        await connection.execute(_upsert(connection, entries, ("conversation_id", "id"), _GROWING), rows)
    if words := [(row["conversation_id"], row["id"], row["said"]) for row in rows if row["said"]]:
        await index.put(connection, words)
    if told := [_turn_row(portion.conversation_id, turn) for portion in kept for turn in portion.turns]:
        changing = ("user_entry_id", "status", "timings", "memories")
        await connection.execute(_upsert(connection, turns, ("conversation_id", "response_id"), changing), told)
    if doomed := [
        {"of": portion.conversation_id, "named": storable(name)} for portion in kept for name in portion.deleted
    ]:
        these = (entries.c.conversation_id == bindparam("of")) & (entries.c.id == bindparam("named"))
        await connection.execute(delete(entries).where(these), doomed)
    return gone


async def _open(connection: AsyncConnection, portions: Sequence[Portion]) -> set[str]:
    # A conversation cannot get another id than it was given: under one that cannot be kept, it is not there.
    gone = {portion.conversation_id for portion in portions if not _is_named(portion)}
    wanted = {portion.conversation_id for portion in portions} - gone
    query = select(conversations.c.id, conversations.c.user_id).where(conversations.c.id.in_(wanted))
    owners = {row.id: row.user_id for row in await connection.execute(query)}
    new: dict[str, Row] = {}
    for portion in portions:
        name = portion.conversation_id
        if name in gone:
            continue
        if name not in owners and portion.opens:
            owners[name] = portion.user_id
            new[name] = _conversation_row(portion)
        if owners.get(name) != portion.user_id:
            gone.add(name)
    if new:
        await connection.execute(insert(conversations), list(new.values()))
    return gone


def _is_named(portion: Portion) -> bool:
    return is_storable(portion.conversation_id) and is_storable(portion.user_id)


def _conversation_row(portion: Portion) -> Row:
    assert portion.opens
    row = {
        "id": portion.conversation_id,
        "user_id": portion.user_id,
        "title": portion.title,
        "persona": portion.persona,
        "engine": portion.engine,
        "language": portion.language,
        "created_at": portion.at,
        "updated_at": portion.at,
    }
    return storable_row(row)


def _touch() -> Any:
    values: Row = {"updated_at": bindparam("at")}
    for name in _FOLLOWED:
        new = bindparam(f"new_{name}", type_=Text)
        values[name] = case((new == "", conversations.c[name]), else_=new)
    title = bindparam("new_title", type_=Text)
    values["title"] = case((conversations.c.title == "", title), else_=conversations.c.title)
    return update(conversations).where(conversations.c.id == bindparam("of")).values(**values)


def _touched(portion: Portion) -> Row:
    new = {f"new_{name}": getattr(portion, name) for name in ("title", *_FOLLOWED)}
    return storable_row({"of": portion.conversation_id, "at": portion.at, **new})


def _entry_row(conversation_id: str, entry: Entry) -> Row:
    row = {
        "conversation_id": conversation_id,
        "id": entry.id,
        "place": entry.place,
        "kind": entry.kind,
        "role": entry.role,
        "status": entry.status,
        "source": entry.source,
        "said": entry.said,
        "heard": entry.heard,
        "is_aside": entry.is_aside,
        "audio_ms": entry.audio_ms,
        "response_id": entry.response_id,
        "call": None if entry.call is None else asdict(entry.call),
        "created_at": entry.created_at,
    }
    return storable_row(row)


def _turn_row(conversation_id: str, turn: Turn) -> Row:
    row = {
        "conversation_id": conversation_id,
        "response_id": turn.response_id,
        "user_entry_id": turn.user_entry_id,
        "status": turn.status,
        "timings": turn.timings,
        "memories": [list(memory) for memory in turn.memories],
        "created_at": turn.created_at,
    }
    return storable_row(row)


def _upsert(connection: AsyncConnection, table: Table, key: tuple[str, ...], changing: tuple[str, ...]) -> Insert:
    is_sqlite = connection.dialect.name == "sqlite"
    statement: sqlite.Insert | postgresql.Insert = sqlite.insert(table) if is_sqlite else postgresql.insert(table)
    return statement.on_conflict_do_update(
        index_elements=list(key), set_={name: statement.excluded[name] for name in changing}
    )
