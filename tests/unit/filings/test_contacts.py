"""A conversation that is over leaves one contact to register, whatever goes on meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from conversations.bell import Bell
from conversations.handover import Handovers
from conversations.handover_model import Request
from conversations.ledger import Ledger
from conversations.model import Author, Reply
from conversations.tables import conversations
from filings.contacts import OLDEST, Sessions
from filings.model import CONTACT
from filings.retention import forget
from tests.sealing import VAULT
from tests.unit.conversations.setting import claimed, words

MINUTE = 60.0


@pytest.fixture
def ledger(engine, clock):
    return Ledger(engine, clock, Bell(), VAULT)


@pytest.fixture
def sessions(engine, clock, book):
    return Sessions(engine, clock, book, timedelta(minutes=30))


@pytest.fixture
def conversation(ledger):
    """Somebody asked something, and the bot answered it."""
    said = ledger.receive(words(1)).message
    answer(ledger)
    return said.conversation


def answer(ledger):
    message = claimed(ledger)
    ledger.answer(message, [Reply("antwoord")], message.epoch)


def spans(book, conversation):
    """Of the contacts to register, oldest first."""
    return sorted((one.payload["first"], one.payload["last"]) for one in book.of(conversation, CONTACT))


def test_a_conversation_that_was_closed_is_over_at_once(ledger, sessions, book, conversation):
    assert not sessions.file_one()
    ledger.end(conversation)

    assert sessions.file_one()
    assert spans(book, conversation) == [(1, 2)]


def test_a_conversation_that_went_quiet_is_over_after_half_an_hour(sessions, book, clock, conversation):
    clock.passes(29 * MINUTE)
    assert not sessions.file_one()
    clock.passes(MINUTE)

    assert sessions.file_one()
    assert not sessions.file_one()
    assert spans(book, conversation) == [(1, 2)]


def test_what_he_says_later_is_another_contact(ledger, sessions, book, clock, conversation):
    clock.passes(30 * MINUTE)
    sessions.file_one()
    ledger.receive(words(2))
    answer(ledger)
    clock.passes(30 * MINUTE)

    assert sessions.file_one()
    assert spans(book, conversation) == [(1, 2), (3, 4)]


def test_what_is_still_to_be_answered_is_not_over(ledger, sessions, clock, conversation):
    ledger.receive(words(2))
    clock.passes(60 * MINUTE)

    assert not sessions.file_one()
    answer(ledger)
    clock.passes(30 * MINUTE)
    assert sessions.file_one()


def test_a_reminder_for_tomorrow_keeps_nothing_open(ledger, sessions, clock, conversation):
    ledger.leave(conversation, "/herinnering", external_id="r", due=clock.after(24 * 60 * MINUTE))
    clock.passes(30 * MINUTE)

    assert sessions.file_one()


def test_a_conversation_that_an_agent_has_is_not_over_before_he_ends_it(engine, ledger, sessions, clock, conversation):
    handovers = Handovers(engine, clock, Bell(), VAULT, pull={"web"})
    handovers.take_over(conversation, "a_1", Request("onthaal", "melding", "asked"))
    clock.passes(24 * 60 * MINUTE)
    assert not sessions.file_one()

    handovers.close(conversation, "a_1", topic="melding")
    assert sessions.file_one()


def test_nothing_that_the_house_says_by_itself_is_a_contact(ledger, sessions, clock):
    conversation = ledger.open("web", "an").id
    ledger.say(conversation, Reply("welkom"), Author.BOT)
    ledger.end(conversation)

    assert not sessions.file_one()


def test_what_was_said_while_nothing_was_registered_stays_unregistered(sessions, book, clock, conversation):
    clock.passes(OLDEST.total_seconds() + MINUTE)

    assert sessions.file_one()
    assert not sessions.file_one()
    assert book.of(conversation, CONTACT) == []


def test_several_processes_register_nothing_twice(ledger, sessions, book, clock):
    for number in range(12):
        ledger.receive(words(1, address=f"citizen{number}"))
        answer(ledger)
    clock.passes(30 * MINUTE)

    def work(_: int) -> int:
        return sum(1 for _ in range(12) if sessions.file_one())

    with ThreadPoolExecutor(4) as pool:
        taken = sum(pool.map(work, range(4)))
    while sessions.file_one():
        taken += 1
    assert taken == 12


def test_a_crash_before_the_filing_is_written_leaves_the_contact_to_be_registered(
    sessions, book, clock, conversation, monkeypatch
):
    clock.passes(30 * MINUTE)
    with monkeypatch.context() as broken:
        broken.setattr(book, "leave", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sessions.file_one()

    assert sessions.file_one()
    assert spans(book, conversation) == [(1, 2)]


def test_a_contact_waits_for_whoever_carries_contacts_and_is_told_to_nobody(ledger, sessions, book, conversation):
    ledger.end(conversation)
    sessions.file_one()

    assert book.claim_due("retries", MINUTE, ["melding"]) is None
    filing = book.claim_due("contacts", MINUTE, [CONTACT], promised=False)
    book.done(filing.id)
    assert book.untold() == []


def test_a_contact_that_is_old_is_forgotten_with_its_row(engine, ledger, sessions, book, clock, conversation):
    ledger.end(conversation)
    sessions.file_one()
    book.done(book.claim_due("contacts", MINUTE, [CONTACT], promised=False).id)

    assert forget(engine, clock.utc() + timedelta(seconds=1), 10) == 1
    assert book.of(conversation, CONTACT) == []


def test_a_conversation_that_was_emptied_has_nothing_to_register(engine, ledger, sessions, clock, conversation):
    ledger.purge(clock.utc() + timedelta(seconds=1))
    with engine.begin() as db:
        db.execute(update(conversations).values(active_at=clock.utc() - timedelta(hours=1)))

    assert not sessions.file_one()
