"""The desk's own table: who is logged in. The agents themselves are the ledger's."""

from sqlalchemy import Boolean, Column, ForeignKey, Table, Text

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
