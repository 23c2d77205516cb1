"""The register of contacts hears of every task that it was made and that it is done, once."""

import pytest

from conversations.bell import Bell
from filings.contacts import OLDEST
from filings.model import TASK
from filings.task_mirror import TaskMirror
from filings.task_model import CALL_BACK, Contact, Outcome, Source, Wish
from filings.tasks import BOT, Tasks
from filings.windows import Window
from tests.sealing import VAULT

MINUTE = 60.0


@pytest.fixture
def tasks(engine, clock):
    return Tasks(engine, clock, Bell(), VAULT)


@pytest.fixture
def mirror(engine, clock, book):
    return TaskMirror(engine, clock, book)


@pytest.fixture
def task(tasks, clock):
    window = Window(clock.now(), clock.after(7200))
    contact = Contact("Karel Deurne", "+32470123456", "mijn afval")
    return tasks.make(Wish("c_1", "web", "onthaal", "melding", CALL_BACK, Source.BOT, window, contact), "k", BOT)


def told(book, task):
    return [one.payload["status"] for one in reversed(book.of(task.id, TASK))]


@pytest.mark.req("KI-31")
def test_a_new_task_is_told_once(mirror, book, task):
    assert mirror.file_one()
    assert not mirror.file_one()

    assert told(book, task) == ["te_verwerken"]


def test_who_takes_it_is_no_news_and_that_it_is_done_is(mirror, tasks, book, clock, task):
    mirror.file_one()
    clock.passes(MINUTE)
    tasks.claim(task.id, "a_1")
    assert not mirror.file_one()
    clock.passes(MINUTE)
    tasks.finish(task.id, "a_1", Outcome.REACHED)

    assert mirror.file_one()
    assert not mirror.file_one()
    assert told(book, task) == ["te_verwerken", "verwerkt"]


def test_the_filing_names_nobody(mirror, book, task):
    mirror.file_one()

    [filing] = book.of(task.id, TASK)
    assert filing.payload.keys() == {"task", "status", "numbers"}
    assert book.of("c_1", TASK) == []


def test_what_changed_while_nothing_was_registered_stays_untold(mirror, clock, task):
    clock.passes(OLDEST.total_seconds() + MINUTE)

    assert not mirror.file_one()
