"""What happens beside the talk: receipts, edits and reactions, and words of others. Nothing here wakes the bot."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, bindparam, case, exists, func, or_, select, text, update

from conversations import rows
from conversations.database import reading
from conversations.entries import Values, append, seen
from conversations.model import Author, Change, Kind, Message, Overheard, Receipt, Remark, State, Watermark
from conversations.tables import PARKED, Moment, conversations, messages
from conversations.typed import harmless

PROGRESS = (State.QUEUED, State.SENDING, State.SENT, State.FAILED, State.DELIVERED, State.READ)
PARKED_FOR = timedelta(days=7)  # what the citizen could not be told for so long is no news any more


def mark(db: Connection, told: Receipt | Watermark | Remark) -> str | None:
    """The conversation in which this was news."""
    match told:
        case Receipt():
            return _mark(db, told)
        case Watermark():
            return _mark_until(db, told)
        case Remark():
            return _remark(db, told)


def _mark(db: Connection, receipt: Receipt) -> str | None:
    if receipt.state is State.PARKED:
        earlier: tuple[State, ...] = (State.SENDING, State.SENT)
    else:
        earlier = PROGRESS[: PROGRESS.index(receipt.state)]
    # The provider may tell what became of a message before it told us its id of it
    ours = and_(messages.c.id == receipt.reference, messages.c.external_id.is_(None))
    row = db.execute(
        update(messages)
        .where(
            messages.c.channel == receipt.channel,
            or_(messages.c.external_id == receipt.external_id, ours),
            messages.c.author != Author.CITIZEN,
            messages.c.state.in_(earlier),
        )
        .values(
            state=receipt.state,
            error=receipt.error,
            external_id=func.coalesce(messages.c.external_id, receipt.external_id),
        )
        .returning(messages.c.conversation)
    ).first()
    return row.conversation if row else None


def _mark_until(db: Connection, mark: Watermark) -> str | None:
    his = select(conversations.c.id).where(
        conversations.c.channel == mark.channel, conversations.c.address == mark.address
    )
    earlier = (State.SENT, State.DELIVERED) if mark.state is State.READ else (State.SENT,)
    row = db.execute(
        update(messages)
        .where(
            messages.c.conversation.in_(his),
            messages.c.author != Author.CITIZEN,
            messages.c.created_at <= mark.until,
            messages.c.state.in_(earlier),
        )
        .values(state=mark.state)
        .returning(messages.c.conversation)
    ).first()
    return row.conversation if row else None


def _remark(db: Connection, found: Remark) -> str | None:
    """Written beside the message that it is about."""
    row = _message(db, found)
    if row is None or (found.change is not Change.REACTION and row.author is not Author.CITIZEN):
        return None
    custom = dict(row.custom or {})
    match found.change:
        case Change.EDITED:
            custom[Change.EDITED] = [*custom.get(Change.EDITED, ()), harmless(found.text)]
        case Change.REVOKED:
            custom[Change.REVOKED] = True
        case Change.REACTION:
            custom[Change.REACTION] = harmless(found.text)
    db.execute(update(messages).where(messages.c.id == row.id).values(custom=custom))
    return str(row.conversation)


def _message(db: Connection, found: Remark) -> Row[Any] | None:
    his = or_(conversations.c.address == found.address, conversations.c.alias == found.address)
    query = (
        select(messages)
        .join(conversations, conversations.c.id == messages.c.conversation)
        .where(messages.c.channel == found.channel, messages.c.external_id == found.external_id, his)
    )
    return db.execute(query).one_or_none()


def overhear(db: Connection, conversation: str, said: Overheard, now: datetime) -> bool:
    """Once, like every message: whether it is new."""
    is_new = seen(db, said.channel, said.external_id) is None
    if is_new:
        row: Values = {
            "id": rows.new_id("m"),
            "external_id": said.external_id,
            "author": Author.AGENT,
            "kind": Kind.TEXT,
            "state": State.SENT,
            "text": harmless(said.text),
        }
        append(db, conversation, [row], now)
    return is_new


def heard(before: datetime | None, sent_at: datetime | None, now: datetime) -> datetime:
    """When the citizen last wrote, now that a message came; messages come in any order, and clocks differ."""
    wrote = min(sent_at or now, now)
    return max(before, wrote) if before else wrote


_PARKED = and_(messages.c.conversation == bindparam("of"), text(PARKED))  # in words, as the index on them has it
_STILL_NEWS = messages.c.created_at > bindparam("since", type_=Moment())
UNPARK = (
    update(messages)
    .where(_PARKED)
    .values(
        state=case((_STILL_NEWS, State.QUEUED), else_=State.FAILED),
        attempts=case((_STILL_NEWS, 0), else_=messages.c.attempts),
        external_id=case((_STILL_NEWS, None), else_=messages.c.external_id),
    )
    .returning(messages.c.state)
)
SPOKE_BEFORE = (
    select(messages.c.created_at)
    .where(messages.c.conversation == bindparam("of"), messages.c.seq < bindparam("before"))
    .where(messages.c.author == bindparam("by"))
    .order_by(messages.c.seq.desc())
    .limit(1)
)
HAS_PARKED = select(exists().where(_PARKED))


def unpark(db: Connection, conversation: str, now: datetime) -> bool:
    """The citizen wrote again: what waited for that can be sent, unless it is too old. Whether there was any."""
    states = db.execute(UNPARK, {"of": conversation, "since": now - PARKED_FOR}).scalars()
    return State.QUEUED in states.all()


def has_parked(engine: Engine, conversation: str) -> bool:
    """Whether something waits for the citizen to write."""
    with reading(engine) as db:
        return bool(db.execute(HAS_PARKED, {"of": conversation}).scalar())


def last_said(engine: Engine, conversation: str) -> str | None:
    """The name of what was last said to the citizen."""
    query = (
        select(messages.c.name)
        .where(messages.c.conversation == conversation, messages.c.author != Author.CITIZEN)
        .where(messages.c.kind != Kind.EVENT)
        .order_by(messages.c.seq.desc())
        .limit(1)
    )
    with reading(engine) as db:
        return db.execute(query).scalar()


def spoke_before(engine: Engine, message: Message, author: Author) -> datetime | None:
    """When the citizen, or the bot, last said something before this."""
    with reading(engine) as db:
        earlier = {"of": message.conversation, "before": message.seq, "by": author}
        return db.execute(SPOKE_BEFORE, earlier).scalar()


def was_said(engine: Engine, conversation: str, name: str, since: datetime | None = None) -> bool:
    """Whether the house said something of this name before, or since then."""
    own = [messages.c.conversation == conversation, messages.c.author == Author.SYSTEM, messages.c.name == name]
    if since:
        own.append(messages.c.created_at > since)
    with reading(engine) as db:
        return bool(db.execute(select(exists().where(*own))).scalar())
