"""Codes that prove whose an e-mail address is."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "mail_codes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
    )
    op.create_index("ix_mail_codes_conversation", "mail_codes", ["conversation"])
