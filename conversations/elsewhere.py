"""A colleague answers in the channel's own inbox: then the bot is silent, until he has been for long enough.

    bot, closed ── he answers · takes the thread ──► external ── silent too long · an agent · the citizen ·
                                                                 the thread is passed to us ──► bot

No agent of ours has it, so there is no hand-over. What the citizen says meanwhile is kept for
people to read. When it was people of the desk who had the conversation, it stays theirs.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, exists, func, select, text, update

from clock import Clock
from conversations.bell import Bell
from conversations.database import reading, writing
from conversations.entries import Values, locked
from conversations.model import Author, Control, Conversation, Holder, Kind, State
from conversations.ownership import transition
from conversations.tables import ELSEWHERE, conversations, messages, ownership
from conversations.typed import TO_BOT, asks_bot

MOST = 100  # conversations that come back in one go


def answers_elsewhere(db: Connection, conversation: str, now: datetime, silence: timedelta) -> bool:
    """Inside the transaction that keeps his words. Whether the bot lost the conversation to him just now."""
    owner = locked(db, conversation)
    is_free = owner.holder in (Holder.BOT, Holder.CLOSED)
    lost = is_free and _moves(db, owner, Holder.EXTERNAL, now, reason="answered elsewhere")
    if lost or owner.holder is Holder.EXTERNAL:
        until = {"external_until": now + silence}
        db.execute(update(conversations).where(conversations.c.id == conversation).values(until))
    return lost


def perhaps_to_bot(db: Connection, conversation: Conversation, said: Values, now: datetime) -> Values:
    """What the citizen said; when he would rather have the bot again, that is the bot's to answer."""
    if said["payload"] != TO_BOT and not asks_bot(str(said["text"])):
        return said
    _moves(db, conversation, Holder.BOT, now, reason="citizen")
    return {**said, "kind": Kind.CHOICE, "payload": TO_BOT, "state": State.RECEIVED}


class Elsewhere:
    def __init__(self, engine: Engine, clock: Clock, bell: Bell) -> None:
        self.engine = engine
        self.clock = clock
        self.bell = bell

    def give_back(self, conversation: str, agent: str) -> bool:
        """An agent gives it to the bot. False when nobody elsewhere has it."""
        with writing(self.engine) as db:
            owner, now = locked(db, conversation), self.clock.utc()
            is_there = owner.holder is Holder.EXTERNAL
            back = is_there and _moves(db, owner, Holder.BOT, now, reason="given back", agent=agent)
        return self._rung(conversation, back)

    def control(self, news: Control, conversation: str, silence: timedelta) -> bool:
        """The channel says who answers from now on. False when that was so already, or changed since it was said."""
        with writing(self.engine) as db:
            owner, now = locked(db, conversation), self.clock.utc()
            if news.at and _changed_since(db, conversation, news.at):
                return False
            if news.ours:
                is_there = owner.holder is Holder.EXTERNAL
                changed = is_there and _moves(db, owner, Holder.BOT, now, reason="given back")
            else:
                changed = answers_elsewhere(db, conversation, now, silence)
        return self._rung(conversation, changed)

    def come_back(self) -> list[str]:
        """Gives the bot what nobody elsewhere answered for too long; those in which the citizen waits for a word."""
        query = select(conversations.c.id).where(text(ELSEWHERE), conversations.c.external_until <= self.clock.utc())
        with reading(self.engine) as db:
            late = list(db.execute(query.order_by(conversations.c.external_until).limit(MOST)).scalars())
        return [conversation for conversation in late if self._comes_back(conversation)]

    def _comes_back(self, conversation: str) -> bool:
        with writing(self.engine) as db:
            owner, now = locked(db, conversation), self.clock.utc()
            waits = _waits(db, conversation)
            is_over = owner.holder is Holder.EXTERNAL and owner.external_until <= now
            back = is_over and _moves(db, owner, Holder.BOT, now, reason="silent elsewhere")
        return self._rung(conversation, back) and waits

    def _rung(self, conversation: str, happened: bool) -> bool:
        if happened:
            self.bell.changes_hands(conversation)
        return happened


def _moves(
    db: Connection,
    owner: Row[Any] | Conversation,
    to: Holder,
    now: datetime,
    *,
    reason: str,
    agent: str | None = None,
) -> bool:
    allowed = {owner.holder}
    epoch = transition(db, owner.id, to, allowed=allowed, epoch=owner.epoch, now=now, reason=reason, agent=agent)
    return epoch is not None


def _changed_since(db: Connection, conversation: str, moment: datetime) -> bool:
    later = exists().where(ownership.c.conversation == conversation, ownership.c.at > moment)
    return bool(db.execute(select(later)).scalar())


def _waits(db: Connection, conversation: str) -> bool:
    """Whether he said something since a person last did."""
    here = messages.c.conversation == conversation
    last = select(func.max(messages.c.seq)).where(here, messages.c.author == Author.AGENT).scalar_subquery()
    said = exists().where(here, messages.c.author == Author.CITIZEN, messages.c.seq > last)
    return bool(db.execute(select(said)).scalar())
