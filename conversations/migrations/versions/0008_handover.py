"""The people at the desk: what they are asked for, and who of them said and did what."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("ownership", sa.Column("agent", sa.Text))
    op.add_column("messages", sa.Column("agent", sa.Text))
    op.add_column("messages", sa.Column("client_id", sa.Text))
    said = ["conversation", "agent", "client_id"]
    _partial("uq_messages_client", said, "client_id IS NOT NULL", table="messages", unique=True)
    op.create_table(
        "handovers",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conversation", sa.Text, sa.ForeignKey("conversations.id"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("channel", "team", "topic", "reason", "card")),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("sticky", sa.Boolean, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("queued_at", MOMENT),
        sa.Column("agent", sa.Text),
        sa.Column("offered_to", sa.Text),
        sa.Column("offered_until", MOMENT),
        sa.Column("deadline", MOMENT),
        sa.Column("warned", sa.Boolean, nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("outcome", sa.Text),
        sa.Column("closing_topic", sa.Text),
    )
    op.create_index("ix_handovers_conversation", "handovers", ["conversation"])
    op.create_index("ix_handovers_ended", "handovers", ["team", "ended_at"])
    _partial("uq_handovers_open", ["conversation"], "ended_at IS NULL", unique=True)
    queue = ["team", "priority", "queued_at", "id"]
    _partial("ix_handovers_queue", queue, "ended_at IS NULL AND queued_at IS NOT NULL")
    _partial("ix_handovers_agent", ["agent"], "ended_at IS NULL")
    _partial("ix_handovers_deadline", ["deadline"], "ended_at IS NULL AND deadline IS NOT NULL")
    op.create_table(
        "agents",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("teams", sa.JSON),
        sa.Column("skills", sa.JSON),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("misses", sa.Integer, nullable=False),
    )


def _partial(name: str, columns: list[str], only: str, *, table: str = "handovers", unique: bool = False) -> None:
    condition = sa.text(only)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
