"""An agent has the open request filed for the citizen."""

import json

import pytest
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.base import Turn, actor_of
from actions.clients.errors import Unavailable
from tests.unit.actions.journeys import FRIDAY, OFFICE, THURSDAY, make_report, reach

FILING = "filing"


def ordered(form, agent="a_sanne", **answers):
    told = {"form": form, "agent": agent, "answers": answers}
    return f"/aanvraag_indienen{json.dumps({'keuze': json.dumps(told)})}"


def outcome(citizen):
    """What goes back to the card."""
    found = [event["data"]["custom"] for event in citizen.events if "custom" in (event.get("data") or {})]
    return next(custom for custom in reversed(found) if custom["type"] == FILING)


@pytest.mark.req("CA-03", "KI-11")
async def test_a_report_that_the_agent_completes_is_filed_and_the_citizen_reads_its_number(room):
    citizen = await reach(room, "melding_form", "melding_plaats")

    heard = await citizen.taps(ordered("melding_form", melding_plaats=["Plaats", "Merellaan 14"]))

    [filing] = room.filings.of(citizen.conversation)
    assert heard == ["utter_melding_ingediend_anoniem"]
    assert (outcome(citizen)["state"], outcome(citizen)["number"]) == ("done", filing.external_reference)
    assert (filing.payload["plaats"]["tekst"], filing.payload["ingediend_door"]) == ("Merellaan 14", "a_sanne")
    assert citizen.form is None


@pytest.mark.req("CA-03", "KI-11")
async def test_an_agent_and_the_citizen_who_file_the_same_request_file_it_once(room):
    citizen = await reach(room, "melding_form", "melding_bevestigd")
    await citizen.says("ja", "bevestigen")

    heard = await citizen.taps(ordered("melding_form"))

    assert len(room.filings.of(citizen.conversation)) == 1
    assert heard == ["utter_melding_ingediend"]
    assert outcome(citizen)["state"] == "done"


@pytest.mark.req("CA-03")
async def test_an_appointment_is_booked_on_the_agent_s_order(room):
    citizen = await reach(room, "afspraak_form", "naam")
    who = {"naam": ["Naam", "jan peeters"], "email": ["E-mail", "jan@example.be"], "telefoon": ["Tel", "0470 12 34 56"]}

    await citizen.taps(ordered("afspraak_form", **who))

    [filing] = room.filings.of(citizen.conversation)
    assert (outcome(citizen)["state"], filing.payload["naam"]) == ("done", "Jan Peeters")
    assert "utter_algemeen_nog_iets" not in citizen.heard


async def test_what_it_lacks_the_agent_is_told_and_nothing_is_filed(room):
    citizen = await reach(room, "afspraak_form", "naam")

    await citizen.taps(ordered("afspraak_form", email=["E-mailadres", "geen adres"]))

    assert outcome(citizen) == {"type": FILING, "state": "lacking", "slot": "naam", "useless": ["E-mailadres"]}
    assert (citizen.form, citizen.asked) == ("afspraak_form", "naam")
    assert room.filings.of(citizen.conversation) == []


@pytest.mark.req("CA-03")
async def test_what_only_the_citizen_can_do_no_agent_does(room):
    citizen = await reach(room, "attest_form", "aangemeld")

    await citizen.taps(ordered("attest_form"))

    assert (outcome(citizen)["state"], outcome(citizen)["slot"]) == ("lacking", "aangemeld")


async def test_an_attest_of_who_is_logged_in_and_proved_his_address_can_be_filed(room):
    citizen = await reach(room, "attest_form", "attest_bevestigd")

    await citizen.taps(ordered("attest_form"))

    assert outcome(citizen)["state"] == "done"


async def test_a_moment_that_was_just_taken_is_told_to_the_agent_and_the_rest_stays(room):
    citizen = await reach(room, "afspraak_form", "afspraak_bevestigd")
    room.appointments.take(OFFICE, THURSDAY)

    await citizen.taps(ordered("afspraak_form"))

    assert (outcome(citizen)["state"], outcome(citizen)["code"]) == ("refused", "slot_taken")
    assert (citizen.form, citizen.asked) == ("afspraak_form", "afspraak_moment")
    assert citizen.slots["afspraak_dienst"] == "RIJBEWIJS"

    await citizen.taps(ordered("afspraak_form", afspraak_moment=["Wanneer", "27/11/2026 om 14u"]))

    assert outcome(citizen)["state"] == "done"
    assert room.appointments.moments[-1] == FRIDAY


async def test_an_order_for_what_is_not_open_any_more_says_so(room):
    citizen = room.citizen()
    await citizen.taps(ordered("melding_form"))

    assert outcome(citizen)["state"] == "gone"


async def test_in_an_outage_it_is_a_row_that_is_carried_out_later(room):
    citizen = await reach(room, "melding_form", "melding_bevestigd")
    room.incidents.faults.everything = Unavailable("topdesk", "create")

    heard = await citizen.taps(ordered("melding_form"))

    assert heard == ["utter_melding_ontvangen"]
    assert outcome(citizen)["state"] == "open"


async def test_an_outage_before_anything_was_filed_leaves_the_answers_for_the_next_order(room):
    citizen = await reach(room, "afspraak_form", "afspraak_moment")
    room.appointments.faults.everything = Unavailable("jcc", "slots")
    who = {"naam": ["Naam", "jan peeters"], "email": ["E-mail", "jan@example.be"], "telefoon": ["Tel", "0470 12 34 56"]}
    order = ordered("afspraak_form", afspraak_moment=["Wanneer", "26/11/2026 om 10u"], **who)
    await citizen.taps(order)
    room.appointments.faults.over()

    await citizen.taps(order)

    assert outcome(citizen)["state"] == "done"


async def test_afterwards_the_citizen_can_begin_another_request(room):
    citizen = await reach(room, "melding_form", "melding_bevestigd")
    await citizen.taps(ordered("melding_form"))

    await make_report(citizen)

    assert len(room.filings.of(citizen.conversation)) == 2


@pytest.mark.req("CA-03")
async def test_what_the_agent_did_stands_under_his_role_in_the_processing_log(room):
    citizen = room.citizen()
    identity = room.log_in(citizen)
    await citizen.says("er ligt een tegel los in de Kerkstraat 12", "melding_maken")

    await citizen.taps(ordered("melding_form"))

    entries = room.processing.of(identity.person)
    assert {entry.actor for entry in entries if entry.source == "TOPdesk"} == {"medewerker:a_sanne"}


@pytest.mark.req("CA-03", "MZC-22")
def test_what_is_looked_up_for_an_order_is_logged_with_the_agent_who_gave_it():
    payload = json.dumps({"agent": "a_sanne"})
    message = {
        "text": "/aanvraag_indienen",
        "intent": {"name": "aanvraag_indienen"},
        "entities": [{"entity": "keuze", "value": payload}],
    }
    tracker = Tracker("c_1", {}, message, [], False, None, {}, "action_listen")

    actor = actor_of(Turn(CollectingDispatcher(), tracker))

    assert actor == "medewerker:a_sanne"
