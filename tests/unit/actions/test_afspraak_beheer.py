"""Appointments that exist: which one is meant, whose it is, and what is told about it."""

import pytest

from actions.clients.errors import Rejected, Unavailable, Uncertain
from filings.model import FilingState
from tests.unit.actions.journeys import EMAIL, FRIDAY, THURSDAY, make_appointment, picks, reach
from tests.unit.citizens.people import LIEN

FORMS = ["afspraak_verplaatsen", "afspraak_annuleren"]


@pytest.fixture
async def owner(room):
    """Somebody with one appointment, on Thursday."""
    owner = room.citizen()
    owner.reference = await make_appointment(room, owner)
    return owner


# --- which appointment ------------------------------------------------------------------------------------------------


@pytest.mark.req("BP3-01", "BP3-03")
@pytest.mark.parametrize(("intent", "asked"), [(FORMS[0], "afspraak_moment"), (FORMS[1], "afspraak_geannuleerd")])
async def test_the_only_appointment_of_this_conversation_is_the_one(owner, intent, asked):
    await owner.says("mijn afspraak graag", intent)

    assert owner.asked == asked
    assert owner.slots["afspraak_gekozen"] == owner.reference


@pytest.mark.req("BP3-01", "BP3-03")
@pytest.mark.parametrize("intent", FORMS)
async def test_of_several_appointments_it_is_asked_which(room, owner, intent):
    second = await make_appointment(room, owner, FRIDAY, "REISPAS")

    assert await owner.says("mijn afspraak graag", intent) == ["utter_afspraak_kies_afspraak"]
    assert owner.choices == ["do 26 nov 10.00 u", "vr 27 nov 14.00 u"]
    await owner.chooses("vr 27 nov")

    assert owner.slots["afspraak_gekozen"] == second
    assert owner.slots["afspraak_dienst"] == "REISPAS"


@pytest.mark.req("BP3-03", "BP3-04")
async def test_moving_asks_nothing_but_the_new_moment_and_shows_old_and_new(owner):
    await owner.says("verplaats mijn afspraak naar vrijdag om 14 uur", "afspraak_verplaatsen")

    assert owner.heard == ["utter_afspraak_verplaatsen_samenvatting"]
    assert "donderdag 26 november om 10.00 uur" in owner.text
    assert "vrijdag 27 november om 14.00 uur" in owner.text


async def test_a_reference_in_the_first_sentence_is_not_asked_again(room, owner):
    stranger = room.citizen()

    await stranger.says(f"ik wil afspraak {owner.reference.lower()} annuleren", "afspraak_annuleren")

    assert stranger.heard == ["utter_ask_afspraak_controle"]


@pytest.mark.parametrize("typed", ["A-2222-2222", "a2222 2222"])
async def test_a_reference_that_does_not_exist_is_told(citizen, typed):
    await citizen.taps("/afspraak_annuleren")
    assert citizen.heard == ["utter_afspraak_vraag_referentie"]

    assert await citizen.says(typed) == ["utter_afspraak_referentie_onbekend", "utter_afspraak_vraag_referentie"]


async def test_an_appointment_that_has_begun_cannot_be_moved_any_more(room, owner):
    room.set_clock(THURSDAY)

    assert await owner.taps("/afspraak_verplaatsen") == ["utter_afspraak_vraag_referentie"]


# --- whose it is ------------------------------------------------------------------------------------------------------


@pytest.mark.req("BP3-01")
@pytest.mark.parametrize("intent", FORMS)
async def test_a_reference_from_elsewhere_opens_nothing_without_its_address(room, owner, intent):
    stranger = room.citizen()
    await stranger.says("mijn afspraak", intent)
    assert await stranger.says(owner.reference) == ["utter_ask_afspraak_controle"]

    heard = await stranger.says("iemand.anders@example.be")

    assert heard == ["utter_afspraak_controle_fout", "utter_afspraak_vraag_referentie"]
    assert "Rijbewijs" not in stranger.text
    assert stranger.slots["afspraak_controle"] is None


