"""Requests that somebody left half-finished."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conversation", sa.Text, nullable=False),
        sa.Column("person", sa.Text),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("answers", sa.JSON),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("conversation", "form", name="uq_drafts_form"),
    )
    op.create_index("ix_drafts_kept", "drafts", ["kept_at"])
    has_person = sa.text("person IS NOT NULL")
    op.create_index("ix_drafts_person", "drafts", ["person"], sqlite_where=has_person, postgresql_where=has_person)
