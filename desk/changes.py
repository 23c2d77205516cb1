"""What supervisors may change of teams, hours, texts, topics and ready-made answers; and the calamity.

Each thing has a key of conversations/overrides.py. What is filled in becomes a value in
the words of `city.yml` and is checked by that file's own rules before anybody can save it.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from city import City, Team
from city_changes import CALAMITY, EXCEPTIONS, HOURS, TEAM, TOPICS
from city_hours import WEEKDAYS
from city_node import CityError, Period
from conversations.agents import Agents
from conversations.overrides import Overrides, Version
from desk.audit import Act, Audit
from desk.canned import Canned, Source
from desk.choices import choices_of, wrong_with
from desk.sessions import Session
from desk.work import NotAllowed, TooLate, Unusable
from texts import TEXT, Texts

CANNED = "antwoorden"
WINDOWS = 2  # a day
LONGEST_TEXT = 600
LONGEST_NAME = 60
LONGEST_PATIENCE = 480  # minutes
LONGEST_CALAMITY = timedelta(hours=24)
PREFIXES = ("utter_wachtrij_", "utter_medewerker_", "utter_kanaal_gesloten")
OF_THE_BOT = ("utter_wachtrij_verlaten", "utter_medewerker_mailen")  # said by Rasa, from its own texts
_PLACEHOLDER = re.compile(r"\{(\w+)\}")

Form = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Past:
    """A version, and who made it."""

    version: Version
    who: str


class Changes:
    def __init__(self, overrides: Overrides, texts: Texts, audit: Audit, agents: Agents, canned: Source) -> None:
        self.overrides, self.texts, self.audit, self.agents = overrides, texts, audit, agents
        self._canned = canned

    # --- looking -------------------------------------------------------------

    def names(self) -> list[str]:
        """Of the responses that can be changed."""
        found = [prefix + rest for prefix in PREFIXES for rest in self.texts.beginning_with(prefix)]
        return sorted(name for name in found if not name.startswith(OF_THE_BOT))

    def check_key(self, session: Session, key: str) -> None:
        """Raises NotAllowed for another team's, and for what does not exist."""
        city, kind = self.texts.city, key.partition(":")[0]
        if kind == "uren":
            team, _, channel = key.removeprefix(HOURS).partition(":")
            found = next((each for each in city.teams if each.code == team), None)
            allowed = found is not None and session.sees(team) and (not channel or channel in found.channels)
        elif kind == "team":
            allowed = key.removeprefix(TEAM) in [team.code for team in city.teams if session.sees(team.code)]
        elif kind == "tekst":
            others = (team.code for team in city.teams if not session.sees(team.code))
            allowed = key.removeprefix(TEXT) in self.names() and not any(key.endswith(f"_{code}") for code in others)
        else:
            allowed = key in {EXCEPTIONS, TOPICS, CANNED}
        if not allowed:
            raise NotAllowed

    def current(self, key: str) -> Any:
        """What counts now, as a value."""
        city = self.texts.city
        if key.startswith(HOURS):
            return week_of(_team(city, key))
        if key.startswith(TEAM):
            return _own_of(city.team(key.removeprefix(TEAM)))
        if key.startswith(TEXT):
            return self.texts.raw(key.removeprefix(TEXT))
        if key == TOPICS:
            return {team.code: list(team.topics) for team in city.teams}
        if key == CANNED:
            return [_answer(c.title, c.text, c.topics, c.choices) for c in self.canned()]
        return [
            {"datum": e.day.isoformat(), "uren": written(e.periods), "reden": e.reason, "locatie": e.location}
            for e in city.exceptional_days
        ]

    def canned(self) -> Sequence[Canned]:
        """A supervisor's, else the file's."""
        changed = self.overrides.live().get(CANNED)
        if changed is None:
            return self._canned()
        return [_canned(one) for one in changed.value or ()]

    def history(self, key: str) -> list[Past]:
        versions = self.overrides.history(key)
        names = self.agents.names({version.author for version in versions})
        return [Past(version, names.get(version.author, "")) for version in versions]

    # --- changing ------------------------------------------------------------

    def read(self, key: str, form: Form) -> Any:
        """What was filled in, as a value that can be used. Raises Unusable."""
        if key.startswith(HOURS):
            value: Any = {day: _windows(form.get(day, [""])[0]) for day in WEEKDAYS}
        elif key.startswith(TEAM):
            value = self._own(key.removeprefix(TEAM), form)
        elif key.startswith(TEXT):
            value = self._text(key.removeprefix(TEXT), form.get("tekst", [""])[0])
        elif key == TOPICS:
            value = {team.code: _words(form.get(team.code, [""])[0]) for team in self.texts.city.teams}
            _once([topic for topics in value.values() for topic in topics])
        elif key == CANNED:
            value = _answers(form)
        else:
            value = _days(form)
        try:
            self.texts.city_with(key, value)
        except CityError as error:
            raise Unusable("onbruikbaar") from error
        return value

    def save(self, session: Session, key: str, value: Any, after: int) -> None:
        """Raises TooLate when a colleague changed it meanwhile."""
        self._write(session, key, value, after)
        self.audit.write(session.agent.id, Act.CHANGED, detail=key)

    def undo(self, session: Session, key: str) -> None:
        """Back to the version before; before the first one stand the files. Raises TooLate."""
        versions = self.overrides.history(key, limit=2)
        if not versions:
            raise TooLate
        before = versions[1].value if len(versions) > 1 else None
        self._write(session, key, before, versions[0].version)
        self.audit.write(session.agent.id, Act.UNDID, detail=key)

    # --- the calamity --------------------------------------------------------

    def read_calamity(self, form: Form, now: datetime) -> dict[str, Any]:
        """Raises Unusable."""
        text = form.get("tekst", [""])[0].strip()
        hours, to, topics = form.get("uren", [""])[0], form.get("team", [""])[0], list(form.get("onderwerp", []))
        if not text or len(text) > LONGEST_TEXT:
            raise Unusable("leeg" if not text else "te_lang")
        if not hours.isdigit() or not timedelta() < timedelta(hours=int(hours)) <= LONGEST_CALAMITY:
            raise Unusable("hoelang")
        if topics and to not in [team.code for team in self.texts.city.teams]:
            raise Unusable("team")
        until = (now + timedelta(hours=int(hours))).isoformat(timespec="seconds")
        value = {
            "id": f"calamiteit:{secrets.token_hex(4)}",
            "tekst": text,
            "tot": until,
            "alleen_telefoon": bool(form.get("alleen_telefoon")),
            "omleiden": topics,
            "naar_team": to if topics else "",
        }
        try:
            self.texts.city_with(CALAMITY, value)
        except CityError as error:
            raise Unusable("onbruikbaar") from error
        return value

    def sound(self, session: Session, value: Any) -> None:
        self._write(session, CALAMITY, value)
        self.audit.write(session.agent.id, Act.CALAMITY_ON, detail=f"tot {value['tot'][:16]}")

    def end_calamity(self, session: Session) -> None:
        self._write(session, CALAMITY, None)
        self.audit.write(session.agent.id, Act.CALAMITY_OFF)

    # --- inside --------------------------------------------------------------

    def _write(self, session: Session, key: str, value: Any, after: int | None = None) -> None:
        """Who wrote it sees it at once. Raises TooLate."""
        if self.overrides.write(key, value, session.agent.id, after=after) is None:
            raise TooLate
        self.texts.look_again()

    def _own(self, code: str, form: Form) -> dict[str, Any]:
        """What is a team's alone. Raises Unusable."""
        name, patience = form.get("naam", [""])[0].strip(), form.get("geduld_minuten", [""])[0].strip()
        others = [team.name.casefold() for team in self.texts.city.teams if team.code != code]
        if not name or len(name) > LONGEST_NAME or name.casefold() in others:
            raise Unusable("naam")
        if not re.fullmatch(r"[0-9]{1,4}", patience) or not 1 <= int(patience) <= LONGEST_PATIENCE:
            raise Unusable("geduld")
        channels, sticky = list(form.get("kanalen", [])), list(form.get("zelfde_medewerker", []))
        if not channels:
            raise Unusable("kanalen")
        return {"naam": name, "kanalen": channels, "geduld_minuten": int(patience), "zelfde_medewerker": sticky}

    def _text(self, name: str, text: str) -> str:
        """It may name what the text of the files names, and the city. Raises Unusable."""
        if not text.strip() or len(text) > LONGEST_TEXT:
            raise Unusable("leeg" if not text.strip() else "te_lang")
        known = {*_PLACEHOLDER.findall(self.texts.raw(name, original=True)), *self.texts.city.values()}
        if set(_PLACEHOLDER.findall(text)) - known:
            raise Unusable("accolades")
        return text.strip()


