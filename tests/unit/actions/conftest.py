"""A room of its own for each test: a database in tmp_path, a clock file, and the city's systems in memory."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from city import City, load_city
from conversations.database import migrate
from settings import ROOT
from tests.unit.actions.room import Citizen, Room, furnished, uses


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
    """On Monday 23 November 2026 at ten. Whatever the test does, the register must know what it is for."""
    shutil.copy(empty_database, tmp_path / "balie.db")
    room = furnished(tmp_path, city, monkeypatch)
    yield room
    unregistered = {use for use in uses(room) if not room.register.covers(*use)}
    assert not unregistered, "used for what the register of activities does not know"
    room.ledger.engine.dispose()


@pytest.fixture
def citizen(room: Room) -> Citizen:
    return room.citizen()
