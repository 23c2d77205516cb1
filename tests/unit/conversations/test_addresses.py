"""One citizen under two names: his number, and the id that hides it."""

import itertools

import pytest
from sqlalchemy import select

from conversations.addresses import conversation_at
from conversations.database import reading
from conversations.model import Incoming, Moved
from conversations.tables import conversations

NUMBER, OTHER = "32470000001", "32470000002"
USER, SOMEBODY = "BE.1", "BE.2"
NUMBERS = itertools.count()


def says(ledger, address, alias=None, text="hallo"):
    incoming = Incoming("whatsapp", address, f"w{next(NUMBERS)}", text=text, alias=alias)
    return ledger.receive(incoming).message.conversation


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ((NUMBER, None), (USER, NUMBER)),  # his id is new to us
        ((USER, NUMBER), (NUMBER, None)),  # this time without it
        ((USER, NUMBER), (USER, None)),  # this time without his number
        ((USER, None), (USER, NUMBER)),  # his number is new to us
        ((USER, NUMBER), (USER, OTHER)),  # his number is another one
    ],
)
def test_he_is_known_by_either_name(ledger, first, then):
    assert says(ledger, *first) == says(ledger, *then)


def test_a_number_that_somebody_else_has_now_leads_to_a_conversation_of_his_own(ledger):
    before = says(ledger, USER, NUMBER)

    assert says(ledger, SOMEBODY, NUMBER) != before
    assert says(ledger, USER, None) == before
    assert conversation_at(ledger.engine, "whatsapp", NUMBER) == says(ledger, SOMEBODY, None)


def test_who_moves_takes_his_conversation_along_and_leaves_nothing(ledger):
    conversation = says(ledger, NUMBER)

    assert ledger.move(Moved("whatsapp", NUMBER, OTHER)) == conversation
    assert says(ledger, OTHER) == conversation
    assert says(ledger, NUMBER) != conversation


def test_a_number_that_is_an_alias_moves_too(ledger):
    conversation = says(ledger, USER, NUMBER)

    ledger.move(Moved("whatsapp", NUMBER, OTHER))

    assert says(ledger, OTHER) == conversation
    assert says(ledger, NUMBER) != conversation


def test_who_moves_to_a_number_that_is_in_use_gets_nobody_elses_conversation(ledger):
    his, theirs = says(ledger, NUMBER), says(ledger, OTHER)

    assert ledger.move(Moved("whatsapp", NUMBER, OTHER)) == his
    assert says(ledger, OTHER) == theirs
    assert says(ledger, NUMBER) not in (his, theirs)


def test_another_telephone_under_the_same_number_moves_nothing(ledger):
    conversation = says(ledger, NUMBER)

    assert ledger.move(Moved("whatsapp", NUMBER, NUMBER)) == conversation
    assert says(ledger, NUMBER) == conversation


def test_nobody_moves_whom_we_do_not_know(ledger):
    assert ledger.move(Moved("whatsapp", NUMBER, OTHER)) is None


def test_what_is_forgotten_has_no_alias_any_more(ledger, clock):
    says(ledger, USER, NUMBER)
    message = ledger.claim_turn("w", 60)
    ledger.answer(message, [], message.epoch)
    clock.passes(86_400)
    ledger.purge(clock.now())

    with reading(ledger.engine) as db:
        assert NUMBER not in str(db.execute(select(conversations)).all())
