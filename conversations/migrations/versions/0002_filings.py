"""The filings: what people asked the city, and how far it is."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "filings",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conversation", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("payload", sa.JSON),
        sa.Column("external_id", sa.Text),
        sa.Column("external_reference", sa.Text),
        sa.Column("result", sa.JSON),
        sa.Column("code", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("due", MOMENT, nullable=False),
        sa.Column("worker", sa.Text),
        sa.Column("lease_until", MOMENT),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.UniqueConstraint("key", name="uq_filings_key"),
        sa.UniqueConstraint("reference", name="uq_filings_reference"),
    )
    op.create_index("ix_filings_conversation", "filings", ["conversation", "created_at"])
    condition = sa.text("state IN ('open', 'uncertain')")
    op.create_index("ix_filings_due", "filings", ["due"], sqlite_where=condition, postgresql_where=condition)
