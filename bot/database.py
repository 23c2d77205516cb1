"""The two tables of the dialogue store, their statements, and opening them.

A wrong address stops the process. Rasa would go on with a memory that forgets everything
at the next restart, and nobody would notice.
"""

import time
from pathlib import Path
from typing import NoReturn

import sqlalchemy as sa

MISTAKES = (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError, ValueError, OSError)

metadata = sa.MetaData()
dialogue = sa.Table(
    "dialogue",
    metadata,
    sa.Column("sender_id", sa.String(255), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),  # number of turns told
    sa.Column("session", sa.Integer, nullable=False),  # version at which the latest session began
    sa.Column("changed_at", sa.Float, nullable=False, index=True),
)
turn = sa.Table(
    "dialogue_turn",
    metadata,
    sa.Column("sender_id", sa.String(255), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("events", sa.Text, nullable=False),  # JSON, as Rasa writes its events
)


POSITION = sa.text("SELECT version, session FROM dialogue WHERE sender_id = :sender")
SESSION = sa.text("SELECT events FROM dialogue_turn WHERE sender_id = :sender AND version >= :session ORDER BY version")
CREATE = sa.text(
    "INSERT INTO dialogue (sender_id, version, session, changed_at) VALUES (:sender, :version, :session, :at)"
)
ADVANCE = sa.text(
    "UPDATE dialogue SET version = :version, session = :session, changed_at = :at"
    " WHERE sender_id = :sender AND version = :version - 1"
)
TELL = sa.text("INSERT INTO dialogue_turn (sender_id, version, events) VALUES (:sender, :version, :events)")
FORGET_TURNS = sa.text(
    "DELETE FROM dialogue_turn WHERE sender_id IN (SELECT sender_id FROM dialogue WHERE changed_at < :moment)"
)
FORGET = sa.text("DELETE FROM dialogue WHERE changed_at < :moment")
FORGET_SESSIONS = sa.text(
    "DELETE FROM dialogue_turn WHERE version <"
    " (SELECT session FROM dialogue WHERE dialogue.sender_id = dialogue_turn.sender_id)"
)
FORGET_TURNS_OF = sa.text("DELETE FROM dialogue_turn WHERE sender_id = :sender")
FORGET_ONE = sa.text("DELETE FROM dialogue WHERE sender_id = :sender")


def open_or_stop(url: str | None, patience: float) -> sa.engine.Engine:
    """The database with its tables, or the end of this process with one line that says why.

    A PostgreSQL server that is still starting gets `patience` seconds.
    """
    try:
        engine = _engine(url)
    except MISTAKES as error:
        _stop(url, error)
    until = time.monotonic() + (patience if engine.dialect.name == "postgresql" else 0)
    while True:
        try:
            metadata.create_all(engine)
            return engine
        except sa.exc.SQLAlchemyError as error:
            if time.monotonic() > until:
                _stop(url, error)
            time.sleep(0.5)


def _engine(url: str | None) -> sa.engine.Engine:
    address = sa.engine.make_url(url or "")
    kind = address.get_backend_name()
    if kind == "postgresql":
        # The house writes postgresql+psycopg://; this environment has psycopg2.
        return sa.create_engine(
            address.set(drivername="postgresql+psycopg2"), pool_pre_ping=True, pool_size=8, hide_parameters=True
        )
    if kind != "sqlite":
        raise ValueError(f"{kind} is neither sqlite nor postgresql")
    if not address.database:
        raise ValueError("an SQLite database in memory forgets everything")
    Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    arguments = {"check_same_thread": False, "timeout": 5}
    engine = sa.create_engine(
        address, poolclass=sa.pool.QueuePool, pool_size=8, connect_args=arguments, hide_parameters=True
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: object, _: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[attr-defined]
    connection.execute("PRAGMA synchronous=NORMAL")  # type: ignore[attr-defined]
    connection.execute("PRAGMA secure_delete=ON")  # type: ignore[attr-defined]  # what was forgotten is wiped


def wipe(engine: sa.engine.Engine) -> None:
    """Let nothing that was deleted linger in SQLite's write-ahead log."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()


def _stop(url: str | None, error: Exception) -> NoReturn:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    where = sa.engine.make_url(url).render_as_string() if url and "://" in url else repr(url)
    raise SystemExit(f"RASA_DATABASE_URL {where} cannot be used as dialogue store: {reason}") from None
