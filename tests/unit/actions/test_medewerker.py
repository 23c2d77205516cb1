"""Asking for a person: into the queue of the right team when somebody is there, else how to reach one."""

import pytest

from conversations.agents import Agents, Profile
from conversations.overrides import Overrides
from tests.unit.actions.journeys import reach

SUNDAY_EVENING = "2026-11-22T21:00:00"


@pytest.fixture
def desk(room):
    """Somebody of both teams sits at the desk."""
    agents = Agents(room.ledger.engine, room.ledger.clock, room.ledger.bell)
    agents.arrive("op|sanne", Profile("Sanne", ["onthaal", "burgerzaken"]))
    return agents


def asked_for(citizen):
    [asked] = [event["data"]["custom"] for event in citizen.events if (event.get("data") or {}).get("custom")]
    return asked


@pytest.mark.req("CI-03")
async def test_with_somebody_at_the_desk_the_conversation_is_handed_over(citizen, desk):
    assert (await citizen.says("een mens graag", "medewerker_vragen"))[0] == "utter_medewerker_gevraagd"

    assert asked_for(citizen) | {"card": None} == {
        "type": "handover",
        "team": "onthaal",
        "topic": "algemeen",
        "reason": "asked",
        "channel": "web",
        "card": None,
    }


@pytest.mark.req("KI-07")
async def test_in_a_form_the_agent_gets_the_answers_and_the_open_question(room, desk):
    citizen = await reach(room, "afspraak_form", "email")

    await citizen.says("ik wil een medewerker spreken", "medewerker_vragen")

    asked = asked_for(citizen)
    assert (asked["team"], asked["topic"]) == ("burgerzaken", "afspraak")
    assert (asked["card"]["form"], asked["card"]["open"]) == ("afspraak_form", "email")
    assert asked["card"]["answers"]["naam"] == citizen.slots["naam"]
    assert "aanvraag_sleutel" not in asked["card"]["answers"]


@pytest.mark.req("CI-03")
async def test_the_third_misunderstanding_says_so_to_the_agent(citizen, desk):
    for _ in range(3):
        await citizen.says("wxcvbn", "nlu_fallback")

    assert asked_for(citizen)["reason"] == "not_understood"


@pytest.mark.req("CI-03")
async def test_a_dissatisfied_citizen_gets_a_person(citizen, desk):
    await citizen.says("wat een rommel", "ontevreden_zijn")

    assert asked_for(citizen)["reason"] == "dissatisfied"


async def test_with_nobody_at_the_desk_he_hears_how_to_reach_one(citizen):
    assert await citizen.says("een mens graag", "medewerker_vragen") == ["utter_medewerker_bereikbaar"]


@pytest.mark.req("CA-06")
async def test_outside_the_hours_of_the_team_nobody_is_put_in_a_queue(room, citizen, desk):
    room.set_clock(SUNDAY_EVENING)

    assert await citizen.says("een mens graag", "medewerker_vragen") == ["utter_medewerker_gesloten"]


@pytest.mark.req("CA-06", "WA-06")
async def test_on_a_holiday_he_hears_which_it_is_and_when_we_are_there_again(room, citizen, desk):
    room.set_clock("2026-12-25T10:00:00")

    assert await citizen.says("een mens graag", "medewerker_vragen") == ["utter_medewerker_gesloten_om"]

    assert "Kerst" in citizen.text
    assert "maandag 28 december om 9.00 uur" in citizen.text


@pytest.mark.req("CA-06", "WA-06")
async def test_when_only_the_team_is_away_that_day_he_hears_why_and_until_when(room, citizen, desk, monkeypatch):
    monkeypatch.setattr("conversations.overrides.LOOK_AGAIN", 0.0)
    day = {"datum": "2026-11-23", "uren": [], "reden": "opleiding", "locatie": "onthaal"}
    Overrides(room.ledger.engine, room.ledger.clock).write("uitzonderingen", [day], "luc")
    room.actions["action_medewerker_vragen"].person.texts.look_again()

    assert await citizen.says("een mens graag", "medewerker_vragen") == ["utter_medewerker_gesloten_om"]

    assert "opleiding" in citizen.text
    assert "morgen" in citizen.text


async def test_who_leaves_the_queue_goes_on_where_he_was(room, desk):
    citizen = await reach(room, "afspraak_form", "email")
    question = citizen.heard[-1]

    assert await citizen.taps("/wachtrij_verlaten") == ["utter_wachtrij_verlaten_tussendoor", question]
