import json

import pytest

from desk.work import TooLate
from tests.unit.conversations.setting import words
from tests.unit.desk.conftest import session_of

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
