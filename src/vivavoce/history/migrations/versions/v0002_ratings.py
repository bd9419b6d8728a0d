"""What the user thought of a reply."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; nothing was rated so far."""
    op.add_column("entries", sa.Column("rating", sa.Text))
