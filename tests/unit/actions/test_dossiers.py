"""Unread statuses: counted, offered, told after a yes, and then read."""

import asyncio

import pytest

from actions.clients.errors import Unavailable
from tests.unit.actions.journeys import make_report
from tests.unit.citizens.people import NOOR

LIEN = "85073003328"


@pytest.fixture
def lien(room):
    """A citizen who logged in."""
    citizen = room.citizen()
    room.log_in(citizen)
    return citizen


# --- after a finished request ---------------------------------------------------------


@pytest.mark.req("BP4-03", "BP4-04", "BP4-11")
async def test_after_a_finished_request_what_is_new_is_offered_and_not_told(room, lien):
    room.dossiers.put(LIEN, "OMV-1")
    room.dossiers.put(LIEN, "OMV-2")

    await make_report(lien)

    assert lien.heard == ["utter_melding_ingediend_anoniem", "utter_dossiers_aanbod"]
    assert "2 berichten" in lien.text
    assert "OMV" not in lien.text


@pytest.mark.req("BP4-03")
async def test_nothing_new_is_not_mentioned(lien):
    await make_report(lien)

    assert lien.heard == ["utter_melding_ingediend_anoniem", "utter_algemeen_nog_iets"]


@pytest.mark.req("BP4-03")
async def test_whoever_did_not_log_in_hears_of_no_dossier(room):
    room.dossiers.put(LIEN, "OMV-1")
    stranger = room.citizen()

    await make_report(stranger)

    assert stranger.heard[-1] == "utter_algemeen_nog_iets"


@pytest.mark.req("BP4-03")
async def test_when_dosis_is_down_the_conversation_goes_on_without_a_word(room, lien):
    room.dossiers.faults.everything = Unavailable("dosis", "list")

    await make_report(lien)

    assert lien.heard == ["utter_melding_ingediend_anoniem", "utter_algemeen_nog_iets"]


@pytest.mark.req("BP4-03")
async def test_nobody_waits_long_for_an_offer(room, lien, monkeypatch):
    async def slow(rrn):
        await asyncio.sleep(60)

    monkeypatch.setattr(room.dossiers, "list_for", slow)
    monkeypatch.setattr(room.actions["action_melding_indienen"].closing, "patience", 0.05)

    await make_report(lien)

    assert lien.heard[-1] == "utter_algemeen_nog_iets"


async def test_what_was_offered_is_not_offered_again_until_there_is_more(room, lien):
    room.dossiers.put(LIEN, "OMV-1")
    await make_report(lien)
    await lien.says("nee", "ontkennen")

    await make_report(lien)
    again = lien.heard[-1]
    room.dossiers.put(LIEN, "OMV-2")
    await make_report(lien)

    assert again == "utter_algemeen_nog_iets"
    assert lien.heard[-1] == "utter_dossiers_aanbod"


# --- yes and no -------------------------------------------------------------------------


@pytest.mark.req("BP4-04", "BP4-05")
async def test_a_yes_tells_them_with_what_must_be_done_first(room, lien):
    room.dossiers.put(LIEN, "OMV-1", "InBehandeling", days=1)
    room.dossiers.put(
        LIEN, "OMV-2", "DossierOnvolledig", days=3, name="Veranda", organisation="Provincie",
        action="Laad het plan op.", link="https://loket.example/OMV-2",
    )  # fmt: skip
    await lien.says("zijn er nog berichten voor mij?", "dossiers_berichten")

    await lien.says("ja graag", "bevestigen")

    assert lien.heard == ["utter_dossiers_dossier", "utter_dossiers_dossier", "utter_dossiers_verwittigen"]
    first = lien.said[0]["text"]
    for told in ("Veranda", "Provincie", "OMV-2", "nog niet volledig", "vrijdag 20 november", "Laad het plan op.",
                 "https://loket.example/OMV-2"):  # fmt: skip
        assert told in first


@pytest.mark.req("BP4-05", "KI-34")
async def test_what_was_told_is_read_on_every_channel(room, lien):
    room.dossiers.put(LIEN, "OMV-1")
    await lien.says("berichten?", "dossiers_berichten")
    await lien.chooses("Ja")
    elsewhere = room.citizen()
    room.log_in(elsewhere)

    assert await elsewhere.says("berichten?", "dossiers_berichten") == ["utter_dossiers_geen_berichten"]


