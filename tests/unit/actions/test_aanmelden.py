"""Logging in and out within a conversation: one link, the same question after it, and nothing left afterwards."""

from datetime import timedelta

import pytest

from actions.aanmelden import REASONS, IdentityField, Invitation
from actions.field import Confirmation
from actions.form import ServiceForm
from actions.known import PERSONAL
from tests.unit.actions.journeys import ANSWERS, EMAIL, begin, reach
from tests.unit.citizens.people import JAN, LIEN

QUARTER = timedelta(minutes=15)


class GuardedForm(ServiceForm):
    """The form that wipes a citizen's data, as if one had to log in for it first."""

    form = "vergeten_form"
    intent = "vergeten_vragen"


@pytest.fixture
def guard(room):
    """A form that must know who asks."""

    def guard(fresh=None):
        plain = room.actions["validate_vergeten_form"]
        fields = [IdentityField(room.known, room.clock, fresh=fresh), Confirmation("vergeten_bevestigd", no_stops=True)]
        guarded = GuardedForm(fields, room.known)
        guarded.half_done, guarded.interruptions = plain.half_done, plain.interruptions
        room.actions["validate_vergeten_form"] = guarded

    guard()
    return guard


@pytest.fixture
async def asked(room, guard):
    """A citizen who was just asked to log in."""
    citizen = room.citizen()
    await citizen.says("vergeet mij", "vergeten_vragen")
    assert citizen.asked == "aangemeld"
    return citizen


def link_in(citizen):
    return citizen.slots.get("aanmelden_link")


# --- the link ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("BP2-06")
async def test_who_is_not_known_gets_one_link_with_the_reason(room, asked):
    assert asked.heard == ["utter_aanmelden_link"]
    assert room.links.url(link_in(asked))
    assert asked.said[-1]["custom"] == {"type": "link", "link": link_in(asked), "title": "Aanmelden"}


@pytest.mark.req("BP2-06", "BP3-02")
async def test_who_is_known_gets_none(room, guard, citizen):
    room.log_in(citizen)

    assert await citizen.says("vergeet mij", "vergeten_vragen") == ["utter_ask_vergeten_bevestigd"]

    assert link_in(citizen) is None


@pytest.mark.req("BP2-06")
async def test_no_second_link_is_given_while_the_first_still_works(asked):
    first = link_in(asked)

    assert await asked.says("wat moet ik nu doen?", "hulp_vragen") == [
        "utter_uitleg_aangemeld",
        "utter_aanmelden_link_staat_klaar",
    ]
    assert await asked.says("blabla") == ["utter_uitleg_aangemeld", "utter_aanmelden_link_staat_klaar"]

    assert link_in(asked) == first


@pytest.mark.req("BP2-06")
async def test_who_asks_for_another_link_gets_it_and_the_first_is_dead(room, asked):
    first = link_in(asked)

    assert await asked.says("stuur de link nog eens", "aanmelden_vragen") == ["utter_aanmelden_link"]

    assert room.links.url(first) is None
    assert room.links.url(link_in(asked))


async def test_a_link_that_is_too_old_is_replaced_when_the_question_comes_back(room, asked):
    first = link_in(asked)
    room.set_clock("2026-11-23T10:11:00")

    assert (await asked.says("hallo", "groeten"))[-1] == "utter_aanmelden_link"

    assert link_in(asked) != first


async def test_it_is_explained_what_the_login_is_for(asked):
    assert (await asked.says("waarom moet dat?", "waarom_vragen"))[0] == "utter_uitleg_aangemeld"


# --- logged in --------------------------------------------------------------------------------------------------------


@pytest.mark.req("BP2-07")
async def test_after_the_login_the_form_goes_on_at_its_next_question(room, asked):
    room.log_in(asked)

    assert await asked.taps("/aangemeld") == ["utter_aanmelden_aangemeld_tussendoor", "utter_ask_vergeten_bevestigd"]

    assert "Lien" in asked.said[0]["text"]


@pytest.mark.req("BP2-07")
async def test_who_logged_in_in_another_tab_and_just_talks_on_is_seen_too(room, asked):
    room.log_in(asked)

    assert await asked.says("ok gelukt", "bevestigen") == ["utter_ask_vergeten_bevestigd"]


@pytest.mark.req("BP2-07")
@pytest.mark.parametrize("slot", ["afspraak_dienst", "afspraak_moment", "telefoon"])
async def test_a_login_in_the_middle_of_another_question_comes_back_to_it(room, slot):
    citizen = await reach(room, "afspraak_form", slot)
    before, question = dict(citizen.slots), citizen.heard[-1]
    room.log_in(citizen)

    assert await citizen.taps("/aangemeld") == ["utter_aanmelden_aangemeld_tussendoor", question]

    assert {name: value for name, value in citizen.slots.items() if name != "herkend"} | {"herkend": None} == {
        **before,
        "herkend": None,
        "bekend": citizen.slots["bekend"],
    }


