"""One-time links to log in with, and which browser a conversation on the website is in."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

MOMENT = sa.DateTime(timezone=True)
OPEN = "state IN ('created', 'started', 'authenticated')"


def upgrade() -> None:
    op.create_table(
        "login_links",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conversation", sa.Text, sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.Text, nullable=False),
        sa.Column("sealed_secret", sa.Text),
        sa.Column("login_hash", sa.Text),
        sa.Column("login_state", sa.Text),
        sa.Column("sealed_login", sa.Text),
        sa.Column("code_hash", sa.Text),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("typed", sa.Text),
        sa.Column("sealed_claims", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.UniqueConstraint("secret_hash", name="uq_login_links_secret"),
        sa.UniqueConstraint("login_state", name="uq_login_links_state"),
    )
    _partial("uq_login_links_open", "conversation", unique=True)
    _partial("ix_login_links_until", "until")
    op.create_index("ix_login_links_changed", "login_links", ["changed_at"])
    op.create_index("ix_login_links_login", "login_links", ["login_hash"])
    op.create_table(
        "browsers",
        sa.Column("conversation", sa.Text, sa.ForeignKey("conversations.id"), primary_key=True),
        sa.Column("key_hash", sa.Text, nullable=False),
    )


def _partial(name: str, column: str, *, unique: bool = False) -> None:
    condition = sa.text(OPEN)
    op.create_index(name, "login_links", [column], unique=unique, sqlite_where=condition, postgresql_where=condition)
