"""How the reports are worded: their Dutch stands in rapporten.yml."""

from dataclasses import dataclass
from datetime import date
from math import isinf
from pathlib import Path
from typing import Any

from city import City
from city_hours import WEEKDAYS
from conversations.reporting import By
from desk.periods import Period, Span
from desk.reports import Figure, Kind, Value
from yaml_file import read_yaml

HIDDEN = "x"
NOTHING = "–"
_WORDS = read_yaml(Path(__file__).parent / "rapporten.yml")


@dataclass(frozen=True)
class Words:
    city: City

    def __getitem__(self, name: str) -> Any:
        return _WORDS[name]

    def heads(self, report: str) -> dict[str, str]:
        return dict(_WORDS["rapporten"][report]["kolommen"])

    def label(self, by: By, key: str) -> str:
        """Of one line of a report."""
        if by is By.CHANNEL:
            return str(_WORDS["kanalen"].get(key, key))
        if by is By.TEAM:
            return next((team.name for team in self.city.teams if team.code == key), key or _WORDS["zonder_team"])
        if by is By.TOPIC:
            return key.capitalize() or str(_WORDS["zonder_onderwerp"])
        return _moment(by, key)

    def title(self, period: Period) -> str:
        if period.span is Span.WEEK:
            return f"Week van {_long(period.first)} tot en met {_long(period.last)}"
        if period.span is Span.ALL:
            return f"Van {_long(period.first)} tot en met {_long(period.last)}"
        return {Span.DAY: _long(period.first), Span.YEAR: str(period.first.year)}.get(
            period.span, _moment(By.MONTH, f"{period.first:%Y-%m}")
        )


def number(n: int | None) -> str:
    return HIDDEN if n is None else f"{n:,}".replace(",", "\u00a0")


def written(figure: Figure, value: Value) -> str:
    if value is None:
        return NOTHING
    if figure.kind is Kind.SHARE:
        return f"{value:.0%}".replace("%", "\u00a0%")
    if figure.kind is Kind.MARK:
        return f"{value:.1f}".replace(".", ",")
    return f"meer dan {duration(figure.most)}" if isinf(value) else f"tot {duration(value)}"


def duration(seconds: float) -> str:
    """As short as it can be: 40 s, 5 min, 3 u."""
    if seconds < 60:
        return f"{seconds:.0f}\u00a0s"
    return f"{seconds / 60:.0f}\u00a0min" if seconds < 3600 else f"{seconds / 3600:.0f}\u00a0u"


def _moment(by: By, key: str) -> str:
    if by is By.YEAR:
        return key
    if by is By.MONTH:
        return _month(date.fromisoformat(f"{key}-01"))
    day = date.fromisoformat(key)
    return f"{WEEKDAYS[day.weekday()][:2]} {_long(day)}"


def _long(day: date) -> str:
    return f"{day.day} {_month(day)}"


def _month(day: date) -> str:
    return f"{_WORDS['maanden'][day.month - 1]} {day.year}"
