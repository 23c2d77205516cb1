"""Counts what happens when it happens, in the transaction in which it happens, without telling to whom.

A contact counts on the day that it began: there it is `begun`, there is why a person was
asked for and what the citizen thought of it. It is counted under no team and topic until
these are known, and moves then. Waiting, handling and how it ended count on their own day.

Two transactions change cells in the same order, so that neither waits for the other.
"""

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from clock import BRUSSELS
from conversations import figure_tables as names
from conversations import workload
from conversations.counting import add
from conversations.figure_tables import contacts, figures
from conversations.model import Holder
from conversations.tables import ownership

SILENT_FOR = timedelta(days=1)  # then what a citizen says is a new contact


@dataclass(frozen=True, order=True)
class Cell:
    day: date
    channel: str
    team: str = ""
    topic: str = ""


class Helped(Protocol):
    """What is counted of a hand-over."""

    @property
    def conversation(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def team(self) -> str: ...
    @property
    def topic(self) -> str: ...
    @property
    def agent(self) -> str | None: ...
    @property
    def closing_topic(self) -> str | None: ...
    @property
    def asked_at(self) -> datetime: ...


@dataclass(frozen=True)
class _Contact:
    conversation: str
    cell: Cell
    person: bool
    counted: tuple[str, ...]


def count(db: Connection, cell: Cell, measures: Collection[str], by: int = 1) -> None:
    """Each of the measures `by` more in this cell."""
    add(db, figures, {name: getattr(cell, name) for name in Cell.__match_args__}, measures, by)


# --- a contact ----------------------------------------------------------------


def speaks(db: Connection, conversation: str, channel: str, heard_at: datetime | None, now: datetime) -> None:
    """The citizen says something while the bot has him, and was last heard at `heard_at`."""
    if heard_at is None or now - heard_at > SILENT_FOR:
        begins(db, conversation, channel, now)


def begins(db: Connection, conversation: str, channel: str, now: datetime) -> None:
    """The citizen comes with something, for the first time or again."""
    db.execute(delete(contacts).where(contacts.c.conversation == conversation))
    _begun(db, conversation, Cell(_day(now), channel))
    workload.comes(db, workload.EVERYBODY, now)


def is_about(db: Connection, conversation: str, topic: str) -> None:
    """The bot understood what it is about; the first topic counts."""
    contact = _contact(db, conversation)
    if contact and not contact.cell.topic:
        cell = contact.cell
        _move(db, contact, Cell(cell.day, cell.channel, cell.team, topic))


def asks_person(db: Connection, helped: Helped, reason: str, now: datetime) -> None:
    """A person is needed: from here on it is the team's."""
    contact = _contact(db, helped.conversation) or _begun(db, helped.conversation, _cell(helped, now))
    why = names.BECAUSE[names.REASONS.index(reason if reason in names.REASONS else "other")]
    new = () if contact.person else (why,)
    cell = Cell(contact.cell.day, contact.cell.channel, helped.team, helped.topic)
    _move(db, contact, cell, counted=(*contact.counted, *new), person=True)
    workload.comes(db, helped.team, now)


def rated(db: Connection, conversation: str, score: int, *, person: bool | None = None) -> None:
    """A later rating takes the place of an earlier one. `person`: of whom; else of the one who had him last."""
    contact = _contact(db, conversation)
    if contact is None:
        return
    scores = names.PERSON_SCORES if (contact.person if person is None else person) else names.BOT_SCORES
    kept = tuple(measure for measure in contact.counted if measure not in scores)
    _move(db, contact, contact.cell, counted=(*kept, scores[score - 1]))


# --- a hand-over --------------------------------------------------------------


def claimed(db: Connection, helped: Helped, since: datetime, now: datetime) -> None:
    """A person has it, for the first time since it was asked."""
    count(db, _cell(helped, now), [_bucket(names.WAITS, names.WAITED, now - since)])


def transferred(db: Connection, helped: Helped, now: datetime, *, misrouted: bool = False, by_him: bool = True) -> None:
    """From this team. `misrouted`: it should never have come here. `by_him`: by the agent who had it."""
    count(db, _cell(helped, now), [names.TRANSFERRED, *([names.MISROUTED] if misrouted else [])])
    if helped.agent and by_him:
        workload.transferred(db, helped.agent, helped.team, now)


def ended(db: Connection, helped: Helped, outcome: str, now: datetime) -> None:
    """The contact moves to what it was about in the end."""
    contact, cell = _contact(db, helped.conversation), _cell(helped, now)
    if contact:
        _move(db, contact, Cell(contact.cell.day, contact.cell.channel, cell.team, cell.topic))
    changes = db.execute(
        select(ownership.c.at, ownership.c.reason, ownership.c.holder_after, ownership.c.agent)
        .where(ownership.c.conversation == helped.conversation, ownership.c.at >= helped.asked_at)
        .order_by(ownership.c.epoch)
    ).all()
    took = [row.at for row in changes if row.holder_after is Holder.AGENT]
    measures = [names.ENDINGS[names.OUTCOMES.index(outcome)]]
    if took:
        measures.append(_bucket(names.HANDLINGS, names.HANDLED, now - took[0]))
    if took and outcome != "left" and not any(row.reason.startswith("transferred") for row in changes):
        measures.append(names.FIRST_LINE)
    count(db, cell, measures)
    his = [row.at for row in changes if row.holder_after is Holder.AGENT and row.agent == helped.agent]
    if helped.agent and his and outcome != "left":
        bucket = _bucket(names.HANDLINGS, names.HANDLED, now - his[0])
        workload.handled(db, helped.agent, helped.team, bucket, now)


# --- inside -------------------------------------------------------------------

_of_conversation = contacts.c.conversation == bindparam("of")
_CONTACT = select(contacts).where(_of_conversation)
_CHANGE = update(contacts).where(_of_conversation)


def _contact(db: Connection, conversation: str) -> _Contact | None:
    row = db.execute(_CONTACT, {"of": conversation}).one_or_none()
    if row is None:
        return None
    return _Contact(conversation, Cell(row.day, row.channel, row.team, row.topic), row.person, tuple(row.counted or ()))


def _begun(db: Connection, conversation: str, cell: Cell) -> _Contact:
    contact = _Contact(conversation, cell, False, (names.BEGUN,))
    known = {"day": cell.day, "channel": cell.channel, "team": cell.team, "topic": cell.topic}
    db.execute(insert(contacts).values(conversation=conversation, person=False, counted=[names.BEGUN], **known))
    count(db, cell, contact.counted)
    return contact


def _move(
    db: Connection, contact: _Contact, to: Cell, *, counted: tuple[str, ...] | None = None, person: bool = False
) -> None:
    """Count this contact there, and no longer where it was."""
    becomes = contact.counted if counted is None else counted
    if (to, becomes) == (contact.cell, contact.counted):
        return
    if to == contact.cell:
        count(db, to, [measure for measure in contact.counted if measure not in becomes], -1)
        count(db, to, [measure for measure in becomes if measure not in contact.counted])
    else:
        changes = [(contact.cell, contact.counted, -1), (to, becomes, 1)]
        for cell, measures, by in sorted(changes):
            count(db, cell, measures, by)
    now = {"team": to.team, "topic": to.topic, "counted": list(becomes), "person": person or contact.person}
    db.execute(_CHANGE, {"of": contact.conversation, **now})


def _cell(helped: Helped, now: datetime) -> Cell:
    return Cell(_day(now), helped.channel, helped.team, helped.closing_topic or helped.topic)


def _day(moment: datetime) -> date:
    return moment.astimezone(BRUSSELS).date()


def _bucket(buckets: tuple[str, ...], ends: tuple[int, ...], took: timedelta) -> str:
    return buckets[bisect_left(ends, took.total_seconds())]
