"""Everything that can be wrong with the city's systems, during every kind of request.

The citizen hears at once, in our own words, what is true; what he asked for is done
once, when the system is back, and told once.
"""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.faults.resident import PATIENCE, Resident, Sandbox, later
from tests.front import wait_for
from tests.house import House

pytestmark = pytest.mark.timeout(900)
ENVIRONMENT = {"BACKEND_TIMEOUT": "2"}

Trouble = Mapping[str, Any]
TROUBLES: dict[str, Trouble] = {
    "slower than we wait": {"kind": "slow", "seconds": 3},
    "not there": {"kind": "down"},
    "broken": {"kind": "500"},
    "closed to us": {"kind": "auth"},
    "talking rubbish": {"kind": "rubbish"},
}
TOLD = {"auth": "utter_storing", "rubbish": "utter_storing"}  # a colleague must mend it; else it passes

each_trouble = pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())


@pytest.fixture
def resident(whole: House, engine: Engine) -> Resident:
    return Resident(whole, engine)


@pytest.mark.req("BP2-12", "BP4-01")
@each_trouble
def test_a_report_gets_its_number_when_topdesk_is_back(
    trouble: Trouble, whole: House, resident: Resident, sandbox: Sandbox
) -> None:
    resident.report()
    sandbox.fault("topdesk", **trouble)
    assert resident.tell("ja") == ["utter_melding_ontvangen", "utter_algemeen_nog_iets"]
    sandbox.heal()
    assert not any("I 2611" in text for text in resident.heard())

    later(whole)
    wait_for(lambda: sandbox.incidents(resident), resident.story, PATIENCE)
    [incident] = sandbox.incidents(resident)
    resident.reads_once(incident["number"])
    resident.check()
    assert len(sandbox.mails(resident)) == 1


@each_trouble
@pytest.mark.parametrize(
    "until",
    [["afspraak voor een rijbewijs"], ["afspraak voor een rijbewijs", "Stadhuis"]],
    ids=["offices", "free moments"],
)
def test_what_jcc_must_tell_is_never_said_to_be_nothing(
    until: list[str], trouble: Trouble, resident: Resident, sandbox: Sandbox
) -> None:
    resident.tell(*until[:-1])
    sandbox.fault("jcc", **trouble)
    assert resident.tell(until[-1]) == [TOLD.get(trouble["kind"], "utter_onbereikbaar")]
    sandbox.heal()

    resident.appointment()
    resident.check()


@pytest.mark.req("BP2-12")
@each_trouble
def test_an_appointment_is_made_moved_and_cancelled_whatever_is_wrong_with_jcc_at_each_yes(
    trouble: Trouble, whole: House, resident: Resident, sandbox: Sandbox
) -> None:
    resident.appointment()
    sandbox.fault("jcc", **trouble)
    assert resident.tell("ja") == ["utter_afspraak_niet_zeker"]
    sandbox.heal()
    later(whole)
    resident.hears("utter_afspraak_toch_bevestigd")
    [first] = sandbox.appointments(resident)

    sandbox.fault("jcc", **trouble)
    assert resident.tell("wanneer is mijn afspraak") == [TOLD.get(trouble["kind"], "utter_onbereikbaar")]
    sandbox.heal()

    resident.tell("ik wil mijn afspraak verplaatsen naar donderdag", "1")
    sandbox.fault("jcc", **trouble)
    assert resident.tell("ja") == ["utter_afspraak_verplaatsen_mislukt", "utter_algemeen_nog_iets"]
    sandbox.heal()
    later(whole)
    assert sandbox.appointments(resident) == [first]

    resident.tell("annuleer mijn afspraak")
    sandbox.fault("jcc", **trouble)
    assert resident.tell("ja") == ["utter_afspraak_annuleren_wacht", "utter_algemeen_nog_iets"]
    sandbox.heal()
    assert sandbox.appointments(resident) == [first]
    later(whole)
    resident.hears("utter_afspraak_alsnog_geannuleerd")
    assert sandbox.appointments(resident) == []
    resident.check()


@pytest.mark.req("BP2-12")
@pytest.mark.parametrize(
    ("kind", "made"), [("slow", 1), ("reset_after_commit", 1), ("rubbish", 0), ("500", 0), ("down", 0)]
)
def test_a_booking_is_sent_once_whatever_comes_back_for_it(
    kind: str, made: int, whole: House, resident: Resident, sandbox: Sandbox
) -> None:
    """Only the call that books goes wrong; JCC cannot tell whether it was made."""
    resident.appointment()
    sandbox.fault("jcc", kind=kind, seconds=3, method="POST", times=1)
    assert resident.tell("ja") == ["utter_afspraak_niet_zeker"]
    sandbox.heal()

    later(whole)
    resident.hears("utter_afspraak_bij_collega")
    resident.check()
    assert len(sandbox.appointments(resident)) == made


def test_access_that_ends_at_the_very_booking_costs_the_citizen_nothing(resident: Resident, sandbox: Sandbox) -> None:
    resident.appointment()
    sandbox.fault("jcc", kind="auth", method="POST", times=1)

    assert resident.tell("ja") == ["utter_afspraak_bevestigd", "utter_algemeen_nog_iets"]
    assert len(sandbox.appointments(resident)) == 1


@pytest.mark.req("BP5-04")
@each_trouble
def test_news_of_a_report_that_is_followed_comes_once_when_topdesk_is_back(
    trouble: Trouble, whole: House, resident: Resident, sandbox: Sandbox
) -> None:
    resident.report()
    resident.tell("ja", "hou mij hier op de hoogte")
    resident.hears("utter_melding_volgen_gestart")
    sandbox.work_on(sandbox.incidents(resident)[0], "In behandeling")

    sandbox.fault("topdesk", **trouble, times=1 if trouble["kind"] in TOLD else 2)  # what passes is asked twice
    later(whole)
    wait_for(lambda: not sandbox.has_trouble("topdesk"), seconds=PATIENCE)
    assert "utter_melding_status_gewijzigd" not in resident.names()

    later(whole)
    resident.hears("utter_melding_status_gewijzigd")
    later(whole)
    assert resident.tell("dank je wel")
    resident.hears("utter_melding_status_gewijzigd")
    resident.check()


@each_trouble
def test_one_trouble_does_not_touch_who_needs_another_system(
    trouble: Trouble, resident: Resident, sandbox: Sandbox
) -> None:
    resident.report()
    sandbox.fault("jcc", **trouble)
    told = resident.tell("ja")
    sandbox.heal()

    assert told == ["utter_melding_ingediend", "utter_algemeen_nog_iets"]
