"""Where a contact began that is not registered yet, and which party of the register a citizen is."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("conversations", sa.Column("contact_from", sa.Integer))
    condition = sa.text("contact_from IS NOT NULL")
    op.create_index(
        "ix_conversations_contact",
        "conversations",
        ["active_at"],
        sqlite_where=condition,
        postgresql_where=condition,
    )
    op.create_table(
        "parties",
        sa.Column("person", sa.Text, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("party", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
