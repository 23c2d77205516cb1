"""What is counted: by day, channel, team and topic, about nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

MEASURES = (
    *("begun", "because_asked", "because_not_understood", "because_dissatisfied", "because_other"),
    *(f"waited_{place}" for place in range(9)),
    *(f"handled_{place}" for place in range(9)),
    *("transferred", "first_line", "ended_closed", "ended_given_back", "ended_silent", "ended_left", "ended_ended"),
    *(f"bot_{score}" for score in range(1, 6)),
    *(f"person_{score}" for score in range(1, 6)),
)


def upgrade() -> None:
    op.create_table(
        "figures",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("team", sa.Text, primary_key=True),
        sa.Column("topic", sa.Text, primary_key=True),
        *(sa.Column(measure, sa.Integer, nullable=False, server_default="0") for measure in MEASURES),
    )
    op.create_table(
        "contacts",
        sa.Column("conversation", sa.Text, sa.ForeignKey("conversations.id"), primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("person", sa.Boolean, nullable=False),
        sa.Column("counted", sa.JSON),
    )
