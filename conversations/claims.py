"""The two statements that give a worker its next message.

A conversation has one worker at a time, and its messages go in order: what failed
and waits for another try holds back all that came after it. A lease that ran out is
given again. PostgreSQL's workers skip each other's rows; SQLite has one writer.

Each is built once: workers claim all day long, mostly in vain. Parameters: `by` (the
worker), `now`, `until` (the end of the lease), and for a delivery `through` (channels).
The states stand in the SQL as they stand in the partial indices, not as parameters:
else neither database would see that the index applies.
"""

from typing import TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    ScalarSelect,
    Update,
    and_,
    bindparam,
    exists,
    or_,
    select,
    text,
    update,
)

from conversations.model import Author, Holder, State
from conversations.tables import Moment, conversations, messages

T = TypeVar("T")

ORDER = "/aanvraag_indienen"
"""An agent's order to the bot, which it carries out while he holds the conversation; what it says goes by his hand."""

ANSWERED_BY_THE_BOT = (Holder.BOT, Holder.CLOSED)  # a message to a closed conversation opens it again

_candidate = messages.alias("candidate")
_other = messages.alias("other")
_now = bindparam("now", type_=Moment())


def _turn() -> Update:
    waiting = and_(
        _candidate.c.state == State.RECEIVED,
        _candidate.c.media.is_(None),  # its file is being fetched
        _is_there(_candidate),
        _may_be_tried(_candidate),
        ~exists().where(
            _other.c.conversation == _candidate.c.conversation,
            text("other.state IN ('received', 'working')"),
            or_(
                _other.c.state == State.WORKING,
                and_(_is_there(_other), _other.c.seq < _candidate.c.seq, _is_ours(_other)),
            ),
        ),
    )
    found = (
        select(_candidate.c.id)
        .where(
            text("candidate.state IN ('received', 'working')"),
            _is_ours(_candidate),
            or_(waiting, and_(_candidate.c.state == State.WORKING, _candidate.c.lease_until <= _now)),
        )
        .order_by(_candidate.c.created_at, _candidate.c.seq)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (
        update(messages)
        .where(messages.c.id == found.scalar_subquery())
        .values(**_lease(State.WORKING), epoch=_conversation(messages, conversations.c.epoch))
        .returning(*messages.c)
    )


def _delivery() -> Update:
    waiting = and_(
        _candidate.c.state == State.QUEUED,
        _may_be_tried(_candidate),
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
            _candidate.c.channel.in_(bindparam("through", expanding=True)),
            or_(waiting, and_(_candidate.c.state == State.SENDING, _candidate.c.lease_until <= _now)),
        )
        .order_by(_candidate.c.created_at, _candidate.c.seq)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (
        update(messages)
        .where(messages.c.id == found.scalar_subquery())
        .values(**_lease(State.SENDING))
        .returning(*messages.c)
    )


def _conversation(row: FromClause, column: Column[T]) -> ScalarSelect[T]:
    """Looked up for each row, not joined: SQLite would walk through all conversations to find the few messages."""
    return select(column).where(conversations.c.id == row.c.conversation).correlate(row).scalar_subquery()


def _is_ours(row: FromClause) -> ColumnElement[bool]:
    """While a person holds the conversation the bot's events wait. The citizen's codes and his own orders do not."""
    holder = _conversation(row, conversations.c.holder)
    return or_(row.c.author == Author.CITIZEN, holder.in_(ANSWERED_BY_THE_BOT), row.c.payload.startswith(ORDER))


def _is_there(row: FromClause) -> ColumnElement[bool]:
    return or_(row.c.due.is_(None), row.c.due <= _now)


def _may_be_tried(row: FromClause) -> ColumnElement[bool]:
    return or_(row.c.retry_at.is_(None), row.c.retry_at <= _now)


def _lease(state: State) -> dict[str, object]:
    return {
        "state": state,
        "worker": bindparam("by"),
        "lease_until": bindparam("until"),
        "retry_at": None,
        "attempts": messages.c.attempts + 1,
    }


TURN = _turn()
"""Claims the oldest message that the bot must answer."""

DELIVERY = _delivery()
"""Claims the oldest message that must be sent through one of these channels."""
