"""When a location is open: now, on the day that was asked, or all week. Monday 23 November 2026, ten o'clock."""

import pytest


async def ask(citizen, text):
    return await citizen.says(text, "openingsuren_vragen")


@pytest.mark.parametrize(
    ("moment", "response", "told"),
    [
        ("2026-11-23T10:00:00", "utter_openingsuren_nu_open", "tot 12.00 uur"),
        ("2026-11-23T12:30:00", "utter_openingsuren_nu_gesloten", "vandaag om 13.30 uur"),
        ("2026-11-23T14:00:00", "utter_openingsuren_nu_open", "tot 16.30 uur"),
        ("2026-11-22T21:00:00", "utter_openingsuren_nu_gesloten", "morgen om 9.00 uur"),
        ("2026-12-25T10:00:00", "utter_openingsuren_nu_gesloten", "maandag 28 december om 9.00 uur"),
    ],
)
async def test_without_a_day_it_tells_of_now_and_of_the_week(room, citizen, moment, response, told):
    room.set_clock(moment)

    assert await ask(citizen, "zijn jullie open?") == [response, "utter_openingsuren_week"]
    assert told in citizen.text


@pytest.mark.parametrize(
    ("text", "response", "told"),
    [
        ("is het stadhuis dinsdag open", "utter_openingsuren_dag", "9.00–12.00 en 13.30–19.00 uur"),
        ("tot hoe laat vandaag", "utter_openingsuren_dag", "vandaag"),
        ("zondag open?", "utter_openingsuren_dag_gesloten", "zondag 29 november"),
        ("open op 25 december?", "utter_openingsuren_dag_gesloten_om", "Kerst"),
        ("kan ik kerstavond komen, op 24 december", "utter_openingsuren_dag_anders", "9.00–12.00 uur"),
        ("kan ik morgen om 14u langskomen", "utter_openingsuren_dag", "morgen"),
    ],
)
async def test_one_day_is_told_with_its_exceptions(citizen, text, response, told):
    assert await ask(citizen, text) == [response]
    assert told in citizen.text


@pytest.mark.parametrize("text", ["wanneer zijn jullie volgende week open", "dit weekend", "de week van 30 november"])
async def test_several_days_are_told_as_a_week(citizen, text):
    assert await ask(citizen, text) == ["utter_openingsuren_week"]
    assert citizen.text.count("\n- ") == 7


async def test_a_week_shows_why_a_day_is_different(room, citizen):
    room.set_clock("2026-12-23T10:00:00")

    await ask(citizen, "de openingsuren")

    assert "(kerstavond)" in citizen.text
    assert "gesloten (" in citizen.text


@pytest.mark.parametrize(
    ("text", "location"),
    [
        ("wanneer is het containerpark zaterdag open", "het recyclagepark"),
        ("is beverkerke dinsdag open", "het administratief centrum in Beverkerke"),
        ("het gemeentehuis, dinsdag", "het stadhuis"),
        ("zijn jullie dinsdag open", "het stadhuis"),
    ],
)
async def test_a_location_is_known_by_all_its_names_and_the_town_hall_is_meant_otherwise(citizen, text, location):
    await ask(citizen, text)

    assert location in citizen.text


async def test_a_button_names_a_location_too(citizen):
    await citizen.taps('/openingsuren_vragen{"keuze":"recyclagepark"}')

    assert "het recyclagepark" in citizen.text