async def test_who_says_he_is_ready_too_early_hears_that_it_is_not_seen_yet(asked):
    assert await asked.says("ja gelukt", "bevestigen") == [
        "utter_aanmelden_nog_niet_gezien",
        "utter_aanmelden_link_staat_klaar",
    ]


async def test_an_event_of_a_login_that_is_over_already_changes_nothing(asked):
    assert await asked.taps("/aangemeld") == ["utter_aanmelden_link_staat_klaar"]

    assert not asked.slots["aangemeld"]


async def test_outside_a_form_the_citizen_is_greeted_by_name(room, citizen):
    room.log_in(citizen)

    assert await citizen.taps("/aangemeld") == ["utter_aanmelden_aangemeld"]

    assert "Lien" in citizen.text


@pytest.mark.req("BP1-05")
async def test_a_sensitive_step_asks_a_login_of_today_and_not_of_yesterday(room, guard, citizen):
    guard(fresh=QUARTER)
    room.log_in(citizen)
    room.set_clock("2026-11-23T10:16:00")

    assert await citizen.says("vergeet mij", "vergeten_vragen") == ["utter_aanmelden_opnieuw"]

    room.log_in(citizen)
    assert (await citizen.taps("/aangemeld"))[-1] == "utter_ask_vergeten_bevestigd"


# --- not logged in ----------------------------------------------------------------------------------------------------


@pytest.mark.req("BP2-06")
@pytest.mark.parametrize("intent", ["ontkennen", "overslaan"])
async def test_who_would_rather_not_hears_what_is_possible_without(asked, intent):
    assert await asked.says("dat wil ik niet", intent) == ["utter_aanmelden_zonder"]

    assert asked.form is None


async def test_a_no_to_another_question_of_the_form_is_no_refusal_of_the_login(asked):
    await asked.says("er klopt iets niet", "corrigeren")

    await asked.says("toch niet", "ontkennen")

    assert asked.asked == "aangemeld"


@pytest.mark.req("BP2-07")
async def test_a_login_that_was_broken_off_leads_back_politely_and_pushes_no_new_link(asked):
    first = link_in(asked)

    heard = await asked.taps('/aanmelden_afgebroken{"keuze": "geweigerd"}')

    assert heard == ["utter_aanmelden_afgebroken_geweigerd", "utter_aanmelden_nog_eens"]
    assert link_in(asked) == first
    assert await asked.says("ja", "bevestigen") == ["utter_aanmelden_link"]
    assert link_in(asked) != first


async def test_after_a_broken_off_login_another_request_begins_with_a_link(asked):
    await asked.taps('/aanmelden_afgebroken{"keuze": "geweigerd"}')
    await asked.chooses("Liever niet")

    await asked.says("vergeet mij", "vergeten_vragen")

    assert asked.heard[-1] in ("utter_aanmelden_link", "utter_aanmelden_link_staat_klaar")


async def test_a_broken_off_login_in_the_middle_of_something_else_is_told(room):
    citizen = await reach(room, "melding_form", "melding_fotos")

    assert (await citizen.taps("/aanmelden_afgebroken"))[0] == "utter_aanmelden_afgebroken_mislukt"

    assert citizen.asked == "melding_fotos"


@pytest.mark.parametrize("reason", REASONS)
async def test_every_reason_has_its_own_words(citizen, reason):
    heard = await citizen.taps(f'/aanmelden_afgebroken{{"keuze": "{reason}"}}')

    assert heard == [f"utter_aanmelden_afgebroken_{reason}"]


@pytest.mark.req("MZC-10")
async def test_who_logs_out_on_the_login_pages_is_forgotten_here_too(room):
    citizen = await at_summary(room)
    room.known.identities.unbind(citizen.conversation, "logged_out")

    heard = await citizen.taps('/aanmelden_afgebroken{"keuze": "afgemeld"}')

    assert heard == ["utter_aanmelden_afgebroken_afgemeld", "utter_ask_naam"]
    assert personal(citizen) == {}


# --- on his own demand ------------------------------------------------------------------------------------------------


async def test_who_asks_to_log_in_gets_a_link(room, citizen):
    assert await citizen.says("ik wil inloggen", "aanmelden_vragen") == ["utter_aanmelden_link_gevraagd"]

    assert room.links.url(link_in(citizen))


async def test_who_is_logged_in_already_is_told_so(room, citizen):
    room.log_in(citizen)

    assert await citizen.says("ik wil inloggen", "aanmelden_vragen") == ["utter_aanmelden_al_aangemeld"]


