"""A session: one time that a citizen comes with something, from his first word until it is over.

It is over when the conversation is closed, or when nobody said anything for a while and no
person has it. It began at `contact_from`; who takes a session empties that, so that it is taken once.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, and_, exists, or_, select, text, update

from conversations.database import reading, writing
from conversations.handover_tables import handovers
from conversations.model import Holder
from conversations.tables import UNREGISTERED, conversations, messages

THANKED = "thanked"
"""In the trace of what asks nothing and belongs to the session before, such as thanks when an agent has just closed."""


@dataclass(frozen=True)
class Session:
    conversation: str
    first: int  # seq of its first message
    last: int
    active_at: datetime  # when something was last said or happened


def begin(engine: Engine, conversation: str) -> None:
    """A session in which the citizen says nothing here, such as on the telephone."""
    with writing(engine) as db:
        here = update(conversations).where(conversations.c.id == conversation, conversations.c.contact_from.is_(None))
        db.execute(here.values(contact_from=conversations.c.last_seq + 1))


def closing_topic(engine: Engine, conversation: str) -> str:
    """What it was about in the end, as the last agent who closed it says; empty when none did."""
    query = select(handovers.c.closing_topic).where(
        handovers.c.conversation == conversation, handovers.c.closing_topic.is_not(None)
    )
    with reading(engine) as db:
        return db.execute(query.order_by(handovers.c.ended_at.desc()).limit(1)).scalar() or ""


def take_ended(db: Connection, silent_since: datetime, now: datetime) -> Session | None:
    """One that is over, inside the caller's transaction. What the citizen still waits for is not over."""
    unanswered = exists().where(
        messages.c.conversation == conversations.c.id,
        text("messages.state IN ('received', 'working')"),
        or_(messages.c.due.is_(None), messages.c.due <= now),
    )
    closed = conversations.c.holder == Holder.CLOSED
    silent = and_(conversations.c.holder == Holder.BOT, conversations.c.active_at <= silent_since)
    over = (
        select(conversations)
        .where(text(f"conversations.{UNREGISTERED}"), or_(closed, silent), ~unanswered)
        .order_by(conversations.c.active_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = db.execute(over).one_or_none()
    if row is None:
        return None
    db.execute(update(conversations).where(conversations.c.id == row.id).values(contact_from=None))
    return Session(row.id, row.contact_from, row.last_seq, row.active_at)
