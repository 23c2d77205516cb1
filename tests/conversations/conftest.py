"""What the conversations share."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from conversations.database import connect
from tests.house import House


@pytest.fixture(scope="module")
def engine(house: House) -> Iterator[Engine]:
    """The ledger of the running house, to read what was said and how it came about."""
    engine = connect(house.settings.database_url)
    yield engine
    engine.dispose()
