"""The tables of the one-time links. What is secret in them is a hash, or sealed until it is no longer needed."""

from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from conversations.tables import Moment, Word, metadata, partial

OPEN = "state IN ('created', 'started', 'authenticated')"


class LinkState(StrEnum):
    """created → started → authenticated → bound; or it ends before that in one of the other ways."""

    CREATED = "created"
    STARTED = "started"  # the citizen is at the provider
    AUTHENTICATED = "authenticated"  # he logged in, and has to type the code in his chat
    BOUND = "bound"
    REFUSED = "refused"  # he broke off at the provider
    FAILED = "failed"  # what came back cannot be used, or three codes were wrong
    EXPIRED = "expired"
    REPLACED = "replaced"  # he was given a newer link


login_links = Table(
    "login_links",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation", Text, ForeignKey("conversations.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("state", Word(LinkState), nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("sealed_secret", Text),  # so that the address can be shown again after a reload
    Column("login_hash", Text),  # of the cookie of the browser that started
    Column("login_state", Text),  # hash of OpenID Connect's state; NULL once it came back
    Column("sealed_login", Text),  # what the login needs when it comes back; after that the code, to show it again
    Column("code_hash", Text),
    Column("tries", Integer, nullable=False),  # codes that may still be typed
    Column("typed", Text),  # id of the message that held the last code, so that a repetition costs no try
    Column("sealed_claims", Text),  # who logged in, until the code was typed
    Column("reason", Text),
    Column("created_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("secret_hash", name="uq_login_links_secret"),
    UniqueConstraint("login_state", name="uq_login_links_state"),
    partial("uq_login_links_open", "conversation", only=OPEN, unique=True),
    partial("ix_login_links_until", "until", only=OPEN),
    Index("ix_login_links_changed", "changed_at"),
    Index("ix_login_links_login", "login_hash"),
)

browsers = Table(
    "browsers",
    metadata,
    Column("conversation", Text, ForeignKey("conversations.id"), primary_key=True),
    Column("key_hash", Text, nullable=False),
)
