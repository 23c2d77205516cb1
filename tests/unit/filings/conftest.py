import pytest
from sqlalchemy import Engine

from filings.book import Filings
from tests.sealing import VAULT
from tests.unit.conversations.setting import StoppedClock


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def book(engine: Engine, clock: StoppedClock) -> Filings:
    return Filings(engine, clock, VAULT)
