"""Which statuses of his dossiers a citizen was told, on whatever channel."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select, update

from citizens.tables import dossier_reads
from clock import Clock
from conversations.database import racing, reading

Status = tuple[str, str, datetime]
"""A dossier's source, its number there, and when its status changed last."""


class DossiersRead:
    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock

    def unread(self, person: str, statuses: Sequence[Status]) -> list[Status]:
        """Those that changed since he was told of them, in the order given."""
        with reading(self.engine) as db:
            found = db.execute(select(dossier_reads).where(dossier_reads.c.person == person)).all()
        told = {(row.source, row.number): row.changed_at for row in found}
        return [status for status in statuses if (at := told.get(status[:2])) is None or at < status[2]]

    def mark_read(self, person: str, statuses: Sequence[Status]) -> None:
        """He was told of these. Never moves back to an older status."""

        def mark(db: Connection) -> None:
            for source, number, changed_at in statuses:
                _mark(db, {"person": person, "source": source, "number": number}, changed_at)

        racing(self.engine, mark)


def _mark(db: Connection, dossier: dict[str, str], changed_at: datetime) -> None:
    this = [dossier_reads.c[name] == value for name, value in dossier.items()]
    known = db.execute(select(dossier_reads.c.changed_at).where(*this).with_for_update()).scalar()
    if known is None:
        db.execute(insert(dossier_reads).values(**dossier, changed_at=changed_at))
    elif known < changed_at:
        db.execute(update(dossier_reads).where(*this).values(changed_at=changed_at))
