"""How a message enters the ledger and how the work on it ends; each inside the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from conversations import rows
from conversations.handover import PEOPLE
from conversations.model import Author, Message, State, UnknownConversation
from conversations.tables import conversations, messages

Values = dict[str, object]


def locked(db: Connection, conversation: str) -> Row[Any]:
    """The conversation, which nobody else changes before this transaction ends."""
    query = select(conversations).where(conversations.c.id == conversation).with_for_update(key_share=True)
    return _known(db.execute(query).one_or_none(), conversation)


def change(db: Connection, conversation: str, **values: object) -> Row[Any]:
    """The conversation as it is after this change."""
    statement = update(conversations).where(conversations.c.id == conversation).values(**values)
    return _known(db.execute(statement.returning(*conversations.c)).one_or_none(), conversation)


def append(db: Connection, conversation: str, new: Sequence[Values], now: datetime, **changes: object) -> list[Message]:
    """Give these rows the next numbers and store them. `changes` are the conversation's, in the same breath.

    What a citizen says while a person holds the conversation is that person's to answer.
    """
    owner = change(db, conversation, last_seq=conversations.c.last_seq + len(new), active_at=now, **changes)
    common = {"conversation": owner.id, "channel": owner.channel, "epoch": owner.epoch, "created_at": now}
    stored = []
    for seq, row in enumerate(new, start=owner.last_seq - len(new) + 1):
        held = {"state": State.HELD} if row["author"] is Author.CITIZEN and owner.holder in PEOPLE else {}
        statement = insert(messages).values(**{**row, **common, **held, "seq": seq, "attempts": 0})
        stored.append(rows.message(db.execute(statement.returning(*messages.c)).one()))
    return stored


def finish(db: Connection, message: Message, state: State, **values: object) -> bool:
    """End the work on a claimed message. False when the lease was lost: then it is somebody else's."""
    return _hold_on(db, message, state=state, worker=None, lease_until=None, **values)


def renew(db: Connection, message: Message, until: datetime) -> bool:
    """Go on with the work on a claimed message. False when the lease was lost."""
    return _hold_on(db, message, lease_until=until)


def _hold_on(db: Connection, message: Message, **values: object) -> bool:
    """Change a message while it is as it was when it was claimed."""
    claimed = (messages.c.state == message.state, messages.c.attempts == message.attempts)
    return db.execute(update(messages).where(messages.c.id == message.id, *claimed).values(**values)).rowcount == 1


def seen(db: Connection, channel: str, external_id: str) -> Message | None:
    """The message that came with this id before."""
    query = select(messages).where(messages.c.channel == channel, messages.c.external_id == external_id)
    row = db.execute(query).one_or_none()
    return rows.message(row) if row else None


def _known(row: Row[Any] | None, conversation: str) -> Row[Any]:
    if row is None:
        raise UnknownConversation(conversation)
    return row
