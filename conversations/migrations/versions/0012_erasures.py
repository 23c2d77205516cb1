"""What a citizen asked to be forgotten, until all of it is."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.Text, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("whole", sa.Boolean, nullable=False),
        sa.Column("bot_forgot", sa.Boolean, nullable=False),
    )
