"""What people want to go on hearing about: filings that are looked at again and again.

A look is claimed by putting the next one off, so that a look that dies or fails only
delays. A change that a look found is a row of its own, written together with how
things stood, so that it is told once whatever happens in between.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, text, update

from clock import Clock
from conversations.database import reading, writing
from conversations.model import JSON
from filings.book import read_filing
from filings.model import Change, Filing, Follow
from filings.sealing import opened, seal
from filings.tables import FOLLOWED, UNTOLD_CHANGE, filings, follow_changes, follows
from vault import Vault

SLOWER = 0.1  # of the time that nothing changed is waited until the next look
LONGEST_PAUSE = 3600.0  # seconds
MAX_AGE = timedelta(days=60)
MOST = 100  # changes told at a time


class Follows:
    """`interval`: seconds between two looks at what was filed or changed a short while ago."""

    def __init__(
        self, engine: Engine, clock: Clock, vault: Vault, *, interval: float, max_age: timedelta = MAX_AGE
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.vault = vault
        self.interval = interval
        self.max_age = max_age

    # --- beginning and ending ------------------------------------------------

    def follow(self, filing: Filing, seen: Mapping[str, JSON]) -> Follow:
        """Begin, or go on from what was seen before. `seen`: what the citizen knows at the beginning."""
        now = self.clock.utc()
        values = {"due": now + timedelta(seconds=self.interval), "until": now + self.max_age, "changed_at": now}
        with writing(self.engine) as db:
            again = update(follows).where(follows.c.filing == filing.id).values(**values).returning(*follows.c)
            row = db.execute(again).one_or_none()
            if row is None:
                first = insert(follows).values(filing=filing.id, seen=seal(self.vault, seen), changes=0, **values)
                row = db.execute(first.returning(*follows.c)).one()
        return self._follow(row, filing)

    def unfollow(self, filing: Filing) -> None:
        with writing(self.engine) as db:
            db.execute(update(follows).where(follows.c.filing == filing.id).values(due=None))

    def followed(self, which: Collection[str]) -> set[str]:
        """Those of these filings of which somebody wants to hear."""
        query = select(follows.c.filing).where(follows.c.filing.in_(which), text(FOLLOWED))
        with reading(self.engine) as db:
            return set(db.execute(query).scalars())

    # --- looking -------------------------------------------------------------

    def claim_due(self) -> Follow | None:
        """What must be looked at now; the next look is put off already."""
        now = self.clock.utc()
        due = (
            select(follows)
            .where(text(FOLLOWED), follows.c.due <= now)
            .order_by(follows.c.due)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with writing(self.engine) as db:
            found = db.execute(due).one_or_none()
            if found is None:
                return None
            pause = timedelta(seconds=pause_after((now - found.changed_at).total_seconds(), self.interval))
            later = now + pause if now < found.until else None
            db.execute(update(follows).where(follows.c.filing == found.filing).values(due=later))
            return self._follow(found, self._filing(db, found.filing))

    def changed(self, follow: Follow, seen: Mapping[str, JSON], content: Mapping[str, JSON]) -> bool:
        """Write down what a look found. False when another look was first."""
        now, number = self.clock.utc(), follow.changes + 1
        of_this = (follows.c.filing == follow.filing.id, follows.c.changes == follow.changes)
        values = {"seen": seal(self.vault, seen), "changes": number, "changed_at": now}
        found = {"filing": follow.filing.id, "number": number, "content": seal(self.vault, content)}
        with writing(self.engine) as db:
            if db.execute(update(follows).where(*of_this).values(**values)).rowcount == 0:
                return False
            db.execute(insert(follow_changes).values(**found, created_at=now, told=False))
            return True

    # --- telling -------------------------------------------------------------

    def untold(self) -> list[Change]:
        """What the citizen still has to hear, oldest first."""
        query = select(follow_changes).where(text(UNTOLD_CHANGE))
        order = (follow_changes.c.created_at, follow_changes.c.number)
        with reading(self.engine) as db:
            return [self._change(db, row) for row in db.execute(query.order_by(*order).limit(MOST)).all()]

    def told(self, change: Change) -> None:
        with writing(self.engine) as db:
            db.execute(update(follow_changes).where(*_is(change.filing, change.number)).values(told=True))

    def change(self, filing: Filing, number: int) -> Change | None:
        with reading(self.engine) as db:
            row = db.execute(select(follow_changes).where(*_is(filing, number))).one_or_none()
            return self._change(db, row) if row else None

    # --- inside --------------------------------------------------------------

    def _filing(self, db: Connection, filing: str) -> Filing:
        return read_filing(db.execute(select(filings).where(filings.c.id == filing)).one(), self.vault)

    def _follow(self, row: Row[Any], filing: Filing) -> Follow:
        return Follow(filing, opened(self.vault, row.seen), row.changes)

    def _change(self, db: Connection, row: Row[Any]) -> Change:
        return Change(self._filing(db, row.filing), row.number, opened(self.vault, row.content))


def pause_after(quiet: float, interval: float) -> float:
    """Seconds until the next look at what did not change for so many seconds."""
    return max(interval, min(quiet * SLOWER, LONGEST_PAUSE))


def _is(filing: Filing, number: int) -> Any:
    return follow_changes.c.filing == filing.id, follow_changes.c.number == number
