"""How a message enters the ledger and how the work on it ends; each inside the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from conversations import rows, statements
from conversations.model import Author, Message, State, UnknownConversation
from conversations.ownership import PEOPLE
from conversations.typed import concerns_the_house

Values = dict[str, object]


def locked(db: Connection, conversation: str) -> Row[Any]:
    """The conversation, which nobody else changes before this transaction ends."""
    return _known(db.execute(statements.LOCKED, {"of": conversation}).one_or_none(), conversation)


def change(db: Connection, conversation: str, **values: object) -> Row[Any]:
    """The conversation as it is after this change."""
    return _known(db.execute(statements.CHANGE, {"of": conversation, **values}).one_or_none(), conversation)


def append(db: Connection, conversation: str, new: Sequence[Values], now: datetime, **changes: object) -> list[Message]:
    """Give these rows the next numbers and store them. `changes` are the conversation's, in the same breath.

    What a citizen says while a person holds the conversation is that person's to answer, once the house has seen what
    concerns only itself.
    """
    speaks = any(row["author"] is Author.CITIZEN for row in new)
    grown = {"of": conversation, "more": len(new), "active_at": now, "citizen_speaks": speaks, **changes}
    owner = _known(db.execute(statements.COUNT_ON, grown).one_or_none(), conversation)
    common = {"conversation": owner.id, "channel": owner.channel, "epoch": owner.epoch, "created_at": now}
    stored = []
    for seq, row in enumerate(new, start=owner.last_seq - len(new) + 1):
        held = {"state": State.HELD} if owner.holder in PEOPLE and _is_for_people(row) else {}
        values = {**row, **common, **held, "seq": seq, "attempts": 0}
        stored.append(rows.message(db.execute(statements.STORE, values).one()))
    return stored


def _is_for_people(row: Values) -> bool:
    return row["author"] is Author.CITIZEN and not concerns_the_house(str(row["text"]))


def finish(db: Connection, message: Message, state: State, **values: object) -> bool:
    """End the work on a claimed message. False when the lease was lost: then it is somebody else's."""
    return _hold_on(db, message, state=state, worker=None, lease_until=None, **values)


def renew(db: Connection, message: Message, until: datetime) -> bool:
    """Go on with the work on a claimed message. False when the lease was lost."""
    return _hold_on(db, message, lease_until=until)


def _hold_on(db: Connection, message: Message, **values: object) -> bool:
    """Change a message while it is as it was when it was claimed."""
    claimed = {"claimed": message.id, "as_state": message.state, "at_attempt": message.attempts}
    return db.execute(statements.HOLD_ON, {**claimed, **values}).rowcount == 1


def seen(db: Connection, channel: str, external_id: str) -> Message | None:
    """The message that came with this id before."""
    row = db.execute(statements.SEEN, {"via": channel, "known_as": external_id}).one_or_none()
    return rows.message(row) if row else None


def _known(row: Row[Any] | None, conversation: str) -> Row[Any]:
    if row is None:
        raise UnknownConversation(conversation)
    return row
