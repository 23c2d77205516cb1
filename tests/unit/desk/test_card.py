import json
from functools import partial

import pytest

from conversations.model import Author, Reply, State
from desk.work import TooLate, Unusable
from tests.unit.conversations.setting import words
from tests.unit.desk.conftest import session_of

COMPLETE = {"melding_omschrijving": "er ligt een tegel los", "melding_plaats": {"tekst": "Kerkstraat 12"}}

CARD = {
    "form": "melding_form",
    "open": "naam",
    "answers": {
        "melding_plaats": {"tekst": "Kerkstraat 12", "straat": "Kerkstraat"},
        "melding_categorie": "voetpad",
        "melding_contact": True,
        "email": "lien@example.be",
        "herkend": "3f2a",
    },
    "sources": {"email": "aanvraag"},
}


@pytest.fixture
def taken(work, sanne, asks):
    conversation = asks(card=CARD, topic="melding")
    work.take(sanne, conversation)
    return conversation


def card(work, who, conversation):
    return {answer.slot: answer for answer in work.view(who, conversation).card.answers}


def given(work, conversation):
    [event] = [m.payload for m in work.ledger.messages(conversation) if (m.payload or "").startswith("/gesprek_")]
    return json.loads(json.loads(event.removeprefix("/gesprek_teruggegeven") or '{"keuze": "{}"}')["keuze"])


@pytest.mark.req("CA-03", "KI-07")
def test_the_card_speaks_dutch_says_where_it_comes_from_and_hides_the_dialogue_s_own(work, sanne, taken):
    shown = card(work, sanne, taken)

    assert (shown["melding_plaats"].label, shown["melding_plaats"].value) == ("Plaats", "Kerkstraat 12")
    assert shown["melding_contact"].value == "ja"
    assert shown["melding_categorie"].value == work.texts.city.report("voetpad").name
    assert (shown["email"].source, shown["melding_plaats"].source) == ("aanvraag", "burger")
    assert "herkend" not in shown
    assert shown["naam"].is_open


@pytest.mark.req("CA-03")
def test_what_he_fills_in_is_given_back_and_nothing_else(work, sanne, taken):
    typed = {"naam": " Jan Peeters ", "email": "lien@example.be", "melding_plaats": "", "melding_bevestigd": "ja"}
    work.fill_in(sanne, taken, 0, typed)

    shown = card(work, sanne, taken)
    assert (shown["naam"].value, shown["naam"].source, shown["naam"].is_open) == ("Jan Peeters", "medewerker", False)
    work.give_back(sanne, taken, "melding")

    assert given(work, taken) == {"naam": ["Naam", "Jan Peeters"]}


def test_without_changes_nothing_is_given_along(work, sanne, taken):
    work.give_back(sanne, taken, "melding")

    assert given(work, taken) == {}


def test_an_old_page_and_a_colleague_change_nothing(work, sanne, sessions, taken):
    work.fill_in(sanne, taken, 0, {"naam": "Jan"})
    other = session_of(sessions, "Nadia El Amrani", "burgerzaken")

    for who, version in ((sanne, 0), (sanne, -1), (other, 1)):
        with pytest.raises(TooLate):
            work.fill_in(who, taken, version, {"naam": "Piet"})

    assert card(work, sanne, taken)["naam"].value == "Jan"


def test_what_was_filled_in_is_sealed(work, sanne, taken, engine):
    work.fill_in(sanne, taken, 0, {"naam": "Jan Peeters"})

    with engine.connect() as db:
        assert "Peeters" not in str(db.exec_driver_sql("SELECT card FROM handovers").one())


def test_what_was_filled_in_survives_that_the_citizen_answers(work, sanne, taken):
    work.fill_in(sanne, taken, 0, {"naam": "Jan Peeters"})
    work.answer(sanne, taken, "Klopt dit?", "1")
    work.ledger.receive(words(2))

    assert card(work, sanne, taken)["naam"].value == "Jan Peeters"


# --- filing for the citizen ---------------------------------------------------


