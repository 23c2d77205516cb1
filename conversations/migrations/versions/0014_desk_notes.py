"""Agents' notes to each other, offers that were declined, and what a citizen thought of an agent's help."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conversation", sa.Text, sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_notes_conversation", "notes", ["conversation", "at"])
    with op.batch_alter_table("handovers") as handovers:
        handovers.add_column(sa.Column("declined_by", sa.Text))
        handovers.add_column(sa.Column("score", sa.Integer))
