"""Gets a person: the team of the topic, when it is there; else how to reach one.

The wish leaves the bot as a message of type `handover`; the front puts the conversation
in the queue in the same step in which it sends the words before it (connectors/reception).
"""

import asyncio
from collections.abc import Iterator, Mapping

from actions.base import ServiceAction, Turn
from actions.moments import say
from actions.spoken import clock_time
from city import City, Team
from clock import Clock
from conversations.agents import Agents
from conversations.model import JSON

ASKED = "asked"
NOT_UNDERSTOOD = "not_understood"
DISSATISFIED = "dissatisfied"
GENERAL = "algemeen"
OUR_OWN = ("requested_slot", "aanvraag_sleutel", "wissel", "wijziging", "pogingen", "session_started_metadata")
"""Slots of the dialogue itself, which tell an agent nothing."""
LOOKED_BACK = 30  # events in which the topic is sought


class Person:
    def __init__(self, city: City, clock: Clock, agents: Agents) -> None:
        self.city = city
        self.clock = clock
        self.agents = agents

    async def interrupt(self, turn: Turn) -> None:
        await self.call(turn, ASKED)

    async def call(self, turn: Turn, reason: str) -> None:
        topic = topic_of(turn, {topic for team in self.city.teams for topic in team.topics})
        team = self.city.team_for(topic, turn.channel)
        if team and self.city.is_open(self.clock.now(), team) and await asyncio.to_thread(self._is_there, team):
            turn.say("utter_medewerker_gevraagd")
            asked = {"team": team.code, "topic": topic, "reason": reason, "channel": turn.channel, "card": card(turn)}
            turn.dispatcher.utter_message(json_message={"type": "handover", **asked})
        else:
            self._tell(turn)

    def _is_there(self, team: Team) -> bool:
        """Somebody of the team: he may be busy, then there is a queue."""
        return any(team.code in agent.teams for agent in self.agents.present())

    def _tell(self, turn: Turn) -> None:
        """By phone and mail, with the hours of the counter."""
        now = self.clock.now()
        periods = self.city.hours(self.city.locations[0], now.date()).periods
        if self.city.is_open(now):
            turn.say("utter_medewerker_bereikbaar", sluit=clock_time(max(p.closes for p in periods)))
        else:
            opening = self.city.next_opening(now)
            turn.say("utter_medewerker_gesloten", opent=say(opening, now) if opening else "")


class AskForPerson(ServiceAction):
    def __init__(self, person: Person) -> None:
        self.person = person

    def name(self) -> str:
        return "action_medewerker_vragen"

    async def perform(self, turn: Turn) -> None:
        reason = DISSATISFIED if turn.intent == "ontevreden_zijn" else ASKED
        await self.person.call(turn, reason)


def topic_of(turn: Turn, topics: set[str]) -> str:
    """What it is about: the open form, else the latest thing asked that a team knows."""
    return next((topic for topic in _subjects(turn) if topic in topics and topic != GENERAL), GENERAL)


def card(turn: Turn) -> Mapping[str, JSON]:
    """What an agent should see: the form, its open question, and the answers so far."""
    slots = turn.tracker.slots.items()
    return {
        "form": (turn.tracker.active_loop or {}).get("name"),
        "open": turn["requested_slot"],
        "answers": {name: value for name, value in slots if value is not None and name not in OUR_OWN},
    }


def _subjects(turn: Turn) -> Iterator[str]:
    yield str((turn.tracker.active_loop or {}).get("name") or "").partition("_")[0]
    for event in reversed(turn.tracker.events[-LOOKED_BACK:]):
        if event.get("event") == "user":
            yield str(((event.get("parse_data") or {}).get("intent") or {}).get("name") or "").partition("_")[0]