@pytest.mark.req("BP3-01")
async def test_with_its_address_an_appointment_from_elsewhere_can_be_cancelled(room, owner):
    stranger = room.citizen()
    await stranger.taps("/afspraak_annuleren")
    await stranger.says(owner.reference)

    assert await stranger.says(EMAIL.upper()) == ["utter_afspraak_annuleren_samenvatting"]
    await stranger.says("ja", "bevestigen")

    assert room.appointments.bookings == {}


@pytest.mark.parametrize("text", ["geen idee", "mijn mail"])
async def test_what_is_no_address_proves_nothing(room, text):
    citizen = await reach(room, "afspraak_annuleren_form", "afspraak_controle")

    assert await citizen.says(text) == ["utter_uitleg_afspraak_controle", "utter_ask_afspraak_controle"]


async def test_another_conversation_does_not_list_my_appointments(room, owner):
    assert await room.citizen().taps("/afspraak_opzoeken") == ["utter_afspraak_geen_gevonden"]


# --- who uses a conversation after somebody else ----------------------------------------------------------------------


@pytest.fixture
async def next_one(room):
    """Somebody in a conversation in which Lien, logged in, made an appointment and logged out."""
    citizen = room.citizen()
    room.log_in(citizen, LIEN)
    citizen.reference = await make_appointment(room, citizen)
    room.known.identities.unbind(citizen.conversation, "logged_out")
    return citizen


async def test_who_comes_after_somebody_who_was_logged_in_does_not_see_his_appointments(room, next_one):
    assert await next_one.taps("/afspraak_opzoeken") == ["utter_afspraak_geen_gevonden"]
    assert await next_one.taps("/afspraak_annuleren") == ["utter_afspraak_vraag_referentie"]


async def test_a_reference_left_on_the_screen_opens_nothing_without_the_address(room, next_one):
    await next_one.taps("/afspraak_annuleren")
    await next_one.says(next_one.reference)

    assert next_one.asked == "afspraak_controle"


async def test_who_is_logged_in_sees_and_changes_what_he_made_in_another_conversation(room, next_one):
    elsewhere = room.citizen()
    room.log_in(elsewhere, LIEN)

    assert await elsewhere.taps("/afspraak_opzoeken") == ["utter_afspraak_overzicht", "utter_afspraak_overzicht_slot"]
    assert await elsewhere.taps("/afspraak_annuleren") == ["utter_afspraak_annuleren_samenvatting"]


# --- looking up -------------------------------------------------------------------------------------------------------


async def test_coming_appointments_are_told_and_what_can_be_done_with_them(room, owner):
    await make_appointment(room, owner, FRIDAY, "REISPAS")

    heard = await owner.taps("/afspraak_opzoeken")

    assert heard == ["utter_afspraak_overzicht", "utter_afspraak_overzicht", "utter_afspraak_overzicht_slot"]
    first, second = owner.said[0]["text"], owner.said[1]["text"]
    assert "donderdag 26 november om 10.00 uur" in first
    assert owner.reference in first
    assert "Reispas" in second


async def test_an_appointment_that_the_city_cancelled_itself_is_not_told(room, owner):
    room.appointments.bookings.clear()

    assert await owner.taps("/afspraak_opzoeken") == ["utter_afspraak_geen_gevonden"]


async def test_an_outage_is_never_told_as_no_appointments(room, owner):
    room.appointments.faults.everything = Unavailable("jcc", "read")

    assert await owner.taps("/afspraak_opzoeken") == ["utter_onbereikbaar"]


# --- what is told -----------------------------------------------------------------------------------------------------


