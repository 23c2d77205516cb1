"""A room of its own for each test: a database in tmp_path, a clock file, and the city's systems in memory."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from city import City, load_city
from conversations.database import migrate
from settings import ROOT
from tests.unit.actions.room import Citizen, Room, furnished


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
    room = furnished(tmp_path, city, monkeypatch)
    yield room
    room.ledger.engine.dispose()


@pytest.fixture
def citizen(room: Room) -> Citizen:
    return room.citizen()
