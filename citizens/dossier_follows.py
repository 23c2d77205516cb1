"""Who wants to hear unasked that something changed in his dossiers: yes or no for each citizen and channel.

Where he hears it is where he is logged in on that channel at that moment; while he is
nowhere, nobody looks. A look is claimed by putting the next one off, so that a look that
dies or fails only delays. How things stood and what was new are written together and
counted, so that the same status is news once, whatever happens in between.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, text, update

from citizens.dossiers_read import Status
from citizens.tables import ACTIVE, UNTOLD, WANTED, bindings, dossier_follows
from clock import Clock
from conversations.database import racing, reading, writing
from conversations.rows import new_id
from conversations.tables import conversations
from vault import Vault

MOST = 100  # whoever is told at a time

Standing = Mapping[tuple[str, str], datetime]
"""When each dossier, by its source and number, changed last."""


@dataclass(frozen=True)
class DossierFollow:
    id: str
    person: str
    conversation: str | None  # where he is logged in now
    changes: int
    seen: Standing | None  # what he knows of, or was told there is; None: nobody looked yet
    news: Sequence[Status]  # what was new at the latest change


class DossierFollows:
    """`interval`: seconds between two looks for the same citizen."""

    def __init__(self, engine: Engine, clock: Clock, vault: Vault, *, interval: float) -> None:
        self.engine = engine
        self.clock = clock
        self.vault = vault
        self.interval = timedelta(seconds=interval)

    # --- yes and no ----------------------------------------------------------

    def ask_once(self, person: str, channel: str) -> bool:
        """Whether he was never asked here before; from now on he was."""

        def ask(db: Connection) -> bool:
            if db.execute(select(dossier_follows.c.id).where(*_his(person, channel))).scalar() is not None:
                return False
            self._insert(db, person, channel, wanted_at=None, sealed=None)
            return True

        return racing(self.engine, ask)

    def start(self, person: str, channel: str, seen: Standing | None) -> None:
        """He wants it. `seen`: how his dossiers stand; None: the first look finds that out, and is no news."""
        sealed = None if seen is None else self._sealed(seen, [])

        def begin(db: Connection) -> None:
            due = self.clock.utc() + (self.interval if seen is not None else timedelta())
            values = {"wanted_at": self.clock.utc(), "due": due, "sealed": sealed}
            known = update(dossier_follows).where(*_his(person, channel))
            if db.execute(known.values(**values, told=dossier_follows.c.changes)).rowcount == 0:
                self._insert(db, person, channel, **values)

        racing(self.engine, begin)

    def stop(self, conversation: str) -> bool:
        """Whoever is or was logged in here wants it no longer on this channel. False when nobody did.

        To end it nobody has to prove who he is.
        """
        here = select(bindings.c.person).where(bindings.c.conversation == conversation)
        channel = select(conversations.c.channel).where(conversations.c.id == conversation).scalar_subquery()
        his = (dossier_follows.c.person.in_(here), dossier_follows.c.channel == channel, text(WANTED))
        over = {"wanted_at": None, "sealed": None, "told": dossier_follows.c.changes}
        with writing(self.engine) as db:
            return db.execute(update(dossier_follows).where(*his).values(over)).rowcount > 0

    def wants(self, person: str, channel: str) -> bool:
        return self.latest(person, channel) is not None

    # --- looking -------------------------------------------------------------

    def claim_due(self) -> DossierFollow | None:
        """For whom must be looked now; the next look is put off already."""
        now = self.clock.utc()
        due = (
            select(dossier_follows)
            .where(text(WANTED), dossier_follows.c.due <= now)
            .order_by(dossier_follows.c.due)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with writing(self.engine) as db:
            row = db.execute(due).one_or_none()
            if row is None:
                return None
            this = dossier_follows.c.id == row.id
            db.execute(update(dossier_follows).where(this).values(due=now + self.interval))
            return self._follow(db, row)

    def changed(self, follow: DossierFollow, seen: Standing, news: Sequence[Status]) -> bool:
        """Write down what a look found; without `news` only how things stand. False when something else was first."""
        this = (dossier_follows.c.id == follow.id, dossier_follows.c.changes == follow.changes, text(WANTED))
        values = {"sealed": self._sealed(seen, news), "changes": follow.changes + bool(news)}
        with writing(self.engine) as db:
            return db.execute(update(dossier_follows).where(*this).values(values)).rowcount == 1

    # --- telling -------------------------------------------------------------

    def untold(self) -> list[DossierFollow]:
        with reading(self.engine) as db:
            found = db.execute(select(dossier_follows).where(text(UNTOLD)).limit(MOST)).all()
            return [self._follow(db, row) for row in found]

    def told(self, follow: DossierFollow) -> None:
        this = (dossier_follows.c.id == follow.id, dossier_follows.c.told < follow.changes)
        with writing(self.engine) as db:
            db.execute(update(dossier_follows).where(*this).values(told=follow.changes))

    def latest(self, person: str, channel: str) -> DossierFollow | None:
        """As long as he wants it."""
        with reading(self.engine) as db:
            row = db.execute(select(dossier_follows).where(*_his(person, channel), text(WANTED))).one_or_none()
            return self._follow(db, row) if row else None

    # --- inside --------------------------------------------------------------

    def _insert(self, db: Connection, person: str, channel: str, **values: object) -> None:
        now = self.clock.utc()
        fresh = {"id": new_id("f"), "person": person, "channel": channel, "asked_at": now, "due": now}
        db.execute(insert(dossier_follows).values({**fresh, "changes": 0, "told": 0, **values}))

    def _follow(self, db: Connection, row: Row[Any]) -> DossierFollow:
        seen, news = self._opened(row.sealed)
        return DossierFollow(row.id, row.person, self._place(db, row), row.changes, seen, news)

    def _place(self, db: Connection, row: Row[Any]) -> str | None:
        """Where he logged in last, of where that still holds."""
        query = (
            select(bindings.c.conversation)
            .join(conversations, conversations.c.id == bindings.c.conversation)
            .where(bindings.c.person == row.person, text(f"bindings.{ACTIVE}"), bindings.c.until > self.clock.utc())
            .where(conversations.c.channel == row.channel)
        )
        place: str | None = db.execute(query.order_by(bindings.c.bound_at.desc()).limit(1)).scalar()
        return place

    def _sealed(self, seen: Standing, news: Sequence[Status]) -> str:
        standing = [[*dossier, at.isoformat()] for dossier, at in seen.items()]
        return self.vault.seal(json.dumps([standing, [[*status[:2], status[2].isoformat()] for status in news]]))

    def _opened(self, sealed: str | None) -> tuple[Standing | None, list[Status]]:
        if sealed is None:
            return None, []
        seen, news = json.loads(self.vault.open(sealed))
        standing = {(source, number): datetime.fromisoformat(at) for source, number, at in seen}
        return standing, [(source, number, datetime.fromisoformat(at)) for source, number, at in news]


def _his(person: str, channel: str) -> Any:
    return dossier_follows.c.person == person, dossier_follows.c.channel == channel
