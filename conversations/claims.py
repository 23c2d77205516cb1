"""The two statements that give a worker its next message.

A conversation has one worker at a time, and its messages go in order: what failed
and waits for another try holds back all that came after it. A lease that ran out is
given again. PostgreSQL's workers skip each other's rows; SQLite has one writer.

The states stand in the SQL as they stand in the partial indices, not as
parameters: else neither database would see that the index applies.
"""

from collections.abc import Collection
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Column, ColumnElement, FromClause, ScalarSelect, Update, and_, exists, or_, select, text, update

from conversations.model import Holder, State
from conversations.tables import conversations, messages

T = TypeVar("T")

ANSWERED_BY_THE_BOT = (Holder.BOT, Holder.CLOSED)  # a message to a closed conversation opens it again

_candidate = messages.alias("candidate")
_other = messages.alias("other")


def turn(worker: str, now: datetime, until: datetime) -> Update:
    """Claims the oldest message that the bot must answer."""
    waiting = and_(
        _candidate.c.state == State.RECEIVED,
        _is_there(_candidate, now),
        _may_be_tried(_candidate, now),
        ~exists().where(
            _other.c.conversation == _candidate.c.conversation,
            text("other.state IN ('received', 'working')"),
            or_(
                _other.c.state == State.WORKING,
                and_(_is_there(_other, now), _other.c.seq < _candidate.c.seq),
            ),
        ),
    )
    found = (
        select(_candidate.c.id)
        .where(
            text("candidate.state IN ('received', 'working')"),
            _conversation(_candidate, conversations.c.holder).in_(ANSWERED_BY_THE_BOT),
            or_(waiting, and_(_candidate.c.state == State.WORKING, _candidate.c.lease_until <= now)),
        )
        .order_by(_candidate.c.created_at, _candidate.c.seq)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (
        update(messages)
        .where(messages.c.id == found.scalar_subquery())
        .values(**_lease(State.WORKING, worker, until), epoch=_conversation(messages, conversations.c.epoch))
        .returning(*messages.c)
    )


def delivery(worker: str, now: datetime, until: datetime, channels: Collection[str]) -> Update:
    """Claims the oldest message that must be sent through one of these channels."""
    waiting = and_(
        _candidate.c.state == State.QUEUED,
        _may_be_tried(_candidate, now),
        ~exists().where(
            _other.c.conversation == _candidate.c.conversation,
            text("other.state IN ('queued', 'sending')"),
            or_(_other.c.state == State.SENDING, _other.c.seq < _candidate.c.seq),
        ),
    )
    found = (
        select(_candidate.c.id)
        .where(
            text("candidate.state IN ('queued', 'sending')"),
            _candidate.c.channel.in_(channels),
            or_(waiting, and_(_candidate.c.state == State.SENDING, _candidate.c.lease_until <= now)),
        )
        .order_by(_candidate.c.created_at, _candidate.c.seq)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (
        update(messages)
        .where(messages.c.id == found.scalar_subquery())
        .values(**_lease(State.SENDING, worker, until))
        .returning(*messages.c)
    )


def _conversation(row: FromClause, column: Column[T]) -> ScalarSelect[T]:
    """Looked up for each row, not joined: SQLite would walk through all conversations to find the few messages."""
    return select(column).where(conversations.c.id == row.c.conversation).correlate(row).scalar_subquery()


def _is_there(row: FromClause, now: datetime) -> ColumnElement[bool]:
    return or_(row.c.due.is_(None), row.c.due <= now)


def _may_be_tried(row: FromClause, now: datetime) -> ColumnElement[bool]:
    return or_(row.c.retry_at.is_(None), row.c.retry_at <= now)


def _lease(state: State, worker: str, until: datetime) -> dict[str, object]:
    return {
        "state": state,
        "worker": worker,
        "lease_until": until,
        "retry_at": None,
        "attempts": messages.c.attempts + 1,
    }
