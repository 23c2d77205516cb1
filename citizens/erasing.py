"""Erases what was said by whoever asked to be forgotten, as far as it is over; the rest a minute later, and so on.

What is still being answered or sent is left for the next time, and so is a request that
the city does not have yet: he was promised that. Nobody calls him back any more. When he has
said nothing since for an hour, the conversation no longer tells whose it was either.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Connection, Engine, Row, Table, and_, delete, exists, or_, select, text, update

from citizens.tables import bindings, erasures
from clock import Clock
from conversations import retention
from conversations.database import reading, wipe, writing
from conversations.handover_tables import handovers, notes
from conversations.model import Author
from conversations.tables import attachments, conversations, messages
from filings import retention as filed
from filings import task_retention
from filings.model import CONTACT
from filings.tables import drafts, filings
from filings.task_tables import tasks
from vault import Vault

QUIET = timedelta(hours=1)

log = structlog.get_logger()


@dataclass(frozen=True)
class Erasing:
    """`forget_dialogue` makes the bot forget a conversation; it blocks, and says whether it did."""

    engine: Engine
    clock: Clock
    vault: Vault
    forget_dialogue: Callable[[str], bool]

    def work(self) -> int:
        """Erase all that can be erased now; how many requests are done with."""
        with reading(self.engine) as db:
            asked = db.execute(select(erasures).order_by(erasures.c.id)).all()
        done = sum(self._erase(erasure) for erasure in asked)
        if asked:
            wipe(self.engine)
        return done

    def _erase(self, erasure: Row[Any]) -> bool:
        with writing(self.engine) as db:
            still_busy = self._erase_words(db, erasure)
            still_open = _erase_filings(db, erasure)
            task_retention.withdraw(db, _within(tasks, tasks.c.created_at, erasure), self.clock.utc())
            if not still_open:
                _erase_files(db, erasure)
        if still_busy:
            return False
        bot_forgot = erasure.bot_forgot or self._tell_bot(erasure)
        if still_open or not bot_forgot:
            return False
        with writing(self.engine) as db:
            return self._close(db, erasure)

    def _erase_words(self, db: Connection, erasure: Row[Any]) -> bool:
        """Whether something is left that somebody works on. A reminder that was still to come never comes."""
        said = _within(messages, messages.c.created_at, erasure)
        to_come = messages.c.due > self.clock.utc()
        db.execute(delete(messages).where(said, or_(text(f"NOT {retention.BUSY}"), to_come)))
        db.execute(delete(notes).where(_within(notes, notes.c.at, erasure)))
        db.execute(delete(drafts).where(_within(drafts, drafts.c.kept_at, erasure)))
        retention.empty_cards(db, self.vault, _within(handovers, handovers.c.asked_at, erasure))
        if erasure.whole:
            db.execute(update(conversations).where(conversations.c.id == erasure.conversation).values(remark=None))
        return bool(db.execute(select(exists().where(said))).scalar())

    def _tell_bot(self, erasure: Row[Any]) -> bool:
        """Once: what he says from then on, the bot may remember again."""
        if not self.forget_dialogue(erasure.conversation):
            return False
        with writing(self.engine) as db:
            db.execute(update(erasures).where(erasures.c.id == erasure.id).values(bot_forgot=True))
        return True

    def _close(self, db: Connection, erasure: Row[Any]) -> bool:
        """End it when there is nothing left to do, or wait whether he says something yet."""
        now = self.clock.utc()
        if erasure.whole and not _goes_on(db, erasure):
            if now - erasure.until < QUIET:
                return False
            retention.empty(db, self.vault, [erasure.conversation], now)
        db.execute(delete(erasures).where(erasures.c.id == erasure.id))
        log.info("citizen.forgotten", conversation=erasure.conversation)
        return True


def _within(table: Table, at: ColumnElement[Any], erasure: Row[Any]) -> ColumnElement[bool]:
    return and_(table.c.conversation == erasure.conversation, at.between(erasure.since, erasure.until))


def _erase_filings(db: Connection, erasure: Row[Any]) -> bool:
    """Whether some are not over yet. That he was in contact is nothing that he waits for."""
    his = select(filings.c.id, filings.c.state, filings.c.kind).where(_within(filings, filings.c.created_at, erasure))
    found = db.execute(his.with_for_update()).all()
    over = [row.id for row in found if row.state in filed.OVER or row.kind == CONTACT]
    filed.empty(db, over)
    return len(over) < len(found)


def _erase_files(db: Connection, erasure: Row[Any]) -> None:
    used = exists().where(messages.c.attachment == attachments.c.id)
    db.execute(delete(attachments).where(_within(attachments, attachments.c.created_at, erasure), ~used))


def _goes_on(db: Connection, erasure: Row[Any]) -> bool:
    """He spoke again since, or logged in again: it is a new conversation now, in the place of the old one."""
    here = messages.c.conversation == erasure.conversation
    spoke = exists().where(here, messages.c.author == Author.CITIZEN, messages.c.created_at > erasure.until)
    logged_in = exists().where(bindings.c.conversation == erasure.conversation)
    return bool(db.execute(select(or_(spoke, logged_in))).scalar())
