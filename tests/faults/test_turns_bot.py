"""A bot that is slow, silent, broken or away, behind the real front (its time-out here: one second)."""

import time
from typing import Any

import pytest
import requests

from tests.front import Citizen, FakeBot, wait_for
from tests.house import House

SILENCE = "Er ging iets mis bij mij, sorry."
PATIENCE = "Ik heb je bericht gekregen"


def beginning_with(citizen: Citizen, words: str) -> list[str]:
    return [text for text in citizen.heard() if text.startswith(words)]


@pytest.mark.parametrize("fault", [500, "rubbish", "die", 1.2])
def test_trouble_that_passes_costs_time_and_nothing_else(fault: Any, citizen: Citizen, bot: FakeBot) -> None:
    bot.faults.append(fault)
    message = citizen.say("hallo")
    citizen.hear("Je zei: hallo")

    assert citizen.heard() == ["Je zei: /gesprek_begonnen", "Je zei: hallo"]
    assert bot.runs[message["id"]] == 1


@pytest.mark.parametrize("fault", [500, "rubbish"])
def test_trouble_that_stays_ends_in_words(fault: Any, citizen: Citizen, bot: FakeBot) -> None:
    bot.faults.extend([fault] * 4)
    citizen.say("hallo")
    wait_for(lambda: beginning_with(citizen, SILENCE))
    citizen.say("nog eens")
    citizen.hear("Je zei: nog eens")

    assert len(beginning_with(citizen, SILENCE)) == 1
    assert "1777" in beginning_with(citizen, SILENCE)[0]


def test_a_bot_that_hangs_is_given_up_and_the_conversation_goes_on(citizen: Citizen, bot: FakeBot) -> None:
    bot.faults.extend([9.0] * 4)
    began = time.monotonic()
    citizen.say("hallo")
    wait_for(lambda: beginning_with(citizen, SILENCE))
    assert time.monotonic() - began < 5

    bot.faults.clear()
    citizen.say("nog eens")
    citizen.hear("Je zei: nog eens")


def test_a_bot_that_says_nothing_is_not_silence_for_the_citizen(citizen: Citizen, bot: FakeBot) -> None:
    bot.faults.append("nothing")
    citizen.say("hallo")

    wait_for(lambda: beginning_with(citizen, SILENCE))


@pytest.mark.parametrize("how", ["stopped", "no model"])
def test_a_bot_that_is_away_answers_when_it_is_back_and_the_citizen_is_told_once(
    how: str, citizen: Citizen, front: House, bot: FakeBot
) -> None:
    if how == "stopped":
        bot.stop()
    else:
        bot.faults.extend([503] * 100)
    first = citizen.say("een")
    citizen.say("twee")
    wait_for(lambda: beginning_with(citizen, PATIENCE))
    time.sleep(2.5)  # several tries
    assert len(beginning_with(citizen, PATIENCE)) == 1
    assert citizen.get("messages").json()["state"]["online"] is False

    if how == "stopped":
        bot.start()
    bot.faults.clear()
    citizen.hear("Je zei: twee")

    assert citizen.heard()[1:] == [citizen.heard()[1], "Je zei: een", "Je zei: twee"]
    assert bot.runs[first["id"]] == 1
    assert citizen.get("messages").json()["state"]["online"] is True


def test_a_slow_answer_to_one_does_not_hold_up_another(citizen: Citizen, front: House, bot: FakeBot) -> None:
    other = Citizen(front.front_url)
    other.hear("Je zei: /gesprek_begonnen")
    bot.faults.append(0.9)
    citizen.say("traag")
    wait_for(lambda: "traag" in bot.texts)
    other.say("snel")
    other.hear("Je zei: snel")

    assert "Je zei: traag" not in citizen.heard()
    citizen.hear("Je zei: traag")


def test_a_bot_that_is_away_does_not_make_the_front_unready(front: House, bot: FakeBot) -> None:
    bot.stop()
    answer = requests.get(f"{front.front_url}/health/ready", timeout=5)

    assert (answer.status_code, answer.json()["bot"]) == (200, False)
