import threading
from datetime import timedelta

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError

from citizens.processing import Broken, ProcessingLog
from citizens.tables import processing_anchors, processing_log
from conversations.database import writing
from scripts.verify_log import verified

DAY = 86_400


def note(log, person="p_lien", action="Afspraken opzoeken", **more):
    told = {"activity": "afspraken", "source": "jcc", "kinds": ["naam", "afspraak"]}
    log.write(**{"person": person, "conversation": "c1", "action": action, **told, **more})


@pytest.mark.req("MZC-22")
def test_a_citizen_sees_his_own_rows_the_latest_first(processing, clock):
    note(processing)
    note(processing, person="p_jan")
    note(processing, person=None)
    clock.passes(60)
    note(processing, action="Attest bestellen", actor="medewerker")

    latest, first = processing.of("p_lien")

    assert (latest.action, latest.actor, latest.at) == ("Attest bestellen", "medewerker", clock.now())
    assert (first.source, first.kinds, first.activity) == ("jcc", ("naam", "afspraak"), "afspraken")
    assert [entry.action for entry in processing.of("p_lien", limit=1)] == ["Attest bestellen"]


def test_what_is_confidential_is_hidden_from_the_citizen(processing):
    note(processing, confidential=True)

    assert processing.of("p_lien") == []
    assert processing.verify() == 1


def test_an_untouched_log_is_whole(processing):
    assert processing.verify() == 0
    for _ in range(3):
        note(processing)

    assert processing.verify() == 3


@pytest.mark.req("MZC-11")
@pytest.mark.parametrize(
    "statement",
    [
        update(processing_log).values(person="p_jan"),
        delete(processing_log),
        text("DELETE FROM processing_log WHERE seq = 2"),
        text("UPDATE processing_log SET kinds = '[]'"),
    ],
    ids=str,
)
def test_the_database_refuses_to_change_the_log(engine, processing, statement):
    note(processing)
    note(processing)

    with pytest.raises(DBAPIError, match="append-only"), writing(engine) as db:
        db.execute(statement)

    assert processing.verify() == 2


def test_postgresql_refuses_to_empty_the_log(engine, processing):
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    note(processing)

    with pytest.raises(DBAPIError, match="append-only"), writing(engine) as db:
        db.execute(text("TRUNCATE processing_log"))


def without_triggers(engine, statement):
    """What somebody could do who owns the database."""
    with writing(engine) as db:
        if engine.dialect.name == "postgresql":
            db.execute(text("ALTER TABLE processing_log DISABLE TRIGGER ALL"))
        else:
            for event in ("update", "delete"):
                db.execute(text(f"DROP TRIGGER processing_log_{event}"))
        db.execute(statement)


@pytest.mark.parametrize(
    ("change", "seq", "why"),
    [
        (update(processing_log).where(processing_log.c.seq == 2).values(person="p_jan"), 2, "was changed"),
        (update(processing_log).where(processing_log.c.seq == 2).values(kinds=["naam"]), 2, "was changed"),
        (update(processing_log).where(processing_log.c.seq == 2).values(confidential=True), 2, "was changed"),
        (update(processing_log).where(processing_log.c.seq == 3).values(hash="0" * 64), 3, "was changed"),
        (delete(processing_log).where(processing_log.c.seq == 2), 2, "is missing"),
        (delete(processing_log).where(processing_log.c.seq == 1), 1, "is missing"),
    ],
    ids=str,
)
def test_whoever_gets_round_the_database_breaks_the_chain(engine, processing, change, seq, why):
    for _ in range(4):
        note(processing)

    without_triggers(engine, change)

    with pytest.raises(Broken, match=why) as broken:
        processing.verify()
    assert broken.value.seq == seq


def test_every_moment_keeps_its_hash_on_every_database(processing, clock):
    clock.moment += timedelta(microseconds=7)
    note(processing, kinds=["naam", "e-mail", "“élan” 🙂"])

    assert processing.verify() == 1


def test_many_writers_at_once_make_one_chain(engine, clock, vault):
    barrier = threading.Barrier(8)

    def many():
        barrier.wait()
        for _ in range(5):
            note(ProcessingLog(engine, clock, vault))

    threads = [threading.Thread(target=many) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ProcessingLog(engine, clock, vault).verify() == 40


def test_what_is_old_goes_from_the_front_and_the_chain_goes_on(engine, processing, clock):
    for _ in range(3):
        note(processing)
    clock.passes(DAY)
    note(processing, action="jonger")

    assert processing.forget(clock.after(-1), limit=2) == 2
    assert processing.forget(clock.after(-1), limit=2) == 1
    assert processing.forget(clock.after(-1), limit=2) == 0

    assert processing.verify() == 1
    assert [entry.action for entry in processing.of("p_lien")] == ["jonger"]
    note(processing)
    assert processing.verify() == 2
    with pytest.raises(DBAPIError, match="append-only"), writing(engine) as db:
        db.execute(delete(processing_anchors))


def test_a_log_of_which_all_is_old_goes_on_where_it_was(processing, clock):
    note(processing)
    head = processing.head()
    processing.forget(clock.after(1), limit=10)

    assert processing.head() == head
    note(processing)
    assert processing.head()[0] == 2
    assert processing.verify() == 1


def test_rows_taken_off_the_end_are_missed_by_whoever_kept_the_head(engine, processing):
    for _ in range(3):
        note(processing)
    head = processing.head()
    assert processing.verify(head) == 3

    without_triggers(engine, delete(processing_log).where(processing_log.c.seq == 3))

    assert processing.verify() == 2
    with pytest.raises(Broken, match=r"row 3 .* is missing"):
        processing.verify(head)
    note(processing)
    with pytest.raises(Broken, match=r"row 3 .* is not the one that was"):
        processing.verify(head)


def test_the_command_tells_the_head_and_takes_it_back(processing):
    note(processing)
    said = verified(processing)
    head = said.rsplit(" ", 1)[1]
    note(processing)

    assert said.startswith("1 rows, all as they were written")
    assert verified(processing, head).startswith("2 rows")
    with pytest.raises(ValueError, match="invalid literal"):
        verified(processing, "wat")
    with pytest.raises(Broken):
        verified(processing, "1:abc")
