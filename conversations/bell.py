"""Who wakes whom.

A ring says that something changed, never what: whoever wakes looks in the ledger. A
ring may get lost, and then costs time only, for everybody also looks by himself
every few seconds.

    with bell.listen("turns") as rings:
        while True:
            work_off_what_is_there()
            await rings.wait(2)      # a ring since `listen`, or since the last `wait`, counts

Topics: `turns`, `delivery`, `conversation:<id>`.
"""

import asyncio
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import structlog
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

log = structlog.get_logger()

CHANNEL = "balie"
LOOKS_UP = 1.0  # seconds after which the listening thread sees that it must stop
LONGEST_PAUSE = 5.0  # seconds between two attempts to reach the database


class Rings:
    """What one listener heard."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()
        self._rang = False

    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109 – its end is an answer, not an error
        """True when it rang since the last wait, at once if it did already; False after so many seconds, or a wake."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), timeout)
        rang, self._rang = self._rang, False
        self._event.clear()
        return rang

    def ring(self) -> None:
        """From any thread."""
        self._wake(rang=True)

    def wake(self) -> None:
        """End the wait though nothing changed. From any thread."""
        self._wake(rang=False)

    def _wake(self, *, rang: bool) -> None:
        with suppress(RuntimeError):  # the loop was closed: nobody listens any more
            self._loop.call_soon_threadsafe(self._note, rang)

    def _note(self, rang: bool) -> None:
        self._rang = self._rang or rang
        self._event.set()


class Bell:
    """Rings within this process, across its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[str, list[Rings]] = {}

    def ring(self, topic: str) -> None:
        with self._lock:
            listeners = list(self._listeners.get(topic, ()))
        for rings in listeners:
            rings.ring()

    def changes_hands(self, conversation: str) -> None:
        """Wakes whoever answers it, the desk, and whoever looks at it."""
        for topic in ("turns", "desk", f"conversation:{conversation}"):
            self.ring(topic)

    async def wait(self, topic: str, timeout: float) -> bool:  # noqa: ASYNC109
        """Wait for one ring from now on. A loop listens instead, and misses none between two waits."""
        with self.listen(topic) as rings:
            return await rings.wait(timeout)

    @contextmanager
    def listen(self, topic: str) -> Iterator[Rings]:
        rings = Rings()
        with self._lock:
            self._listeners.setdefault(topic, []).append(rings)
        try:
            yield rings
        finally:
            with self._lock:
                self._listeners[topic].remove(rings)
                if not self._listeners[topic]:
                    del self._listeners[topic]

    def close(self) -> None:
        """Stop what runs in the background."""

    def _ring_all(self) -> None:
        with self._lock:
            topics = list(self._listeners)
        for topic in topics:
            Bell.ring(self, topic)


class PostgresBell(Bell):
    """Rings in every process that uses this database, by NOTIFY; one thread listens for this process."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine
        self._me = secrets.token_hex(4)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def ring(self, topic: str) -> None:
        super().ring(topic)
        try:
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
                db.execute(
                    text("SELECT pg_notify(:channel, :what)"), {"channel": CHANNEL, "what": f"{self._me} {topic}"}
                )
        except SQLAlchemyError as error:
            log.warning("bell.not_rung", topic=topic.partition(":")[0], error=type(error).__name__)

    @contextmanager
    def listen(self, topic: str) -> Iterator[Rings]:
        self._start()
        with super().listen(topic) as rings:
            yield rings

    def close(self) -> None:
        self._stopping.set()
        if self._thread:
            self._thread.join(LOOKS_UP * 2)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._hear, name="bell", daemon=True)
                self._thread.start()

    def _hear(self) -> None:
        pause = 0.1
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._address(), autocommit=True) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    pause = 0.1
                    self._ring_all()  # what rang while nobody listened
                    self._pass_on(connection)
            except psycopg.Error as error:
                log.warning("bell.deaf", error=type(error).__name__, seconds=pause)
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def _pass_on(self, connection: psycopg.Connection) -> None:
        while not self._stopping.is_set():
            for notification in connection.notifies(timeout=LOOKS_UP):
                sender, _, topic = notification.payload.partition(" ")
                if sender != self._me:
                    Bell.ring(self, topic)

    def _address(self) -> str:
        return self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def bell_for(engine: Engine) -> Bell:
    """The bell that reaches everybody who uses this database; on SQLite only this process."""
    return PostgresBell(engine) if engine.dialect.name == "postgresql" else Bell()
