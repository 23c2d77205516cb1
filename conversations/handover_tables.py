"""The tables of the people at the desk: who they are, and what they are asked for, one row for each time.

At most one row of a conversation is open. Who holds the conversation is not here but
in `conversations`; both change in one transaction.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text

from conversations.model import Presence
from conversations.tables import Moment, Word, json_column, metadata, partial

OPEN = "ended_at IS NULL"
IN_QUEUE = "ended_at IS NULL AND queued_at IS NOT NULL"

handovers = Table(
    "handovers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation", Text, ForeignKey("conversations.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("card", Text, nullable=False),  # what the bot knows: sealed JSON
    Column("priority", Integer, nullable=False),  # 1 is served first
    Column("sticky", Boolean, nullable=False),  # the citizen's answer goes back to the same agent
    Column("asked_at", Moment, nullable=False),
    Column("queued_at", Moment),  # since when it waits; empty while an agent has it
    Column("agent", Text),  # who has it, or who had it last
    Column("offered_to", Text),
    Column("offered_until", Moment),
    Column("declined_by", Text),  # who did not want it, the last time that it was offered
    Column("deadline", Moment),  # when something must happen if nothing happens
    Column("warned", Boolean, nullable=False, default=False),  # that a silent citizen's conversation will be closed
    Column("answered_at", Moment),  # the agent's first word
    Column("ended_at", Moment),
    Column("outcome", Text),
    Column("closing_topic", Text),
    Column("score", Integer),  # what the citizen thought of the agent's help; of the bot's: conversations.score
    Index("ix_handovers_conversation", "conversation"),
    Index("ix_handovers_ended", "team", "ended_at"),
    partial("uq_handovers_open", "conversation", only=OPEN, unique=True),
    partial("ix_handovers_queue", "team", "priority", "queued_at", "id", only=IN_QUEUE),
    partial("ix_handovers_agent", "agent", only=OPEN),
    partial("ix_handovers_deadline", "deadline", only="ended_at IS NULL AND deadline IS NOT NULL"),
)

notes = Table(
    "notes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation", Text, ForeignKey("conversations.id"), nullable=False),
    Column("agent", Text, nullable=False),
    Column("text", Text, nullable=False),  # sealed
    Column("at", Moment, nullable=False),
    Index("ix_notes_conversation", "conversation", "at"),
)

agents = Table(
    "agents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("subject", Text, nullable=False, unique=True),  # issuer and subject of the login
    Column("name", Text, nullable=False),
    json_column("teams"),
    json_column("skills"),  # topics that he can take; empty: all
    Column("capacity", Integer, nullable=False),  # conversations at the same time
    Column("status", Word(Presence), nullable=False),
    Column("seen_at", Moment, nullable=False),  # the last sign of life of his browser
    Column("misses", Integer, nullable=False),  # offers in a row that he let pass
)
