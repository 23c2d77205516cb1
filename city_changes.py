"""Lays what supervisors changed at the desk over what `city.yml` says, in the words of that file.

The result is read and checked like the file itself, so what the file may not say the
desk may not either.
"""

from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from typing import Any

HOURS = "uren:"  # + team, or team:channel
TEAM = "team:"  # + its code
TEAM_FIELDS = ("naam", "kanalen", "geduld_minuten", "zelfde_medewerker")  # hours and topics have keys of their own
EXCEPTIONS = "uitzonderingen"
TOPICS = "onderwerpen"
CALAMITY = "calamiteit"


def changed(raw: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` by the keys of conversations/overrides.py; what is not the city's is passed over."""
    city = deepcopy(dict(raw))
    teams = {team["code"]: team for team in city.get("teams", ())}
    for key, value in values.items():
        if key.startswith(HOURS):
            _hours(teams, key.removeprefix(HOURS), value)
        elif key.startswith(TEAM) and key.removeprefix(TEAM) in teams:
            teams[key.removeprefix(TEAM)] |= {name: value[name] for name in TEAM_FIELDS}
    for code, topics in (values.get(TOPICS) or {}).items():
        if code in teams:
            teams[code]["onderwerpen"] = list(topics)
    if EXCEPTIONS in values:
        city["uitzonderingen"] = [{**day, "datum": _date(day["datum"])} for day in values[EXCEPTIONS]]
    if calamity := values.get(CALAMITY):
        city["calamiteit"] = dict(calamity)
        _reroute(teams, calamity.get("omleiden") or (), calamity.get("naar_team") or "")
    return city


def _hours(teams: Mapping[str, dict[str, Any]], where: str, week: Any) -> None:
    code, _, channel = where.partition(":")
    if code not in teams:
        return  # the team is no longer in the file
    if channel:
        teams[code].setdefault("uren_per_kanaal", {})[channel] = week
    else:
        teams[code]["openingsuren"] = week


def _reroute(teams: Mapping[str, dict[str, Any]], topics: Any, to: str) -> None:
    if to not in teams:
        return
    for team in teams.values():
        team["onderwerpen"] = [topic for topic in team["onderwerpen"] if topic not in topics]
    teams[to]["onderwerpen"] += list(topics)


def _date(text: Any) -> Any:
    """A date that is none stays as it is, for the reader to refuse."""
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return text