def _own_of(team: Team) -> dict[str, Any]:
    return {
        "naam": team.name,
        "kanalen": list(team.channels),
        "geduld_minuten": team.patience,
        "zelfde_medewerker": list(team.sticky),
    }


def week_of(team: Team) -> dict[str, list[str]]:
    return {day: written(periods) for day, periods in zip(WEEKDAYS, team.week, strict=True)}


def written(periods: Sequence[Period]) -> list[str]:
    return [f"{p.opens:%H:%M}-{p.closes:%H:%M}" for p in periods]


def _team(city: City, key: str) -> Team:
    code, _, channel = key.removeprefix(HOURS).partition(":")
    return city.team(code).on(channel)


def _windows(text: str) -> list[str]:
    """`09:00-12:00, 13:30-16:30`, one after the other. Raises Unusable."""
    windows = [part.strip().replace(" ", "") for part in text.split(",") if part.strip()]
    bounds = [bound for window in windows for bound in window.split("-")]
    if len(windows) > WINDOWS or bounds != sorted(bounds) or len(set(bounds)) != len(bounds):
        raise Unusable("uren")
    if any(not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", window) for window in windows):
        raise Unusable("uren")
    return windows


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _once(topics: Sequence[str]) -> None:
    if len(set(topics)) != len(topics):
        raise Unusable("dubbel")


def _days(form: Form) -> list[dict[str, Any]]:
    """A row without a date is no row. Raises Unusable."""
    rows = zip(*(form.get(name, []) for name in ("datum", "uren", "reden", "locatie")), strict=True)
    days: list[dict[str, Any]] = []
    for day, hours, reason, where in rows:
        if not day:
            continue
        if not reason.strip():
            raise Unusable("reden")
        days.append({"datum": day, "uren": _windows(hours), "reden": reason.strip()})
        if where:
            days[-1]["locatie"] = where
    return sorted(days, key=lambda one: str(one["datum"]))


def _answers(form: Form) -> list[dict[str, Any]]:
    """A row without a title is no row. Raises Unusable."""
    columns = [form.get(name, []) for name in ("titel", "tekst", "onderwerpen")]
    columns.append(form.get("knoppen", [""] * len(columns[0])))
    rows = [row for row in zip(*columns, strict=True) if row[0].strip()]
    if any(not text.strip() or len(text) > LONGEST_TEXT for _, text, _, _ in rows):
        raise Unusable("leeg")
    if any(wrong_with("…", choices_of(typed)) for *_, typed in rows):
        raise Unusable("knoppen")
    return [
        _answer(title.strip(), text.strip(), _words(topics), [choice.title for choice in choices_of(typed)])
        for title, text, topics, typed in rows
    ]


def _answer(title: str, text: str, topics: Sequence[str], choices: Sequence[str]) -> dict[str, Any]:
    return {"titel": title, "tekst": text, "onderwerpen": list(topics), "knoppen": list(choices)}


def _canned(one: dict[str, Any]) -> Canned:
    return Canned(one["titel"], one["tekst"], tuple(one["onderwerpen"]), tuple(one.get("knoppen") or ()))
