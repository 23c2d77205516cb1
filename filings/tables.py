"""The filings' one table. It shares the ledger's database, and so its migrations.

A filing outlives what was said: `conversation` is no foreign key.
"""

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint

from conversations.tables import Moment, Word, json_column, metadata, partial
from filings.model import FilingState

UNDONE = "state IN ('open', 'uncertain')"

filings = Table(
    "filings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("state", Word(FilingState), nullable=False),
    json_column("payload"),
    Column("external_id", Text),
    Column("external_reference", Text),
    json_column("result"),
    Column("code", Text),
    Column("error", Text),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("due", Moment, nullable=False),
    Column("worker", Text),
    Column("lease_until", Moment),
    Column("attempts", Integer, nullable=False),
    UniqueConstraint("key", name="uq_filings_key"),
    UniqueConstraint("reference", name="uq_filings_reference"),
    Index("ix_filings_conversation", "conversation", "created_at"),
    partial("ix_filings_due", "due", only=UNDONE),
)
