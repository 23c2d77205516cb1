"""An agent gives a conversation back, with what he filled in."""

import json

import pytest

from actions.form import ServiceForm
from desk.card import FORMS
from tests.unit.actions.journeys import reach


def given_back(**changes):
    return f"/gesprek_teruggegeven{json.dumps({'keuze': json.dumps(changes)})}" if changes else "/gesprek_teruggegeven"


@pytest.mark.req("CA-03")
async def test_what_the_agent_filled_in_is_told_and_the_first_open_question_is_asked(room):
    citizen = await reach(room, "afspraak_form", "naam")

    heard = await citizen.taps(given_back(naam=["Naam", "jan peeters"], email=["E-mailadres", "jan@example.be"]))

    assert heard == ["utter_algemeen_terug_bij_assistent", "utter_algemeen_aangevuld", "utter_ask_telefoon"]
    assert (citizen.slots["naam"], citizen.slots["email"]) == ("Jan Peeters", "jan@example.be")


@pytest.mark.req("CA-03")
async def test_a_corrected_answer_replaces_the_citizen_s_own(room):
    citizen = await reach(room, "melding_form", "melding_fotos")

    await citizen.taps(given_back(melding_plaats=["Plaats", "Merellaan 14"]))

    assert citizen.slots["melding_plaats"]["tekst"] == "Merellaan 14"
    assert citizen.asked == "melding_fotos"


async def test_when_nothing_is_open_any_more_the_citizen_is_asked_to_confirm(room):
    citizen = await reach(room, "afspraak_form", "telefoon")

    heard = await citizen.taps(given_back(telefoon=["Telefoon", "0470 12 34 56"]))

    assert heard[:2] == ["utter_algemeen_terug_bij_assistent", "utter_algemeen_aangevuld"]
    assert citizen.asked == "afspraak_bevestigd"


async def test_without_changes_the_form_goes_on_where_it_was(room):
    citizen = await reach(room, "afspraak_form", "email")

    assert await citizen.taps(given_back()) == ["utter_algemeen_terug_bij_assistent", "utter_ask_email"]


@pytest.mark.parametrize(
    "changes",
    [
        {"afspraak_bevestigd": ["Bevestiging", "ja"]},
        {"aangemeld": ["Aangemeld", "ja"]},
        {"aanvraag_sleutel": ["x", "y"]},
        {"naam": "geen lijst"},
        {"naam": ["Naam"]},
    ],
)
async def test_what_an_agent_may_not_fill_in_changes_nothing(room, changes):
    citizen = await reach(room, "afspraak_form", "email")
    before = dict(citizen.slots)

    heard = await citizen.taps(given_back(**changes))

    assert heard == ["utter_algemeen_terug_bij_assistent", "utter_ask_email"]
    assert {name: value for name, value in citizen.slots.items() if before.get(name) != value} == {}


async def test_what_cannot_be_used_is_told_and_asked(room):
    citizen = await reach(room, "afspraak_form", "email")

    heard = await citizen.taps(given_back(email=["E-mailadres", "geen adres"]))

    assert heard == ["utter_algemeen_terug_bij_assistent", "utter_algemeen_niet_aangevuld", "utter_ask_email"]


def test_the_desk_lets_fill_in_what_the_forms_leave_open_to_agents(room):
    forms = [action for action in room.wiring.actions if isinstance(action, ServiceForm)]
    open_to_agents = {
        form.form: {field.slot for field in form.fields if field.open_to_agents} for form in forms if form.form in FORMS
    }

    assert {form: set(slots) for form, slots in FORMS.items()} == open_to_agents
