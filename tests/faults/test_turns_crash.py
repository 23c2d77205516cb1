"""kill -9 of the front at the worst moments: what was accepted is answered, exactly once."""

import time
from pathlib import Path

import pytest

from tests.front import Citizen, FakeBot, wait_for
from tests.house import House


def test_a_front_that_is_killed_in_the_middle_of_a_turn_answers_once(own_front: tuple[House, FakeBot]) -> None:
    house, bot = own_front
    citizen = Citizen(house.front_url)
    citizen.hear("Je zei: /gesprek_begonnen")
    bot.faults.append(1.0)
    message = citizen.say("hallo")
    wait_for(lambda: "hallo" in bot.texts)
    citizen.say("nog iets")

    house.kill("front")
    house.restart("front")
    citizen.hear("Je zei: nog iets")

    assert citizen.said() == [
        ("bot", "Je zei: /gesprek_begonnen"),
        ("citizen", "hallo"),
        ("citizen", "nog iets"),
        ("bot", "Je zei: hallo"),
        ("bot", "Je zei: nog iets"),
    ]
    assert bot.runs[message["id"]] == 1


def test_a_front_that_is_killed_again_and_again_loses_nothing_and_says_nothing_twice(
    own_front: tuple[House, FakeBot],
) -> None:
    house, bot = own_front
    citizens = [Citizen(house.front_url) for _ in range(4)]
    accepted: dict[int, list[str]] = {n: [] for n in range(4)}
    for round_ in range(3):
        for n, citizen in enumerate(citizens):
            for part in range(3):
                text = f"{round_}-{n}-{part}"
                citizen.say(text)
                accepted[n].append(text)
        time.sleep(0.02 * round_)
        house.kill("front")
        house.restart("front")

    for n, citizen in enumerate(citizens):
        citizen.hear(f"Je zei: {accepted[n][-1]}")
        said = citizen.said()
        assert [text for who, text in said if who == "citizen"] == accepted[n]
        assert [text for who, text in said if who == "bot"][1:] == [f"Je zei: {text}" for text in accepted[n]]
    assert set(bot.runs.values()) == {1}


def test_two_fronts_on_one_database_share_the_work(own_front: tuple[House, FakeBot]) -> None:
    house, bot = own_front
    second = _another_front(house, bot)
    second.start()
    try:
        _talk_to_both(house, second, bot)
    finally:
        second.stop()


def test_two_fronts_on_postgresql_wake_each_other(postgres_url: str, tmp_path: Path) -> None:
    with FakeBot() as bot:
        house = House(tmp_path, parts=("front",), database_url=postgres_url, environment={"BOT_URL": bot.url})
        house.start()
        second = _another_front(house, bot)
        second.start()
        try:
            _talk_to_both(house, second, bot)
        finally:
            second.stop()
            house.stop()


def _another_front(house: House, bot: FakeBot) -> House:
    url = house.settings.database_url
    return House(house.folder / "second", parts=("front",), database_url=url, environment={"BOT_URL": bot.url})


def _talk_to_both(house: House, second: House, bot: FakeBot) -> None:
    citizen = Citizen(house.front_url)
    elsewhere = Citizen(second.front_url, citizen.known)
    streams = [citizen.stream(), elsewhere.stream()]
    for n in range(10):
        (citizen if n % 2 else elsewhere).say(str(n))
    for stream in streams:
        stream.wait_for("Je zei: 9")

    assert citizen.heard()[1:] == [f"Je zei: {n}" for n in range(10)]
    assert set(bot.runs.values()) == {1}
    assert [m["seq"] for m in streams[0].messages] == [m["seq"] for m in citizen.history()]
    assert streams[0].messages == streams[1].messages


@pytest.mark.timeout(60)
def test_a_message_that_was_not_acknowledged_can_be_sent_again(own_front: tuple[House, FakeBot]) -> None:
    """The widget does so: same id after a line that broke, whatever became of the first."""
    house, bot = own_front
    citizen = Citizen(house.front_url)
    citizen.say("hallo", client_msg_id="aaaaaaaa")
    house.kill("front")
    house.restart("front")

    assert citizen.send(type="text", text="hallo", client_msg_id="aaaaaaaa").status_code == 200
    citizen.hear("Je zei: hallo")
    assert bot.texts.count("hallo") <= 2
