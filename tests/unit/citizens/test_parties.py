"""Which party of the register of contacts a citizen is, and in which conversation he was known."""

from datetime import timedelta

import pytest

from citizens.forgetting import Forgetting
from citizens.parties import Entry, Parties
from citizens.retention import drop_people, end_logins, forget_people
from conversations.bell import Bell
from conversations.ledger import Ledger
from tests.unit.citizens.people import JAN, LIEN


@pytest.fixture
def parties(engine, clock, vault):
    return Parties(engine, clock, vault)


@pytest.fixture
def conversation(engine, clock, vault):
    return Ledger(engine, clock, Bell(), vault).open("web", "an").id


def bind(identities, clock, conversation, claims=LIEN):
    return identities.bind(conversation, claims, clock.now() + timedelta(hours=1)).person


@pytest.mark.req("KI-20")
def test_who_logged_in_during_a_conversation_is_known_and_whoever_did_not_is_not(
    parties, identities, clock, conversation
):
    began = clock.now()
    assert parties.in_session(conversation, began, clock.now()) is None
    clock.passes(60)
    bind(identities, clock, conversation)

    known = parties.in_session(conversation, began, clock.now())
    assert (known.given_name, known.family_name) == ("Lien", "Declercq")


def test_who_logged_out_before_it_began_is_not_known_in_it(parties, identities, clock, conversation):
    bind(identities, clock, conversation)
    clock.passes(60)
    identities.unbind(conversation, "logged_out")
    clock.passes(60)

    assert parties.in_session(conversation, clock.now(), clock.after(60)) is None


def test_who_logged_out_in_the_middle_was_there(parties, identities, clock, conversation):
    began = clock.now()
    bind(identities, clock, conversation)
    clock.passes(60)
    identities.unbind(conversation, "logged_out")

    assert parties.in_session(conversation, began, clock.after(60)) is not None


def test_of_two_citizens_in_one_conversation_it_is_nobody_s(parties, identities, clock, conversation):
    began = clock.now()
    bind(identities, clock, conversation)
    clock.passes(60)
    bind(identities, clock, conversation, JAN)

    assert parties.in_session(conversation, began, clock.now()) is None


def test_his_number_stays_his(parties, identities, clock, conversation):
    person = bind(identities, clock, conversation)

    assert parties.entry(person, "1111111111") == Entry("1111111111", None)
    assert parties.entry(person, "2222222222") == Entry("1111111111", None)
    parties.change(person, "1111111111", "p-uuid")
    assert parties.entry(person, "2222222222") == Entry("1111111111", "p-uuid")


def test_whoever_is_forgotten_is_no_party_any_more(parties, engine, identities, clock, conversation):
    person, began = bind(identities, clock, conversation), clock.now()
    parties.entry(person, "1111111111")
    Forgetting(engine, clock).person(person)

    assert parties.in_session(conversation, began, clock.now()) is None
    assert parties.entry(person, "3333333333") == Entry("3333333333", None)


def test_a_party_goes_with_whoever_was_not_seen_for_long(parties, engine, identities, clock, conversation):
    person = bind(identities, clock, conversation)
    parties.entry(person, "1111111111")
    clock.passes(7200)
    end_logins(engine, clock.now(), 10)

    assert forget_people(engine, clock.now(), 10) == 1
    assert drop_people(engine, 10) == 0  # his login still tells of him
    assert parties.entry(person, "4444444444") == Entry("4444444444", None)