@pytest.mark.req("BP4-01")
@pytest.mark.parametrize(
    ("error", "state", "response"),
    [
        (None, FilingState.DONE, "utter_afspraak_geannuleerd"),
        (Unavailable("jcc", "cancel"), FilingState.OPEN, "utter_afspraak_annuleren_wacht"),
        (Uncertain("jcc", "cancel"), FilingState.UNCERTAIN, "utter_afspraak_annuleren_wacht"),
        (Rejected("jcc", "cancel", "invalid"), FilingState.REFUSED, "utter_afspraak_annuleren_mislukt"),
    ],
)
async def test_a_cancellation_is_told_as_it_is(room, owner, error, state, response):
    if error:
        room.appointments.faults.before["cancel"] = error
    await owner.taps("/afspraak_annuleren")

    assert await owner.says("ja", "bevestigen") == [response, "utter_algemeen_nog_iets"]

    [filing] = room.filings.of(owner.conversation, "afspraak_annuleren")
    assert filing.state is state


@pytest.mark.req("BP4-01")
@pytest.mark.parametrize("end", ["refused", "failed"])
async def test_a_cancellation_that_came_to_nothing_is_not_told_as_done(room, owner, end):
    room.appointments.faults.before["cancel"] = Unavailable("jcc", "cancel")
    await owner.taps("/afspraak_annuleren")
    await owner.says("ja", "bevestigen")
    [filing] = room.filings.of(owner.conversation, "afspraak_annuleren")
    getattr(room.filings, end)(filing.id, "no")

    heard = await owner.taps(f'/afspraak_bijgewerkt{{"keuze": "{filing.reference}"}}')

    assert heard == ["utter_afspraak_annuleren_mislukt"]


@pytest.mark.parametrize("form", FORMS)
async def test_an_appointment_that_began_before_the_yes_is_told_to_be_gone(room, owner, form):
    await owner.taps(f"/{form}")
    if form == "afspraak_verplaatsen":
        await picks(FRIDAY.isoformat())(owner)
    room.set_clock(THURSDAY)

    assert (await owner.says("ja", "bevestigen"))[0] == "utter_afspraak_niet_gevonden"
    assert room.filings.of(owner.conversation, form) == []


async def test_a_summary_of_an_appointment_that_is_gone_says_so(room, owner):
    await owner.taps("/afspraak_annuleren")
    room.set_clock(THURSDAY)

    assert await owner.says("wat zei je", "herhalen_vragen") == ["utter_afspraak_niet_gevonden"]


async def test_an_address_is_never_shown_whole(room, owner):
    await owner.taps("/afspraak_verplaatsen")
    await picks(FRIDAY.isoformat())(owner)
    await owner.says("ja", "bevestigen")

    assert EMAIL not in owner.text
    assert "l•••@example.be" in owner.text


@pytest.mark.parametrize("payload", ['{"keuze": "A-2222-2222"}', '{"keuze": "x"}', ""])
async def test_news_about_nothing_says_nothing(citizen, payload):
    assert await citizen.taps(f"/afspraak_bijgewerkt{payload}") == []


async def test_news_of_another_conversation_is_not_told_here(room, owner):
    news = f'/afspraak_bijgewerkt{{"keuze": "{owner.reference}"}}'

    assert await room.citizen().taps(news) == []
    assert await owner.taps(news) == ["utter_afspraak_toch_bevestigd"]


# --- what the city cancelled itself -----------------------------------------------------------------------------------


@pytest.mark.parametrize("intent", FORMS)
async def test_what_the_city_cancelled_is_neither_moved_nor_cancelled(room, owner, intent):
    room.appointments.bookings.clear()

    assert await owner.says("mijn afspraak graag", intent) == ["utter_afspraak_vraag_referentie"]
    assert "utter_afspraak_referentie_onbekend" in await owner.says(owner.reference)


async def test_what_the_city_cancels_meanwhile_is_not_moved_either(room, owner):
    await owner.says("verplaats mijn afspraak naar vrijdag om 14 uur", "afspraak_verplaatsen")
    room.appointments.bookings.clear()

    assert await owner.says("ja", "bevestigen") == ["utter_afspraak_niet_gevonden"]
    assert room.appointments.moments == []


async def test_an_outage_takes_nobodys_appointment_away(room, owner):
    room.appointments.faults.before["read"] = Unavailable("jcc", "read")

    await owner.says("ik wil mijn afspraak annuleren", "afspraak_annuleren")

    assert owner.asked == "afspraak_geannuleerd"
