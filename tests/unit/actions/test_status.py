"""How far everything stands: own things only, from every part at once, and never silent about a part that is down."""

import asyncio
from datetime import date, timedelta

import pytest

from actions.clients.errors import Unavailable
from actions.clients.ports import Progress
from actions.lopend import names_number
from tests.unit.actions.journeys import make_appointment, make_report
from tests.unit.citizens.people import NOOR

LIEN, JAN = "85073003328", "54021813189"


@pytest.fixture
def lien(room):
    """A citizen who logged in."""
    citizen = room.citizen()
    room.log_in(citizen)
    return citizen


async def asks(citizen, text="wat is de status van mijn aanvragen?"):
    return await citizen.says(text, "dossiers_status")


# --- what runs ------------------------------------------------------------------------


@pytest.mark.req("MZC-01", "MZC-16", "MZC-21")
async def test_reports_appointments_and_dossiers_are_told_together(room, lien):
    await make_report(lien)
    await make_appointment(room, lien)
    room.dossiers.put(LIEN, "OMV-1", organisation="Provincie")

    await asks(lien)

    assert sorted(lien.heard) == ["utter_dossiers_afspraak", "utter_dossiers_dossier_lopend", "utter_dossiers_melding"]
    for told in ("I 2611 001", "In behandeling", "donderdag 26 november om 10.00 uur", "OMV-1", "Provincie"):
        assert told in lien.text


@pytest.mark.req("MZC-02")
async def test_when_it_will_be_ready_is_told_when_the_source_knows_and_said_when_not(room, lien):
    await make_report(lien)
    await asks(lien)
    unknown = lien.text
    room.incidents.change("I 2611 001", due=date(2026, 11, 30))

    await asks(lien)

    assert "Wanneer het klaar is, weten we niet." in unknown
    assert "Het zou maandag 30 november klaar zijn." in lien.text


@pytest.mark.req("MZC-21")
async def test_an_appointment_comes_with_its_buttons(room, lien):
    reference = await make_appointment(room, lien)
    await asks(lien)

    await lien.chooses("Annuleren")

    assert lien.asked == "afspraak_geannuleerd"
    assert lien.slots["afspraak_gekozen"] == reference


async def test_what_the_city_cancelled_does_not_run(room, lien):
    await make_appointment(room, lien)
    room.appointments.bookings.clear()

    assert await asks(lien) == ["utter_dossiers_niets_lopend"]


async def test_a_report_that_is_still_on_its_way_is_told_as_such(room, citizen):
    room.incidents.faults.before["create"] = Unavailable("topdesk", "create")
    await make_report(citizen)

    assert (await asks(citizen))[0] == "utter_dossiers_melding_onderweg"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"completed": True}, "De stad heeft het opgelost."),
        ({"closed": True}, "De melding is afgesloten."),
        ({"on_hold": True}, "De stad wacht nog op iets."),
        ({"status": ""}, "De stad heeft je melding."),
    ],
)
async def test_a_report_is_told_in_plain_words(room, lien, values, told):
    await make_report(lien)
    room.incidents.change("I 2611 001", **values)

    await asks(lien)

    assert told in lien.text


# --- own things only ---------------------------------------------------------------------


@pytest.mark.req("MZC-01")
async def test_without_a_login_only_this_conversation_is_told_and_a_login_is_offered(room, citizen):
    await make_report(room.citizen())
    await make_report(citizen)
    room.dossiers.put(LIEN, "OMV-1")

    await asks(citizen)

    assert citizen.heard == ["utter_dossiers_melding", "utter_dossiers_meer_na_aanmelden"]
    assert "I 2611 002" in citizen.text


async def test_after_the_login_that_was_offered_all_of_it_is_told(room, citizen):
    room.dossiers.put(LIEN, "OMV-1")
    await asks(citizen)
    await citizen.chooses("Aanmelden")
    room.log_in(citizen)

    heard = await citizen.taps("/aangemeld")

    assert heard == ["utter_aanmelden_aangemeld_voor", "utter_dossiers_dossier_lopend"]


@pytest.mark.req("MZC-01")
@pytest.mark.parametrize("typed", ["melding 2611 001", "I 2611 001", "hoe zit het met i2611001?", "2611-001"])
async def test_one_thing_can_be_asked_by_its_number_however_it_is_typed(room, lien, typed):
    await make_report(lien)
    await make_report(lien)

    await asks(lien, typed)

    assert lien.heard == ["utter_dossiers_melding"]
    assert "I 2611 001" in lien.text


async def test_a_dossier_can_be_asked_by_its_number(room, lien):
    room.dossiers.put(LIEN, "OMV-2026-001234")
    room.dossiers.put(LIEN, "OMV-2026-001235")

    await asks(lien, "hoe ver staat omv 2026 001234?")

    assert "OMV-2026-001234" in lien.text
    assert "OMV-2026-001235" not in lien.text


@pytest.mark.req("MZC-01")
async def test_somebody_elses_number_is_as_unknown_as_one_that_does_not_exist(room, lien):
    await make_report(room.citizen())
    room.dossiers.put(JAN, "OMV-2026-001234")

    theirs = await asks(lien, "status van melding 2611 001")
    dossier = await asks(lien, "status van OMV-2026-001234")
    nobodys = await asks(lien, "status van melding 2611 099")

    assert theirs == dossier == nobodys == ["utter_dossiers_nummer_onbekend"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status van 2611 042", True),
        ("M-7KQ4-2FXD", True),
        ("melding van 12/11/2026", False),
        ("mijn 2 meldingen", False),
    ],
)
def test_a_date_or_a_count_is_no_number_of_a_dossier(text, expected):
    assert names_number(text) is expected


