"""Who speaks in a conversation: a citizen who logged in, for as long as that holds.

A conversation has one identity or none. A second login ends the first one before it
counts, whoever logs in. What ended stays as a row that tells when and why, and whose
it was only by our own id.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, func, insert, or_, select, text, update

from citizens.tables import ACTIVE, bindings, people
from clock import Clock
from conversations.database import alone, racing, reading, writing
from conversations.rows import new_id
from vault import Vault

RENEWED, SOMEBODY_ELSE, EXPIRED = "renewed", "somebody_else", "expired"

_BOUND = (
    select(bindings, people.c.sealed)
    .join(people, people.c.id == bindings.c.person)
    .where(bindings.c.conversation == bindparam("of"), text(ACTIVE), people.c.sealed.is_not(None))
)


@dataclass(frozen=True)
class Login:
    """Somebody was logged in there, from then to then."""

    conversation: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Claims:
    """What the login provider vouches for. `rrn` is 11 digits that were checked."""

    issuer: str
    subject: str
    given_name: str
    family_name: str
    rrn: str | None
    level: str
    authenticated_at: datetime


@dataclass(frozen=True)
class Identity:
    """The citizen in a conversation. `person` is the same on every channel; the rest is for no log and no slot."""

    person: str
    given_name: str
    family_name: str
    rrn: str | None
    level: str
    bound_at: datetime
    until: datetime

    def is_fresh(self, now: datetime, within: timedelta) -> bool:
        """Whether he logged in so short ago that a sensitive step need not ask it again."""
        return now - self.bound_at <= within


class Identities:
    def __init__(self, engine: Engine, clock: Clock, vault: Vault) -> None:
        self.engine = engine
        self.clock = clock
        self.vault = vault

    def of(self, conversation: str) -> Identity | None:
        """Who is bound to this conversation now."""
        with reading(self.engine) as db:
            row = db.execute(_BOUND, {"of": conversation}).one_or_none()
        return self._identity(row) if row and row.until > self.clock.utc() else None

    def person_at(self, conversation: str, moment: datetime) -> str | None:
        """Whose conversation it was then, also when he has logged out since."""
        query = select(bindings.c.person).where(
            bindings.c.conversation == conversation,
            bindings.c.bound_at <= moment,
            bindings.c.until > moment,
            or_(bindings.c.ended_at.is_(None), bindings.c.ended_at > moment),
        )
        with reading(self.engine) as db:
            person: str | None = db.execute(query.order_by(bindings.c.bound_at.desc()).limit(1)).scalar()
        return person

    def conversations(self, person: str) -> list[str]:
        """Where he ever logged in."""
        query = select(bindings.c.conversation).where(bindings.c.person == person).distinct()
        with reading(self.engine) as db:
            return list(db.execute(query).scalars())

    def of_others(self, conversations: Collection[str], person: str) -> list[Login]:
        """When somebody else than he was logged in there."""
        until = func.coalesce(bindings.c.ended_at, bindings.c.until).label("until")
        others = (bindings.c.conversation.in_(conversations), bindings.c.person != person)
        with reading(self.engine) as db:
            found = db.execute(select(bindings.c.conversation, bindings.c.bound_at, until).where(*others))
            return [Login(*row) for row in found]

    def bind(self, conversation: str, claims: Claims, until: datetime) -> Identity:
        """He is who speaks here, until then. Whoever was bound here before no longer is."""
        return racing(self.engine, lambda db: self._bind(db, conversation, claims, until))

    def unbind(self, conversation: str, reason: str) -> bool:
        """He no longer is. False when nobody was bound."""
        with writing(self.engine) as db:
            return self._end(db, conversation, reason)

    def check_keys(self) -> None:
        """Raises CannotOpen when whoever logged in last cannot be read: the house must not start without its keys."""
        query = select(people.c.sealed).where(people.c.sealed.is_not(None)).order_by(people.c.seen_at.desc()).limit(1)
        with reading(self.engine) as db:
            sealed = db.execute(query).scalar()
        if sealed is not None:
            self.vault.open(sealed)

    def _bind(self, db: Connection, conversation: str, claims: Claims, until: datetime) -> Identity:
        alone(db, f"binding {conversation}")
        person, now = self._person(db, claims), self.clock.utc()
        query = select(bindings.c.person).where(bindings.c.conversation == conversation, text(ACTIVE))
        before = db.execute(query).scalar()
        if before is not None:
            self._end(db, conversation, RENEWED if before == person else SOMEBODY_ELSE)
        fresh = {"person": person, "level": claims.level, "bound_at": now, "until": until}
        db.execute(insert(bindings).values(conversation=conversation, **fresh))
        return Identity(
            given_name=claims.given_name, family_name=claims.family_name, rrn=claims.rrn, **_identified(fresh)
        )

    def _end(self, db: Connection, conversation: str, reason: str) -> bool:
        active = update(bindings).where(bindings.c.conversation == conversation, text(ACTIVE))
        return db.execute(active.values(ended_at=self.clock.utc(), reason=reason)).rowcount == 1

    def _person(self, db: Connection, claims: Claims) -> str:
        """Our own id of this citizen, with what we know of him brought up to date."""
        pseudonym = self.vault.pseudonym(_known_by(claims.rrn, claims.issuer, claims.subject))
        told = {"given_name": claims.given_name, "family_name": claims.family_name, "rrn": claims.rrn}
        account = {"issuer": claims.issuer, "subject": claims.subject}
        values = {"sealed": self.vault.seal(json.dumps({**told, **account})), "seen_at": self.clock.utc()}
        known = update(people).where(people.c.pseudonym == pseudonym).values(**values).returning(people.c.id)
        person: str | None = db.execute(known).scalar()
        if person is None:
            person = new_id("p")
            new = {"id": person, "pseudonym": pseudonym, "created_at": values["seen_at"]}
            db.execute(insert(people).values(**new, **values))
        return person

    def _identity(self, row: Row[Any]) -> Identity:
        told = json.loads(self.vault.open(row.sealed))
        return Identity(
            given_name=told["given_name"],
            family_name=told["family_name"],
            rrn=told["rrn"],
            **_identified(row._mapping),
        )


def _identified(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("person", "level", "bound_at", "until")}


def _known_by(rrn: str | None, issuer: str, subject: str) -> str:
    """The same citizen whatever means he logs in with; without a rijksregisternummer the same account."""
    return f"rrn:{rrn}" if rrn else f"account:{issuer}|{subject}"
