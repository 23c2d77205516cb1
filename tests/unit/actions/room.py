"""The actions at work without Rasa: real wiring, ledger and filings; the city's systems in memory.

`Citizen` plays the small part of Rasa that runs rules and forms. It reads the rules of
data/ and the questions of domain.yml, and it fills every text, so that a response or a
placeholder that is missing is found here too.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from sqlalchemy import select

from actions import wiring
from actions.afspraak_beheer import AppointmentAction
from actions.agenda import Agenda
from actions.known import Known
from actions.reports import Reports
from actions.retries import Retries
from actions.wiring import Wiring
from citizens.identities import Claims, Identity
from citizens.links import Links
from citizens.processing import ProcessingLog
from citizens.register import Register
from citizens.tables import processing_log
from city import City
from clock import Clock
from conversations.database import reading
from conversations.ledger import Ledger
from conversations.model import Message
from filings.book import Filings
from settings import ROOT, Settings
from tests.unit.actions.backends import (
    AppointmentsInMemory,
    AttestsInMemory,
    DossiersInMemory,
    IncidentsInMemory,
    MailerInMemory,
)
from tests.unit.citizens.people import LIEN
from yaml_file import read_yaml

PAYLOAD = re.compile(r"/(\w+)(\{.*\})?", re.DOTALL)
MONDAY = "2026-11-23T10:00:00"  # the town hall is open
NOT_UNDERSTOOD = "nlu_fallback"
NO_DOMAIN: Any = {}  # our actions need none
ENOUGH = 10  # actions after one message; Rasa stops there too
numbers = count(1)


@cache
def responses() -> dict[str, dict[str, Any]]:
    """Every response, as it is said on the website."""
    files = (ROOT / "data").rglob("responses.yml")
    found = [read_yaml(file)["responses"] for file in files]
    return {name: variants[0] for one in found for name, variants in one.items()}


@cache
def rules() -> tuple[dict[str, list[str]], dict[str, str]]:
    """The actions that follow on an intent, and the action that ends each form."""
    begins: dict[str, list[str]] = {}
    ends: dict[str, str] = {}
    for file in (ROOT / "data").rglob("rules.yml"):
        for rule in read_yaml(file)["rules"]:
            actions = [step["action"] for step in rule["steps"] if "action" in step]
            if "condition" in rule:
                ends[actions[0]] = actions[-1]
            else:
                begins[rule["steps"][0]["intent"]] = actions
    return begins, ends


@dataclass(repr=False)
class Room:
    """Everything behind the bot, and the clock on its wall."""

    wiring: Wiring
    city: City
    incidents: IncidentsInMemory
    appointments: AppointmentsInMemory
    dossiers: DossiersInMemory
    attests: AttestsInMemory
    mailer: MailerInMemory
    clock_file: Path

    def __post_init__(self) -> None:
        self.actions: dict[str, Action] = {action.name(): action for action in self.wiring.actions}

    @property
    def retries(self) -> Retries:
        return self.wiring.retries

    @property
    def ledger(self) -> Ledger:
        return self.retries.ledger

    @property
    def filings(self) -> Filings:
        return self.retries.filings

    @property
    def clock(self) -> Clock:
        return self.filings.clock

    @property
    def reports(self) -> Reports:
        reports: Reports = self.actions["action_melding_indienen"].reports  # type: ignore[attr-defined]
        return reports

    @property
    def agenda(self) -> Agenda:
        action = self.actions["action_afspraak_opzoeken"]
        assert isinstance(action, AppointmentAction)
        return action.agenda

    @property
    def known(self) -> Known:
        known: Known = self.actions["action_aangemeld"].known  # type: ignore[attr-defined]
        return known

    @property
    def links(self) -> Links:
        links: Links = self.actions["action_aanmelden"].invitation.links  # type: ignore[attr-defined]
        return links

    @property
    def processing(self) -> ProcessingLog:
        return self.wiring.accounts.processing

    @property
    def register(self) -> Register:
        register: Register = self.actions["action_inzage_tonen"].lines.register  # type: ignore[attr-defined]
        return register

    def log_in(self, citizen: "Citizen", claims: Claims = LIEN, *, days: int = 1, **facts: str) -> Identity:
        """The login pages did their work; `facts` are known from an earlier request."""
        identity = self.known.identities.bind(citizen.conversation, claims, self.clock.utc() + timedelta(days=days))
        for key, value in facts.items():
            self.known.store.keep(identity.person, key, value, source="aanvraag", purpose="afspraak")
        return identity

    def set_clock(self, moment: datetime | str) -> None:
        self.clock_file.write_text(str(moment), encoding="utf-8")

    async def retry(self) -> None:
        """Everything that is due now is tried once more."""
        for _ in range(ENOUGH):
            if not await self.retries.step():
                return

    def events(self, conversation: str) -> list[Message]:
        """What the house left for the bot."""
        return [message for message in self.ledger.messages(conversation) if message.kind == "event"]

    def citizen(self, **slots: Any) -> "Citizen":
        """Somebody new, who opens a conversation on the website."""
        return Citizen(self, self.ledger.open("web", f"citizen {next(numbers)}").id, slots)


def furnished(folder: Path, city: City, patch: pytest.MonkeyPatch) -> Room:
    """A room on the database in this folder, on a Monday at ten. `patch` puts the city's systems in memory."""
    clock_file = folder / "clock"
    clock_file.write_text(MONDAY, encoding="utf-8")
    incidents = IncidentsInMemory()
    appointments = AppointmentsInMemory(city, Clock(clock_file))
    patch.setattr(wiring, "load_city", lambda path: city)
    dossiers = DossiersInMemory(Clock(clock_file))
    patch.setattr(wiring, "TopdeskIncidents", lambda settings: incidents)
    patch.setattr(wiring, "DosisStatuses", lambda settings: dossiers)
    attests, mailer = AttestsInMemory(), MailerInMemory()
    patch.setattr(wiring, "ThuisloketAttests", lambda settings: attests)
    patch.setattr(wiring, "SmtpMailer", lambda settings, sender: mailer)
    patch.setitem(wiring.APPOINTMENTS, "jcc-rest", lambda settings: appointments)
    settings = Settings(
        database_url=f"sqlite:///{folder}/balie.db", city_file=str(ROOT / "city.yml"), clock_file=str(clock_file)
    )
    return Room(wiring.wire(settings), city, incidents, appointments, dossiers, attests, mailer, clock_file)


