"""When somewhere is open: one calendar for the counters, the teams, the channels and the telephone exchange.

Opening hours follow the law: on a Belgian public holiday everything is closed, unless
an exceptional day says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Protocol

import holidays

from city_node import Period
from clock import BRUSSELS

WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
LONGEST_CLOSURE = 60  # days to look ahead for the next opening

Week = tuple[tuple[Period, ...], ...]
"""Monday first."""


class Place(Protocol):
    """What has hours: a location, or a team."""

    @property
    def code(self) -> str: ...
    @property
    def week(self) -> Week: ...


@dataclass(frozen=True)
class DayHours:
    """When a place is open on one day. `reason` says why the day is not an ordinary one."""

    periods: tuple[Period, ...]
    reason: str | None = None


@dataclass(frozen=True)
class ExceptionalDay:
    day: date
    periods: tuple[Period, ...]
    reason: str
    location: str | None = None  # or a team; None: everywhere


@dataclass(frozen=True)
class Calendar:
    exceptional_days: tuple[ExceptionalDay, ...]

    def hours(self, place: Place, day: date) -> DayHours:
        exceptional = [e for e in self.exceptional_days if e.day == day and e.location in (None, place.code)]
        if exceptional:
            chosen = max(exceptional, key=lambda e: e.location is not None)  # its own day goes before everybody's
            return DayHours(chosen.periods, chosen.reason)
        holiday = public_holiday(day)
        if holiday:
            return DayHours((), holiday)
        return DayHours(place.week[day.weekday()])

    def closing(self, now: datetime, place: Place) -> datetime | None:
        """When the doors that are open now close; None when they are closed."""
        local = now.astimezone(BRUSSELS)
        periods = self.hours(place, local.date()).periods
        closes = next((p.closes for p in periods if p.opens <= local.time() < p.closes), None)
        return None if closes is None else datetime.combine(local.date(), closes, BRUSSELS)

    def next_opening(self, now: datetime, place: Place) -> datetime | None:
        """The first moment after `now` at which the doors open; None when that is more than two months away."""
        local = now.astimezone(BRUSSELS)
        days = (local.date() + timedelta(days=offset) for offset in range(LONGEST_CLOSURE))
        openings = (datetime.combine(day, p.opens, BRUSSELS) for day in days for p in self.hours(place, day).periods)
        return next((opening for opening in openings if opening > local), None)


def public_holiday(day: date) -> str | None:
    """The Dutch name of a Belgian public holiday."""
    name = _holidays(day.year).get(day)
    return None if name is None else str(name)


@lru_cache(maxsize=8)
def _holidays(year: int) -> Mapping[date, str]:
    return dict(holidays.country_holidays("BE", years=year, language="nl"))
