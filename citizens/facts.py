"""What is already known of a citizen, so that nobody asks him twice.

A fact has a source and an age, which the citizen hears when it is shown to him. The
value is sealed. Keys: naam, email, telefoon, adres. Sources: acmidm (the login),
aanvraag (an earlier request), burger (he said so just now), or a backend's name.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, or_, select, update

from citizens.tables import facts
from clock import Clock
from conversations.database import racing, reading
from vault import Vault


@dataclass(frozen=True)
class Fact:
    key: str
    value: str
    source: str
    seen_at: datetime
    purpose: str  # what it was asked for
    until: datetime | None  # from then on it no longer counts


class Facts:
    def __init__(self, engine: Engine, clock: Clock, vault: Vault) -> None:
        self.engine = engine
        self.clock = clock
        self.vault = vault

    def known(self, person: str, keys: Collection[str]) -> dict[str, Fact]:
        """Those of these keys that are known and still count."""
        still = or_(facts.c.until.is_(None), facts.c.until > self.clock.utc())
        query = select(facts).where(facts.c.person == person, facts.c.key.in_(keys), still)
        with reading(self.engine) as db:
            found = db.execute(query).all()
        return {row.key: self._fact(row) for row in found}

    def keep(
        self, person: str, key: str, value: str, *, source: str, purpose: str, until: datetime | None = None
    ) -> None:
        """Remember it; what was known before under this key is forgotten."""
        values = {"sealed": self.vault.seal(value), "source": source, "purpose": purpose, "until": until}

        def keep(db: Connection) -> None:
            fresh = {**values, "seen_at": self.clock.utc()}
            known = update(facts).where(facts.c.person == person, facts.c.key == key)
            if db.execute(known.values(**fresh)).rowcount == 0:
                db.execute(insert(facts).values(person=person, key=key, **fresh))

        racing(self.engine, keep)

    def _fact(self, row: Row[Any]) -> Fact:
        value = self.vault.open(row.sealed)
        return Fact(row.key, value, row.source, row.seen_at, row.purpose, row.until)
