"""What supervisors changed of the city's file and texts: every change a version, the newest counts.

A key names one thing that can be changed as a whole (`uren:burgerzaken`, `uitzonderingen`,
`tekst:utter_wachtrij_lang`, `calamiteit`); no value means: as the files say. Readers look
once a second whether there is anything new, whatever they are asked, so that a change is
live everywhere within a few seconds and costs no message a query.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Column, Engine, Integer, Row, Table, Text, UniqueConstraint, func, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from clock import Clock
from conversations.database import reading, writing
from conversations.model import JSON
from conversations.tables import Moment, json_column, metadata

LOOK_AGAIN = 1.0  # seconds
CALAMITY = "calamiteit"
UNTIL = "tot"  # of a calamity: an ISO moment, after which it is over by itself

log = structlog.get_logger()

desk_settings = Table(
    "desk_settings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    json_column("value"),
    Column("author", Text, nullable=False),  # the agent's id
    Column("at", Moment, nullable=False),
    UniqueConstraint("key", "version", name="uq_desk_settings_version"),
)


@dataclass(frozen=True)
class Version:
    key: str
    version: int
    value: JSON | None
    author: str
    at: datetime


class Overrides:
    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine, self.clock = engine, clock
        self._lock = threading.Lock()
        self._looked = 0.0
        self._newest = -1
        self._all: dict[str, Version] = {}
        self._live: Mapping[str, Version] = {}

    def live(self) -> Mapping[str, Version]:
        """What counts now, by key; the same object as long as nothing changed."""
        with self._lock:
            if time.monotonic() - self._looked >= LOOK_AGAIN:
                self._looked = time.monotonic()  # before the look: what is written during it is looked for again
                self._look()
            return self._live

    def write(self, key: str, value: JSON | None, author: str, *, after: int | None = None) -> Version | None:
        """A new version. None when somebody else made one since version `after`."""
        with writing(self.engine) as db:
            last = db.execute(select(func.max(desk_settings.c.version)).where(desk_settings.c.key == key)).scalar() or 0
            if after is not None and after != last:
                return None
            row = {"key": key, "version": last + 1, "value": value, "author": author, "at": self.clock.utc()}
            try:
                made = db.execute(insert(desk_settings).values(**row).returning(desk_settings)).one()
            except IntegrityError:  # at the same moment
                return None
        self._looked = 0.0
        return _version(made)

    def history(self, key: str, limit: int = 20) -> list[Version]:
        """Newest first."""
        of_key = select(desk_settings).where(desk_settings.c.key == key)
        with reading(self.engine) as db:
            found = db.execute(of_key.order_by(desk_settings.c.version.desc()).limit(limit)).all()
        return [_version(row) for row in found]

    def version(self, key: str, number: int) -> Version | None:
        query = select(desk_settings).where(desk_settings.c.key == key, desk_settings.c.version == number)
        with reading(self.engine) as db:
            row = db.execute(query).one_or_none()
        return _version(row) if row else None

    # --- inside --------------------------------------------------------------

    def _look(self) -> None:
        """Without its database the house goes on with what it knew."""
        try:
            with reading(self.engine) as db:
                newest = db.execute(select(func.max(desk_settings.c.id))).scalar() or 0
                if newest != self._newest:
                    last = select(func.max(desk_settings.c.id)).group_by(desk_settings.c.key)
                    found = db.execute(select(desk_settings).where(desk_settings.c.id.in_(last))).all()
                    self._all = {row.key: _version(row) for row in found}
                    self._newest = newest
        except SQLAlchemyError as error:
            log.warning("overrides.unreadable", error=type(error).__name__)
        live = {key: version for key, version in self._all.items() if self._counts(version)}
        if live != self._live:
            self._live = live

    def _counts(self, version: Version) -> bool:
        if version.value is None:
            return False
        return version.key != CALAMITY or datetime.fromisoformat(version.value[UNTIL]) > self.clock.now()


def _version(row: Row[Any]) -> Version:
    return Version(row.key, row.version, row.value, row.author, row.at)
