"""The citizens' tables. They share the ledger's database, and so its migrations.

What tells who somebody is, is sealed (`vault.py`): a column called `sealed` holds JSON
that only the house can read. All other columns may be seen by whoever keeps the
database: our own ids, moments, names of sources.

The processing log cannot be changed: triggers in the migration refuse it. Only what
an anchor says is old enough may be deleted.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from conversations.tables import Moment, json_column, metadata, partial

ACTIVE = "ended_at IS NULL"
WANTED = "wanted_at IS NOT NULL"
UNTOLD = "told < changes"

people = Table(
    "people",
    metadata,
    Column("id", Text, primary_key=True),
    Column("pseudonym", Text, nullable=False),
    Column("sealed", Text),  # NULL: forgotten; the row stays for the processing log
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    UniqueConstraint("pseudonym", name="uq_people_pseudonym"),
    partial("ix_people_seen", "seen_at", only="sealed IS NOT NULL"),
)

bindings = Table(
    "bindings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation", Text, nullable=False),
    Column("person", Text, ForeignKey("people.id"), nullable=False),
    Column("level", Text, nullable=False),
    Column("bound_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("reason", Text),  # why it ended
    partial("uq_bindings_active", "conversation", only=ACTIVE, unique=True),
    partial("ix_bindings_until", "until", only=ACTIVE),
    Index("ix_bindings_person", "person"),
    Index("ix_bindings_ended", "ended_at"),
)

facts = Table(
    "facts",
    metadata,
    Column("person", Text, ForeignKey("people.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("until", Moment),
    Index("ix_facts_seen", "seen_at"),
)

processing_log = Table(
    "processing_log",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),  # from 1, without gaps
    Column("id", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("person", Text),
    Column("conversation", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("activity", Text, nullable=False),
    Column("source", Text, nullable=False),
    json_column("kinds"),
    Column("confidential", Boolean, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    UniqueConstraint("id", name="uq_processing_log_id"),
    Index("ix_processing_log_person", "person", "seq"),
)

processing_anchors = Table(
    "processing_anchors",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),  # all up to this one were old and are gone
    Column("hash", Text, nullable=False),  # of that one, so that the chain goes on from it
    Column("at", Moment, nullable=False),
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation", Text, nullable=False),  # what was said in it from `since` to `until` must go
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("whole", Boolean, nullable=False),  # nobody else ever logged in there
    Column("bot_forgot", Boolean, nullable=False),
)

dossier_reads = Table(
    "dossier_reads",
    metadata,
    Column("person", Text, ForeignKey("people.id"), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    Column("changed_at", Moment, nullable=False),  # of the latest status that he was told
)

parties = Table(
    "parties",
    metadata,
    Column("person", Text, ForeignKey("people.id"), primary_key=True),
    Column("number", Text, nullable=False),  # ours, chosen before the register of contacts was asked to make him
    Column("party", Text),  # the register's own id; NULL: it may not have him yet
    Column("created_at", Moment, nullable=False),
)

dossier_follows = Table(
    "dossier_follows",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, ForeignKey("people.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),  # nobody is asked twice
    Column("wanted_at", Moment),  # since when he wants it; NULL: he does not
    Column("due", Moment, nullable=False),  # when to look next
    Column("changes", Integer, nullable=False),  # how often something was new, and how often he was told
    Column("told", Integer, nullable=False),
    Column("sealed", Text),  # how his dossiers stood at the last news, and what was new then; NULL: not looked at yet
    UniqueConstraint("person", "channel", name="uq_dossier_follows_person"),
    partial("ix_dossier_follows_due", "due", only=WANTED),
    partial("ix_dossier_follows_untold", "id", only=UNTOLD),
)

mail_codes = Table(
    "mail_codes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation", Text, nullable=False),
    Column("hash", Text, nullable=False),  # of the conversation, the address and the code, under our own key
    Column("made_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),  # that failed; as many as are allowed: spent
    Index("ix_mail_codes_conversation", "conversation"),
)
