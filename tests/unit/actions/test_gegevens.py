"""What a citizen may ask about his own data."""

import pytest

from actions.gegevens import MOST_USES
from tests.unit.actions.journeys import EMAIL, begin, finish, make_appointment, reach
from tests.unit.actions.room import Citizen
from tests.unit.citizens.people import JAN


def use(room, citizen, times=1, **changes):
    identity = room.known.identities.of(citizen.conversation)
    for number in range(times):
        row = {"action": f"afspraak opzoeken {number}", "activity": "afspraak", "source": "JCC", "kinds": ["afspraak"]}
        room.processing.write(person=identity.person, conversation=citizen.conversation, **{**row, **changes})


# --- what do you know of me -------------------------------------------------------------------------------------------


async def test_who_is_logged_in_hears_what_is_known_recognisable_and_no_more(room, citizen):
    room.log_in(citizen, email=EMAIL, telefoon="+32470123456", adres="Kerkstraat 12, 8500 Leiestad")

    assert await citizen.says("wat weet je van mij", "gegevens_vragen") == ["utter_gegevens_bekend"]

    assert "Lien Declercq" in citizen.text
    assert "l•••@example.be" in citizen.text
    assert "456" in citizen.text
    for hidden in (EMAIL, "0470", "Kerkstraat 12", "8500"):
        assert hidden not in citizen.text


async def test_who_is_not_logged_in_hears_what_he_said_here(room):
    citizen = await reach(room, "afspraak_form", "telefoon")

    heard = await citizen.says("wat weet je van mij", "gegevens_vragen")

    assert heard == ["utter_gegevens_van_gesprek", "utter_ask_telefoon"]
    assert "l•••@example.be (van dit gesprek, vandaag)" in citizen.said[0]["text"]


async def test_a_call_that_he_is_promised_and_what_he_left_half_finished_are_told_too(room):
    citizen = await reach(room, "terugbellen_form", "terugbellen_bevestigd")
    await citizen.says("ja", "bevestigen")
    citizen.slots.clear()
    drafts = room.actions["action_gegevens_tonen"].half_done.drafts
    drafts.keep(citizen.conversation, "melding_form", {"melding_plaats": "Kerkstraat 12"}, None)

    assert await citizen.says("wat weet je van mij", "gegevens_vragen") == ["utter_gegevens_van_gesprek"]

    assert "Een collega doet nog iets voor je: nummer " in citizen.text
    assert "nog niet hebt afgewerkt" in citizen.text
    assert "Kerkstraat" not in citizen.text


async def test_a_call_for_who_was_logged_in_before_is_not_told_to_who_comes_after(room):
    citizen = await reach(room, "terugbellen_form", "telefoon")
    room.log_in(citizen)
    await citizen.says("0470 12 34 56")
    await finish(citizen)
    room.known.identities.unbind(citizen.conversation, "logout")
    after = Citizen(room, citizen.conversation, {})

    await after.says("wat weet je van mij", "gegevens_vragen")

    assert "Een collega" not in after.text


async def test_a_stranger_hears_that_nothing_is_known(citizen):
    assert await citizen.says("ken je mij", "gegevens_vragen") == ["utter_gegevens_geen"]


# --- who looked -------------------------------------------------------------------------------------------------------


@pytest.mark.req("MZC-22", "MZC-11")
async def test_the_citizen_reads_his_own_uses_the_latest_first_with_a_role_and_no_name(room, citizen):
    room.log_in(citizen)
    use(
        room, citizen, action="melding registreren", activity="melding", source="TOPdesk", kinds=["naam", "e-mailadres"]
    )
    room.set_clock("2026-11-23T10:05:00")
    use(room, citizen, actor="medewerker", action="dossier bekijken")

    assert await citizen.says("wie heeft mijn gegevens bekeken", "inzage_vragen") == ["utter_inzage_lijst"]

    first, second = [line for line in citizen.text.splitlines() if line.startswith("- ")][:2]
    assert "10.05" in first
    assert first.endswith("door een medewerker van de stad")
    assert second.endswith("melding registreren in TOPdesk (naam en e-mailadres), door jou")


@pytest.mark.req("MZC-22")
async def test_the_list_is_bounded_and_says_so(room, citizen):
    room.log_in(citizen)
    use(room, citizen, times=MOST_USES + 3)

    assert await citizen.says("wie keek", "inzage_vragen") == ["utter_inzage_lijst_begin"]

    assert citizen.text.count(", door ") == MOST_USES


