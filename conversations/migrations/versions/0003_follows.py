"""What people still have to hear of a filing: an end that was promised, and the changes of what they follow."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("filings", sa.Column("promised", sa.Boolean, nullable=False, server_default=sa.false()))
    _partial("ix_filings_untold", "filings", "changed_at", "promised AND state IN ('done', 'refused', 'failed')")
    op.create_table(
        "follows",
        sa.Column("filing", sa.Text, sa.ForeignKey("filings.id"), primary_key=True),
        sa.Column("seen", sa.JSON),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("due", MOMENT),
    )
    _partial("ix_follows_due", "follows", "due", "due IS NOT NULL")
    op.create_table(
        "follow_changes",
        sa.Column("filing", sa.Text, sa.ForeignKey("follows.filing"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("content", sa.JSON),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("told", sa.Boolean, nullable=False),
    )
    _partial("ix_follow_changes_untold", "follow_changes", "created_at", "NOT told")


def _partial(name: str, table: str, column: str, only: str) -> None:
    condition = sa.text(only)
    op.create_index(name, table, [column], sqlite_where=condition, postgresql_where=condition)
