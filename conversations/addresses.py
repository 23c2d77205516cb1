"""Whose conversation an address is, for channels that know one citizen under two names.

WhatsApp gives a phone number, an id, or both. The id is the stronger name: a number
goes to somebody else one day, and whoever has it then is not the citizen of before.
"""

from typing import Any

from sqlalchemy import Connection, Engine, Row, update

from conversations import rows, statements
from conversations.database import reading
from conversations.entries import change
from conversations.tables import conversations


def find(db: Connection, channel: str, address: str, alias: str | None) -> Row[Any] | None:
    """The conversation of who writes under these names."""
    row = db.execute(statements.CONVERSATION_AT, {"via": channel, "at": address}).one_or_none()
    if alias is None:
        return row or db.execute(statements.CONVERSATION_KNOWN_AS, {"via": channel, "known_as": address}).one_or_none()
    if row is None:  # so far he was known by his number alone
        row = db.execute(statements.CONVERSATION_AT, {"via": channel, "at": alias}).one_or_none()
    if row is None:
        _give_up_alias(db, channel, alias)
        return None
    if (row.address, row.alias) == (address, alias):
        return row
    _give_up_alias(db, channel, alias)
    return change(db, row.id, address=address, alias=alias)


def conversation_at(engine: Engine, channel: str, address: str) -> str | None:
    with reading(engine) as db:
        row = find(db, channel, address, None)
    return str(row.id) if row else None


def move(db: Connection, channel: str, before: str, after: str) -> str | None:
    """His address is `after` now; gives the conversation that it concerns.

    Where somebody writes from that number already, the two are not joined: the old
    conversation then belongs to no address any more.
    """
    row = find(db, channel, before, None)
    if row is None:
        return None
    if before == after:
        return str(row.id)
    taken = find(db, channel, after, None)
    moved = after if taken is None or taken.id == row.id else None
    if row.address == before:
        change(db, row.id, address=moved or rows.new_id("former"))
    else:
        change(db, row.id, alias=moved)
    return str(row.id)


def _give_up_alias(db: Connection, channel: str, alias: str) -> None:
    """Whoever had this number before has it no longer."""
    db.execute(
        update(conversations)
        .where(conversations.c.channel == channel, conversations.c.alias == alias)
        .values(alias=None)
    )
