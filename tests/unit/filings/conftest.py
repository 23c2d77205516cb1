from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from filings.book import Filings
from tests.sealing import VAULT
from tests.unit.conversations.setting import StoppedClock, migrated


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    with migrated(database_url) as engine:
        yield engine


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def book(engine: Engine, clock: StoppedClock) -> Filings:
    return Filings(engine, clock, VAULT)
