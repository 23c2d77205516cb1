"""What is known is shown once and not asked; the rest is asked; what was given is known the next time."""

from dataclasses import replace
from itertools import chain, combinations

import pytest

from actions.form import ServiceForm
from tests.unit.actions.journeys import ANSWERS, CONFIRMATIONS, EMAIL, THURSDAY, begin, finish, form_in, reach
from tests.unit.citizens.people import JAN, LIEN

VALUES = {"naam": "Lien Declercq", "email": EMAIL, "telefoon": "+32470123456"}
NAMELESS = replace(LIEN, given_name="", family_name="")
SUBSETS = list(chain.from_iterable(combinations(VALUES, size) for size in range(len(VALUES) + 1)))


async def at_known(room, **facts):
    """Lien makes an appointment and is shown what is known."""
    citizen = room.citizen()
    room.log_in(citizen, **facts)
    await begin(room, "afspraak_form", citizen)
    while citizen.asked != "bekend":
        await ANSWERS["afspraak_form"][citizen.asked](citizen)
    return citizen


@pytest.mark.req("BP2-09", "BP3-04")
@pytest.mark.parametrize("known", SUBSETS, ids=lambda known: "+".join(known) or "nothing")
@pytest.mark.parametrize("form", ANSWERS)
async def test_what_is_asked_and_what_is_known_never_overlap_and_together_are_all_that_is_needed(room, form, known):
    required = await finish(await reach(room, form, next(iter(ANSWERS[form]))))
    room.appointments.bookings.clear()
    citizen = room.citizen()
    room.log_in(citizen, LIEN if "naam" in known else NAMELESS, **{key: VALUES[key] for key in known if key != "naam"})

    asked = await finish(await begin(room, form, citizen))

    assert set(asked) & set(known) == set()
    assert set(asked) | set(known) | {"aangemeld"} >= set(required)
    assert asked.count("bekend") == bool(set(known) & set(required))
    assert len(asked) == len(set(asked))


def test_every_form_knows_what_is_known(room):
    forms = [action for action in room.actions.values() if isinstance(action, ServiceForm)]

    assert len(forms) == len(ANSWERS)
    assert all(form.known is room.known for form in forms)


@pytest.mark.req("BP2-09")
async def test_what_is_known_is_shown_with_where_it_came_from_and_how_old_it_is(room):
    citizen = room.citizen()
    room.log_in(citizen, email=EMAIL)
    room.set_clock("2026-11-23T11:00:00")

    citizen = await at_known(room, email=EMAIL)

    assert "Lien Declercq (van je aanmelding, vandaag)" in citizen.text
    assert f"{EMAIL} (van een vorige vraag, vandaag)" in citizen.text


async def test_who_is_not_logged_in_is_asked_everything_as_before(room):
    asked = await finish(await reach(room, "afspraak_form", "afspraak_dienst"))

    assert "bekend" not in asked


async def test_a_report_without_a_name_shows_nothing_of_a_person(room):
    citizen = room.citizen()
    room.log_in(citizen, email=EMAIL)
    await begin(room, "melding_form", citizen)
    while citizen.asked != "melding_contact":
        await ANSWERS["melding_form"][citizen.asked](citizen)
    assert citizen.heard[-1] == "utter_melding_vraag_contact"

    await citizen.taps("/overslaan")

    assert citizen.asked == "melding_bevestigd"
    assert not citizen.slots.get("email")


async def test_an_address_that_was_typed_just_now_goes_before_the_one_that_is_known(room):
    citizen = room.citizen()
    room.log_in(citizen, email=EMAIL)

    await citizen.says("er ligt een losse tegel in de Kerkstraat 12, mijn mail is jan@example.be", "melding_maken")
    await finish(citizen)

    [report] = room.incidents.reports.values()
    assert (report.name, report.email) == ("Lien Declercq", "jan@example.be")


# --- not right --------------------------------------------------------------------------------------------------------


