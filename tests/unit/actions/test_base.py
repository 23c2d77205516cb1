"""What an action reads of a message, and the one answer for each error."""

from typing import Any, ClassVar, cast

import pytest
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker
from structlog.testing import capture_logs

from actions.base import ServiceAction, Turn
from actions.clients.errors import Misconfigured, NotFound, Rejected, Unavailable, Uncertain
from conversations.model import Choice, Place


def turn_with(text="hallo", intent="groeten", slots=None, events=(), **message):
    latest = {"text": text, "intent": {"name": intent, "confidence": 0.7}, "entities": [], **message}
    state = {"slots": slots or {}, "latest_message": latest, "events": list(events)}
    return Turn(CollectingDispatcher(), tracker_of(state))


def tracker_of(state):
    return Tracker.from_dict(cast(Any, {"sender_id": "c_1", "slots": {}, "events": [], **state}))


# --- the turn ---------------------------------------------------------------------------------------------------------


def test_a_turn_reads_what_was_typed():
    events = [{"event": "user", "input_channel": "web"}]

    turn = turn_with("  er ligt een tegel los ", "melding_maken", events=events, message_id="m1")

    assert (turn.text, turn.intent, turn.confidence) == ("er ligt een tegel los", "melding_maken", 0.7)
    assert (turn.conversation, turn.channel, turn.message_id) == ("c_1", "web", "m1")
    assert (turn.is_tapped, turn.choice, turn.attachment, turn.place, turn.faq_response) == (False, *[None] * 4)


def test_a_turn_reads_what_was_tapped():
    turn = turn_with("/kiezen", "kiezen", entities=[{"entity": "keuze", "value": "voetpad"}])

    assert (turn.is_tapped, turn.text, turn.choice) == (True, "", "voetpad")


def test_what_looks_like_a_choice_in_typed_words_is_none():
    turn = turn_with("voetpad", entities=[{"entity": "keuze", "value": "voetpad"}])

    assert turn.choice is None


def test_a_photo_and_a_place_come_beside_the_message():
    turn = turn_with("/plaats_gedeeld", metadata={"attachment": "a_1", "place": {"latitude": 50.8, "longitude": 3}})

    assert (turn.attachment, turn.place) == ("a_1", Place(50.8, 3.0))


def test_a_message_without_anything_is_read_too():
    turn = Turn(CollectingDispatcher(), tracker_of({}))

    assert (turn.text, turn.intent, turn.confidence, turn.channel, turn.message_id) == ("", "", 0.0, "", "")
    assert (turn.choice, turn.attachment, turn.place, turn.last_response) == (None,) * 4


@pytest.mark.parametrize("text", ["tot hoe laat open", "wat kost dat", "en waarom", "moet dat?", "Maar hoe dan"])
def test_a_question_is_known_by_its_first_word_or_its_mark(text):
    assert turn_with(text).is_question


@pytest.mark.parametrize("text", ["Kerkstraat 12", "vrijdag", "ik weet niet wat", "", "wachten is goed"])
def test_an_answer_is_no_question(text):
    assert not turn_with(text).is_question


def test_the_answer_to_a_frequent_question_is_the_selected_one():
    turn = turn_with(response_selector={"faq": {"response": {"utter_action": "utter_faq/reispas"}}})

    assert turn.faq_response == "utter_faq/reispas"


def test_the_last_response_is_what_the_bot_said_before_this_message():
    events = [
        {"event": "bot", "metadata": {"utter_action": "utter_een"}},
        {"event": "bot", "metadata": {"utter_action": "utter_twee"}},
        {"event": "user"},
    ]

    assert turn_with(events=events).last_response == "utter_twee"


def test_a_slot_that_is_set_counts_at_once_and_goes_to_rasa():
    turn = turn_with(slots={"naam": "Jan"})

    turn.set(naam="Lien", email=None)

    assert (turn["naam"], turn["email"], turn["telefoon"]) == ("Lien", None, None)
    assert [(event["name"], event["value"]) for event in turn.events] == [("naam", "Lien"), ("email", None)]


def test_a_response_is_said_by_name_with_its_choices_and_its_values():
    turn = turn_with()

    turn.say("utter_een", [Choice("Ja", "/bevestigen")], moment="vrijdag")
    turn.say("utter_twee")

    first, second = turn.dispatcher.messages
    assert (first["response"], first["moment"]) == ("utter_een", "vrijdag")
    assert first["buttons"] == [{"title": "Ja", "payload": "/bevestigen"}]
    assert (second["response"], second["buttons"]) == ("utter_twee", [])


# --- the one answer for each error ------------------------------------------------------------------------------------


class Try(ServiceAction):
    refusals: ClassVar = {"slot_taken": "utter_afspraak_bezet"}
    not_found = "utter_afspraak_niet_gevonden"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def name(self) -> str:
        return "action_try"

    async def perform(self, turn):
        turn.set(pogingen=1.0)
        raise self.error


async def run(action):
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, tracker_of({}), {})
    return [message["response"] for message in dispatcher.messages], events


@pytest.mark.req("BP2-08")
@pytest.mark.parametrize(
    ("error", "response"),
    [
        (Unavailable("jcc", "book"), "utter_onbereikbaar"),
        (Uncertain("jcc", "book"), "utter_onbereikbaar"),
        (Rejected("jcc", "book", "slot_taken"), "utter_afspraak_bezet"),
        (Rejected("jcc", "book", "anything_else"), "utter_niet_gelukt"),
        (NotFound("jcc", "read"), "utter_afspraak_niet_gevonden"),
        (Misconfigured("jcc", "token"), "utter_storing"),
        (KeyError("naam"), "utter_storing"),
        (TimeoutError(), "utter_storing"),
    ],
)
async def test_each_error_has_its_answer_and_none_leaves_the_action(error, response):
    said, events = await run(Try(error))

    assert said == [response]
    assert [event["name"] for event in events] == ["pogingen"]


@pytest.mark.parametrize("error", [Misconfigured("jcc", "token"), KeyError("naam")])
async def test_a_fault_of_ours_wakes_somebody(error):
    with capture_logs() as logs:
        await run(Try(error))

    assert "error" in {entry["log_level"] for entry in logs}


async def test_an_outage_is_a_warning_that_names_the_backend_and_no_person():
    with capture_logs() as logs:
        await run(Try(Unavailable("jcc", "book")))

    [entry] = logs
    assert (entry["log_level"], entry["event"], entry["backend"]) == ("warning", "action.backend_error", "jcc")


@pytest.mark.parametrize("error", [Unavailable("x", "y"), Misconfigured("x", "y"), RuntimeError("no disk")])
async def test_whatever_breaks_no_action_of_the_house_lets_it_out(room, error, monkeypatch):
    """Rasa would say nothing at all."""
    for backend in (room.incidents, room.appointments):
        backend.faults.everything = error
    for method in ("file", "get", "of", "by_reference"):
        monkeypatch.setattr(room.filings, method, _breaks(error))
    citizen = room.citizen(
        melding_bevestigd=True,
        afspraak_bevestigd=True,
        afspraak_dienst="RIJBEWIJS",
        afspraak_locatie="Stadhuis",
        afspraak_moment="2026-11-26T10:00:00+01:00",
        afspraak_gekozen="A-2345-6789",
    )
    await citizen.says("hallo", "groeten")

    for name in room.actions:
        await citizen.run(name)


def _breaks(error):
    def method(*args, **kwargs):
        raise error

    return method
