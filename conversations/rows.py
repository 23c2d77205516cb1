"""Between the tables' rows and the words of `model.py`."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from conversations.model import (
    Author,
    Choice,
    Conversation,
    Kind,
    Message,
    Place,
    Reply,
    State,
)
from conversations.typed import keepable


def new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"


def conversation(row: Row[Any]) -> Conversation:
    return Conversation(
        id=row.id,
        channel=row.channel,
        address=row.address,
        holder=row.holder,
        epoch=row.epoch,
        last_seq=row.last_seq,
        created_at=row.created_at,
        active_at=row.active_at,
        ended_at=row.ended_at,
        alias=row.alias,
        heard_at=row.heard_at,
    )


def message(row: Row[Any]) -> Message:
    return Message(
        id=row.id,
        conversation=row.conversation,
        seq=row.seq,
        author=row.author,
        kind=row.kind,
        state=row.state,
        text=row.text,
        epoch=row.epoch,
        created_at=row.created_at,
        choices=choices(row.choices),
        payload=row.payload,
        place=Place(**row.place) if row.place else None,
        attachment=row.attachment,
        image=row.image,
        custom=row.custom or {},
        name=row.name,
        answers=row.answers,
        agent=row.agent,
        external_id=row.external_id,
        trace=row.trace,
        attempts=row.attempts,
        error=row.error,
        channel=row.channel,
        sent_at=row.sent_at,
        media=row.media,
    )


def choices(stored: list[dict[str, str]] | None) -> tuple[Choice, ...]:
    return tuple(Choice(**choice) for choice in stored or ())


def outgoing(reply: Reply, author: Author, state: State) -> dict[str, object]:
    """The columns of a message that says this reply."""
    return {
        "id": new_id("m"),
        "author": author,
        "kind": Kind.TEXT,
        "state": state,
        "text": keepable(reply.text),
        "choices": [_offer(choice) for choice in reply.choices] or None,
        "image": reply.image,
        "attachment": reply.attachment,
        "custom": dict(reply.custom) or None,
        "name": reply.name,
    }


def _offer(choice: Choice) -> Mapping[str, str]:
    return {"title": keepable(choice.title), "payload": choice.payload}


def event(payload: str, external_id: str, due: datetime | None) -> dict[str, object]:
    """The columns of a message from the house to the bot."""
    return {
        "id": new_id("m"),
        "external_id": external_id,
        "author": Author.SYSTEM,
        "kind": Kind.EVENT,
        "state": State.RECEIVED,
        "text": "",
        "payload": payload,
        "due": due,
    }