async def test_a_no_asks_which_one_and_only_that_is_asked_anew(room):
    citizen = await at_known(room, email=EMAIL, telefoon="+32470123456")

    assert await citizen.says("nee", "ontkennen") == ["utter_bekend_wat_klopt_niet"]
    assert citizen.choices == ["Naam", "E-mailadres", "Telefoon"]
    await citizen.chooses("E-mailadres")

    assert citizen.asked == "email"
    assert (citizen.slots["naam"], citizen.slots["telefoon"]) == ("Lien Declercq", "+32470123456")


async def test_a_no_to_the_only_thing_that_is_known_asks_that(room):
    citizen = await at_known(room)

    await citizen.says("nee", "ontkennen")

    assert citizen.asked == "naam"


@pytest.mark.parametrize("intent", ["ontkennen", "corrigeren", "nlu_fallback"])
async def test_a_correction_in_words_is_taken_at_once(room, intent):
    citizen = await at_known(room, email=EMAIL, telefoon="+32470123456")

    heard = await citizen.says("nee, mijn mail is nu lien@voorbeeld.be", intent)

    assert heard[0] == "utter_algemeen_aangepast"
    assert citizen.slots["email"] == "lien@voorbeeld.be"
    assert citizen.asked == CONFIRMATIONS["afspraak_form"]


async def test_what_is_called_wrong_without_a_new_value_is_asked(room):
    citizen = await at_known(room, email=EMAIL, telefoon="+32470123456")

    await citizen.says("mijn telefoonnummer klopt niet meer", "corrigeren")

    assert citizen.asked == "telefoon"


async def test_everything_can_be_wrong(room):
    citizen = await at_known(room, email=EMAIL)
    await citizen.says("nee", "ontkennen")

    await citizen.says("alles")

    assert citizen.asked == "naam"


async def test_nonsense_is_explained_and_why_is_told(room):
    citizen = await at_known(room, email=EMAIL)

    assert await citizen.says("?!") == ["utter_uitleg_bekend", "utter_bekend_klopt_dat"]
    assert await citizen.says("waarom?", "waarom_vragen") == ["utter_uitleg_bekend", "utter_bekend_klopt_dat"]
    assert await citizen.says("stop", "stoppen") == ["utter_algemeen_gestopt"]
    assert not citizen.slots["bekend"]


# --- remembered -------------------------------------------------------------------------------------------------------


@pytest.mark.req("BP2-09")
async def test_what_was_given_for_a_request_is_known_for_the_next_one_on_another_channel(room):
    citizen = room.citizen()
    room.log_in(citizen)
    await finish(await begin(room, "afspraak_form", citizen))

    elsewhere = room.citizen()
    identity = room.log_in(elsewhere)
    facts = room.known.store.known(identity.person, ["email", "telefoon"])

    assert {key: (fact.value, fact.source, fact.purpose) for key, fact in facts.items()} == {
        "email": (EMAIL, "aanvraag", "afspraak"),
        "telefoon": ("+32470123456", "aanvraag", "afspraak"),
    }


async def test_another_citizen_is_shown_nothing_of_it(room):
    citizen = room.citizen()
    room.log_in(citizen)
    await finish(await begin(room, "afspraak_form", citizen))
    room.appointments.bookings.clear()
    other = room.citizen()
    room.log_in(other, JAN)
    await begin(room, "afspraak_form", other)
    while other.asked != "bekend":
        await ANSWERS["afspraak_form"][other.asked](other)

    assert "Jan Maes" in other.text
    assert EMAIL not in other.text


async def test_what_is_stopped_is_not_remembered(room):
    citizen = room.citizen()
    identity = room.log_in(citizen)
    await begin(room, "afspraak_form", citizen)
    while citizen.asked != "telefoon":
        await {**ANSWERS["afspraak_form"], "bekend": lambda c: c.taps("/bevestigen")}[citizen.asked](citizen)
    await citizen.says("stop", "stoppen")

    assert room.known.store.known(identity.person, ["email"]) == {}


async def test_a_memory_that_fails_costs_nobody_his_request(room, monkeypatch):
    citizen = room.citizen()
    room.log_in(citizen)
    monkeypatch.setattr(room.known.store, "keep", lambda *_, **__: 1 / 0)

    await finish(await begin(room, "afspraak_form", citizen))

    assert room.appointments.moments == [THURSDAY]
    assert form_in(room, "afspraak_form").known is room.known
