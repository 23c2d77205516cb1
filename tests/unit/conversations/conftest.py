from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from conversations.ledger import Ledger
from tests.sealing import VAULT
from tests.unit.conversations.setting import HeardBell, StoppedClock, migrated


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    with migrated(database_url) as engine:
        yield engine


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def bell() -> HeardBell:
    return HeardBell()


@pytest.fixture
def ledger(engine: Engine, clock: StoppedClock, bell: HeardBell) -> Ledger:
    return Ledger(engine, clock, bell, VAULT)
