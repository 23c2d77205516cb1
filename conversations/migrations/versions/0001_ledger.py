"""The ledger: conversations, their messages and attachments, and who held them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _conversations()
    _attachments()
    _messages()
    _indices()
    _ownership()


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("token_hash", sa.Text),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("last_seq", sa.Integer, nullable=False),
        sa.Column("asked_patience", sa.Boolean, nullable=False),
        sa.Column("score", sa.Integer),
        sa.Column("remark", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("active_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("purged_at", MOMENT),
        sa.UniqueConstraint("channel", "address", name="uq_conversations_address"),
        sa.UniqueConstraint("token_hash", name="uq_conversations_token"),
    )
    _partial("ix_conversations_idle", "conversations", ["active_at"], "purged_at IS NULL")


def _attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conversation", sa.Text, sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("ix_attachments_conversation", "attachments", ["conversation"])


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conversation", sa.Text, sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("external_id", sa.Text),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("payload", sa.Text),
        sa.Column("choices", sa.JSON),
        sa.Column("place", sa.JSON),
        sa.Column("attachment", sa.Text, sa.ForeignKey("attachments.id")),
        sa.Column("image", sa.Text),
        sa.Column("custom", sa.JSON),
        sa.Column("name", sa.Text),
        sa.Column("answers", sa.Text),
        sa.Column("part", sa.Integer),
        sa.Column("trace", sa.JSON),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due", MOMENT),
        sa.Column("retry_at", MOMENT),
        sa.Column("worker", sa.Text),
        sa.Column("lease_until", MOMENT),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.UniqueConstraint("conversation", "seq", name="uq_messages_seq"),
        sa.UniqueConstraint("channel", "external_id", name="uq_messages_external"),
        sa.UniqueConstraint("answers", "part", name="uq_messages_answer"),
    )


def _indices() -> None:
    inbox, outbox = "state IN ('received', 'working')", "state IN ('queued', 'sending')"
    _partial("ix_messages_inbox", "messages", ["created_at", "seq"], inbox)
    _partial("ix_messages_inbox_order", "messages", ["conversation", "seq"], inbox)
    _partial("uq_messages_working", "messages", ["conversation"], "state = 'working'", unique=True)
    _partial("ix_messages_outbox", "messages", ["created_at", "seq"], outbox)
    _partial("ix_messages_outbox_order", "messages", ["conversation", "seq"], outbox)
    _partial("uq_messages_sending", "messages", ["conversation"], "state = 'sending'", unique=True)
    _partial("ix_messages_attachment", "messages", ["attachment"], "attachment IS NOT NULL")


def _ownership() -> None:
    op.create_table(
        "ownership",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.Text, sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("holder_before", sa.Text, nullable=False),
        sa.Column("holder_after", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.UniqueConstraint("conversation", "epoch", name="uq_ownership_epoch"),
    )


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
