"""When a team can be reached: the coming parts of its opening hours, and how they are said."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from babel.dates import format_date

from city import City, Team
from clock import BRUSSELS

AHEAD = 30  # days that are looked at
LEAST = timedelta(minutes=30)  # what is left of a window for it to be worth offering
QUARTER = 15  # minutes


@dataclass(frozen=True, order=True)
class Window:
    """From one moment to another on the same day; aware, Europe/Brussels."""

    start: datetime
    end: datetime

    @property
    def day(self) -> date:
        return self.start.date()


def coming(city: City, team: Team, now: datetime) -> Iterator[Window]:
    """The team's opening hours from now on, one after the other; today what is left of them."""
    local = now.astimezone(BRUSSELS)
    soonest = _next_quarter(local)
    for offset in range(AHEAD):
        day = local.date() + timedelta(days=offset)
        for period in city.hours(team, day).periods:
            start = max(datetime.combine(day, period.opens, BRUSSELS), soonest)
            end = datetime.combine(day, period.closes, BRUSSELS)
            if end - start >= LEAST:
                yield Window(start, end)


def cut(window: Window, earliest: time | None, latest: time | None) -> Window | None:
    """The part of it between these times, both still good; None: too little is left."""
    start = max(window.start, datetime.combine(window.day, earliest, BRUSSELS)) if earliest else window.start
    last = datetime.combine(window.day, latest, BRUSSELS) + timedelta(minutes=1) if latest else window.end
    end = min(window.end, last)
    return Window(start, end) if end - start >= LEAST else None


def overlap(one: Window, other: Window) -> Window | None:
    """What they have in common; None: too little."""
    start, end = max(one.start, other.start), min(one.end, other.end)
    return Window(start, end) if end - start >= LEAST else None


def around(windows: Iterable[Window], moment: datetime) -> Window | None:
    """An hour that begins at this moment, as far as somebody is there; None when nobody is."""
    for window in windows:
        if window.start <= moment < window.end:
            return Window(moment, min(window.end, moment + timedelta(hours=1)))
    return None


def whole_day(windows: Iterable[Window], day: date) -> Window | None:
    """From the first to the last moment of that day on which somebody is there."""
    those = [window for window in windows if window.day == day]
    return Window(those[0].start, those[-1].end) if those else None


def said(window: Window, now: datetime) -> str:
    """ "morgen tussen 9.00 en 12.00 uur"."""
    start, end = window.start.astimezone(BRUSSELS), window.end.astimezone(BRUSSELS)
    return f"{said_day(start.date(), now)} tussen {_clock(start)} en {_clock(end)} uur"


def said_until(window: Window, now: datetime) -> str:
    """ "morgen om 17.00 uur"."""
    end = window.end.astimezone(BRUSSELS)
    return f"{said_day(end.date(), now)} om {_clock(end)} uur"


def said_short(window: Window, now: datetime) -> str:
    """For a button: "vr 27 nov 9–12 u"."""
    start, end = window.start.astimezone(BRUSSELS), window.end.astimezone(BRUSSELS)
    day = said_day(start.date(), now)
    if day not in ("vandaag", "morgen"):
        day = format_date(start.date(), "EEEEEE d MMM", locale="nl").replace(".", "")
    return f"{day} {_short(start)}–{_short(end)} u"


def said_day(day: date, now: datetime) -> str:
    today = now.astimezone(BRUSSELS).date()
    near = {today: "vandaag", today + timedelta(days=1): "morgen"}
    return near.get(day) or str(format_date(day, "EEEE d MMMM", locale="nl"))


def _clock(moment: datetime) -> str:
    return f"{moment.hour}.{moment.minute:02}"


def _short(moment: datetime) -> str:
    return _clock(moment) if moment.minute else str(moment.hour)


def _next_quarter(moment: datetime) -> datetime:
    whole = moment.replace(second=0, microsecond=0)
    late = whole < moment or moment.minute % QUARTER
    return whole + timedelta(minutes=QUARTER - moment.minute % QUARTER) if late else whole
