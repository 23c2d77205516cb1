"""The filings' tables. They share the ledger's database, and so its migrations.

A filing outlives what was said: `conversation` is no foreign key.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from conversations.tables import Moment, Word, json_column, metadata, partial
from filings.model import FilingState

UNDONE = "state IN ('open', 'uncertain')"
UNTOLD = "promised AND state IN ('done', 'refused', 'failed')"
FOLLOWED = "due IS NOT NULL"
UNTOLD_CHANGE = "NOT told"

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
    Column("promised", Boolean, nullable=False),  # whoever asked has left the question and must hear the end of it
    UniqueConstraint("key", name="uq_filings_key"),
    UniqueConstraint("reference", name="uq_filings_reference"),
    Index("ix_filings_conversation", "conversation", "created_at"),
    partial("ix_filings_due", "due", only=UNDONE),
    partial("ix_filings_untold", "changed_at", only=UNTOLD),
)

follows = Table(
    "follows",
    metadata,
    Column("filing", Text, ForeignKey("filings.id"), primary_key=True),
    json_column("seen"),  # how it stood when it was last looked at
    Column("changes", Integer, nullable=False),  # how many there were; the next one gets the next number
    Column("changed_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("due", Moment),  # the next look; NULL when it is over
    partial("ix_follows_due", "due", only=FOLLOWED),
)

follow_changes = Table(
    "follow_changes",
    metadata,
    Column("filing", Text, ForeignKey("follows.filing"), primary_key=True),
    Column("number", Integer, primary_key=True),
    json_column("content"),
    Column("created_at", Moment, nullable=False),
    Column("told", Boolean, nullable=False),
    partial("ix_follow_changes_untold", "created_at", only=UNTOLD_CHANGE),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation", Text, nullable=False),
    Column("person", Text),  # who was logged in, if anybody was
    Column("form", Text, nullable=False),
    json_column("answers"),  # sealed
    Column("kept_at", Moment, nullable=False),
    UniqueConstraint("conversation", "form", name="uq_drafts_form"),
    Index("ix_drafts_kept", "kept_at"),
    partial("ix_drafts_person", "person", only="person IS NOT NULL"),
)
