from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from conversations.database import connect
from tests.faults.resident import A_MONDAY, Sandbox
from tests.front import Citizen, FakeBot
from tests.house import PARTS, House


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, FakeBot]]:
    """The real front with a bot that does as it is told, shared by the tests of a module."""
    with FakeBot() as bot:
        house = House(
            tmp_path_factory.mktemp("front"),
            parts=("front",),
            environment={"BOT_URL": bot.url, "TURN_TIMEOUT": "1.0", "WEB_ORIGINS": "https://www.leiestad.example"},
        )
        house.start()
        yield house, bot
        house.stop()


@pytest.fixture
def bot(running: tuple[House, FakeBot]) -> FakeBot:
    bot = running[1]
    if bot._server is None:
        bot.start()
    bot.faults.clear()
    bot.asked.clear()
    bot.ready = True
    return bot


@pytest.fixture
def front(running: tuple[House, FakeBot], bot: FakeBot) -> House:
    return running[0]


@pytest.fixture
def citizen(front: House) -> Citizen:
    """Somebody who has just been welcomed."""
    citizen = Citizen(front.front_url)
    citizen.hear("Je zei: /gesprek_begonnen")
    return citizen


@pytest.fixture
def own_front(tmp_path: Path) -> Iterator[tuple[House, FakeBot]]:
    """A front of this test's own, to kill."""
    with FakeBot() as bot:
        house = House(tmp_path, parts=("front",), environment={"BOT_URL": bot.url})
        house.start()
        yield house, bot
        house.stop()


@pytest.fixture(scope="module")
def whole(request: pytest.FixtureRequest, model: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A whole house of this module's own, to kill; ENVIRONMENT in the module sets it up."""
    environment = getattr(request.module, "ENVIRONMENT", {})
    house = House(tmp_path_factory.mktemp("whole"), environment=environment)
    house.set_clock(A_MONDAY)
    house.start()
    yield house
    house.stop()


@pytest.fixture(scope="module")
def engine(whole: House) -> Iterator[Engine]:
    engine = connect(whole.settings.database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sandbox(whole: House) -> Iterator[Sandbox]:
    """The city's systems, in good health; and all parts, whatever the test before this one left behind."""
    for part in PARTS:
        if not whole.runs(part):
            whole.restart(part)
    sandbox = Sandbox(whole)
    sandbox.heal()
    yield sandbox
    if whole.runs("sandbox"):
        sandbox.heal()
