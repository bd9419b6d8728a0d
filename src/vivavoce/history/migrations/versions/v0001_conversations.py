"""Conversations, what was said in them, how each reply went, and an index of the words."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "conversations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("persona", sa.Text, nullable=False),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
    )
    op.create_index("conversations_of_user", "conversations", ["user_id", "updated_at", "id"])
    _create_entries()
    op.create_table(
        "turns",
        sa.Column("conversation_id", sa.Text, _conversation(), primary_key=True),
        sa.Column("response_id", sa.Text, primary_key=True),
        sa.Column("user_entry_id", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("timings", sa.JSON, nullable=False),
        sa.Column("memories", sa.JSON, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
    )
    _create_index_of_words()


def _create_entries() -> None:
    op.create_table(
        "entries",
        sa.Column("number", _BIG, primary_key=True, autoincrement=True),
        sa.Column("conversation_id", sa.Text, _conversation(), nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("place", sa.Double, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("heard", sa.Text),
        sa.Column("is_aside", sa.Boolean, nullable=False),
        sa.Column("audio_ms", sa.Integer, nullable=False),
        sa.Column("response_id", sa.Text, nullable=False),
        sa.Column("call", sa.JSON(none_as_null=True)),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.UniqueConstraint("conversation_id", "id"),
    )
    op.create_index("entries_in_order", "entries", ["conversation_id", "place", "number"])


def _create_index_of_words() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE entry_words USING fts5(terms, tokenize='unicode61 remove_diacritics 0')")
        # No foreign key can point from a virtual table.
        op.execute(
            "CREATE TRIGGER entry_words_go AFTER DELETE ON entries"
            " BEGIN DELETE FROM entry_words WHERE rowid = old.number; END"
        )
        return
    op.execute(
        "CREATE TABLE entry_words (number bigint PRIMARY KEY REFERENCES entries (number) ON DELETE CASCADE,"
        " terms tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX entry_words_by_term ON entry_words USING gin (terms)")


def _conversation() -> sa.ForeignKey:
    return sa.ForeignKey("conversations.id", ondelete="CASCADE")
