"""What channels need: a second name of a citizen, when he last wrote, files to fetch, and what nobody could read."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("conversations", sa.Column("alias", sa.Text))
    op.add_column("conversations", sa.Column("heard_at", MOMENT))
    op.create_index("uq_conversations_alias", "conversations", ["channel", "alias"], unique=True)
    op.add_column("messages", sa.Column("media", sa.JSON))
    op.add_column("messages", sa.Column("sent_at", MOMENT))
    _partial("ix_messages_media", "messages", "created_at", "media IS NOT NULL")
    _partial("ix_messages_parked", "messages", "conversation", "state = 'parked'")
    op.create_table(
        "unread_payloads",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("shape", sa.Text, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
    )


def _partial(name: str, table: str, column: str, only: str) -> None:
    condition = sa.text(only)
    op.create_index(name, table, [column], sqlite_where=condition, postgresql_where=condition)
