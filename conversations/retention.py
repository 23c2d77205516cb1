"""Forgets what people said once it is old.

The conversation's own row stays, for the figures, but no longer tells whose it was;
who writes again from the same address begins a new one. A conversation in which
something still has to happen, such as a reminder, is not old.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, delete, exists, select, text, update

from conversations.database import writing
from conversations.figure_tables import contacts
from conversations.handover_tables import handovers, notes
from conversations.tables import attachments, conversations, messages
from vault import Vault

BUSY = "messages.state IN ('received', 'working', 'queued', 'sending')"


def forget(db: Connection, vault: Vault, before: datetime, limit: int, now: datetime) -> int:
    """Empty at most `limit` conversations that are silent since `before`; how many it were."""
    busy = exists().where(messages.c.conversation == conversations.c.id, text(BUSY))
    found = (
        select(conversations.c.id)
        .where(conversations.c.purged_at.is_(None), conversations.c.active_at < before, ~busy)
        .order_by(conversations.c.active_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    old = list(db.execute(found).scalars())
    empty(db, vault, old, now)
    return len(old)


def forget_early(engine: Engine, before: datetime, limit: int) -> int:
    """Forget what was said before then in at most `limit` conversations that go on and on; how many it were."""
    early = (messages.c.created_at < before, text(f"NOT {BUSY}"))
    found = (
        select(conversations.c.id)
        .where(conversations.c.purged_at.is_(None), conversations.c.created_at < before)
        .where(exists().where(messages.c.conversation == conversations.c.id, *early))
        .limit(limit)
    )
    used = exists().where(messages.c.attachment == attachments.c.id)
    with writing(engine) as db:
        old = list(db.execute(found).scalars())
        db.execute(delete(messages).where(messages.c.conversation.in_(old), *early))
        files = (attachments.c.conversation.in_(old), attachments.c.created_at < before, ~used)
        db.execute(delete(attachments).where(*files))
    return len(old)


def empty(db: Connection, vault: Vault, old: Collection[str], now: datetime) -> None:
    """Forget whose these conversations were, and all that was said in them."""
    db.execute(delete(messages).where(messages.c.conversation.in_(old)))
    db.execute(delete(attachments).where(attachments.c.conversation.in_(old)))
    db.execute(delete(notes).where(notes.c.conversation.in_(old)))
    db.execute(delete(contacts).where(contacts.c.conversation.in_(old)))
    whose = {"address": "purged:" + conversations.c.id, "alias": None, "token_hash": None, "remark": None}
    emptied = update(conversations).where(conversations.c.id.in_(old))
    db.execute(emptied.values(**whose, contact_from=None, purged_at=now))
    empty_cards(db, vault, handovers.c.conversation.in_(old))


def empty_cards(db: Connection, vault: Vault, which: ColumnElement[bool]) -> None:
    """Forget what agents were shown of these, once they are over."""
    over = handovers.c.ended_at.is_not(None)
    db.execute(update(handovers).where(which, over).values(card=vault.seal("{}")))
