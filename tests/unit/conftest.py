from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from conversations.database import connect


@pytest.fixture
def engine(ready_url: str) -> Iterator[Engine]:
    """A database of this test's own, with its tables; the test runs once on SQLite and once on PostgreSQL."""
    engine = connect(ready_url)
    yield engine
    engine.dispose()
