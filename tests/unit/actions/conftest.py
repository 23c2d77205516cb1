"""A room of its own for each test: a database in tmp_path, a clock file, and the city's systems in memory."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from actions import wiring
from city import City, load_city
from clock import Clock
from conversations.database import migrate
from settings import ROOT, Settings
from tests.unit.actions.backends import AppointmentsInMemory, DossiersInMemory, IncidentsInMemory
from tests.unit.actions.room import Citizen, Room

MONDAY = "2026-11-23T10:00:00"  # the town hall is open


@pytest.fixture(scope="session")
def city() -> City:
    return load_city(ROOT / "city.yml")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("database") / "balie.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def room(city: City, empty_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """On Monday 23 November 2026 at ten."""
    shutil.copy(empty_database, tmp_path / "balie.db")
    clock_file = tmp_path / "clock"
    clock_file.write_text(MONDAY, encoding="utf-8")
    incidents = IncidentsInMemory()
    appointments = AppointmentsInMemory(city, Clock(clock_file))
    monkeypatch.setattr(wiring, "load_city", lambda path: city)
    dossiers = DossiersInMemory(Clock(clock_file))
    monkeypatch.setattr(wiring, "TopdeskIncidents", lambda settings: incidents)
    monkeypatch.setattr(wiring, "DosisStatuses", lambda settings: dossiers)
    monkeypatch.setitem(wiring.APPOINTMENTS, "jcc-rest", lambda settings: appointments)
    settings = Settings(
        database_url=f"sqlite:///{tmp_path}/balie.db", city_file=str(ROOT / "city.yml"), clock_file=str(clock_file)
    )
    room = Room(wiring.wire(settings), city, incidents, appointments, dossiers, clock_file)
    yield room
    room.ledger.engine.dispose()


@pytest.fixture
def citizen(room: Room) -> Citizen:
    return room.citizen()
