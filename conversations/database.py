"""Opens the database, SQLite or PostgreSQL, and brings its tables up to date.

SQLite has one writer at a time. A transaction that starts by reading and then
writes can fail half-way, so here every transaction takes the write lock when it
begins (BEGIN IMMEDIATE), unless it was opened by `reading`. Threads of one process
queue at a turnstile: SQLite's own waiting sleeps, and costs up to 100 ms a time.

What people said is a parameter of a statement: errors, and so the logs, hide those.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Lock, local
from typing import TypeVar
from weakref import WeakKeyDictionary

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATING = 1777_2026  # the advisory lock that one migrating process holds; any number will do
SECONDS_FOR_A_LOCK = 5
PAUSE_FOR_A_LOCK = 0.05  # seconds
SECONDS_FOR_A_MIGRATION = 60  # of somebody else, on a slow disk
RACES = 5  # how often a transaction that lost a race for a unique value is tried
# The connection that was used last goes first: it still has in memory what it read, and SQLite's what it planned
POOL = {"pool_size": 10, "max_overflow": 20, "pool_use_lifo": True}

T = TypeVar("T")

_turnstiles: WeakKeyDictionary[Engine, Lock] = WeakKeyDictionary()


class _Shared(local):
    db: Connection | None = None


_shared = _Shared()


def connect(url: str, *, patience: float = SECONDS_FOR_A_LOCK) -> Engine:
    """An engine for this SQLAlchemy URL; makes the folder of a SQLite file, and waits so many seconds for its lock."""
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url, patience)
    return create_engine(url, pool_pre_ping=True, **POOL, hide_parameters=True)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that may write. Keep it short: nobody else writes to SQLite meanwhile."""
    _shared.db = None  # what is read after this shall see it
    with _turnstiles.get(engine) or nullcontext(), engine.begin() as db:
        yield db


def wipe(engine: Engine) -> None:
    """Let nothing that was deleted linger in SQLite's write-ahead log, as far as nobody is reading it just now."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()  # outside any transaction
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()


def racing(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Run a transaction, and again when another one made the same row first."""
    for _ in range(RACES - 1):
        try:
            with writing(engine) as db:
                return work(db)
        except IntegrityError:
            continue
    with writing(engine) as db:
        return work(db)


def alone(db: Connection, name: str) -> None:
    """Wait until nobody else is in a transaction under this name. On SQLite nobody else writes anyway."""
    if db.dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads, and waits for no writer."""
    if _shared.db is not None and _shared.db.engine is engine:
        yield _shared.db
        return
    with engine.connect().execution_options(reading=True) as db:
        yield db


@contextmanager
def reading_together(engine: Engine) -> Iterator[None]:
    """What this thread reads inside, is one transaction, until it writes: beginning costs more than reading."""
    with reading(engine) as db:
        _shared.db = db
        try:
            yield
        finally:
            _shared.db = None


def migrate(url: str) -> None:
    """Bring the tables up to date. Several processes may try at once: one does it, the others wait."""
    engine = connect(url, patience=SECONDS_FOR_A_MIGRATION)
    try:
        with writing(engine) as db:  # on SQLite this is the lock
            if db.dialect.name == "postgresql":
                db.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATING})
            command.upgrade(configuration(db), "head")
    finally:
        engine.dispose()


def configuration(db: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = db
    return config


def _sqlite(url: str, patience: float) -> Engine:
    database = make_url(url).database
    if database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    waits = {"timeout": patience}
    engine = create_engine(url, connect_args=waits, **POOL, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    _turnstiles[engine] = Lock()
    return engine


def _prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver shall not begin transactions by itself
    # secure_delete: what was forgotten is wiped from the file; it is not the default everywhere
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
        _insist(connection, f"PRAGMA {pragma}")


def _insist(connection: sqlite3.Connection, statement: str) -> None:
    """SQLite waits for no lock where the journal changes: of processes that begin at once all but one would fail."""
    deadline = time.monotonic() + SECONDS_FOR_A_MIGRATION
    while True:
        try:
            connection.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(PAUSE_FOR_A_LOCK)


def _begin(db: Connection) -> None:
    reads = db.get_execution_options().get("reading", False)
    db.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