def uses(room: Room) -> set[tuple[str, str, tuple[str, ...]]]:
    """Each activity, source and kinds of data in the processing log."""
    with reading(room.ledger.engine) as db:
        rows = db.execute(select(processing_log)).all()
    return {(row.activity, row.source, tuple(row.kinds)) for row in rows}


class Citizen:
    def __init__(self, room: Room, conversation: str, slots: Mapping[str, Any]) -> None:
        self.room = room
        self.conversation = conversation
        self.slots: dict[str, Any] = {"requested_slot": None, **slots}
        self.events: list[dict[str, Any]] = []
        self.latest: dict[str, Any] = {}
        self.form: str | None = None
        self.heard: list[str] = []
        self.said: list[dict[str, Any]] = []
        self.reference = ""  # of the appointment that a test is about

    # --- what a citizen can do ------------------------------------------------

    async def says(self, text: str, intent: str = NOT_UNDERSTOOD, confidence: float = 0.9, **parse: Any) -> list[str]:
        """Types something; the test tells what the bot makes of it. Gives the names of what is answered."""
        return await self._turn({"text": text, "intent": {"name": intent, "confidence": confidence}, **parse})

    async def taps(self, payload: str, **metadata: Any) -> list[str]:
        """Taps a choice, or has our own code send a message."""
        match = PAYLOAD.fullmatch(payload)
        assert match, payload
        values = json.loads(match[2] or "{}")
        entities = [{"entity": name, "value": value} for name, value in values.items()]
        intent = {"name": match[1], "confidence": 1.0}
        return await self._turn({"text": payload, "intent": intent, "entities": entities, "metadata": metadata})

    async def chooses(self, title: str) -> list[str]:
        """Taps a choice under what was said last, by its title or the beginning of it."""
        offered = {button["title"]: button["payload"] for one in self.said for button in one["buttons"]}
        [payload] = [payload for name, payload in offered.items() if name.startswith(title)]
        return await self.taps(payload)

    async def sends_photo(self, content: bytes = b"a photo", media_type: str = "image/jpeg") -> list[str]:
        photo = self.room.ledger.keep_attachment(self.conversation, "foto.jpg", media_type, content)
        return await self.taps("/bijlage_gestuurd", attachment=photo)

    async def shares_place(self, latitude: float, longitude: float) -> list[str]:
        return await self.taps("/plaats_gedeeld", place={"latitude": latitude, "longitude": longitude})

    async def gets_news(self) -> list[str]:
        """What the house left for the bot since the last time reaches it."""
        [event] = self.room.events(self.conversation)[-1:]
        assert event.payload is not None
        return await self.taps(event.payload)

    @property
    def asked(self) -> str | None:
        """The question that is open."""
        slot: str | None = self.slots["requested_slot"]
        return slot

    @property
    def text(self) -> str:
        """All that was answered to the last message."""
        return "\n".join(one["text"] for one in self.said)

    @property
    def choices(self) -> list[str]:
        """The titles under what was said last."""
        return [button["title"] for button in self.said[-1]["buttons"]]

    # --- what Rasa does ---------------------------------------------------------

    async def _turn(self, parsed: dict[str, Any]) -> list[str]:
        self.latest = {"entities": [], "metadata": {}, **parsed, "message_id": f"m{next(numbers)}"}
        self.events.append({"event": "user", "input_channel": "web", "parse_data": self.latest, **self.latest})
        self.heard, self.said = [], []
        begins, _ = rules()
        waiting = [self.form] if self.form else list(begins[self.latest["intent"]["name"]])
        for _ in range(ENOUGH):
            if not waiting:
                return self.heard
            waiting = await self._step(waiting.pop(0)) or waiting
            if waiting == ["action_listen"]:
                return self.heard
        raise AssertionError(f"no end to it: {self.heard}")

    async def _step(self, action: str) -> list[str]:
        """Runs one action; gives what must follow it instead of what was planned."""
        if action.endswith("_form"):
            return await self._form(action)
        if action in self.room.actions:
            return self._followed_by(await self.run(action))
        self._hear({"response": action})
        return []

    async def _form(self, form: str) -> list[str]:
        was_open = self.form == form
        self.form = form
        events = await self.run(f"validate_{form}")
        set_here = {event["name"] for event in events if event["event"] == "slot"}
        assert set_here - {"requested_slot"}, "Rasa rejects a form that sets nothing"
        if self.asked is None:
            self.form = None
            # A form that is complete at once was never open: the rule that files does not fit then.
            return self._followed_by(events) or ([rules()[1][form]] if was_open else [])
        await self._ask(form, self.asked)
        return []

    async def _ask(self, form: str, slot: str) -> None:
        for name in (f"{form}_{slot}", slot):
            if f"action_ask_{name}" in self.room.actions:
                await self.run(f"action_ask_{name}")
                return
            if f"utter_ask_{name}" in responses():
                self._hear({"response": f"utter_ask_{name}"})
                return

    async def run(self, action: str) -> list[dict[str, Any]]:
        dispatcher, tracker = CollectingDispatcher(), self.tracker()
        events = json.loads(json.dumps(await self.room.actions[action].run(dispatcher, tracker, NO_DOMAIN)))
        for event in events:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
        for message in dispatcher.messages:
            self._hear(message)
        return list(events)

    def tracker(self) -> Tracker:
        state = {"sender_id": self.conversation, "slots": self.slots, "events": self.events}
        form = {"name": self.form} if self.form else {}
        return Tracker.from_dict(json.loads(json.dumps({**state, "latest_message": self.latest, "active_loop": form})))

    def _followed_by(self, events: list[dict[str, Any]]) -> list[str]:
        return [event["name"] for event in events if event["event"] == "followup"]

    def _hear(self, message: dict[str, Any]) -> None:
        name = message.get("response") or message.get("template")
        if not name and message.get("custom"):
            self.events.append({"event": "bot", "text": None, "metadata": {}, "data": {"custom": message["custom"]}})
            return
        written = responses()[name] if name else message
        values = {**self.slots, **self.room.city.values(), **message}
        written_buttons = [
            {**one, "payload": one["payload"].format_map(values)} for one in (name and written.get("buttons")) or ()
        ]
        said = {
            "name": name,
            "text": written["text"].format_map(values) if name else written["text"],
            "custom": {key: value.format_map(values) for key, value in (written.get("custom") or {}).items()},
            "buttons": [*written_buttons, *(message.get("buttons") or ())],
        }
        self.heard.append(name or said["text"])
        self.said.append(said)
        event = {"event": "bot", "text": said["text"], "metadata": {"utter_action": name}}
        self.events.append({**event, "data": {"buttons": said["buttons"]}})
