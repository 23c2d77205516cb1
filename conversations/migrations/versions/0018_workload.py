"""When it is busy, by month, weekday, hour and team; and how much work agents have, by month."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

OF_AGENT = (*(f"handled_{place}" for place in range(9)), "transferred", *(f"person_{score}" for score in range(1, 6)))


def upgrade() -> None:
    op.create_table(
        "rush",
        sa.Column("month", sa.Date, primary_key=True),
        sa.Column("weekday", sa.Integer, primary_key=True),
        sa.Column("hour", sa.Integer, primary_key=True),
        sa.Column("team", sa.Text, primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
    )
    op.create_table(
        "agent_figures",
        sa.Column("month", sa.Date, primary_key=True),
        sa.Column("agent", sa.Text, primary_key=True),
        sa.Column("team", sa.Text, primary_key=True),
        *(sa.Column(measure, sa.Integer, nullable=False, server_default="0") for measure in OF_AGENT),
    )