@pytest.mark.req("MZC-11")
async def test_the_citizen_reads_once_for_each_activity_what_for_and_why_the_city_may(room, citizen):
    room.log_in(citizen)
    use(room, citizen, times=3)
    use(room, citizen, activity="dossiersnieuws", source="DOSIS", kinds=["dossiers"], actor="assistent")

    await citizen.says("wie heeft mijn gegevens bekeken", "inzage_vragen")

    why = citizen.text.partition("Waarom")[2]
    assert why.count("om je afspraak te maken") == 1
    assert "Dat hoort bij de taken van de stad." in why
    assert "om je te verwittigen als er iets verandert aan een dossier. Jij gaf daarvoor toestemming" in why


async def test_what_the_assistant_does_again_and_again_is_one_line_a_day(room, citizen):
    room.log_in(citizen)
    looks = {"activity": "dossiersnieuws", "source": "DOSIS", "kinds": ["dossiers"], "actor": "assistent"}
    for hour in (11, 12, 13):
        room.set_clock(f"2026-11-23T{hour}:00:00")
        use(room, citizen, **looks)

    await citizen.says("wie heeft mijn gegevens bekeken", "inzage_vragen")

    assert "- vandaag, 3 keer: afspraak opzoeken 0 in DOSIS (dossiers), door deze assistent" in citizen.text


@pytest.mark.req("MZC-10", "MZC-22")
async def test_nobody_reads_the_uses_of_somebody_else(room, citizen):
    room.log_in(citizen)
    use(room, citizen)
    room.log_in(citizen, JAN)

    assert await citizen.says("wie keek", "inzage_vragen") == ["utter_inzage_niemand"]


async def test_in_a_form_who_is_not_logged_in_hears_that_he_must_be(room):
    citizen = await reach(room, "melding_form", "melding_fotos")

    heard = await citizen.says("wie heeft mijn gegevens bekeken", "inzage_vragen")

    assert heard == ["utter_inzage_niet_aangemeld", "utter_ask_melding_fotos"]


@pytest.mark.req("MZC-11", "MZC-22")
async def test_what_an_appointment_took_stands_in_the_list(room):
    citizen = room.citizen()
    room.log_in(citizen)
    await finish(await begin(room, "afspraak_form", citizen))

    await citizen.says("wie heeft mijn gegevens bekeken", "inzage_vragen")

    assert "afspraak boeken in JCC (afspraak, naam, e-mailadres en telefoonnummer), door jou" in citizen.text


# --- forget me --------------------------------------------------------------------------------------------------------


async def test_nothing_is_forgotten_before_a_yes(room, citizen):
    identity = room.log_in(citizen, email=EMAIL)

    assert await citizen.says("vergeet mij", "vergeten_vragen") == ["utter_ask_vergeten_bevestigd"]
    assert await citizen.says("nee", "ontkennen") == ["utter_vergeten_niet"]

    assert room.known.store.known(identity.person, ["email"])


async def test_a_question_about_dossiers_is_answered_also_before_the_yes(room, citizen):
    room.log_in(citizen)
    await citizen.says("vergeet mij", "vergeten_vragen")

    heard = await citizen.says("zijn er nog berichten voor mij?", "dossiers_berichten")

    assert heard[-1] == "utter_ask_vergeten_bevestigd"
    assert len(heard) > 1


async def test_a_yes_wipes_what_is_known_and_logs_out(room, citizen):
    identity = room.log_in(citizen, email=EMAIL)
    await citizen.says("vergeet mij", "vergeten_vragen")

    assert await citizen.says("ja", "bevestigen") == ["utter_vergeten_gedaan"]

    assert room.known.store.known(identity.person, ["email"]) == {}
    assert room.known.identities.of(citizen.conversation) is None


async def test_a_stranger_can_have_this_conversation_forgotten(room):
    citizen = await reach(room, "afspraak_form", "telefoon")
    await citizen.says("stop", "stoppen")
    await citizen.says("vergeet mij", "vergeten_vragen")

    assert await citizen.says("ja", "bevestigen") == ["utter_vergeten_alleen_gesprek"]

    assert citizen.slots["email"] is None


async def test_a_request_that_was_filed_stays(room, citizen):
    room.log_in(citizen)
    await make_appointment(room, citizen)
    await citizen.says("vergeet mij", "vergeten_vragen")

    await citizen.says("ja", "bevestigen")

    assert len(room.appointments.bookings) == 1
