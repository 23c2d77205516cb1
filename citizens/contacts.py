"""When a citizen spoke with the city here while he was logged in: on which channel, and with whom."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, exists, func, or_, select

from citizens.tables import bindings
from conversations.database import reading
from conversations.handover_tables import handovers
from conversations.tables import conversations


@dataclass(frozen=True)
class Talk:
    """With a person of a team."""

    team: str
    topic: str


@dataclass(frozen=True)
class Contact:
    """`talks`: none when only the assistant spoke with him."""

    channel: str
    since: datetime
    until: datetime
    talks: tuple[Talk, ...] = ()


def contacts(engine: Engine, person: str, limit: int) -> list[Contact]:
    """Latest first. Whatever somebody else did in the same conversation, before, after or in between, is not his."""
    since, left = func.max(bindings.c.bound_at), func.coalesce(bindings.c.ended_at, bindings.c.until)
    found = (
        select(
            bindings.c.conversation,
            func.min(bindings.c.bound_at).label("since"),
            func.max(left).label("left"),
            conversations.c.channel,
            conversations.c.active_at,
        )
        .join(conversations, conversations.c.id == bindings.c.conversation)
        .where(bindings.c.person == person)
        .group_by(bindings.c.conversation, conversations.c.channel, conversations.c.active_at)
        .order_by(since.desc())
        .limit(limit)
    )
    with reading(engine) as db:
        rows = db.execute(found).all()
        while_logged_in = exists().where(
            bindings.c.person == person,
            bindings.c.conversation == handovers.c.conversation,
            handovers.c.asked_at <= left,
            or_(handovers.c.ended_at.is_(None), handovers.c.ended_at >= bindings.c.bound_at),
        )
        where = handovers.c.conversation.in_([row.conversation for row in rows])
        asked = db.execute(select(handovers).where(where, while_logged_in).order_by(handovers.c.asked_at)).all()
    return [
        Contact(
            row.channel,
            row.since,
            max(row.since, min(row.left, row.active_at)),
            tuple(Talk(one.team, one.topic) for one in asked if one.conversation == row.conversation),
        )
        for row in rows
    ]
