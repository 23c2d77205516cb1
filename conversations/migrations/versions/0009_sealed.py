"""Files are sealed from now on; those that were kept before are told apart.

Filings need no column for that: what is sealed shows it (`filings/sealing.py`). Both
can be read either way, and `python -m scripts.reseal` seals what is not yet.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("attachments", sa.Column("sealed", sa.Boolean, nullable=False, server_default=sa.false()))