@pytest.fixture
def complete(work, sanne, asks):
    conversation = asks(card={"form": "melding_form", "open": "melding_fotos", "answers": COMPLETE}, topic="melding")
    work.take(sanne, conversation)
    return conversation


def ordered(work, conversation):
    return [m for m in work.ledger.messages(conversation) if (m.payload or "").startswith("/aanvraag_indienen")]


@pytest.fixture
def carries_out(work):
    """The bot's part."""

    def carry_out(conversation, **outcome):
        order = work.ledger.claim_turn("w", 10)
        assert order.payload.startswith("/aanvraag_indienen")
        told = partial(work.on_card.carried_out, event=order, outcome=outcome)
        assert work.ledger.answer(order, [Reply("Je nummer is M1")], order.epoch, then=told, author=Author.SYSTEM)
        return order

    return carry_out


@pytest.mark.req("CA-03", "KI-07")
def test_the_agent_has_it_filed_with_what_he_filled_in_and_keeps_the_conversation(work, sanne, complete, carries_out):
    work.file(sanne, complete, 0, {"naam": "Jan Peeters"})
    assert work.view(sanne, complete).card.filing.state == "runs"

    order = carries_out(complete, state="done", number="M1", code=None)

    told = json.loads(json.loads(order.payload.removeprefix("/aanvraag_indienen"))["keuze"])
    assert told == {"form": "melding_form", "agent": sanne.agent.id, "answers": {"naam": ["Naam", "Jan Peeters"]}}
    view = work.view(sanne, complete)
    assert (view.card.filing.state, view.card.filing.number, view.is_mine) == ("done", "M1", True)
    assert (view.card.form, view.card.can_change) == ("", False)
    assert card(work, sanne, complete)["naam"].source == "medewerker"
    assert [(line.step, line.who) for line in view.timeline if line.step == "ordered"] == [("ordered", "Sanne Claes")]


def test_a_second_click_and_an_old_page_order_nothing(work, sanne, complete):
    work.file(sanne, complete, 0, {})

    for version in (0, 1, 2):
        with pytest.raises(TooLate):
            work.file(sanne, complete, version, {})

    assert len(ordered(work, complete)) == 1


def test_what_cannot_be_missed_is_asked_before_anything_is_ordered(work, sanne, taken):
    with pytest.raises(Unusable):
        work.file(sanne, taken, 0, {"naam": "Jan"})

    assert work.view(sanne, taken).card.needs == ["Wat er is"]
    assert card(work, sanne, taken)["naam"].value == "Jan"
    assert ordered(work, taken) == []


@pytest.mark.req("CA-03")
def test_what_it_lacks_stands_on_the_card_and_he_can_try_again(work, sanne, complete, carries_out):
    work.file(sanne, complete, 0, {})
    carries_out(complete, state="lacking", slot="melding_categorie", useless=["Plaats"])

    filing = work.view(sanne, complete).card.filing
    assert (filing.lacks, filing.is_his, filing.useless) == ("Soort melding", True, ("Plaats",))

    work.file(sanne, complete, work.view(sanne, complete).card.version, {"melding_categorie": "voetpad"})
    assert len(ordered(work, complete)) == 2


def test_what_only_the_citizen_can_do_is_said_to_be_his(work, sanne, asks, carries_out):
    conversation = asks(card={"form": "attest_form", "open": "aangemeld", "answers": {}})
    work.take(sanne, conversation)
    work.file(sanne, conversation, 0, {})
    carries_out(conversation, state="lacking", slot="aangemeld", useless=[])

    assert not work.view(sanne, conversation).card.filing.is_his


def test_what_was_filed_reaches_the_citizen_although_he_wrote_meanwhile(work, sanne, complete, carries_out):
    work.answer(sanne, complete, "Ik dien het in.", "1")
    work.file(sanne, complete, 0, {})
    work.ledger.receive(words(2))

    carries_out(complete, state="done", number="M1", code=None)
    work.answer(sanne, complete, "Gelukt.", "2")

    said = [m.text for m in work.ledger.messages(complete) if m.state is State.SENT]
    assert said[-2:] == ["Je nummer is M1", "Gelukt."]
