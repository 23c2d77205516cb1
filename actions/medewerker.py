"""Gets a person: the team of the topic, when it is there; else how to reach one.

The wish leaves the bot as a message of type `handover`; the front puts the conversation
in the queue in the same step in which it sends the words before it (connectors/reception).
"""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from actions.base import ServiceAction, Turn
from actions.moments import say
from actions.spoken import clock_time
from city import City, Location, Team
from clock import Clock
from conversations.agents import Agents
from conversations.cards import card_of
from conversations.model import JSON
from texts import Texts

ASKED = "asked"
NOT_UNDERSTOOD = "not_understood"
DISSATISFIED = "dissatisfied"
GENERAL = "algemeen"
LOOKED_BACK = 30  # events in which the topic is sought


class Person:
    def __init__(self, texts: Texts, clock: Clock, agents: Agents) -> None:
        self.texts = texts
        self.clock = clock
        self.agents = agents

    @property
    def city(self) -> City:
        return self.texts.city

    async def interrupt(self, turn: Turn) -> None:
        await self.call(turn, ASKED)

    async def call(self, turn: Turn, reason: str) -> None:
        if self.city.calamity and self.city.calamity.phone_only:
            self._say(turn, "utter_medewerker_alleen_telefoon")
            return
        topic = topic_of(turn, {topic for team in self.city.teams for topic in team.topics})
        team = self.city.team_for(topic, turn.channel)
        if team is not None and await asyncio.to_thread(self._is_there, team, turn.channel):
            self._say(turn, "utter_medewerker_gevraagd")
            asked = {"team": team.code, "topic": topic, "reason": reason, "channel": turn.channel, "card": card(turn)}
            turn.dispatcher.utter_message(json_message={"type": "handover", **asked})
        else:
            self._tell(turn, team)

    def _is_there(self, team: Team, channel: str) -> bool:
        """Somebody of the team, within its hours: he may be busy, then there is a queue."""
        is_open = self.city.is_open(self.clock.now(), team.on(channel))
        return is_open and any(team.code in agent.teams for agent in self.agents.present())

    def _tell(self, turn: Turn, team: Team | None) -> None:
        """By phone and mail, with the hours of the counter; or somebody calls him back."""
        now, counter = self.clock.now(), self.city.locations[0]
        for place in (counter, team.on(turn.channel)) if team else (counter,):
            today = self.city.hours(place, now.date())
            if today.reason and not today.periods:
                self._say(turn, "utter_medewerker_gesloten_om", opent=self._opens(now, place), reden=today.reason)
                return
        if self.city.is_open(now):
            closes = max(period.closes for period in self.city.hours(counter, now.date()).periods)
            self._say(turn, "utter_medewerker_bereikbaar", sluit=clock_time(closes))
        else:
            self._say(turn, "utter_medewerker_gesloten", opent=self._opens(now, counter))

    def _opens(self, now: datetime, place: Location | Team) -> str:
        opening = self.city.next_opening(now, place)
        return say(opening, now) if opening else ""

    def _say(self, turn: Turn, response: str, **values: Any) -> None:
        """As a supervisor wrote it, else as Rasa knows it."""
        if self.texts.is_changed(response):
            reply = self.texts.reply(response, turn.channel, **values)
            buttons = [{"title": choice.title, "payload": choice.payload} for choice in reply.choices]
            turn.dispatcher.utter_message(text=reply.text, buttons=buttons or None)
        else:
            turn.say(response, **values)


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
    form = (turn.tracker.active_loop or {}).get("name")
    return {**card_of(form, turn.tracker.slots), "sources": _sources(turn)}


def _sources(turn: Turn) -> dict[str, str]:
    """Where an answer came from, of those that were known already and that the citizen only said yes to."""
    shown: Mapping[str, JSON] = {}
    found: dict[str, str] = {}
    for event in turn.tracker.events:
        name, value = str(event.get("name")), event.get("value")
        if event.get("event") != "slot":
            continue
        if name == "bekend" and value:
            shown = value.get("feiten") or {}
        elif name in shown and value == shown[name]["waarde"]:
            found[name] = shown[name]["bron"]
        else:
            found.pop(name, None)
    return found


def _subjects(turn: Turn) -> Iterator[str]:
    yield str((turn.tracker.active_loop or {}).get("name") or "").partition("_")[0]
    for event in reversed(turn.tracker.events[-LOOKED_BACK:]):
        if event.get("event") == "user":
            yield str(((event.get("parse_data") or {}).get("intent") or {}).get("name") or "").partition("_")[0]
