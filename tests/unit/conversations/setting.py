"""What the tests of the ledger and of the filings are set up with."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Barrier

from sqlalchemy import Engine

from clock import BRUSSELS, Clock
from conversations.bell import Bell, PostgresBell
from conversations.database import connect, migrate
from conversations.ledger import Ledger
from conversations.model import Incoming, Message

LEASE = 60.0


class StoppedClock(Clock):
    """Stands still until somebody moves it on."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = datetime(2026, 11, 23, 9, 30, tzinfo=BRUSSELS)

    def now(self) -> datetime:
        return self.moment

    def passes(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    def after(self, seconds: float) -> datetime:
        return self.moment + timedelta(seconds=seconds)


class HeardBell(Bell):
    """Remembers what rang."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def ring(self, topic: str) -> None:
        self.heard.append(topic)
        super().ring(topic)


@contextmanager
def migrated(url: str) -> Iterator[Engine]:
    migrate(url)
    engine = connect(url)
    yield engine
    engine.dispose()


def words(number: int | str, *, address: str = "an", channel: str = "web", text: str | None = None) -> Incoming:
    """A message of a citizen, with an id of its own for each number."""
    return Incoming(channel, address, f"{address}-{number}", text=f"bericht {number}" if text is None else text)


def claimed(ledger: Ledger, worker: str = "w") -> Message:
    """The next message, of which the test knows that there is one."""
    message = ledger.claim_turn(worker, LEASE)
    assert message is not None
    return message


def to_send(ledger: Ledger, worker: str = "w") -> Message:
    message = ledger.claim_delivery(worker, LEASE, ["whatsapp"])
    assert message is not None
    return message


def migrate_together(barrier: Barrier, url: str) -> None:
    """For a process of its own; all of them begin at the same moment."""
    barrier.wait(60)
    migrate(url)


def ring_elsewhere(url: str, topic: str) -> None:
    """For a process of its own."""
    engine = connect(url)
    PostgresBell(engine).ring(topic)
    engine.dispose()
