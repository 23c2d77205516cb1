"""Forgets what people said once it is old.

The conversation's own row stays, for the figures, but no longer tells whose it was;
who writes again from the same address begins a new one. A conversation in which
something still has to happen, such as a reminder, is not old.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, exists, select, text, update

from conversations.tables import attachments, conversations, messages


def forget(db: Connection, before: datetime, limit: int, now: datetime) -> int:
    """Empty at most `limit` conversations that are silent since `before`; how many it were."""
    busy = exists().where(
        messages.c.conversation == conversations.c.id,
        text("messages.state IN ('received', 'working', 'queued', 'sending')"),
    )
    found = (
        select(conversations.c.id)
        .where(conversations.c.purged_at.is_(None), conversations.c.active_at < before, ~busy)
        .order_by(conversations.c.active_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    old = list(db.execute(found).scalars())
    db.execute(delete(messages).where(messages.c.conversation.in_(old)))
    db.execute(delete(attachments).where(attachments.c.conversation.in_(old)))
    db.execute(
        update(conversations)
        .where(conversations.c.id.in_(old))
        .values(address="purged:" + conversations.c.id, alias=None, token_hash=None, remark=None, purged_at=now)
    )
    return len(old)
