"""Which party of the city's register of contacts a citizen is: we remember it, for the register cannot find him.

The number by which he is made there is ours, and written down before the register is asked, so that
a process that dies in between makes him once. `party` is the register's own id.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, or_, select, update

from citizens.tables import bindings, parties, people
from clock import Clock
from conversations.database import racing, reading, writing
from vault import Vault


@dataclass(frozen=True)
class Citizen:
    """Who was logged in, and since when."""

    person: str
    given_name: str
    family_name: str
    bound_at: datetime


@dataclass(frozen=True)
class Entry:
    number: str
    party: str | None


class Parties:
    def __init__(self, engine: Engine, clock: Clock, vault: Vault) -> None:
        self.engine = engine
        self.clock = clock
        self.vault = vault

    def in_session(self, conversation: str, since: datetime, until: datetime) -> Citizen | None:
        """Who was logged in here then. Nobody, when it were two: then it is unclear whose words these are."""
        query = (
            select(bindings.c.person, bindings.c.bound_at, people.c.sealed)
            .join(people, people.c.id == bindings.c.person)
            .where(
                bindings.c.conversation == conversation,
                bindings.c.bound_at <= until,
                bindings.c.until > since,
                or_(bindings.c.ended_at.is_(None), bindings.c.ended_at > since),
            )
            .order_by(bindings.c.bound_at.desc())
        )
        with reading(self.engine) as db:
            found = db.execute(query).all()
        if len({row.person for row in found}) != 1 or found[0].sealed is None:
            return None
        return self._citizen(found[0])

    def entry(self, person: str, number: str) -> Entry:
        """His number and party; `number` becomes his when he has none yet."""

        def entry(db: Connection) -> Entry:
            row = db.execute(select(parties).where(parties.c.person == person)).one_or_none()
            if row is None:
                new = {"person": person, "number": number, "created_at": self.clock.utc()}
                row = db.execute(insert(parties).values(**new).returning(*parties.c)).one()
            return Entry(row.number, row.party)

        return racing(self.engine, entry)

    def change(self, person: str, number: str, party: str | None) -> None:
        with writing(self.engine) as db:
            this = update(parties).where(parties.c.person == person)
            db.execute(this.values(number=number, party=party))

    def _citizen(self, row: Any) -> Citizen:
        told = json.loads(self.vault.open(row.sealed))
        return Citizen(row.person, told["given_name"], told["family_name"], row.bound_at)
