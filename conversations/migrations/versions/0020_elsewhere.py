"""Until when a colleague in the channel's own inbox has a conversation."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("conversations", sa.Column("external_until", sa.DateTime(timezone=True)))
    where = sa.text("external_until IS NOT NULL")
    op.create_index(
        "ix_conversations_elsewhere", "conversations", ["external_until"], sqlite_where=where, postgresql_where=where
    )
