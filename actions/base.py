"""What every action shares: the turn it works on, and the one answer for each error.

An action reads slots, calls one client or files one filing, says a response and
returns events; `ServiceAction` catches what a backend can throw at it. Rasa is
silent when an action fails, so nothing may leave `run` as an exception.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import structlog
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker

from actions.accounts import Work, activity_of, on_behalf_of
from actions.clients.errors import BackendError, Misconfigured, NotFound, Rejected
from citizens.processing import CITIZEN, by_agent
from conversations.model import JSON, Choice, Place

log = structlog.get_logger()

ORDER = "aanvraag_indienen"
"""The event by which an agent has the open request filed (namens.py)."""

_QUESTION = re.compile(
    r"\?\s*$|^(?:en |maar |euh |zeg )*(?:hoe|wat|wie|waar|wanneer|waarom|welke?|hoeveel|kan|kun|mag|moet|is|zijn|heb"
    r"|tot hoe|tot wanneer|vanaf wanneer)\b",
    re.IGNORECASE,
)


class Turn:
    """One message of the citizen and what is answered to it.

    Reading a slot gives its newest value; `set` changes it for the rest of this
    turn and for Rasa.
    """

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        self.dispatcher = dispatcher
        self.tracker = tracker
        self.events: list[EventType] = []
        self.handed_over_choice: str | None = None  # what was tapped in the form that this one was switched from
        self._message: Mapping[str, Any] = tracker.latest_message or {}

    def __getitem__(self, slot: str) -> Any:
        return self.tracker.get_slot(slot)

    def set(self, **slots: object) -> None:
        for name, value in slots.items():
            self.tracker.slots[name] = value
            self.events.append(SlotSet(name, value))

    def say(self, response: str, choices: Sequence[Choice] = (), **values: Any) -> None:
        """Say a response from data/<topic>/responses.yml; `values` fill its {placeholders}."""
        buttons = [{"title": choice.title, "payload": choice.payload} for choice in choices]
        self.dispatcher.utter_message(response=response, buttons=buttons or None, **values)

    @property
    def conversation(self) -> str:
        return str(self.tracker.sender_id)

    @property
    def channel(self) -> str:
        return str(self.tracker.get_latest_input_channel() or "")

    @property
    def message_id(self) -> str:
        return str(self._message.get("message_id") or "")

    @property
    def is_tapped(self) -> bool:
        """The citizen tapped a choice or our own code sent the message: nothing was typed."""
        return str(self._message.get("text") or "").startswith("/")

    @property
    def text(self) -> str:
        """What was typed; empty when a choice was tapped."""
        return "" if self.is_tapped else str(self._message.get("text") or "").strip()

    @property
    def is_question(self) -> bool:
        return bool(_QUESTION.search(self.text))

    @property
    def intent(self) -> str:
        return str((self._message.get("intent") or {}).get("name") or "")

    @property
    def confidence(self) -> float:
        return float((self._message.get("intent") or {}).get("confidence") or 0.0)

    @property
    def ranking(self) -> Sequence[Mapping[str, Any]]:
        """What the message may mean, the likeliest first: names with their confidence."""
        return self._message.get("intent_ranking") or ()

    @property
    def choice(self) -> str | None:
        """What the tapped choice carries, as in /kiezen{"keuze": "voetpad"}."""
        if self.handed_over_choice or not self.is_tapped:
            return self.handed_over_choice
        for entity in self._message.get("entities") or ():
            if entity.get("entity") == "keuze":
                return str(entity["value"])
        return None

    def was_told(self, words: str | None) -> bool:
        """Whether the citizen read this lately."""
        said = (str(event.get("text") or "") for event in self.tracker.events if event.get("event") == "bot")
        return words is not None and any(words in text for text in said)

    @property
    def faq_response(self) -> str | None:
        """The response that answers a question of intent faq, such as utter_faq/reispas."""
        selected = (self._message.get("response_selector") or {}).get("faq") or {}
        return (selected.get("response") or {}).get("utter_action")

    @property
    def last_response(self) -> str | None:
        """The response that was said last, before this message."""
        said = (event for event in reversed(self.tracker.events) if event.get("event") == "bot")
        last: Mapping[str, Any] = next(said, {})
        return (last.get("metadata") or {}).get("utter_action")

    @property
    def attachment(self) -> str | None:
        return self._metadata.get("attachment")

    @property
    def place(self) -> Place | None:
        place = self._metadata.get("place")
        return Place(float(place["latitude"]), float(place["longitude"])) if place else None

    @property
    def _metadata(self) -> Mapping[str, Any]:
        return self._message.get("metadata") or {}


def told_in(choice: str | None) -> Mapping[str, JSON]:
    """What our own code sent along; nothing when this is not readable."""
    try:
        found = json.loads(choice or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def actor_of(turn: Turn) -> str:
    """Who has this turn done, as the processing log calls him: the citizen, or the agent who ordered it."""
    if turn.intent != ORDER:
        return CITIZEN
    return by_agent(str(told_in(turn.choice).get("agent") or ""))


class ServiceAction(Action):
    """An action that may call a backend.

    A subclass gives `name` and `perform`; `refusals` tells which response says
    which business refusal (the code of `Rejected`), `not_found` which one says
    that the thing asked for is not there.
    """

    refusals: ClassVar[Mapping[str, str]] = {}
    not_found: ClassVar[str] = "utter_niet_gevonden"

    def name(self) -> str:
        raise NotImplementedError

    async def perform(self, turn: Turn) -> list[EventType] | None:
        """Does the work; the events returned, if any, come after those of `turn.set`."""
        raise NotImplementedError

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        turn = Turn(dispatcher, tracker)
        try:
            with on_behalf_of(Work(turn.conversation, activity_of(self.name()), actor=actor_of(turn))):
                events = await self.perform(turn) or []
        except BackendError as error:
            log.warning("action.backend_error", action=self.name(), error=type(error).__name__, backend=error.backend)
            turn.say(self.response_to(error))
            events = self.give_up(turn)
        except Exception:
            log.exception("action.failed", action=self.name())
            turn.say("utter_storing")
            events = self.give_up(turn)
        return [*turn.events, *events]

    def give_up(self, turn: Turn) -> list[EventType]:
        """What else must happen when the work failed and the citizen was told."""
        return []

    def response_to(self, error: BackendError) -> str:
        """The one table from error to response; an outage is never told as an empty list."""
        match error:
            case Rejected():
                return self.refusals.get(error.code, "utter_niet_gelukt")
            case NotFound():
                return self.not_found
            case Misconfigured():
                log.error("backend.misconfigured", backend=error.backend, action=self.name())
                return "utter_storing"
            case _:
                return "utter_onbereikbaar"
