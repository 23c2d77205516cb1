"""kill -9 of the parts of the whole house, at the worst moments: nothing lost, nothing twice, never silence."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from tests.faults.resident import PATIENCE, Resident, Sandbox, later
from tests.front import wait_for
from tests.house import House

pytestmark = pytest.mark.timeout(900)
ENVIRONMENT = {"BACKEND_TIMEOUT": "5"}
SECONDS = 3  # that a backend is slow: it did its work, and the part that waits for it is killed meanwhile

SMALL_TALK = (
    "hallo",
    "tot hoe laat is het stadhuis open",
    "hoe vraag ik een reispas aan",
    "ben je een robot",
    "dank je",
)


@pytest.fixture
def resident(whole: House, engine: Engine) -> Resident:
    return Resident(whole, engine)


# --- in the middle of a report ----------------------------------------------------------------------------------------


@pytest.mark.req("BP2-12", "BP4-01", "BP5-03")
@pytest.mark.parametrize("parts", ["actions", "bot", "front", "front bot actions"])
def test_a_report_is_registered_once_whoever_dies_after_it_arrived(
    parts: str, whole: House, resident: Resident, sandbox: Sandbox
) -> None:
    resident.report()
    sandbox.fault("topdesk", kind="slow", seconds=SECONDS, method="POST")
    resident.say("ja")
    wait_for(lambda: sandbox.incidents(resident), resident.story, PATIENCE)
    die_and_come_back(whole, sandbox, parts)

    resident.all_answered()
    later(whole)
    [incident] = sandbox.incidents(resident)
    resident.reads_once(incident["number"])
    resident.check()
    assert len(sandbox.incidents(resident)) == 1
    assert len(sandbox.mails(resident)) == 1


def test_a_report_is_registered_when_the_actions_die_before_it_arrived(
    whole: House, resident: Resident, sandbox: Sandbox
) -> None:
    resident.report()
    sandbox.fault("topdesk", kind="slow", seconds=SECONDS, method="GET")
    resident.say("ja")
    wait_for(resident.references, resident.story, PATIENCE)
    whole.kill("actions")
    resident.hears("utter_storing_wachten")
    assert sandbox.incidents(resident) == []

    sandbox.heal()
    whole.restart("actions")
    resident.all_answered()
    later(whole)
    wait_for(lambda: sandbox.incidents(resident), resident.story, PATIENCE)
    resident.reads_once(sandbox.incidents(resident)[0]["number"])
    resident.check()


def test_a_conversation_goes_on_where_it_was_when_the_bot_died_between_two_messages(
    whole: House, resident: Resident, sandbox: Sandbox
) -> None:
    resident.tell("losse tegel op het voetpad, Kerkstraat 12", "geen foto")
    whole.kill("bot")
    resident.say(resident.email)
    resident.hears("utter_storing_wachten")
    whole.restart("bot")
    resident.all_answered()
    resident.hears("utter_ask_naam")

    assert resident.tell("ik ben Lien Declercq") == ["utter_melding_samenvatting"]
    assert resident.tell("ja") == ["utter_melding_ingediend", "utter_algemeen_nog_iets"]
    resident.check()
    assert len(sandbox.incidents(resident)) == 1


@pytest.mark.req("BP2-12")
def test_a_report_while_nothing_of_the_city_answers_is_kept_and_passed_on(
    whole: House, resident: Resident, sandbox: Sandbox
) -> None:
    resident.report()
    whole.kill("sandbox")
    assert resident.tell("ja") == ["utter_melding_ontvangen", "utter_algemeen_nog_iets"]
    [reference] = resident.references()
    resident.reads_once(reference)
    assert resident.tell("ik wil een afspraak voor een reispas") == ["utter_onbereikbaar"]

    whole.restart("sandbox")
    later(whole)
    wait_for(lambda: sandbox.incidents(resident), resident.story, PATIENCE)
    [incident] = sandbox.incidents(resident)
    resident.reads_once(incident["number"])
    resident.check()


# --- in the middle of an appointment ----------------------------------------------------------------------------------


@pytest.mark.req("BP2-12")
def test_a_booking_is_never_made_twice_and_never_told_when_the_actions_died_with_its_answer(
    whole: House, resident: Resident, sandbox: Sandbox
) -> None:
    resident.appointment()
    sandbox.fault("jcc", kind="slow", seconds=SECONDS, method="POST")
    resident.say("ja")
    wait_for(lambda: sandbox.appointments(resident), resident.story, PATIENCE)
    die_and_come_back(whole, sandbox, "actions")

    resident.all_answered()
    resident.hears("utter_afspraak_niet_zeker")
    later(whole)
    resident.hears("utter_afspraak_bij_collega")
    resident.check()
    assert "utter_afspraak_bevestigd" not in resident.names()
    assert len(sandbox.appointments(resident)) == 1


@pytest.mark.req("BP3-01")
def test_a_move_leaves_one_appointment_when_the_actions_die_while_the_old_one_is_cancelled(
    whole: House, resident: Resident, sandbox: Sandbox
) -> None:
    resident.moved_appointment()
    [old] = sandbox.appointments(resident)
    sandbox.fault("jcc", kind="slow", seconds=SECONDS, method="DELETE")
    resident.say("ja")
    wait_for(lambda: old not in sandbox.appointments(resident), resident.story, PATIENCE)
    die_and_come_back(whole, sandbox, "actions")

    resident.all_answered()
    resident.hears("utter_afspraak_verplaatst_oude_volgt")
    later(whole)
    resident.hears("utter_afspraak_verplaatst")
    resident.check()
    [new] = sandbox.appointments(resident)
    assert new["start"].startswith("2026-11-26")


@pytest.mark.req("BP3-01")
def test_a_move_is_not_told_to_have_failed_when_the_actions_died_with_the_answer_of_the_booking(
    whole: House, resident: Resident, sandbox: Sandbox
) -> None:
    resident.moved_appointment()
    sandbox.fault("jcc", kind="slow", seconds=SECONDS, method="POST")
    resident.say("ja")
    wait_for(lambda: len(sandbox.appointments(resident)) == 2, resident.story, PATIENCE)
    die_and_come_back(whole, sandbox, "actions")

    resident.all_answered()
    resident.hears("utter_afspraak_verplaatsen_niet_zeker")
    later(whole)
    resident.hears("utter_afspraak_verplaatsen_bij_collega")
    resident.check()
    assert len(sandbox.appointments(resident)) == 2  # the old one still counts; a colleague cancels the other


# --- everybody at once ------------------------------------------------------------------------------------------------


@pytest.mark.req("BP2-11")
def test_twenty_conversations_are_answered_once_and_in_order_while_the_bot_falls_twice(
    whole: House, engine: Engine
) -> None:
    calm = Resident(whole, engine)
    for text in SMALL_TALK:
        calm.tell(text)
    crowd = [Resident(whole, engine) for _ in range(20)]

    with ThreadPoolExecutor(len(crowd)) as threads:
        talks = [threads.submit(say_all, one) for one in crowd]
        for share in (0.2, 0.6):
            wait_until_answered(crowd, share * len(crowd) * len(calm.names()))
            whole.kill("bot")
            whole.restart("bot")
        for talk in talks:
            talk.result()

    for one in crowd:
        one.all_answered()
    assert any("utter_storing_wachten" in one.names() for one in crowd), "nobody noticed that the bot fell"
    for one in crowd:
        one.check()
        assert [row.name for row in one.replies() if row.author == "bot"] == calm.names(), one.story()


def say_all(resident: Resident) -> None:
    """Without waiting for an answer."""
    for text in SMALL_TALK:
        resident.say(text)


def wait_until_answered(crowd: list[Resident], answers: float) -> None:
    wait_for(lambda: sum(len(one.names()) for one in crowd) >= answers, seconds=PATIENCE)


def die_and_come_back(house: House, sandbox: Sandbox, parts: str) -> None:
    for part in parts.split():
        house.kill(part)
    sandbox.heal()
    for part in reversed(parts.split()):
        house.restart(part)
