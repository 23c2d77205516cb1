"""How many tasks the city's document management system had made."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("figures", sa.Column("tasks_dms", sa.Integer, nullable=False, server_default="0"))
