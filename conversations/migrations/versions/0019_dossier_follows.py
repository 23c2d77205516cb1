"""Who wants to hear unasked that something changed in his dossiers."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "dossier_follows",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("wanted_at", MOMENT),
        sa.Column("due", MOMENT, nullable=False),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.Column("told", sa.Integer, nullable=False),
        sa.Column("sealed", sa.Text),
        sa.UniqueConstraint("person", "channel", name="uq_dossier_follows_person"),
    )
    for name, column, only in (
        ("ix_dossier_follows_due", "due", "wanted_at IS NOT NULL"),
        ("ix_dossier_follows_untold", "id", "told < changes"),
    ):
        where = sa.text(only)
        op.create_index(name, "dossier_follows", [column], sqlite_where=where, postgresql_where=where)
