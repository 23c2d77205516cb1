"""The web API as docs/web-protocol.md tells it, against the running front."""

from typing import Any

import pytest
import requests

from tests.faults.test_web_photos import photo
from tests.front import Citizen, FakeBot, wait_for
from tests.house import House

CHOICES = [
    {
        "text": "Klopt dit?",
        "choices": [{"title": "Ja", "payload": "/bevestigen"}, {"title": "Nee", "payload": "/ontkennen"}],
    }
]


@pytest.mark.req("BP1-01")
def test_a_conversation_begins_with_the_bots_welcome(front: House, bot: FakeBot) -> None:
    citizen = Citizen(front.front_url)
    citizen.hear("Je zei: /gesprek_begonnen")

    assert citizen.said() == [("bot", "Je zei: /gesprek_begonnen")]
    assert set(citizen.known) == {"conversation", "token", "expires_at", "last_seq"}
    assert citizen.known["conversation"] not in bot.asked[0]["conversation"]
    assert bot.asked[0]["channel"] == "web"


def test_the_same_message_twice_is_one_message_with_one_answer(citizen: Citizen) -> None:
    first = citizen.send(type="text", text="hallo", client_msg_id="aaaaaaaa")
    second = citizen.send(type="text", text="hallo", client_msg_id="aaaaaaaa")
    citizen.hear("Je zei: hallo")

    assert (first.status_code, second.status_code) == (202, 200)
    assert first.json() == second.json()
    assert citizen.said().count(("citizen", "hallo")) == 1


def test_two_citizens_may_use_the_same_message_id(front: House, citizen: Citizen) -> None:
    other = Citizen(front.front_url)

    assert citizen.send(type="text", text="een", client_msg_id="aaaaaaaa").status_code == 202
    assert other.send(type="text", text="twee", client_msg_id="aaaaaaaa").status_code == 202


def test_five_quick_messages_are_answered_in_order(citizen: Citizen) -> None:
    for n in range(5):
        citizen.say(f"bericht {n}")
    citizen.hear("Je zei: bericht 4")

    assert citizen.heard()[1:] == [f"Je zei: bericht {n}" for n in range(5)]


@pytest.mark.parametrize("typed", ["/restart", "//restart", " /restart"])
def test_a_typed_command_is_only_a_word(typed: str, citizen: Citizen, bot: FakeBot) -> None:
    citizen.say(typed)
    citizen.hear("Je zei: restart")

    assert bot.asked[-1]["text"] == "restart"
    assert "payload" not in bot.asked[-1]


def offered(citizen: Citizen, bot: FakeBot) -> dict[str, Any]:
    bot.faults.append(CHOICES)
    citizen.say("vraag")
    citizen.hear("Klopt dit?")
    return citizen.history()[-1]


def test_a_tapped_choice_reaches_the_bot_as_what_it_stands_for(citizen: Citizen, bot: FakeBot) -> None:
    question = offered(citizen, bot)
    assert question["choices"] == [{"n": 0, "title": "Ja"}, {"n": 1, "title": "Nee"}]

    citizen.send(type="choice", message_id=question["id"], choice=1)
    citizen.hear("Je zei: /ontkennen")

    assert ("citizen", "Nee") in citizen.said()


@pytest.mark.parametrize("typed", ["1", "1.", "ja", "Ja!"])
@pytest.mark.req("BP2-02")
def test_a_typed_number_or_title_is_a_choice_too(typed: str, citizen: Citizen, bot: FakeBot) -> None:
    offered(citizen, bot)
    citizen.say(typed)
    citizen.hear("Je zei: /bevestigen")


def test_only_what_was_offered_here_can_be_chosen(citizen: Citizen, front: House, bot: FakeBot) -> None:
    question = offered(citizen, bot)
    stranger = Citizen(front.front_url)

    for who, choice in ((citizen, 2), (stranger, 0)):
        refused = who.send(type="choice", message_id=question["id"], choice=choice)
        assert (refused.status_code, refused.json()["error"]) == (409, "unknown_choice")


def test_a_place_goes_to_the_bot_as_degrees(citizen: Citizen, bot: FakeBot) -> None:
    citizen.send(type="location", latitude=50.82, longitude=3.26, text="Plek op de kaart")
    citizen.hear("Je zei: /plaats_gedeeld")

    assert bot.asked[-1]["metadata"]["place"] == {"latitude": 50.82, "longitude": 3.26}
    assert citizen.history()[-2]["type"] == "location"


