"""The desk's own tables: who is logged in, what supervisors did, and who looks in. The agents are the ledger's."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text

from conversations.tables import Moment, metadata

desk_sessions = Table(
    "desk_sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("agent", Text, ForeignKey("agents.id"), nullable=False),
    Column("role", Text, nullable=False),
    Column("csrf", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=False),  # the last thing that the agent did himself
    Column("locked", Boolean, nullable=False),
)

desk_audit = Table(
    "desk_audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("agent", Text, nullable=False),
    Column("action", Text, nullable=False),  # a word of desk/audit.py
    Column("conversation", Text),
    Column("detail", Text, nullable=False),  # to whom, which setting; never what was said
    Index("ix_desk_audit_conversation", "conversation"),
)

desk_looks = Table(
    "desk_looks",
    metadata,
    Column("conversation", Text, ForeignKey("conversations.id"), primary_key=True),
    Column("agent", Text, ForeignKey("agents.id"), primary_key=True),
    Column("seen_at", Moment, nullable=False),
)
