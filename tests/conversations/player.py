"""Plays one conversation against the running house and says in Dutch where it went another way."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests
from sqlalchemy import Engine, delete, select

from citizens.tables import bindings, dossier_follows, dossier_reads, facts, parties
from clock import BRUSSELS
from connectors.turns import PATIENCE_PLEASE
from conversations.tables import conversations, messages
from filings.tables import drafts
from tests.conversations import logins
from tests.conversations.citizens import CITIZENS, SECONDS, Citizen, Offered
from tests.conversations.script import Script, Step
from tests.house import House

PATIENCE = 20.0  # seconds for an answer, or for what must follow by itself
PAUSE = 0.02
RIGHT_CODE, GREETED = "utter_aanmeldcode_juist", "utter_aanmelden_aangemeld"
RECORDS = {
    "topdesk": "topdesk/incidents",
    "jcc": "jcc/appointments",
    "thuisloket": "thuisloket/orders",
    "openklant": "openklant/contacts",
}


@dataclass(frozen=True)
class Said:
    """One response. A row says several, in this order, where a channel takes few messages."""

    name: str  # empty: it was made from none
    row: Any


class Departed(Exception):
    """The conversation went another way than it was written."""


class Player:
    def __init__(self, house: House, engine: Engine, script: Script, channel: str) -> None:
        self.house = house
        self.engine = engine
        self.script = script
        self.channel = channel
        self.read_up_to = 0
        self.unheard: list[Said] = []
        self.matched: dict[str, int] = {}  # row → up to where its text was what was expected
        self.steps: dict[str, Callable[[Any], None]] = {
            "burger": self.say,
            "knop": self.tap,
            "foto": self.send_photo,
            "plaats": self.share_place,
            "bot": self.expect,
            "bot_later": self.expect_later,
            "stad": self.change_in_the_city,
            "backend": self.expect_backend,
            "mail": self.expect_mail,
            "login": self.log_in,
            "code": self.type_code,
            "bekend": self.be_known,
            "clock": lambda moment: self.house.set_clock(_moment(moment)),
            "fault": self.switch_fault,
            "proces": self.handle_process,
        }

    def play(self) -> None:
        requests.post(f"{self.house.sandbox_url}/reset", timeout=SECONDS).raise_for_status()
        self._forget_earlier_logins()
        self.house.set_clock(_moment(self.script.clock))
        self.citizen: Citizen = CITIZENS[self.channel](self.house)
        self.conversation = self._conversation()
        self._hear(0)
        if self.script.steps[0].kind != "bot":
            self._welcomed()
        for step in self.script.steps:
            self._play(step)
        self._nothing_unheard("aan het einde")

    def _play(self, step: Step) -> None:
        try:
            self.steps[step.kind](step.value)
        except AssertionError as error:
            raise Departed(self._report(step, str(error))) from None

    # --- the citizen ---------------------------------------------------------

    def say(self, text: str) -> None:
        self._speak(lambda: self.citizen.say(str(text)))

    def tap(self, title: str) -> None:
        offered = self._offered(title)
        self._speak(lambda: self.citizen.tap(offered))

    def send_photo(self, name: str) -> None:
        self._speak(lambda: self.citizen.send_photo(name))

    def share_place(self, place: Mapping[str, float]) -> None:
        self._speak(lambda: self.citizen.share_place(place["lat"], place["lon"]))

    def log_in(self, wanted: str | Mapping[str, str]) -> None:
        """With the code that some channels ask for, so that a conversation reads the same on each."""
        code = logins.log_in(self.citizen, wanted)
        self._hear(0)
        if code:
            self._speak(lambda: self.citizen.say(code))
            self.expect(RIGHT_CODE)

    def type_code(self, wanted: str) -> None:
        code = logins.code(self.citizen, wanted)
        self._speak(lambda: self.citizen.say(code))

    def be_known(self, key: str) -> None:
        logins.be_known(self.house, self.engine, self.conversation, key)
        self._hear(0)
        self.expect(GREETED)

    def _speak(self, send: Callable[[], None]) -> None:
        self._nothing_unheard("voor de burger weer sprak")
        before = self._spoken(self._rows())
        send()
        self._hear(before + 1)

    def _offered(self, title: str) -> Offered:
        rows = [row for row in self._rows() if row.author == "bot" and row.choices]
        for row in reversed(rows):
            for n, choice in enumerate(row.choices):
                if choice["title"] == title:
                    return Offered(row.id, n, title)
        last = [choice["title"] for choice in rows[-1].choices] if rows else []
        raise AssertionError(f"er is geen knop “{title}”; de laatste knoppen zijn {last}")

    # --- the bot -------------------------------------------------------------

    def expect(self, expected: Any) -> None:
        for name, pattern in _expectations(expected):
            assert self.unheard, f"de bot zei niets meer; verwacht: {name or pattern}"
            self._matches(self.unheard.pop(0), name, pattern)

    def expect_later(self, expected: Any) -> None:
        """What the bot says by itself, without being spoken to."""
        deadline = time.monotonic() + PATIENCE
        while not self.unheard and time.monotonic() < deadline:
            time.sleep(PAUSE)
            self.unheard += self._new_replies()
        self._wait_until_arrived()
        self.expect(expected)

    def _welcomed(self) -> None:
        assert self.unheard, "de bot heet niemand welkom"
        self._matches(self.unheard.pop(0), "utter_algemeen_welkom", None)

    def _matches(self, said: Said, name: str | None, pattern: str | None) -> None:
        """In the text as it reached the citizen, after what was found there before."""
        text = self.citizen.read(said.row)
        assert name is None or said.name == name, f"verwacht {name}, maar de bot zei {said.name}: {text!r}"
        begin = self.matched.get(said.row.id, 0)
        found = re.compile(pattern or "", re.IGNORECASE | re.DOTALL).search(text, begin)
        assert found, f"verwacht een tekst met /{pattern}/, maar de bot zei {said.name}: {text[begin:]!r}"
        self.matched[said.row.id] = found.end()

    def _hear(self, spoken: int) -> None:
        """Waits until he spoke so many times and everything was answered, and keeps the replies."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            rows = self._rows()
            has_come = rows and self._spoken(rows) >= spoken
            if has_come and not any(row.state in ("received", "working") for row in rows):
                break
            if any(row.name == PATIENCE_PLEASE and row.seq > self.read_up_to for row in rows):
                break
            time.sleep(PAUSE)
        self._wait_until_arrived()
        self.unheard += self._new_replies()

    def _wait_until_arrived(self) -> None:
        """Until whatever was answered has reached the citizen, or never will."""
        deadline = time.monotonic() + PATIENCE
        while any(map(self.citizen.waits_for, self._rows())) and time.monotonic() < deadline:
            time.sleep(PAUSE)

    @staticmethod
    def _spoken(rows: list[Any]) -> int:
        return sum(row.author == "citizen" for row in rows)

    def _new_replies(self) -> list[Said]:
        rows = [row for row in self._rows() if row.seq > self.read_up_to]
        self.read_up_to = max([self.read_up_to, *(row.seq for row in rows)])
        replies = [row for row in rows if row.author in ("bot", "system") and row.kind != "event"]
        return [Said(name, row) for row in replies for name in (row.name or "").split(" ")]

    def _nothing_unheard(self, when: str) -> None:
        extra = [f"{said.name}: {said.row.text}" for said in self.unheard]
        if extra:
            raise Departed(self._report(None, f"de bot zei ook nog, {when}: {extra}"))

    # --- the city's systems --------------------------------------------------

    def change_in_the_city(self, changes: Mapping[str, Mapping[str, Any]]) -> None:
        """What somebody does with a report (the last one, or number `melding` counted from 1) or with a dossier."""
        for system, change in changes.items():
            if system == "dosis":
                self._change(f"{self.house.sandbox_url}/state/dosis/dossiers", change)
                continue
            if system == "thuisloket":
                self._decide(change)
                continue
            assert system == "topdesk", f"in {system} kan de stad niets veranderen; wel in topdesk, dosis en thuisloket"
            incidents = self._state("topdesk/incidents")
            assert incidents, "er is nog geen melding"
            number = quote(incidents[change.get("melding", 0) - 1]["number"])
            path = f"{self.house.sandbox_url}/state/topdesk/incidents/{number}/status"
            self._change(path, change)

    def _change(self, path: str, change: Mapping[str, Any]) -> None:
        answer = requests.post(path, json=dict(change), timeout=SECONDS)
        assert answer.ok, f"de stad kan dat niet: {answer.text}"

    def _forget_earlier_logins(self) -> None:
        """A resident of another conversation, or of another channel, filed and read nothing yet."""
        with self.engine.begin() as db:
            for table in (bindings, dossier_follows, dossier_reads, drafts, facts, parties):
                db.execute(delete(table))

    def _decide(self, change: Mapping[str, Any]) -> None:
        """What an official does with the attest that was ordered last."""
        orders = self._state("thuisloket/orders")
        assert orders, "er is nog geen attest aangevraagd"
        self._change(f"{self.house.sandbox_url}/state/thuisloket/orders/{orders[-1]['id']}", change)

    def expect_backend(self, wanted: Mapping[str, Any]) -> None:
        for system, expected in wanted.items():
            self._eventually(RECORDS[system], expected)

    def expect_mail(self, expected: Mapping[str, Any]) -> None:
        self._eventually("mail", expected)

    def switch_fault(self, faults: Mapping[str, Any] | str) -> None:
        if faults == "geen":
            faults = dict.fromkeys(requests.get(f"{self.house.sandbox_url}/faults", timeout=SECONDS).json(), "none")
        assert isinstance(faults, Mapping)
        for backend, fault in faults.items():
            body = fault if isinstance(fault, Mapping) else {"kind": fault}
            answer = requests.post(f"{self.house.sandbox_url}/faults/{backend}", json=body, timeout=SECONDS)
            answer.raise_for_status()

    def handle_process(self, wanted: Mapping[str, str]) -> None:
        for name, what in wanted.items():
            {"stop": self.house.kill, "start": self.house.restart}[what](name)

    def _state(self, path: str) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.house.sandbox_url}/state/{path}", timeout=SECONDS)
        answer.raise_for_status()
        state: list[dict[str, Any]] = answer.json()
        return [record for record in state if record.get("status") != "cancelled"]

    def _eventually(self, path: str, expected: Mapping[str, Any] | int) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return _check_records(self._state(path), expected)
            except AssertionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    # --- the ledger ----------------------------------------------------------

    def _conversation(self) -> str:
        query = select(conversations.c.id).where(
            (conversations.c.id == self.citizen.conversation) | (conversations.c.address == self.citizen.conversation)
        )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with self.engine.connect() as db:
                found = db.execute(query).scalar()
            if found:
                return str(found)
            time.sleep(PAUSE)
        raise Departed(f"{self.script.title} ({self.channel}): er begon geen gesprek")

    def _rows(self) -> list[Any]:
        query = select(messages).where(messages.c.conversation == self.conversation).order_by(messages.c.seq)
        with self.engine.connect() as db:
            return list(db.execute(query).all())

    def _report(self, step: Step | None, problem: str) -> str:
        lines = [f"{self.script.file}: {self.script.title} ({self.channel})"]
        if step:
            lines.append(f"stap {step.number}: {step.kind}: {step.value}")
        lines.append(f"wat er misging: {problem}")
        lines.append("het gesprek tot hier:")
        lines += [f"  {line}" for row in self._rows() for line in _told(row)]
        return "\n".join(lines)