@pytest.mark.req("BP2-11")
def test_a_photo_goes_to_the_bot_as_an_id(citizen: Citizen, bot: FakeBot) -> None:
    kept = citizen.upload(photo(), "put.jpg").json()
    assert (kept["name"], kept["media_type"]) == ("put.jpg", "image/jpeg")

    assert citizen.send(type="attachment", attachment=kept["attachment"]).status_code == 202
    citizen.hear("Je zei: /bijlage_gestuurd")

    assert bot.asked[-1]["metadata"]["attachment"] == kept["attachment"]
    shown = citizen.history()[-2]["attachment"]
    assert shown == {"id": kept["attachment"], "name": "put.jpg", "media_type": "image/jpeg"}


def test_a_photo_of_somebody_else_cannot_be_sent(citizen: Citizen, front: House) -> None:
    kept = Citizen(front.front_url).upload(photo()).json()

    refused = citizen.send(type="attachment", attachment=kept["attachment"])
    assert (refused.status_code, refused.json()["error"]) == (400, "unknown_attachment")


@pytest.mark.req("BP4-08")
def test_a_conversation_can_be_ended_rated_kept_and_taken_up_again(citizen: Citizen, bot: FakeBot) -> None:
    assert citizen.post("end", {}, expect=200)["state"]["owner"] == "closed"
    assert citizen.post("rating", {"score": 5, "text": "goed"}).status_code == 204
    kept = citizen.get("transcript")
    assert kept.headers["Content-Disposition"] == 'attachment; filename="gesprek-Leiestad.txt"'
    assert "Je zei: /gesprek_begonnen" in kept.text

    citizen.say("toch nog iets")
    citizen.hear("Je zei: toch nog iets")

    assert bot.asked[-1]["new_session"] is True
    assert citizen.get("messages").json()["state"]["owner"] == "bot"


def test_when_the_bot_ends_the_conversation_it_is_closed(citizen: Citizen, bot: FakeBot) -> None:
    stream = citizen.stream()
    bot.faults.append([{"text": "Tot ziens!", "custom": {"type": "conversation_end"}}])
    citizen.say("nee")
    stream.wait_for("Tot ziens!")
    citizen.hear("Tot ziens!")

    wait_for(lambda: stream.named("state")[-1]["owner"] == "closed")


@pytest.mark.parametrize(("path", "body"), [("typing", {"on": True}), ("read", {"seq": 1}), ("rating", {"score": 1})])
def test_small_things_are_taken_without_a_word(path: str, body: dict[str, object], citizen: Citizen) -> None:
    assert citizen.post(path, body).status_code == 204


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("typing", {}),
        ("typing", {"on": 1}),
        ("read", {"seq": "1"}),
        ("read", {"seq": -1}),
        ("rating", {"score": 6}),
        ("rating", {"score": 0}),
        ("rating", {"score": True}),
        ("rating", {"score": 3, "text": 4}),
        ("messages", {}),
        ("end", []),
    ],
)
def test_what_makes_no_sense_is_refused(path: str, body: object, citizen: Citizen) -> None:
    refused = citizen.post(path, body)

    assert refused.status_code == 400
    assert set(refused.json()) == {"error", "text"}


def test_history_comes_in_pages(citizen: Citizen) -> None:
    for n in range(3):
        citizen.say(str(n))
        citizen.hear(f"Je zei: {n}")

    first = citizen.get("messages", after=0, limit=3).json()
    rest = citizen.get("messages", after=first["last_seq"]).json()

    assert first["more"]
    assert not rest["more"]
    assert len(first["messages"]) + len(rest["messages"]) == 7
    assert [m["seq"] for m in rest["messages"]] == sorted(m["seq"] for m in rest["messages"])


@pytest.mark.parametrize("parameters", [{"after": "x"}, {"after": "-1"}, {"limit": "9" * 30}, {"after": "²"}])
def test_a_page_needs_numbers(parameters: dict[str, str], citizen: Citizen) -> None:
    assert citizen.get("messages", **parameters).status_code == 400


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic x", "Bearer  ", "Bearer \xff"])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "messages"), ("GET", "stream"), ("POST", "messages"), ("POST", "attachments")]
)
def test_without_its_token_a_conversation_is_closed_to_everybody(
    method: str, path: str, header: str, front: House
) -> None:
    headers = {"Authorization": header.encode("latin-1")} if header else {}
    refused = requests.request(method, f"{front.front_url}/web/{path}", headers=headers, data="{}", timeout=10)

    assert (refused.status_code, refused.json()["error"]) == (401, "unauthorized")
    assert refused.json()["text"]


def test_the_config_tells_the_city_and_is_not_sent_twice(front: House) -> None:
    first = requests.get(f"{front.front_url}/web/config", timeout=10)
    again = requests.get(f"{front.front_url}/web/config", headers={"If-None-Match": first.headers["ETag"]}, timeout=10)

    assert first.json()["city"]["name"] == "Leiestad"
    assert first.json()["texts"]["titel"] == "Chat met Leiestad"
    assert (again.status_code, again.content) == (304, b"")