async def test_one_kind_of_thing_can_be_asked(room, lien):
    await make_report(lien)
    room.dossiers.put(LIEN, "OMV-1")

    assert await asks(lien, "wat is de status van mijn melding?") == ["utter_dossiers_melding"]


@pytest.mark.req("MZC-16")
async def test_what_he_filed_on_another_channel_is_his_too(room, lien):
    await make_report(lien)
    await make_appointment(room, lien)
    elsewhere = room.citizen()
    room.log_in(elsewhere)

    await asks(elsewhere)

    assert sorted(elsewhere.heard) == ["utter_dossiers_afspraak", "utter_dossiers_melding"]


async def test_what_somebody_else_filed_in_this_conversation_while_he_was_logged_in_is_his(room, lien):
    await make_report(lien)
    await lien.says("dat ben ik niet", "afmelden_vragen")
    nobody = await asks(lien)
    room.set_clock("2026-11-23T10:30:00")
    room.log_in(lien, NOOR)

    assert "utter_dossiers_melding" not in [*nobody, *await asks(lien)]


# --- parts that are down --------------------------------------------------------------------


@pytest.mark.req("MZC-01")
async def test_a_part_that_is_down_is_named_and_the_rest_is_told(room, lien):
    await make_report(lien)
    room.dossiers.faults.everything = Unavailable("dosis", "list")

    assert await asks(lien) == ["utter_dossiers_melding", "utter_dossiers_onbereikbaar_dossiers"]


async def test_when_everything_is_down_that_is_no_empty_list(room, lien):
    await make_report(lien)
    await make_appointment(room, lien)
    for backend in (room.dossiers, room.incidents, room.appointments):
        backend.faults.everything = Unavailable("backend", "read")

    assert await asks(lien) == [
        f"utter_dossiers_onbereikbaar_{part}" for part in ("afspraken", "dossiers", "meldingen")
    ]


async def test_a_part_that_takes_too_long_is_named_too(room, lien, monkeypatch):
    async def slow(rrn):
        await asyncio.sleep(60)

    monkeypatch.setattr(room.dossiers, "list_for", slow)
    monkeypatch.setattr("actions.lopend.PATIENCE", 0.05)

    assert await asks(lien) == ["utter_dossiers_onbereikbaar_dossiers"]


# --- many things ------------------------------------------------------------------------------


async def test_of_many_things_the_latest_come_first_and_the_rest_on_request(room, lien):
    for number in range(6):
        room.dossiers.put(LIEN, f"OMV-{number}", days=number + 1)

    await asks(lien)
    first = [one["text"].splitlines()[1] for one in lien.said[:4]]
    heard = list(lien.heard)
    await lien.chooses("Toon meer")

    assert heard == ["utter_dossiers_dossier_lopend"] * 4 + ["utter_dossiers_toon_meer"]
    assert first == [f"Stad Leiestad, nummer OMV-{number}" for number in range(4)]
    assert lien.heard == ["utter_dossiers_dossier_lopend"] * 2


# --- the steps --------------------------------------------------------------------------------


@pytest.mark.req("MZC-04")
async def test_every_step_of_a_dossier_is_told_on_request(room, lien):
    room.dossiers.put(LIEN, "OMV-1", "Ingediend", days=20, phase="Samenstelling")
    room.dossiers.put(LIEN, "OMV-1", "Goedgekeurd", days=2, phase="Beslissing")
    await asks(lien)

    await lien.chooses("Toon het verloop")

    assert lien.heard == ["utter_dossiers_verloop"]
    assert lien.text.splitlines()[-2:] == [
        "- zaterdag 21 november 2026: De aanvraag is goedgekeurd.",
        "- dinsdag 3 november 2026: De aanvraag is ingediend.",
    ]


@pytest.mark.req("MZC-04")
async def test_every_step_of_a_report_is_told_when_asked_in_words(room, lien):
    await make_report(lien)
    note = Progress("n1", room.clock.now() + timedelta(minutes=1), "We komen dinsdag kijken.")
    room.incidents.change("I 2611 001", progress=[note])

    await asks(lien, "toon het verloop van mijn melding")

    assert lien.text.splitlines()[-3:] == [
        "- Stand bij de stad: In behandeling.",
        "- vandaag: We komen dinsdag kijken.",
        "- vandaag: Jij hebt het gemeld.",
    ]


async def test_the_steps_of_somebody_elses_dossier_are_not_found(room, lien):
    room.dossiers.put(JAN, "OMV-1")

    assert await lien.taps('/dossiers_verloop{"keuze": "urn://x|OMV-1"}') == ["utter_dossiers_nummer_onbekend"]


# --- in between ---------------------------------------------------------------------------------


async def test_in_the_middle_of_a_request_it_is_told_and_the_request_goes_on(room, lien):
    room.dossiers.put(LIEN, "OMV-1")
    await lien.says("er ligt een tegel los", "melding_maken")

    heard = await asks(lien)

    assert heard[0] == "utter_dossiers_dossier_lopend"
    assert lien.asked == "melding_plaats"


# --- who looked ---------------------------------------------------------------------------------


async def test_every_look_into_his_dossiers_is_accounted_for(room, lien):
    await asks(lien)

    [entry] = room.processing.of(room.known.identities.of(lien.conversation).person)
    assert (entry.source, entry.activity, entry.kinds) == ("DOSIS", "dossiers", ("rijksregisternummer", "dossiers"))
