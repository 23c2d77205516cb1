import multiprocessing
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, MetaData, Table, insert, inspect, select, text
from sqlalchemy.exc import OperationalError, StatementError

import citizens.link_tables
import citizens.tables  # noqa: F401 – and so do these
import conversations.figure_tables
import conversations.handover_tables
import conversations.overrides  # noqa: F401 – and these
import desk.tables  # noqa: F401 – and these
import filings.tables
import filings.task_tables  # noqa: F401 – and so do these
from conversations.database import connect, migrate, reading, reading_together, writing
from conversations.tables import Moment, metadata
from tests.unit.conversations.setting import migrate_together, migrated


def test_the_migrations_give_exactly_the_tables_of_the_code(engine):
    with reading(engine) as db:
        differences = compare_metadata(MigrationContext.configure(db), metadata)

    assert differences == []


def test_the_migrations_give_the_partial_indices_of_the_code(engine):
    indices = {index.name: index for table in metadata.tables.values() for index in table.indexes}
    kind = engine.dialect.name
    wanted = {name for name, index in indices.items() if index.dialect_options[kind]["where"] is not None}
    there = inspect(engine)
    partial = {
        index["name"]
        for table in metadata.tables
        for index in there.get_indexes(table)
        if index.get("dialect_options", {}).get(f"{kind}_where") is not None
    }

    assert wanted == partial


def test_a_second_migration_changes_nothing(database_url):
    migrate(database_url)

    migrate(database_url)

    engine = connect(database_url)
    with reading(engine) as db:
        assert db.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
    engine.dispose()


def test_several_processes_may_migrate_at_once(database_url):
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(4)
    processes = [spawn.Process(target=migrate_together, args=(barrier, database_url)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)

    assert [process.exitcode for process in processes] == [0] * 4


def test_a_moment_comes_back_in_utc_whatever_its_zone_was(engine):
    table = Table("moments", MetaData(), Column("at", Moment))
    moment = datetime(2026, 7, 1, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    with writing(engine) as db:
        table.create(db)
        db.execute(insert(table).values(at=moment))
        [found] = db.execute(select(table.c.at)).scalars()

    assert found == moment
    assert found.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(engine):
    table = Table("moments", MetaData(), Column("at", Moment))
    statement = insert(table).values(at=datetime(2026, 7, 1))  # noqa: DTZ001
    with writing(engine) as db:
        table.create(db)
        with pytest.raises(StatementError, match="needs a time zone"):
            db.execute(statement)


def test_sqlite_makes_its_folder_and_keeps_a_log_beside_the_data(tmp_path):
    with migrated(f"sqlite:///{tmp_path}/nieuw/diep/balie.db") as engine, reading(engine) as db:
        pragmas = {
            name: db.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert pragmas == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 5000}


def test_sqlite_reads_while_another_writes(tmp_path):
    with migrated(f"sqlite:///{tmp_path}/balie.db") as engine, writing(engine) as writer:
        writer.execute(text("INSERT INTO alembic_version VALUES ('x')"))
        with reading(engine) as reader:
            seen = reader.execute(text("SELECT version_num FROM alembic_version WHERE version_num = 'x'")).all()

    assert seen == []


def test_sqlite_takes_the_write_lock_when_a_transaction_begins(tmp_path):
    url = f"sqlite:///{tmp_path}/balie.db"
    with migrated(url) as engine, migrated(url) as other, writing(engine):
        impatient = other.connect().execution_options(reading=True)
        impatient.exec_driver_sql("PRAGMA busy_timeout = 1")
        impatient.rollback()
        with pytest.raises(OperationalError, match="locked"):
            impatient.execution_options(reading=False).execute(text("SELECT 1"))
        impatient.close()


def test_a_failed_transaction_leaves_nothing_and_lets_the_next_one_in(engine):
    def fail():
        with writing(engine) as db:
            db.execute(text("INSERT INTO alembic_version VALUES ('half')"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    done = threading.Event()

    def write():
        with writing(engine):
            done.set()

    threading.Thread(target=write).start()
    assert done.wait(5)
    with reading(engine) as db:
        assert db.execute(text("SELECT count(*) FROM alembic_version WHERE version_num = 'half'")).scalar() == 0


def test_what_is_read_together_is_read_in_one_transaction(engine):
    with reading_together(engine):
        with reading(engine) as first, reading(engine) as second:
            assert first is second
        with reading(engine) as third:
            assert third is first

    with reading(engine) as later:
        assert later is not first


def test_what_is_read_together_after_a_write_has_seen_it(engine, ledger):
    conversation = ledger.open("web", "an").id

    with reading_together(engine):
        assert ledger.conversation(conversation).holder == "bot"
        ledger.end(conversation)
        assert ledger.conversation(conversation).holder == "closed"


def test_a_thread_does_not_read_together_with_another(engine):
    seen = []

    def read():
        with reading(engine) as db:
            seen.append(db)

    with reading_together(engine), reading(engine) as mine:
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()

    assert seen != [mine]