def _told(row: Any) -> Iterator[str]:
    who = {"citizen": "burger", "bot": "bot", "system": "huis"}.get(row.author, row.author)
    text = (row.payload or row.text) if row.author != "bot" else f"{row.name}: {row.text!r}"
    buttons = f" {[choice['title'] for choice in row.choices]}" if row.choices else ""
    yield f"{who}: {text}{buttons}"
    if row.trace:
        trace = row.trace if isinstance(row.trace, Mapping) else json.loads(row.trace)
        actions = " → ".join(trace.get("actions") or ())
        yield f"        ↳ {trace.get('intent')} ({trace.get('confidence', 0):.2f}): {actions}"


def _expectations(expected: Any) -> Iterator[tuple[str | None, str | None]]:
    """(response name, text pattern) of each reply that must come now."""
    for one in expected if isinstance(expected, list) else [expected]:
        if isinstance(one, Mapping):
            for name, pattern in one.items():
                yield name, str(pattern)
        elif str(one).startswith("utter_"):
            yield str(one), None
        else:
            yield None, str(one)


def _check_records(records: list[dict[str, Any]], expected: Mapping[str, Any] | int) -> None:
    """`aantal` records, the last of which has the values of `laatste` (dotted paths; /pattern/ matches)."""
    if isinstance(expected, int):
        expected = {"aantal": expected}
    count = expected.get("aantal")
    assert count is None or len(records) == count, f"verwacht {count}, gevonden {len(records)}: {records!r}"
    assert records or not expected.get("laatste"), "er staat nog niets"
    for number, wanted in enumerate([expected.get("laatste") or {}]):
        for path, value in wanted.items():
            found = _at(records[-1 - number], path)
            pattern = re.fullmatch(r"/(.*)/", str(value))
            fits = re.search(pattern[1], str(found), re.DOTALL) if pattern else found == value
            assert fits, f"{path} is {found!r}, verwacht {value!r}"


def _at(record: Any, path: str) -> Any:
    for key in path.split("."):
        if isinstance(record, list):
            record = record[int(key)] if int(key) < len(record) else None
        else:
            record = (record or {}).get(key)
    return record


def _moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=BRUSSELS)
