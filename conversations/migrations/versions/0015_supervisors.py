"""What supervisors change, look at and do at the desk."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "desk_settings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("value", sa.JSON),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.UniqueConstraint("key", "version", name="uq_desk_settings_version"),
    )
    op.create_table(
        "desk_audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("conversation", sa.Text),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("ix_desk_audit_conversation", "desk_audit", ["conversation"])
    op.create_table(
        "desk_looks",
        sa.Column("conversation", sa.Text, sa.ForeignKey("conversations.id"), primary_key=True),
        sa.Column("agent", sa.Text, sa.ForeignKey("agents.id"), primary_key=True),
        sa.Column("seen_at", MOMENT, nullable=False),
    )