@pytest.mark.req("BP4-05", "KI-34")
async def test_a_newer_status_of_the_same_dossier_is_unread_again(room, lien):
    room.dossiers.put(LIEN, "OMV-1", days=2)
    await lien.says("berichten?", "dossiers_berichten")
    await lien.chooses("Ja")
    room.dossiers.put(LIEN, "OMV-1", "Goedgekeurd", days=1, phase="Beslissing")

    assert await lien.says("berichten?", "dossiers_berichten") == ["utter_dossiers_aanbod_een"]


@pytest.mark.req("BP4-04")
async def test_a_no_leaves_them_unread(room, lien):
    room.dossiers.put(LIEN, "OMV-1")
    await lien.says("berichten?", "dossiers_berichten")

    assert await lien.says("nee", "ontkennen") == ["utter_dossiers_blijven_staan"]
    assert await lien.says("berichten?", "dossiers_berichten") == ["utter_dossiers_aanbod_een"]


async def test_a_yes_to_something_else_tells_nothing(room, lien):
    room.dossiers.put(LIEN, "OMV-1")
    await lien.says("berichten?", "dossiers_berichten")
    await lien.says("dank je", "bedanken")

    assert await lien.says("ja", "bevestigen") == ["utter_algemeen_zeg_maar"]


async def test_many_are_told_in_parts_and_only_what_was_told_is_read(room, lien):
    for number in range(6):
        room.dossiers.put(LIEN, f"OMV-{number}")
    await lien.says("berichten?", "dossiers_berichten")

    await lien.chooses("Ja")
    assert lien.heard == ["utter_dossiers_dossier"] * 4 + ["utter_dossiers_nog_meer"]
    assert await lien.says("nee", "ontkennen") == ["utter_dossiers_blijven_staan"]

    await lien.says("berichten?", "dossiers_berichten")
    assert "2 berichten" in lien.text


async def test_when_dosis_goes_down_between_the_offer_and_the_yes_that_is_told_and_nothing_is_read(room, lien):
    room.dossiers.put(LIEN, "OMV-1")
    await lien.says("berichten?", "dossiers_berichten")
    room.dossiers.faults.everything = Unavailable("dosis", "list")

    assert await lien.says("ja", "bevestigen") == ["utter_onbereikbaar"]

    room.dossiers.faults.over()
    assert await lien.says("berichten?", "dossiers_berichten") == ["utter_dossiers_aanbod_een"]


# --- who asks ---------------------------------------------------------------------------


async def test_whoever_is_not_known_gets_a_link_and_the_offer_after_it(room):
    room.dossiers.put(LIEN, "OMV-1")
    citizen = room.citizen()

    assert await citizen.says("heb ik post?", "dossiers_berichten") == ["utter_aanmelden_link"]

    room.log_in(citizen)
    assert await citizen.taps("/aangemeld") == ["utter_aanmelden_aangemeld_voor", "utter_dossiers_aanbod_een"]


async def test_without_a_rijksregisternummer_nothing_can_be_looked_up_and_that_is_said(room):
    citizen = room.citizen()
    room.log_in(citizen, NOOR)

    assert await citizen.says("heb ik post?", "dossiers_berichten") == ["utter_dossiers_zonder_nummer"]


async def test_whoever_logged_out_meanwhile_hears_nothing(room, lien):
    room.dossiers.put(LIEN, "OMV-1")
    await lien.says("berichten?", "dossiers_berichten")
    await lien.says("dat ben ik niet", "afmelden_vragen")

    assert "utter_dossiers_dossier" not in await lien.taps("/dossiers_horen")


async def test_in_the_middle_of_a_request_they_wait(room, lien):
    room.dossiers.put(LIEN, "OMV-1")
    await lien.says("er ligt een tegel los", "melding_maken")

    assert (await lien.says("heb ik nog berichten?", "dossiers_berichten"))[0] == "utter_dossiers_straks"
    assert lien.form == "melding_form"


# --- what is said -------------------------------------------------------------------------


@pytest.mark.req("BP4-09")
@pytest.mark.parametrize(
    ("phase", "code", "told"),
    [
        ("Beslissing", "Goedgekeurd", "De aanvraag is goedgekeurd."),
        ("Beroep", "Geweigerd", "In beroep: De aanvraag is geweigerd."),
        ("Uitvoering", "IetsNieuws", "De beslissing wordt uitgevoerd."),
        ("IetsNieuws", "IetsNieuws", "De dienst is ermee bezig."),
    ],
)
async def test_no_code_reaches_a_citizen(room, lien, phase, code, told):
    room.dossiers.put(LIEN, "OMV-1", code, phase=phase)
    await lien.says("berichten?", "dossiers_berichten")
    await lien.chooses("Ja")

    assert told in lien.text
    assert code not in lien.text
