"""Turns of a small bot that was really trained; only the action server is played."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from bot import session
from bot.corrections import ActionsAway
from bot.tracker_store import DialogueStore
from bot.turn import TrackerStoreFailed
from tests.unit.bot.talking import FAILED, WELCOME, Dialogue, texts


def store_of(dialogue: Dialogue) -> DialogueStore:
    store: DialogueStore = dialogue.agent.tracker_store._tracker_store
    return store


def test_a_first_message_is_welcomed_and_answered(dialogue: Dialogue) -> None:
    answer = dialogue.says("hallo")

    assert texts(answer) == ["Welkom!", "Hallo op de website."]
    assert answer["replies"][0]["choices"] == [{"title": "Melden", "payload": "/melding_maken"}]
    assert answer["replies"][1]["choices"] == [{"title": "Bel 1777", "payload": '/kiezen{"keuze":"bellen"}'}]
    assert answer["replies"][1]["name"] == "utter_groet"


def test_the_trace_tells_what_was_understood_and_done(dialogue: Dialogue) -> None:
    trace = dialogue.says("wanneer wordt het afval opgehaald")["trace"]

    assert trace["intent"] == "faq/afval"
    assert 0.3 < trace["confidence"] <= 1
    assert next(label for label, _ in trace["ranking"]) == "faq/afval"
    assert len(trace["ranking"]) == 3
    assert trace["actions"] == ["utter_faq"]


def test_a_question_gets_its_own_answer_with_the_city_filled_in(dialogue: Dialogue) -> None:
    answer = dialogue.says("hoe vraag ik een reispas aan")

    assert texts(answer)[-1] == "Een reispas vraag je aan bij Klein."
    assert answer["replies"][-1]["name"] == "utter_faq/reispas"


def test_a_tapped_answer_and_a_tapped_choice_reach_their_text(dialogue: Dialogue) -> None:
    dialogue.says("hallo")

    assert texts(dialogue.says(id="2", payload="/faq/afval")) == ["Alles over afval: https://klein.example/afval"]
    reply = dialogue.says(id="3", payload='/kiezen{"keuze":"bellen"}')["replies"][0]
    assert reply == {
        "text": "Je koos bellen.",
        "choices": [],
        "image": "https://klein.example/afval/foto.png",
        "custom": {"type": "kaart", "link": "https://klein.example/afval"},
        "name": "utter_gekozen",
    }


def test_each_channel_gets_its_own_text(dialogue: Dialogue) -> None:
    dialogue.says("hallo", of="w", channel="whatsapp")

    assert texts(dialogue.says("hallo", id="2", of="w", channel="whatsapp")) == ["Hallo in WhatsApp."]
    assert texts(dialogue.says("hallo", of="m", channel="messenger"))[-1] == "Hallo."


def test_the_same_message_again_gets_the_same_answer_without_a_second_run(dialogue: Dialogue) -> None:
    first = dialogue.says("er ligt een losse tegel op het voetpad")
    again = dialogue.says("er ligt een losse tegel op het voetpad")

    assert again == first
    assert dialogue.actions.runs("action_melden") == 1
    assert dialogue.actions.runs("action_session_start") == 1


def test_the_same_message_after_a_restart_gets_the_same_answer(start: Callable[..., Dialogue]) -> None:
    melden = {"responses": [{"text": "Waar?", "custom": {"type": "kaart"}}]}
    first = start(action_melden=melden).says("de straatlamp is kapot")
    restarted = start(action_melden=melden)

    assert restarted.says("de straatlamp is kapot") == first
    assert restarted.actions.asked == []


def test_an_earlier_message_again_gets_its_own_answer(dialogue: Dialogue) -> None:
    dialogue.says("hallo", id="1")
    second = dialogue.says(id="2", payload="/faq/afval")
    dialogue.says("hallo", id="3")

    assert dialogue.says(id="2", payload="/faq/afval") == second


def test_one_message_sent_many_times_at_once_runs_once(dialogue: Dialogue) -> None:
    async def at_once() -> list[dict[str, Any]]:
        return list(await asyncio.gather(*(dialogue.asks("de straatlamp is kapot", "1") for _ in range(5))))

    answers = asyncio.run(at_once())

    assert all(answer == answers[0] for answer in answers)
    assert dialogue.actions.runs("action_melden") == 1


def test_a_turn_ends_even_when_whoever_asked_hangs_up(dialogue: Dialogue) -> None:
    async def hang_up_and_call_again() -> dict[str, Any]:
        call = asyncio.create_task(dialogue.asks("de straatlamp is kapot"))
        while not dialogue.actions.runs("action_melden"):  # noqa: ASYNC110  the fake has no event to wait for
            await asyncio.sleep(0.001)
        call.cancel()
        return await dialogue.asks("de straatlamp is kapot")

    answer = asyncio.run(hang_up_and_call_again())

    assert answer["trace"]["intent"] == "melding_maken"
    assert dialogue.actions.runs("action_melden") == 1


def test_messages_of_one_conversation_wait_for_each_other_in_order(dialogue: Dialogue) -> None:
    dialogue.actions.answers["action_melden"] = {"responses": [{"text": "Waar?"}]}

    async def five() -> list[dict[str, Any]]:
        return list(await asyncio.gather(*(dialogue.asks(payload="/melding_maken", id=str(n)) for n in range(5))))

    asyncio.run(five())

    tracker = asyncio.run(store_of(dialogue).retrieve("c"))
    assert tracker is not None
    assert [event.message_id for event in tracker.events if event.type_name == "user"] == list("01234")


def test_a_new_session_forgets_and_welcomes_within_the_same_turn(dialogue: Dialogue) -> None:
    dialogue.says("hallo")
    dialogue.says(id="2", payload='/kiezen{"keuze":"bellen"}')

    answer = dialogue.says(id="3", payload="/gesprek_begonnen", new_session=True)

    assert texts(answer) == ["Welkom!"]
    assert dialogue.says(id="3", payload="/gesprek_begonnen", new_session=True) == answer
    assert dialogue.actions.runs("action_session_start") == 2
    tracker = asyncio.run(store_of(dialogue).retrieve("c"))
    assert tracker is not None
    assert tracker.get_slot("onthouden") is None


def test_the_welcome_of_a_new_session_survives_a_restart(start: Callable[..., Dialogue]) -> None:
    start().says("hallo")
    first = start().says(id="2", payload="/gesprek_begonnen", new_session=True)

    assert start().says(id="2", payload="/gesprek_begonnen", new_session=True) == first


def test_without_action_server_a_session_begins_without_welcome(start: Callable[..., Dialogue]) -> None:
    dialogue = start(action_session_start=FAILED)

    assert texts(dialogue.says("hallo")) == ["Hallo op de website."]
    assert texts(dialogue.says("hallo", id="2")) == ["Hallo op de website."]


def test_a_failed_action_is_an_empty_answer_and_the_next_turn_works(start: Callable[..., Dialogue]) -> None:
    dialogue = start(action_melden=FAILED)
    dialogue.says("hallo")

    assert texts(dialogue.says("de straatlamp is kapot", id="2")) == []
    assert texts(dialogue.says("hallo", id="3")) == ["Hallo op de website."]


@pytest.mark.parametrize(
    ("away", "was_reached"),
    [(aiohttp.ClientConnectorError(ConnectionKey("h", 1, False, None, None, None, None), OSError("refused")), False),
     (aiohttp.ServerDisconnectedError(), True)],
)  # fmt: skip
def test_a_turn_without_action_server_is_not_remembered_and_can_be_had_again(
    start: Callable[..., Dialogue], away: Exception, was_reached: bool
) -> None:
    dialogue = start(action_melden=away)
    dialogue.says("hallo")
    before = asyncio.run(store_of(dialogue).retrieve("c"))
    with pytest.raises(ActionsAway) as broken_off:
        dialogue.says("de straatlamp is kapot", id="2")
    after = asyncio.run(store_of(dialogue).retrieve("c"))
    assert broken_off.value.was_reached is was_reached
    assert before is not None
    assert after is not None
    assert len(after.events) == len(before.events)

    dialogue.actions.answers["action_melden"] = {"responses": [{"text": "Waar?"}]}

    assert texts(dialogue.says("de straatlamp is kapot", id="2")) == ["Waar?"]


@pytest.mark.parametrize("payload", ["/bestaat_niet", "/faq/bestaat_niet", '/kiezen{"keuze":'])
def test_an_unknown_payload_is_not_understood_once(dialogue: Dialogue, payload: str) -> None:
    dialogue.says("hallo")

    assert texts(dialogue.says(id="2", payload=payload)).count("Dat begrijp ik niet.") <= 1
    assert texts(dialogue.says("hallo", id="3")) == ["Hallo op de website."]


def test_an_intent_without_a_rule_is_said_not_to_be_understood_once(dialogue: Dialogue) -> None:
    dialogue.says("hallo")

    answer = dialogue.says(id="2", payload="/bedanken")

    assert texts(answer) == ["Dat begrijp ik niet."]
    assert texts(dialogue.says("hallo", id="3")) == ["Hallo op de website."]


@pytest.mark.parametrize("typed", ["/restart", " / restart", "/session_start", '/kiezen{"keuze":"x"}', "/", ""])
def test_what_is_typed_is_never_executed(dialogue: Dialogue, typed: str) -> None:
    dialogue.says("hallo")

    trace = dialogue.says(typed, id="2")["trace"]

    assert trace["intent"] not in ("restart", "session_start", "kiezen")
    assert "action_restart" not in trace["actions"]


def test_metadata_reaches_the_action(dialogue: Dialogue) -> None:
    dialogue.says(payload="/melding_maken", metadata={"attachment": "a1", "place": None})

    request = next(call for call in dialogue.actions.asked if call["next_action"] == "action_melden")
    assert request["tracker"]["latest_message"]["metadata"] == {"attachment": "a1", "place": None}
    assert "domain" not in request


def test_a_long_session_is_cut_silently_and_remembers(dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "LONGEST", 30)
    dialogue.says(payload='/kiezen{"keuze":"bellen"}')
    answers = [dialogue.says(id=f"m{n}", payload="/faq/afval") for n in range(20)]

    tracker = asyncio.run(store_of(dialogue).retrieve("c"))

    assert tracker is not None
    assert len(tracker.events) < 50
    assert tracker.get_slot("onthouden") == "bellen"
    assert all(len(answer["replies"]) == 1 for answer in answers)
    assert dialogue.actions.runs("action_session_start") == 1
    assert dialogue.says(id="m19", payload="/faq/afval") == answers[-1]


def test_an_action_gets_the_latest_events_only(dialogue: Dialogue) -> None:
    for number in range(30):
        dialogue.says(id=str(number), payload="/faq/afval")
    dialogue.says(id="x", payload="/melding_maken")

    events = dialogue.actions.asked[-1]["tracker"]["events"]
    assert len(events) == 60
    assert [event["text"] for event in events if event["event"] == "user"][-1] == "/melding_maken"


def test_a_store_that_cannot_be_read_is_an_error_and_says_nothing(dialogue: Dialogue) -> None:
    dialogue.says("hallo")
    store = store_of(dialogue)
    store._engine.dispose()
    store._engine = cast(Any, _Broken())

    with pytest.raises(TrackerStoreFailed):
        dialogue.says("hallo", id="2")


def test_after_a_store_failure_the_message_comes_again_and_is_answered(dialogue: Dialogue) -> None:
    dialogue.says("hallo")
    store = store_of(dialogue)
    engine, store._engine = store._engine, cast(Any, _Broken())
    with pytest.raises(TrackerStoreFailed):
        dialogue.says("de straatlamp is kapot", id="2")
    store._engine = engine

    answer = dialogue.says("de straatlamp is kapot", id="2")

    assert answer["trace"]["intent"] == "melding_maken"
    assert dialogue.actions.runs("action_melden") == 1


class _Broken:
    """A database that is gone."""

    def connect(self) -> None:
        raise OSError("the database is gone")

    begin = connect


def test_the_welcome_is_said_once_in_a_session(dialogue: Dialogue) -> None:
    dialogue.actions.answers["action_session_start"] = WELCOME

    assert texts(dialogue.says("hallo")) == ["Welkom!", "Hallo op de website."]
    assert texts(dialogue.says("hallo", id="2")) == ["Hallo op de website."]
