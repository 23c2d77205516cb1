"""Who looked at a citizen's data, or changed them, what for and where: one row each.

Rows are only added. Each holds the hash of the one before, so whoever changes or
removes one breaks the chain; `verify` finds the place. What is old may go from the
front of the chain: an anchor keeps the hash that it goes on from.

A row tells kinds of data and never the data, and knows a citizen by our own id: it
stays when he is forgotten.
"""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select

from citizens import inzage
from citizens.register import Register
from citizens.tables import people, processing_anchors, processing_log
from clock import Clock
from conversations.database import alone, reading, writing
from conversations.model import JSON
from vault import Vault

BEGINNING = "0" * 64
ALONE = "processing_log"
PAGE = 1000  # rows that are verified at a time


CITIZEN = "burger"


def by_agent(agent: str) -> str:
    """The actor of what this agent did, by our own id of him: the citizen is told the role alone."""
    return f"medewerker:{agent}"


class Broken(Exception):
    """The log is not as it was written."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(f"row {seq} of the processing log: {why}")
        self.seq = seq


@dataclass(frozen=True)
class Entry:
    seq: int
    id: str
    at: datetime
    person: str | None
    conversation: str
    actor: str  # burger, or the role of whoever looked: a name of nobody
    action: str
    activity: str
    source: str
    kinds: tuple[str, ...]
    confidential: bool = False  # not for the citizen's own eyes


class ProcessingLog:
    def __init__(self, engine: Engine, clock: Clock, vault: Vault) -> None:
        self.engine = engine
        self.clock = clock
        self.vault = vault

    def write(
        self,
        *,
        person: str | None,
        conversation: str,
        action: str,
        activity: str,
        source: str,
        kinds: Sequence[str],
        actor: str = CITIZEN,
        confidential: bool = False,
        at: datetime | None = None,
    ) -> None:
        """One use of personal data: what was done, for which activity, in which source, with which kinds of data.

        `activity` is one of the register's (`register.py`). `at`: when it happened, of a row that could not be
        written then.
        """
        what = {"action": action, "activity": activity, "source": source, "kinds": list(kinds)}
        who = {"person": person, "conversation": conversation, "actor": actor, "confidential": confidential}
        with writing(self.engine) as db:
            alone(db, ALONE)
            seq, previous = _head(db)
            row = {"seq": seq + 1, "id": str(uuid.uuid4()), "at": at or self.clock.utc(), **who, **what}
            chain = {"previous": previous, "hash": _hash(row, previous)}
            db.execute(insert(processing_log).values(**row, **chain))

    def of(self, person: str, limit: int = 100) -> list[Entry]:
        """What this citizen may see of his own, the latest first."""
        query = (
            select(processing_log)
            .where(processing_log.c.person == person, ~processing_log.c.confidential)
            .order_by(processing_log.c.seq.desc())
            .limit(limit)
        )
        with reading(self.engine) as db:
            return [_entry(row) for row in db.execute(query)]

    def export(self, person: str, register: Register, limit: int = 10_000) -> JSON:
        """The same in the read form of the Inzage API, the standard of Dutch municipalities."""
        with reading(self.engine) as db:
            sealed = db.execute(select(people.c.sealed).where(people.c.id == person)).scalar()
        rrn = json.loads(self.vault.open(sealed))["rrn"] if sealed else None
        return inzage.listed(self.of(person, limit), person, rrn, register)

    def verify(self, witness: tuple[int, str] | None = None) -> int:
        """The number of rows, all of them as they were written. Raises Broken.

        `witness`: an earlier `head`, that must still be among them if it is not too old.
        """
        counted = 0
        with reading(self.engine) as db:
            seq, previous = _anchor(db)
            while rows := _after(db, seq):
                for row in rows:
                    if row.seq != seq + 1:
                        raise Broken(seq + 1, "is missing")
                    if row.previous != previous or row.hash != _hash(dict(row._mapping), previous):
                        raise Broken(row.seq, "was changed")
                    if witness and row.seq == witness[0] and row.hash != witness[1]:
                        raise Broken(row.seq, "is not the one that was")
                    seq, previous = row.seq, row.hash
                    counted += 1
        if witness and witness[0] > seq:
            raise Broken(witness[0], "is missing")
        return counted

    def head(self) -> tuple[int, str]:
        """The number and the hash of the latest row. Kept elsewhere, they prove later that no end was cut off."""
        with reading(self.engine) as db:
            return _head(db)

    def forget(self, before: datetime, limit: int) -> int:
        """Remove at most so many rows that are older, from the front of the chain; how many it were."""
        with writing(self.engine) as db:
            alone(db, ALONE)
            start, _ = _anchor(db)
            old = list(takewhile(lambda row: row.at < before, _after(db, start, limit)))
            if not old:
                return 0
            last = old[-1]
            db.execute(insert(processing_anchors).values(seq=last.seq, hash=last.hash, at=self.clock.utc()))
            db.execute(delete(processing_log).where(processing_log.c.seq <= last.seq))
            return len(old)


def _head(db: Connection) -> tuple[int, str]:
    newest = processing_log.c.seq == select(func.max(processing_log.c.seq)).scalar_subquery()
    row = db.execute(select(processing_log.c.seq, processing_log.c.hash).where(newest)).one_or_none()
    return (row.seq, row.hash) if row else _anchor(db)


def _anchor(db: Connection) -> tuple[int, str]:
    """Where the chain begins: after what was removed because of its age."""
    row = db.execute(select(processing_anchors).order_by(processing_anchors.c.seq.desc()).limit(1)).one_or_none()
    return (row.seq, row.hash) if row else (0, BEGINNING)


def _after(db: Connection, seq: int, limit: int = PAGE) -> Sequence[Row[Any]]:
    query = select(processing_log).where(processing_log.c.seq > seq)
    return db.execute(query.order_by(processing_log.c.seq).limit(limit)).all()


def _hash(row: dict[str, Any], previous: str) -> str:
    told = {name: row[name] for name in Entry.__dataclass_fields__}
    told = {**told, "at": row["at"].astimezone(UTC).isoformat(timespec="microseconds"), "previous": previous}
    canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _entry(row: Row[Any]) -> Entry:
    values = {name: row._mapping[name] for name in Entry.__dataclass_fields__}
    return Entry(**{**values, "kinds": tuple(row.kinds)})