async def test_in_a_form_a_link_is_given_in_between(room):
    citizen = await reach(room, "afspraak_form", "naam")

    heard = await citizen.says("mag ik eerst inloggen", "aanmelden_vragen")

    assert heard == ["utter_aanmelden_link_gevraagd", "utter_ask_naam"]


async def test_an_action_that_waits_for_the_login_follows_it(room, citizen):
    assert await citizen.says("wie heeft mijn gegevens bekeken", "inzage_vragen") == ["utter_aanmelden_link"]
    room.log_in(citizen)

    assert await citizen.taps("/aangemeld") == ["utter_aanmelden_aangemeld_voor", "utter_inzage_niemand"]

    assert not citizen.slots["na_aanmelden"]


async def test_a_link_that_is_open_is_pointed_at_by_an_action_too(room, citizen):
    turn_link = Invitation(room.links)
    await citizen.says("wie keek er", "inzage_vragen")

    assert await citizen.says("wie keek er nu", "inzage_vragen") == ["utter_aanmelden_link_staat_klaar"]
    assert turn_link.links.url(link_in(citizen))


# --- logging out ------------------------------------------------------------------------------------------------------


@pytest.mark.req("BP3-02", "MZC-10")
async def test_who_logs_out_is_unbound_and_nothing_personal_stays(room):
    citizen = await at_summary(room)

    await citizen.says("dat ben ik niet, log mij uit", "afmelden_vragen")

    assert citizen.heard[0] == "utter_afmelden_gedaan"
    assert room.known.identities.of(citizen.conversation) is None
    assert personal(citizen) == {}
    assert citizen.asked == "naam"


async def test_what_is_not_about_the_person_stays_in_the_open_form(room):
    citizen = await at_summary(room)
    moment = citizen.slots["afspraak_moment"]

    await citizen.says("log mij uit", "afmelden_vragen")

    assert citizen.slots["afspraak_moment"] == moment


async def test_who_was_not_logged_in_is_told_and_forgotten_all_the_same(room):
    citizen = await reach(room, "afspraak_form", "telefoon")

    heard = await citizen.says("dit is niet mijn gsm", "afmelden_vragen")

    assert heard[0] == "utter_afmelden_niet_aangemeld"
    assert personal(citizen) == {}


@pytest.mark.req("MZC-10", "BP1-05")
async def test_when_the_login_lapses_in_the_middle_nothing_personal_stays(room):
    citizen = await at_summary(room)
    room.set_clock("2026-11-24T10:01:00")

    heard = await citizen.says("ja", "bevestigen")

    assert heard[0] == "utter_aanmelden_vervallen"
    assert personal(citizen) == {}
    assert room.filings.of(citizen.conversation) == []


@pytest.mark.req("MZC-10")
async def test_when_somebody_else_logs_in_nothing_of_the_first_stays(room):
    citizen = await at_summary(room)
    room.log_in(citizen, JAN)

    await citizen.taps("/aangemeld")

    assert "Lien" not in str(citizen.slots)
    assert EMAIL not in str(citizen.slots)
    assert "Jan Maes" in citizen.text


@pytest.mark.req("BP4-08", "MZC-10")
async def test_a_new_session_knows_nothing_of_who_was_logged_in(room):
    citizen = await at_summary(room)

    events = await citizen.run("action_session_start")

    assert [event for event in events if event["event"] == "slot" and event["value"]] == []


async def test_answers_of_a_form_that_broke_off_do_not_come_back_for_somebody_else(room):
    citizen = await at_summary(room)
    citizen.slots["wissel"] = {"form": "afspraak_form", "slots": {"naam": "Lien Declercq", "email": EMAIL}}
    citizen.form, citizen.slots["requested_slot"] = None, None
    room.log_in(citizen, JAN)

    await citizen.says("een afspraak", "afspraak_maken")

    assert EMAIL not in str(citizen.slots)


@pytest.mark.req("MZC-10")
async def test_no_slot_ever_holds_who_it_is(room):
    citizen = await at_summary(room)
    identity = room.known.identities.of(citizen.conversation)

    assert identity.person not in str(citizen.slots)
    assert str(LIEN.rrn) not in str(citizen.slots)


async def at_summary(room):
    """Lien, logged in, with all answers of an appointment given."""
    citizen = room.citizen()
    room.log_in(citizen, email=EMAIL, telefoon="+32470123456")
    await begin(room, "afspraak_form", citizen)
    while citizen.asked != "afspraak_bevestigd":
        await {**ANSWERS["afspraak_form"], "bekend": lambda one: one.taps("/bevestigen")}[citizen.asked](citizen)
    return citizen


def personal(citizen):
    return {slot: citizen.slots[slot] for slot in (*PERSONAL, "bekend") if citizen.slots.get(slot)}
