"""What came in by letter or e-mail, as the city's document management system (DMS) has it done: one task each.

The document stays in the DMS. A task has its reference there and a link, and once per
reference; a system that heard no answer sends the same again and gets the same task.
"""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from city import Team
from clock import BRUSSELS, Clock
from conversations.masking import masked
from conversations.model import JSON
from filings.phones import read_phone
from filings.task_model import Contact, Source, Task, Wish
from filings.tasks import DMS, Tasks
from filings.windows import AHEAD, Window, coming, whole_day
from texts import Texts

HANDLING = "opvolgen"
CHANNELS = ("brief", "email")
LONGEST = {"team": 100, "topic": 100, "handling": 100, "about": 300, "name": 200, "phone": 30, "due": 10, "link": 1000}
NEEDED = ("document", "channel", "team", "about", "link")
KNOWN = {*NEEDED, *LONGEST}
DAYS = 7  # that a team has, when the DMS does not say until when

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
_LINK = re.compile(r"https://([A-Za-z0-9.-]+(?::[0-9]{1,5})?)(?:[/?#][!-\[\]-~]*)?")
"""Nothing that a browser reads otherwise than we do: no user, no backslash, no space."""


class Unusable(Exception):
    """`message`: for who builds the other side; never what was sent. `field`: empty for the whole."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


class OtherContent(Exception):
    """This document has a task already, of which something else was told."""


class Documents:
    def __init__(
        self,
        tasks: Tasks,
        texts: Texts,
        clock: Clock,
        handlings: Callable[[], Mapping[str, bool]],
        hosts: Collection[str],
    ) -> None:
        """`handlings`: by code, whether the citizen is called. `hosts`: to which a link may lead."""
        self.tasks, self.texts, self.clock = tasks, texts, clock
        self.handlings, self.hosts = handlings, hosts

    def take(self, body: bytes) -> Task:
        """Once per document. Raises Unusable, OtherContent."""
        told = _read(body)
        key, sent = _key(told["document"]), _digest(told)
        task = self.tasks.by_key(key) or self.tasks.make(self._wish(told, sent), key, DMS)
        if task.contact.sent != sent:
            raise OtherContent
        return task

    def find(self, document: str) -> Task | None:
        return self.tasks.by_key(_key(document)) if _REFERENCE.fullmatch(document) else None

    # --- inside --------------------------------------------------------------

    def _wish(self, told: Mapping[str, str], sent: str) -> Wish:
        team, handling = self._team(told["team"]), told.get("handling", HANDLING)
        handlings = self.handlings()
        if handling not in handlings:
            raise Unusable("handling", f"must be one of {_listed(handlings)}")
        phone = self._phone(told, needed=handlings[handling])
        return Wish(
            conversation=_key(told["document"]),
            channel=told["channel"],
            team=team.code,
            topic=self._topic(told, team),
            handling=handling,
            source=Source.DMS,
            window=self._window(told, team),
            contact=Contact(
                told.get("name", ""), phone, masked(told["about"]), told["document"], self._link(told["link"]), sent
            ),
        )

    def _team(self, code: str) -> Team:
        teams = {team.code: team for team in self.texts.city.teams}
        if code not in teams:
            raise Unusable("team", f"must be one of {_listed(teams)}")
        return teams[code]

    def _topic(self, told: Mapping[str, str], team: Team) -> str:
        topics = {topic for each in self.texts.city.teams for topic in each.topics}
        topic = told.get("topic", team.topics[0])
        if topic not in topics:
            raise Unusable("topic", f"must be one of {_listed(topics)}")
        return topic

    def _phone(self, told: Mapping[str, str], *, needed: bool) -> str:
        phone = read_phone(told["phone"]) if "phone" in told else None
        if "phone" in told and phone is None:
            raise Unusable("phone", "is not a telephone number, such as +32470123456")
        if needed and phone is None:
            raise Unusable("phone", "is needed for a handling that calls the citizen")
        return phone or ""

    def _link(self, link: str) -> str:
        found = _LINK.fullmatch(link)
        if found is None:
            raise Unusable("link", "must be an https address, without a user, spaces or backslashes")
        if found[1].lower() not in self.hosts:
            raise Unusable("link", "leads to a host that DMS_HOSTS does not allow")
        return link

    def _window(self, told: Mapping[str, str], team: Team) -> Window:
        """The last day until then on which the team is there."""
        now = self.clock.now()
        today = now.date()
        last = _day(told["due"]) if "due" in told else today + timedelta(days=DAYS)
        if not today <= last < today + timedelta(days=AHEAD):
            raise Unusable("due", f"must be from today until {AHEAD - 1} days from now")
        windows = [window for window in coming(self.texts.city, team, now) if window.day <= last]
        if not windows and "due" not in told:  # longer closed than usual
            windows = list(coming(self.texts.city, team, now))[:1]
        found = whole_day(windows, windows[-1].day) if windows else None
        if found is None:
            raise Unusable("due", "the team is closed until then")
        return found


def state_of(task: Task) -> dict[str, JSON]:
    """What the DMS may know of it: how far it is, and not who does it."""
    return {
        "document": task.contact.document,
        "task": task.reference,
        "team": task.team,
        "state": task.state,
        "outcome": task.outcome,
        "due": _written(task.window.end),
        "created_at": _written(task.created_at),
        "changed_at": _written(task.changed_at),
    }


def _read(body: bytes) -> dict[str, str]:
    """Raises Unusable."""
    try:
        told: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unusable("", "the body must be JSON in UTF-8") from error
    if not isinstance(told, dict):
        raise Unusable("", "the body must be one JSON object")
    for name in sorted(told):
        if name not in KNOWN:
            raise Unusable("", f"there is a field that is not known; known are {_listed(KNOWN)}")
        _check(name, told[name])
    for name in NEEDED:
        if name not in told:
            raise Unusable(name, "is missing")
    if not _REFERENCE.fullmatch(told["document"]):
        raise Unusable("document", "must be at most 100 letters, digits and . _ : - with no sign in front")
    if told["channel"] not in CHANNELS:
        raise Unusable("channel", f"must be one of {_listed(CHANNELS)}")
    return told


def _check(name: str, value: object) -> None:
    if not isinstance(value, str) or not value.strip():
        raise Unusable(name, "must be a text, and not empty")
    if len(value) > LONGEST.get(name, 100):
        raise Unusable(name, f"must have at most {LONGEST.get(name, 100)} characters")
    if not value.isprintable():
        raise Unusable(name, "must be one line, without control characters")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Unusable("due", "must be a day, such as 2026-12-24") from error


def _key(document: str) -> str:
    return f"dms:{document}"


def _digest(told: Mapping[str, str]) -> str:
    """The same for the same content, however it was laid out."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _listed(words: Collection[str]) -> str:
    return ", ".join(sorted(words))


def _written(moment: datetime) -> str:
    return moment.astimezone(BRUSSELS).isoformat(timespec="seconds")
