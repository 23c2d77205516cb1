"""A citizen of the whole house, and what the city's own systems hold of him.

resident = Resident(house, engine)
resident.report()                  # up to the summary
resident.say("ja")                 # says it and does not wait
house.kill("actions")
"""

import re
import uuid
from datetime import datetime, timedelta
from typing import Any

import requests
from sqlalchemy import Engine, Row, select

from clock import BRUSSELS, Clock
from conversations.database import reading
from conversations.tables import conversations, messages
from filings.book import Filings
from tests.front import Citizen, wait_for
from tests.house import House
from tests.sealing import VAULT

A_MONDAY = datetime(2026, 11, 23, 10, tzinfo=BRUSSELS)
PATIENCE = 120.0  # seconds for anything that has to happen; a busy machine takes its time
NOT_FOR_CITIZENS = re.compile(
    r"traceback|exception|\berror\b|\bsorry, (?!ik)|something|not found|<html|\{\w+\}|\bNone\b|\bnull\b|localhost"
    r"|127\.0\.0\.1|http_|utter_|action_",
    re.IGNORECASE,
)


class Resident(Citizen):
    """He is told apart in the city's systems by an e-mail address of his own."""

    def __init__(self, house: House, engine: Engine) -> None:
        super().__init__(house.front_url)
        self.engine = engine
        self.email = f"{uuid.uuid4().hex}@example.be"
        with reading(engine) as db:
            mine = conversations.c.address == self.known["conversation"]
            self.id: str = db.execute(select(conversations.c.id).where(mine)).scalar_one()
        self.hears("utter_algemeen_welkom")

    # --- speaking ------------------------------------------------------------

    def tell(self, *texts: str) -> list[str]:
        """Says these one after the other, each when the former was answered; what was answered to the last one."""
        said = None
        for text in texts:
            said = self.say(text)["id"]
            self.all_answered()
        return [row.name for row in self.rows() if row.answers == said]

    def report(self) -> None:
        """A report, up to its summary."""
        told = self.tell("losse tegel op het voetpad, Kerkstraat 12", "geen foto", self.email, "ik ben Lien Declercq")
        assert told == ["utter_melding_samenvatting"], self.story()

    def appointment(self) -> None:
        """An appointment, up to its summary."""
        told = self.tell("afspraak voor een rijbewijs", "Stadhuis", "vrijdag", "1", "Lien Declercq", self.email)
        assert told == ["utter_afspraak_samenvatting"], self.story()

    def moved_appointment(self) -> None:
        """An appointment that is booked, up to the summary of moving it."""
        self.appointment()
        assert "utter_afspraak_bevestigd" in self.tell("ja"), self.story()
        told = self.tell("ik wil mijn afspraak verplaatsen naar donderdag", "1")
        assert told == ["utter_afspraak_verplaatsen_samenvatting"], self.story()

    # --- hearing -------------------------------------------------------------

    def all_answered(self) -> None:
        wait_for(self._nothing_waits, lambda: f"not answered:\n{self.story()}", PATIENCE)

    def _nothing_waits(self) -> bool:
        return not any(row.state in ("received", "working") for row in self.rows())

    def hears(self, name: str) -> None:
        """Waits until this response was given, once, and reads it in the chat."""
        wait_for(lambda: name in self.names(), lambda: f"no {name}:\n{self.story()}", PATIENCE)
        assert self.names().count(name) == 1, self.story()

    def reads_once(self, words: str) -> None:
        """Waits until a message in the chat holds these words, and no second one does."""
        wait_for(lambda: words in "\n".join(self.heard()), lambda: f"no {words!r}:\n{self.story()}", PATIENCE)
        self.all_answered()
        assert len([text for text in self.heard() if words in text]) == 1, self.story()

    def names(self) -> list[str]:
        """The responses that he got, in order."""
        return [row.name for row in self.replies()]

    def replies(self) -> list[Row[Any]]:
        return [row for row in self.rows() if row.author in ("bot", "system") and row.kind != "event"]

    def rows(self) -> list[Row[Any]]:
        query = select(messages).where(messages.c.conversation == self.id).order_by(messages.c.seq)
        with reading(self.engine) as db:
            return list(db.execute(query).all())

    def references(self) -> list[str]:
        """Of all that he filed."""
        return [filing.reference for filing in Filings(self.engine, Clock(), VAULT).of(self.id)]

    def story(self) -> str:
        """For the message of a test that fails."""
        lines = [f"{row.author} {row.name or row.kind}: {row.text or row.payload} [{row.state}]" for row in self.rows()]
        return "\n".join(lines)

    def check(self) -> None:
        """Whatever happened: all was answered, once, in order, in our own words; and he reads just that."""
        rows = self.rows()
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1)), self.story()
        asked = [row.id for row in rows if row.author == "citizen"]
        answers = [row.answers for row in rows if row.answers in asked]
        assert answers == [one for one in asked for _ in range(answers.count(one))], self.story()
        assert set(answers) == set(asked), self.story()
        assert self.heard() == [row.text for row in self.replies()]
        for reply in self.replies():
            assert (reply.name or "").startswith("utter_"), self.story()
            assert reply.text, self.story()
            assert not NOT_FOR_CITIZENS.search(reply.text), reply.text


class Sandbox:
    """What the city's systems hold, and the switches for what is wrong with them."""

    def __init__(self, house: House) -> None:
        self.house = house

    def incidents(self, resident: Resident) -> list[dict[str, Any]]:
        mine = resident.references()
        return [one for one in self._state("topdesk/incidents") if one["externalNumber"] in mine]

    def appointments(self, resident: Resident) -> list[dict[str, Any]]:
        """That still stand."""
        found = self._state("jcc/appointments")
        return [one for one in found if one["customer"].get("emailAddress") == resident.email]

    def mails(self, resident: Resident) -> list[dict[str, Any]]:
        return self._state("mail", to=resident.email)

    def fault(self, backend: str, **fault: Any) -> None:
        answer = requests.post(f"{self.house.sandbox_url}/faults/{backend}", json=fault, timeout=PATIENCE)
        answer.raise_for_status()

    def has_trouble(self, backend: str) -> bool:
        """False again when a fault for so many `times` has happened so often."""
        answer = requests.get(f"{self.house.sandbox_url}/faults", timeout=PATIENCE)
        return bool(answer.json()[backend]["kind"] != "none")

    def work_on(self, incident: dict[str, Any], status: str) -> None:
        """What somebody at the city does with a report."""
        url = f"{self.house.sandbox_url}/state/topdesk/incidents/{incident['number']}/status"
        requests.post(url, json={"status": status}, timeout=PATIENCE).raise_for_status()

    def heal(self) -> None:
        for backend in ("topdesk", "jcc"):
            self.fault(backend, kind="none")

    def _state(self, path: str, **query: str) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.house.sandbox_url}/state/{path}", params=query, timeout=PATIENCE)
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()
        return found


def later(house: House, minutes: float = 5) -> None:
    """Time passes at once: leases run out and retries come due."""
    house.set_clock(Clock(house.settings.clock_file).now() + timedelta(minutes=minutes))
