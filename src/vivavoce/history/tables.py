"""The tables of the history as SQLAlchemy sees them.

Owns the names and types of columns. Refuses to make or change any table: `migrations` does. The search index is not
here, since every database spells it otherwise (`search_index`).
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from vivavoce.storage.migrating import Migrations

__all__ = ["HISTORY", "METADATA", "conversations", "entries", "turns"]

HISTORY = Migrations(location="vivavoce.history:migrations", version_table="history_version")

METADATA = MetaData()

_BIG = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column of this very type."""

conversations = Table(
    "conversations",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("persona", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    Index("conversations_of_user", "user_id", "updated_at", "id"),
)

entries = Table(
    "entries",
    METADATA,
    Column("number", _BIG, primary_key=True, autoincrement=True),
    Column("conversation_id", Text, ForeignKey(conversations.c.id, ondelete="CASCADE"), nullable=False),
    Column("id", Text, nullable=False),
    Column("place", Double, nullable=False),
    Column("kind", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("heard", Text),
    Column("is_aside", Boolean, nullable=False),
    Column("audio_ms", Integer, nullable=False),
    Column("response_id", Text, nullable=False),
    Column("call", JSON(none_as_null=True)),
    Column("created_at", Double, nullable=False),
    Column("rating", Text),
    UniqueConstraint("conversation_id", "id"),
    Index("entries_in_order", "conversation_id", "place", "number"),
)

turns = Table(
    "turns",
    METADATA,
    Column("conversation_id", Text, ForeignKey(conversations.c.id, ondelete="CASCADE"), primary_key=True),
    Column("response_id", Text, primary_key=True),
    Column("user_entry_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("timings", JSON, nullable=False),
    Column("memories", JSON, nullable=False),
    Column("created_at", Double, nullable=False),
)
