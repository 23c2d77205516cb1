"""Reads from a tracker what one turn said and how it came about.

The same reading serves a turn that was just done and one that was done before, so a
repeated message gets the same answer to the letter.
"""

from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

Answer = dict[str, Any]
RANKED = 3


def told(tracker: DialogueStateTracker, message_id: str) -> Answer | None:
    """The answer to the message with this id, or None when this session does not know it."""
    events = list(tracker.events)
    asked = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    this = next((index for index in reversed(asked) if events[index].message_id == message_id), None)
    if this is None:
        return None
    after = next((index for index in asked if index > this), len(events))
    turn = _session_start(events, this, asked) + events[this + 1 : after]
    return {
        "replies": [_reply(event) for event in turn if isinstance(event, BotUttered)],
        "trace": _trace(events[this], turn),
    }


def _session_start(events: list[Event], this: int, asked: list[int]) -> list[Event]:
    """What a new session said before it looked at this message, if it began with it."""
    starts = [index for index in range(this) if isinstance(events[index], SessionStarted)]
    if not starts or any(starts[-1] < index < this for index in asked):
        return []
    return events[starts[-1] : this]


def _reply(event: BotUttered) -> Answer:
    said = event.data
    buttons = [*(said.get("buttons") or []), *(said.get("quick_replies") or [])]
    return {
        "text": event.text or "",
        "choices": [{"title": button["title"], "payload": button["payload"]} for button in buttons],
        "image": said.get("image"),
        "custom": said.get("custom") or {},
        "name": event.metadata.get("utter_action"),
    }


def _trace(message: UserUttered, turn: list[Event]) -> Answer:
    ranking = message.parse_data.get("intent_ranking") or []
    executed = [event.action_name for event in turn if isinstance(event, ActionExecuted)]
    return {
        "intent": message.full_retrieval_intent_name or message.intent_name,
        "confidence": message.intent.get("confidence"),
        "ranking": [[intent["name"], intent["confidence"]] for intent in ranking[:RANKED]],
        "actions": [name for name in executed if name and name != ACTION_LISTEN_NAME],
    }
