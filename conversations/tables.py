"""The ledger's tables.

Inbox, outbox and transcript are one table, `messages`; a partial index keeps what
is still to be done apart, so that a claim costs the same after a million answers.
The constraints hold what the house promises: a message is received once, answered
once, and never worked on twice at the same time.

A change here needs a migration in `migrations/versions/`; a test compares the two.
"""

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

from conversations.model import Author, Holder, Kind, State

OPEN_INBOX = "state IN ('received', 'working')"
OPEN_OUTBOX = "state IN ('queued', 'sending')"
WORKING = "state = 'working'"
SENDING = "state = 'sending'"
PARKED = "state = 'parked'"
HAS_MEDIA = "media IS NOT NULL"
UNREGISTERED = "contact_from IS NOT NULL"
ELSEWHERE = "external_until IS NOT NULL"

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """An aware moment, in UTC on the way out whatever the database makes of time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Word(TypeDecorator[StrEnum]):
    """One word of an enumeration of `model.py`."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.words(value)


def json_column(name: str) -> Column[object]:
    """Nothing is NULL, not a JSON null, so that SQL can ask for it."""
    return Column(name, JSON(none_as_null=True))


def partial(name: str, *columns: str, only: str, unique: bool = False) -> Index:
    """An index on the rows for which `only` holds."""
    condition = text(only)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("alias", Text),  # the channel's other name for the same citizen
    Column("token_hash", Text),
    Column("holder", Word(Holder), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("asked_patience", Boolean, nullable=False),  # told that the answer is late, and not answered since
    Column("score", Integer),
    Column("remark", Text),
    Column("created_at", Moment, nullable=False),
    Column("active_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("heard_at", Moment),  # when the citizen last wrote; some channels let us answer only so long
    Column("purged_at", Moment),
    Column("contact_from", Integer),  # seq at which began what is not registered as a contact yet
    Column("external_until", Moment),  # until when the bot is silent for a colleague elsewhere, if he says no more
    UniqueConstraint("channel", "address", name="uq_conversations_address"),
    UniqueConstraint("token_hash", name="uq_conversations_token"),
    partial("ix_conversations_elsewhere", "external_until", only=ELSEWHERE),
    partial("ix_conversations_idle", "active_at", only="purged_at IS NULL"),
    partial("ix_conversations_contact", "active_at", only=UNREGISTERED),
    Index("uq_conversations_alias", "channel", "alias", unique=True),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation", Text, ForeignKey("conversations.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("sealed", Boolean, nullable=False),  # False: kept before files were sealed
    Column("created_at", Moment, nullable=False),
    Index("ix_attachments_conversation", "conversation"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation", Text, ForeignKey("conversations.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    Column("external_id", Text),
    Column("author", Word(Author), nullable=False),
    Column("agent", Text),  # which one, when an agent said it
    Column("client_id", Text),  # of what an agent said: his browser's own id, so that twice is once
    Column("kind", Word(Kind), nullable=False),
    Column("state", Word(State), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("payload", Text),
    json_column("choices"),
    json_column("place"),
    Column("attachment", Text, ForeignKey("attachments.id")),
    Column("image", Text),
    json_column("custom"),
    Column("name", Text),
    Column("answers", Text),
    Column("part", Integer),
    json_column("trace"),
    json_column("media"),  # what the channel needs to give its file; nothing once it was fetched
    Column("sent_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("due", Moment),  # a reminder's moment: until then it is not there
    Column("retry_at", Moment),  # after a failure: until then it waits, and all that came after it waits too
    Column("worker", Text),
    Column("lease_until", Moment),
    Column("attempts", Integer, nullable=False),
    Column("error", Text),
    UniqueConstraint("conversation", "seq", name="uq_messages_seq"),
    UniqueConstraint("channel", "external_id", name="uq_messages_external"),
    UniqueConstraint("answers", "part", name="uq_messages_answer"),
    partial("uq_messages_client", "conversation", "agent", "client_id", only="client_id IS NOT NULL", unique=True),
    partial("ix_messages_inbox", "created_at", "seq", only=OPEN_INBOX),
    partial("ix_messages_inbox_order", "conversation", "seq", only=OPEN_INBOX),
    partial("uq_messages_working", "conversation", only=WORKING, unique=True),
    partial("ix_messages_outbox", "created_at", "seq", only=OPEN_OUTBOX),
    partial("ix_messages_outbox_order", "conversation", "seq", only=OPEN_OUTBOX),
    partial("uq_messages_sending", "conversation", only=SENDING, unique=True),
    partial("ix_messages_attachment", "attachment", only="attachment IS NOT NULL"),
    partial("ix_messages_media", "created_at", only=HAS_MEDIA),
    partial("ix_messages_parked", "conversation", only=PARKED),
)

unread_payloads = Table(
    "unread_payloads",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("shape", Text, nullable=False),  # its keys, without what anybody said
    Column("times", Integer, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
)

ownership = Table(
    "ownership",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation", Text, ForeignKey("conversations.id"), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("holder_before", Word(Holder), nullable=False),
    Column("holder_after", Word(Holder), nullable=False),
    Column("reason", Text, nullable=False),
    Column("agent", Text),  # who did it, when it was a person
    Column("at", Moment, nullable=False),
    UniqueConstraint("conversation", "epoch", name="uq_ownership_epoch"),
)
