import pytest
from sqlalchemy import select

from conversations.database import reading
from filings.book import Filings
from filings.follows import Follows
from filings.model import FilingState
from filings.retention import forget
from filings.tables import filings, follow_changes, follows
from tests.sealing import VAULT

DAY = 86_400
PAYLOAD = {"naam": "An Peeters", "email": "an@example.be"}


@pytest.fixture
def following(engine, clock):
    return Follows(engine, clock, VAULT, interval=60)


def over(book: Filings, key="k"):
    filing = book.file("c_1", "melding", PAYLOAD, key)
    return book.done(filing.id, "uuid-1", "I 2611 001", {"naam": "An Peeters"})


def stored(engine):
    with reading(engine) as db:
        return list(db.execute(select(filings)).all())


def test_who_asked_and_what_is_forgotten_and_the_figures_stay(engine, book, clock):
    filing = over(book)
    clock.passes(30 * DAY)

    assert forget(engine, clock.after(-29 * DAY), 10) == 1
    assert forget(engine, clock.after(-29 * DAY), 10) == 0

    [row] = stored(engine)
    assert (row.id, row.kind, row.state, row.created_at) == (filing.id, "melding", FilingState.DONE, filing.created_at)
    for personal in ("An", "an@example.be", "c_1", "I 2611 001", "uuid-1", filing.reference):
        assert personal not in str(row)
    assert book.of("c_1") == []
    assert book.by_reference(filing.reference) is None
    assert book.get(filing.id).payload == {}


@pytest.mark.parametrize("ending", ["refused", "failed"])
def test_what_ended_badly_is_forgotten_too(ending, engine, book, clock):
    filing = book.file("c_1", "melding", PAYLOAD, "k")
    getattr(book, ending)(filing.id, "x")
    clock.passes(DAY)

    assert forget(engine, clock.now(), 10) == 1


def test_what_still_runs_stays_however_old(engine, book, clock):
    book.file("c_1", "melding", PAYLOAD, "open")
    waiting = book.file("c_1", "melding", PAYLOAD, "uncertain")
    book.uncertain(waiting.id, "Timeout")
    clock.passes(400 * DAY)

    assert forget(engine, clock.now(), 10) == 0


def test_what_changed_since_stays(engine, book, clock):
    filing = over(book)
    clock.passes(10 * DAY)
    book.update_payload(filing.id, {**PAYLOAD, "moment": "later"})
    clock.passes(5 * DAY)

    assert forget(engine, clock.after(-9 * DAY), 10) == 0
    assert book.get(filing.id).payload["moment"] == "later"


def test_what_is_followed_stays_until_that_ends_and_then_goes_with_its_changes(engine, book, following, clock):
    filing = over(book)
    follow = following.follow(filing, {"status": "Geregistreerd"})
    following.changed(follow, {"status": "In behandeling"}, {"note": "An belde"})
    clock.passes(10 * DAY)
    assert forget(engine, clock.now(), 10) == 0

    following.unfollow(filing)
    assert forget(engine, clock.now(), 10) == 1

    with reading(engine) as db:
        assert db.execute(select(follows)).all() == []
        assert db.execute(select(follow_changes)).all() == []
    assert following.untold() == []


def test_it_forgets_so_many_at_a_time_the_oldest_first(engine, book, clock):
    for number in range(5):
        over(book, f"k{number}")
        clock.passes(1)
    clock.passes(DAY)

    assert [forget(engine, clock.now(), 2) for _ in range(4)] == [2, 2, 1, 0]
