import pytest

from filings import follows as module
from filings.follows import LONGEST_PAUSE, MAX_AGE, Follows, pause_after
from tests.sealing import VAULT
from tests.unit.conversations.test_ledger_races import together

INTERVAL = 120.0
NEW = {"stand": "geregistreerd"}
BUSY = {"stand": "in behandeling"}


@pytest.fixture
def follows(engine, clock):
    return Follows(engine, clock, VAULT, interval=INTERVAL)


@pytest.fixture
def filed(book):
    return book.done(book.file("c_1", "melding", {}, "c_1:1").id, "unid", "I 2611 001")


@pytest.fixture
def followed(follows, filed):
    return follows.follow(filed, NEW)


def due(follows):
    follow = follows.claim_due()
    assert follow is not None
    return follow


# --- looking ------------------------------------------------------------------------------------------------------


def test_what_is_followed_is_looked_at_after_the_interval(follows, followed, filed, clock):
    assert follows.claim_due() is None
    clock.passes(INTERVAL)

    assert due(follows) == followed
    assert (followed.filing, followed.seen, followed.changes) == (filed, NEW, 0)


def test_a_look_that_came_to_nothing_only_delays(follows, followed, clock):
    clock.passes(INTERVAL)
    due(follows)
    assert follows.claim_due() is None

    clock.passes(INTERVAL)

    assert due(follows) == followed


def test_two_workers_look_at_each_once(follows, book, clock):
    for number in range(20):
        follows.follow(book.file("c_1", "melding", {}, str(number)), NEW)
    clock.passes(INTERVAL)

    def work(_):
        claimed = []
        while follow := follows.claim_due():
            claimed.append(follow.filing.id)
        return claimed

    looked_at = [filing for claimed in together(2, work) for filing in claimed]
    assert len(looked_at) == len(set(looked_at)) == 20


def test_the_longer_nothing_changes_the_rarer_is_looked():
    assert pause_after(0, INTERVAL) == pause_after(10 * INTERVAL, INTERVAL) == INTERVAL
    assert pause_after(3 * 3600, INTERVAL) == pytest.approx(18 * 60)
    assert pause_after(30 * 86400, INTERVAL) == LONGEST_PAUSE
    assert pause_after(0, 2 * LONGEST_PAUSE) == 2 * LONGEST_PAUSE


def test_a_change_makes_it_quick_again(follows, followed, clock):
    clock.passes(86400)
    follows.changed(due(follows), BUSY, {"text": "bezig"})
    clock.passes(LONGEST_PAUSE)
    due(follows)

    clock.passes(LONGEST_PAUSE * module.SLOWER)

    assert due(follows).seen == BUSY


# --- ending -------------------------------------------------------------------------------------------------------


def test_what_is_no_longer_followed_is_left_alone(follows, followed, clock):
    follows.unfollow(followed.filing)

    clock.passes(MAX_AGE.total_seconds())

    assert follows.claim_due() is None


def test_after_sixty_days_there_is_one_last_look(follows, followed, clock):
    clock.passes(MAX_AGE.total_seconds())
    due(follows)

    clock.passes(MAX_AGE.total_seconds())

    assert follows.claim_due() is None


def test_following_again_goes_on_from_what_was_seen(follows, followed, clock):
    clock.passes(INTERVAL)
    follows.changed(due(follows), BUSY, {})
    follows.unfollow(followed.filing)

    again = follows.follow(followed.filing, NEW)

    assert (again.seen, again.changes) == (BUSY, 1)
    clock.passes(INTERVAL)
    assert due(follows) == again


# --- telling ------------------------------------------------------------------------------------------------------


def test_a_change_is_untold_until_somebody_told_it(follows, followed):
    assert follows.changed(followed, BUSY, {"text": "bezig"})

    [change] = follows.untold()
    assert (change.filing, change.number, change.content) == (followed.filing, 1, {"text": "bezig"})
    follows.told(change)
    assert follows.untold() == []
    assert follows.change(followed.filing, 1) == change


def test_of_two_looks_that_find_the_same_change_one_counts(follows, followed):
    assert follows.changed(followed, BUSY, {"text": "bezig"})

    assert not follows.changed(followed, BUSY, {"text": "bezig"})
    assert len(follows.untold()) == 1


def test_changes_are_told_in_the_order_in_which_they_came(follows, followed, clock):
    follows.changed(followed, BUSY, {"text": "bezig"})
    clock.passes(INTERVAL)
    follows.changed(due(follows), NEW, {"text": "toch niet"})

    assert [change.number for change in follows.untold()] == [1, 2]
    assert follows.change(followed.filing, 3) is None
