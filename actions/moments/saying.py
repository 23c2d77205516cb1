"""Writes moments and intervals in good Dutch, so that `read` understands them as the same.

A year is left out only where nobody can be mistaken; after midnight "morgen" is
avoided, since for some it is still yesterday.
"""

from datetime import date, datetime, time, timedelta

from actions.moments.clocks import PART_WINDOWS
from actions.moments.dates import FAR_AHEAD
from actions.moments.model import BRUSSELS, EVERY_DAY, Interval, Moment, minutes_later
from actions.moments.pieces import Window
from actions.moments.relative import STILL_AWAKE, WEEKEND, WORKDAYS
from actions.moments.words import MONTHS, WEEKDAYS

_PARTS = {
    PART_WINDOWS["voormiddag"]: "in de voormiddag",
    PART_WINDOWS["namiddag"]: "in de namiddag",
    PART_WINDOWS["noen"]: "rond de middag",
    PART_WINDOWS["avond"]: "'s avonds",
    PART_WINDOWS["nacht"]: "'s nachts",
}
_SHORT_MONTHS = ("jan", "feb", "mrt", "apr", "mei", "juni", "juli", "aug", "sep", "okt", "nov", "dec")
_MIDNIGHT = time(23, 59)


def say(found: Moment | Interval | datetime, now: datetime, *, short: bool = False) -> str:
    """ "vrijdag 27 november om 14.30 uur"; short, for a button: "vr 27 nov 14.30 u"."""
    if isinstance(found, datetime):
        found = Moment(found)
    if isinstance(found, Moment):
        return _moment(found.at.astimezone(BRUSSELS), now, short)
    if short and found.day:
        return _spaced(say_day(found.day, now, short=True), _short_times(found))
    wish = "zo snel mogelijk" if found.soonest else ""
    return _listed(_spaced(_days(found, now), _times(found)), wish) or "eender wanneer"


def say_day(day: date, now: datetime, *, short: bool = False) -> str:
    """ "vandaag", "morgen" or "vrijdag 27 november", with its year where that is not sure."""
    local = now.astimezone(BRUSSELS)
    today = local.date()
    if day == today:
        return "vandaag"
    if day == today + timedelta(days=1) and local.time() >= STILL_AWAKE:
        return "morgen"
    weekday, month = WEEKDAYS[day.weekday()], MONTHS[day.month - 1]
    words = [weekday[:2], str(day.day), _SHORT_MONTHS[day.month - 1]] if short else [weekday, str(day.day), month]
    if not today < day < today + FAR_AHEAD:
        words.append(f"{day.year:04}")
    return " ".join(words)


def say_time(clock: time) -> str:
    """ "9.00 uur"."""
    return f"{clock.hour}.{clock.minute:02} uur"


def _moment(at: datetime, now: datetime, short: bool) -> str:
    season = ""
    if at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset():
        season = " wintertijd" if at.fold else " zomertijd"
    if short:
        return f"{say_day(at.date(), now, short=True)} {at.hour}.{at.minute:02} u{season}"
    return f"{say_day(at.date(), now)} om {say_time(at.time())}{season}"


def _days(found: Interval, now: datetime) -> str:
    first = say_day(found.first, now) if found.first else ""
    last = say_day(found.last, now) if found.last else ""
    if found.day:
        return first
    if first and last:
        days = f"van {first} tot en met {last}"
    else:
        days = f"vanaf {first}" if first else f"ten laatste {last}" if last else ""
    return _spaced(days, _weekdays(found.weekdays))


def _weekdays(weekdays: frozenset[int]) -> str:
    if weekdays == EVERY_DAY:
        return ""
    if weekdays in (WEEKEND, WORKDAYS):
        return "in het weekend" if weekdays == WEEKEND else "op een weekdag"
    if len(weekdays) == 6:
        return f"niet op {WEEKDAYS[min(EVERY_DAY - weekdays)]}"
    names = [f"een {WEEKDAYS[weekday]}" for weekday in sorted(weekdays)]
    return f"op {', '.join(names[:-1])} of {names[-1]}" if len(names) > 1 else f"op {names[0]}"


def _times(found: Interval) -> str:
    earliest, latest = found.earliest, found.latest
    if Window(earliest, latest) in _PARTS:
        return _PARTS[Window(earliest, latest)]
    if earliest is not None and earliest == latest:
        return f"om {say_time(earliest)}"
    if latest is None or latest == _MIDNIGHT:
        return f"vanaf {say_time(earliest)}" if earliest is not None else ""
    before = latest.minute % 5 == 4  # 11.59: everything before 12.00
    if earliest is None:
        return f"vóór {say_time(minutes_later(latest, 1))}" if before else f"ten laatste om {say_time(latest)}"
    start = f"{earliest.hour}.{earliest.minute:02}"
    end = say_time(minutes_later(latest, 1) if before else latest)
    return f"tussen {start} en {end}" if before else f"van {start} tot en met {end}"


def _spaced(*words: str) -> str:
    return " ".join(filter(None, words))


def _listed(*words: str) -> str:
    return ", ".join(filter(None, words))


def _short_times(found: Interval) -> str:
    part = _PARTS.get(Window(found.earliest, found.latest), "")
    if part.startswith("in de "):
        return part.removeprefix("in de ")
    return f"{found.earliest.hour}.{found.earliest.minute:02} u" if found.clock and found.earliest else _times(found)
