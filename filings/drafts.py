"""Requests that somebody left half-finished, kept sealed for a while so that he can go on with them.

One for each form of a conversation: how far it came. Of whoever was logged in it is his,
and he finds it back on another channel; of anybody else it stays in its conversation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, select, update

from clock import Clock
from conversations.database import racing, reading, writing
from conversations.model import JSON
from conversations.rows import new_id
from filings.sealing import opened, seal
from filings.tables import drafts
from vault import Vault


@dataclass(frozen=True)
class Draft:
    """`person`: who was logged in when it was kept."""

    id: str
    conversation: str
    person: str | None
    form: str
    answers: Mapping[str, JSON]
    kept_at: datetime


class Drafts:
    def __init__(self, engine: Engine, clock: Clock, vault: Vault, *, keep: timedelta) -> None:
        self.engine, self.clock, self.vault, self.lifetime = engine, clock, vault, keep

    def keep(self, conversation: str, form: str, answers: Mapping[str, JSON], person: str | None) -> None:
        """How far it is now; what was kept of this form before is replaced."""
        same = (drafts.c.conversation == conversation, drafts.c.form == form)
        values = {"person": person, "answers": seal(self.vault, answers), "kept_at": self.clock.utc()}

        def write(db: Any) -> None:
            if db.execute(update(drafts).where(*same).values(**values)).rowcount == 0:
                db.execute(insert(drafts).values(id=new_id("d"), conversation=conversation, form=form, **values))

        racing(self.engine, write)

    def latest(self, conversation: str, form: str | None = None) -> Draft | None:
        """What was left last here, or of this form."""
        query = select(drafts).where(drafts.c.conversation == conversation, drafts.c.kept_at > self._oldest())
        if form:
            query = query.where(drafts.c.form == form)
        return self._first(query)

    def elsewhere(self, person: str, conversation: str) -> Draft | None:
        """What this person left last in another conversation."""
        his = (drafts.c.person == person, drafts.c.conversation != conversation)
        return self._first(select(drafts).where(*his, drafts.c.kept_at > self._oldest()))

    def get(self, draft: str) -> Draft | None:
        return self._first(select(drafts).where(drafts.c.id == draft, drafts.c.kept_at > self._oldest()))

    def drop(self, conversation: str, form: str) -> None:
        with writing(self.engine) as db:
            db.execute(delete(drafts).where(drafts.c.conversation == conversation, drafts.c.form == form))

    def drop_of(self, conversation: str, person: str | None) -> None:
        """All that was left here, and by this person anywhere."""
        his = drafts.c.conversation == conversation
        with writing(self.engine) as db:
            db.execute(delete(drafts).where(his | (drafts.c.person == person) if person else his))

    def forget(self, limit: int) -> int:
        """Delete at most `limit` that nobody came back for in time; how many it were."""
        old = select(drafts.c.id).where(drafts.c.kept_at <= self._oldest()).limit(limit)
        with writing(self.engine) as db:
            return db.execute(delete(drafts).where(drafts.c.id.in_(old))).rowcount

    # --- inside --------------------------------------------------------------

    def _oldest(self) -> datetime:
        return self.clock.utc() - self.lifetime

    def _first(self, query: Any) -> Draft | None:
        with reading(self.engine) as db:
            row = db.execute(query.order_by(drafts.c.kept_at.desc()).limit(1)).one_or_none()
        return self._read(row) if row else None

    def _read(self, row: Row[Any]) -> Draft:
        return Draft(row.id, row.conversation, row.person, row.form, opened(self.vault, row.answers), row.kept_at)
