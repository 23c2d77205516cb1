"""The event stream over broken lines, in several tabs, and on a front that stops."""

import random
import time

import pytest

from tests.front import Citizen, FakeBot, Stream, wait_for
from tests.house import House


def seqs(stream: Stream) -> list[int]:
    return [message["seq"] for message in stream.messages]


def test_an_answer_arrives_with_its_position(citizen: Citizen) -> None:
    stream = citizen.stream()
    citizen.say("hallo")
    stream.wait_for("Je zei: hallo")

    assert stream.events[0].name == "state"
    assert all(event.id == event.data["seq"] for event in stream.events if event.name == "message")
    assert stream.texts == ["Je zei: /gesprek_begonnen", "hallo", "Je zei: hallo"]


def test_the_stream_has_the_headers_that_proxies_need(citizen: Citizen) -> None:
    stream = citizen.stream()

    assert stream.response.headers["Content-Type"].startswith("text/event-stream")
    assert stream.response.headers["X-Accel-Buffering"] == "no"
    assert stream.response.headers["Cache-Control"] == "no-store"
    stream.cut()


def test_after_a_broken_line_nothing_is_lost_and_nothing_comes_twice(citizen: Citizen) -> None:
    """A citizen on a train: his line breaks at random moments while the conversation goes on."""
    chance, received, last = random.Random(1777), [], 0
    for n in range(12):
        stream = citizen.stream(after=last)
        citizen.say(f"bericht {n}")
        time.sleep(chance.uniform(0, 0.12))
        stream.cut()
        stream.ended.wait(5)
        received += stream.messages
        last = received[-1]["seq"] if received else 0
    citizen.hear("Je zei: bericht 11")
    rest = citizen.stream(after=last)
    if last < citizen.history()[-1]["seq"]:
        rest.wait_for("Je zei: bericht 11")
    received += rest.messages

    assert [m["seq"] for m in received] == [m["seq"] for m in citizen.history()]
    assert [m["text"] for m in received if m["from"] == "citizen"] == [f"bericht {n}" for n in range(12)]


def test_two_tabs_hear_the_same(citizen: Citizen) -> None:
    other = citizen.second_tab()
    first, second = citizen.stream(), other.stream()
    sent = citizen.send(type="text", text="uit tab een", client_msg_id="tab-1-aaaa").json()
    other.say("uit tab twee")
    for tab in (first, second):
        tab.wait_for("Je zei: uit tab twee")

    assert first.messages == second.messages
    assert seqs(first) == sorted(set(seqs(first)))
    own = next(message for message in second.messages if message["seq"] == sent["seq"])
    assert own["client_msg_id"] == "tab-1-aaaa"


def test_typing_is_shown_while_the_bot_thinks(citizen: Citizen, bot: FakeBot) -> None:
    stream = citizen.stream()
    bot.faults.append(0.3)
    citizen.say("hallo")
    wait_for(lambda: len(stream.named("typing")) == 2)

    assert stream.named("typing") == [{"from": "bot", "on": True}, {"from": "bot", "on": False}]
    names = [event.name for event in stream.events][-3:]
    assert names == ["typing", "message", "typing"]


def test_the_fourth_stream_ends_the_first_and_says_why(citizen: Citizen) -> None:
    streams = [citizen.stream() for _ in range(4)]
    streams[0].ended.wait(5)

    assert streams[0].named("bye") == [{"reason": "streams"}]
    citizen.say("hallo")
    for stream in streams[1:]:
        stream.wait_for("Je zei: hallo")


@pytest.mark.parametrize("position", ["x", "-1", "1.5", "9" * 20])
def test_a_position_is_a_number(position: str, citizen: Citizen) -> None:
    refused = citizen.http.get(f"{citizen.url}/stream", headers={"Last-Event-ID": position}, timeout=5)

    assert refused.status_code == 400


def test_a_front_that_stops_sends_browsers_elsewhere_and_they_read_on(own_front: tuple[House, FakeBot]) -> None:
    house, _ = own_front
    citizen = Citizen(house.front_url)
    stream = citizen.stream()
    stream.wait_for("Je zei: /gesprek_begonnen")

    began = time.monotonic()
    house.restart("front")
    assert time.monotonic() - began < 8
    assert stream.named("bye") == [{"reason": "shutdown"}]

    again = citizen.stream(after=seqs(stream)[-1])
    citizen.say("hallo")
    again.wait_for("Je zei: hallo")
    assert again.texts == ["hallo", "Je zei: hallo"]
