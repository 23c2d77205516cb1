"""Changes who holds a conversation: the only place that does.

A change is one conditional UPDATE that raises the epoch, so of two that race
exactly one wins, and work that was begun under an older epoch no longer counts.
Every change is a row in `ownership`. What people ask for and do is in `handover.py`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, select, update

from conversations import figures
from conversations.database import reading
from conversations.model import Author, Holder, State
from conversations.tables import conversations, messages, ownership

UNSENT = (State.QUEUED, State.SENDING, State.PARKED)
PEOPLE = frozenset({Holder.QUEUE, Holder.AGENT, Holder.WAITING, Holder.EXTERNAL})


@dataclass(frozen=True)
class Moved:
    """A change of holder that happened. `agent`: who did it, when it was a person."""

    before: Holder
    after: Holder
    reason: str
    agent: str | None
    at: datetime


def moves(engine: Engine, conversation: str, limit: int = 500) -> list[Moved]:
    """The latest changes, in order."""
    latest = select(ownership).where(ownership.c.conversation == conversation).order_by(ownership.c.epoch.desc())
    with reading(engine) as db:
        found = db.execute(latest.limit(limit)).all()
    return [Moved(row.holder_before, row.holder_after, row.reason, row.agent, row.at) for row in reversed(found)]


def transition(
    db: Connection,
    conversation: str,
    to: Holder,
    *,
    allowed: Collection[Holder],
    epoch: int,
    now: datetime,
    reason: str = "",
    agent: str | None = None,
    interrupts: bool = True,
) -> int | None:
    """The new epoch, or None when the conversation moved on since `epoch` or its holder is not among `allowed`.

    When a person takes over, what the citizen still waits for becomes his to answer and
    what the bot had not yet sent is cancelled; unless it `interrupts` nobody, for the bot
    itself asked for a person. Else the bot's last words stand. `agent` is who did it.
    """
    known = select(conversations.c.holder, conversations.c.channel).where(conversations.c.id == conversation)
    before = db.execute(known.with_for_update()).one_or_none()
    moved = db.execute(
        update(conversations)
        .where(
            conversations.c.id == conversation,
            conversations.c.epoch == epoch,
            conversations.c.holder.in_(allowed),
        )
        .values(
            holder=to,
            epoch=epoch + 1,
            active_at=now,
            ended_at=now if to is Holder.CLOSED else None,
            external_until=None,
        )
    )
    if before is None or moved.rowcount == 0:
        return None
    change = {"holder_before": before.holder, "holder_after": to, "reason": reason, "agent": agent, "at": now}
    db.execute(ownership.insert().values(conversation=conversation, epoch=epoch + 1, **change))
    if before.holder is Holder.CLOSED:
        figures.begins(db, conversation, before.channel, now)
    if to in PEOPLE:
        _leave_to_a_person(db, conversation)
    if to in PEOPLE and interrupts:
        _silence_the_bot(db, conversation)
    else:
        _keep_last_words(db, conversation, epoch + 1)
    return epoch + 1


def _leave_to_a_person(db: Connection, conversation: str) -> None:
    open_to_the_bot = messages.c.state.in_((State.RECEIVED, State.WORKING))
    db.execute(
        update(messages)
        .where(messages.c.conversation == conversation, messages.c.author == Author.CITIZEN, open_to_the_bot)
        .values(state=State.HELD)
    )


def _silence_the_bot(db: Connection, conversation: str) -> None:
    not_begun = messages.c.state.in_((State.QUEUED, State.PARKED))
    db.execute(
        update(messages)
        .where(messages.c.conversation == conversation, messages.c.author == Author.BOT, not_begun)
        .values(state=State.CANCELLED)
    )


def _keep_last_words(db: Connection, conversation: str, epoch: int) -> None:
    db.execute(
        update(messages)
        .where(messages.c.conversation == conversation, messages.c.state.in_(UNSENT))
        .values(epoch=epoch)
    )
