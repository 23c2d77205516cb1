import pytest
from sqlalchemy import Engine

from conversations.ledger import Ledger
from tests.sealing import VAULT
from tests.unit.conversations.setting import HeardBell, StoppedClock


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def bell() -> HeardBell:
    return HeardBell()


@pytest.fixture
def ledger(engine: Engine, clock: StoppedClock, bell: HeardBell) -> Ledger:
    return Ledger(engine, clock, bell, VAULT)
