"""The two statements that give a worker its next message.

A conversation has one worker at a time, and its messages go in order: what failed
and waits for another try holds back all that came after it. A lease that ran out is
given again. PostgreSQL's workers skip each other's rows; SQLite has one writer.

Each is built once: workers claim all day long, mostly in vain. Parameters: `by` (the
worker), `now`, `until` (the end of the lease), and for a delivery `through` (channels).
What never changes, the states among it, stands in the SQL itself and not as a parameter:
else PostgreSQL would not see that a partial index applies, and SQLite would look at the
values and plan the statement anew each time, which takes ten times as long as running it.
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
    literal_column,
    or_,
    select,
    update,
)

from conversations.model import Author, Holder, State
from conversations.tables import Moment, conversations, messages

T = TypeVar("T")

ORDER = "/aanvraag_indienen"
"""An agent's order to the bot, which it carries out while he holds the conversation; what it says goes by his hand."""

ANSWERED_BY_THE_BOT = (Holder.BOT, Holder.CLOSED)  # a message to a closed conversation opens it again


def _constant(value: str) -> ColumnElement[str]:
    return literal_column(f"'{value}'")


RECEIVED, WORKING, QUEUED, SENDING = map(_constant, (State.RECEIVED, State.WORKING, State.QUEUED, State.SENDING))
CITIZEN = _constant(Author.CITIZEN)

_candidate = messages.alias("candidate")
_other = messages.alias("other")
_now = bindparam("now", type_=Moment())


def _turn() -> Update:
    waiting = and_(
        _candidate.c.state == RECEIVED,
        _candidate.c.media.is_(None),  # its file is being fetched
        _is_there(_candidate),
        _may_be_tried(_candidate),
        ~exists().where(
            _other.c.conversation == _candidate.c.conversation,
            _other.c.state.in_([RECEIVED, WORKING]),
            or_(
                _other.c.state == WORKING,
                and_(_is_there(_other), _other.c.seq < _candidate.c.seq, _is_ours(_other)),
            ),
        ),
    )
    found = (
        select(_candidate.c.id)
        .where(
            _candidate.c.state.in_([RECEIVED, WORKING]),
            _is_ours(_candidate),
            or_(waiting, and_(_candidate.c.state == WORKING, _candidate.c.lease_until <= _now)),
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
        _candidate.c.state == QUEUED,
        _may_be_tried(_candidate),
        ~exists().where(
            _other.c.conversation == _candidate.c.conversation,
            _other.c.state.in_([QUEUED, SENDING]),
            or_(_other.c.state == SENDING, _other.c.seq < _candidate.c.seq),
        ),
    )
    found = (
        select(_candidate.c.id)
        .where(
            _candidate.c.state.in_([QUEUED, SENDING]),
            _through(_candidate),
            or_(waiting, and_(_candidate.c.state == SENDING, _candidate.c.lease_until <= _now)),
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
    is_the_bot_s = holder.in_([_constant(one) for one in ANSWERED_BY_THE_BOT])
    return or_(row.c.author == CITIZEN, is_the_bot_s, row.c.payload.like(_constant(f"{ORDER}%")))


def _is_there(row: FromClause) -> ColumnElement[bool]:
    return or_(row.c.due.is_(None), row.c.due <= _now)


def _may_be_tried(row: FromClause) -> ColumnElement[bool]:
    return or_(row.c.retry_at.is_(None), row.c.retry_at <= _now)


def _through(row: FromClause) -> ColumnElement[bool]:
    """In a form for which no index on the channel serves: SQLite would walk through all that it ever sent."""
    return row.c.channel.concat(_constant("")).in_(bindparam("through", expanding=True))


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
