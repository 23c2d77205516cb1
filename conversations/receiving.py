"""How what a citizen sends, and what became of what was sent to him, enters; inside the caller's transaction."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from conversations import addresses, asides, figures, inbox, rows, statements
from conversations.citizen_spoke import LEAVES_QUEUE, answers_agent, leaves_queue
from conversations.elsewhere import perhaps_to_bot
from conversations.entries import append, seen
from conversations.model import (
    Conversation,
    Holder,
    Incoming,
    Message,
    Receipt,
    Received,
    Refused,
    Remark,
    State,
    Watermark,
)
from conversations.typed import concerns_the_house

Arrived = Incoming | Receipt | Watermark | Remark
Became = Received | str | None
"""A message as it was stored; of anything else the conversation in which it was news, if it was."""


def take_in(db: Connection, arrived: Arrived, now: datetime, *, pushed: bool) -> Became:
    """`pushed`: the channel must be sent to. Raises Refused, as `receive`."""
    if isinstance(arrived, Incoming):
        return receive(db, arrived, now, pushed=pushed)
    return asides.mark(db, arrived)


def receive(db: Connection, incoming: Incoming, now: datetime, *, pushed: bool) -> Received:
    known = seen(db, incoming.channel, incoming.external_id)
    conversation = opened(db, incoming.channel, incoming.address, now, alias=incoming.alias)
    if known is None:
        row = inbox.citizens_row(db, conversation.id, incoming)
        heard_at = asides.heard(conversation.heard_at, incoming.sent_at, now)
        if conversation.holder is Holder.QUEUE and row["payload"] in LEAVES_QUEUE:
            leaves_queue(db, conversation, now)
        if conversation.holder is Holder.EXTERNAL:
            row = perhaps_to_bot(db, conversation, row, now)
        [known] = append(db, conversation.id, [row], now, heard_at=heard_at)
        if conversation.holder is Holder.BOT:
            figures.speaks(db, conversation.id, incoming.channel, conversation.heard_at, now)
        if conversation.holder is Holder.WAITING:
            answers_agent(db, conversation, now)
        frees = pushed and asides.unpark(db, conversation.id, now)
        return Received(known, is_new=True, frees=frees)
    if known.conversation != conversation.id:
        raise Refused("this id was used for a message of another conversation")
    return Received(known, is_new=False)


def opened(db: Connection, channel: str, address: str, now: datetime, **known: str | None) -> Conversation:
    """The conversation with this address, made if there is none yet.

    `known`: its `token_hash`, or the citizen's `alias`.
    """
    row = addresses.find(db, channel, address, known.get("alias"))
    if row is None:
        new = {"id": rows.new_id("c"), "channel": channel, "address": address, "token_hash": None, **known}
        fresh = {"holder": Holder.BOT, "epoch": 1, "last_seq": 0, "asked_patience": False}
        row = db.execute(statements.OPEN, {**new, **fresh, "created_at": now, "active_at": now}).one()
    return rows.conversation(row)


def concerned(became: Became) -> Iterator[str]:
    """Whom it concerns: topics of the bell."""
    if isinstance(became, Received):
        if became.is_new:
            yield from _concerned(became.message, became.frees)
    elif became is not None:
        yield f"conversation:{became}"


def _concerned(said: Message, frees: bool) -> Iterator[str]:
    yield "media" if said.media else "turns"
    if frees:
        yield "delivery"
    if said.state is State.HELD or concerns_the_house(said.text):
        yield "desk"
    yield f"conversation:{said.conversation}"
