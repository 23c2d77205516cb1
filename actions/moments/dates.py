"""Rules for days that are named: "5 januari", "1/2", "de laatste vrijdag van de maand", "na kerst"."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice

from actions.moments import almanac
from actions.moments.almanac import DAY, WEEK
from actions.moments.model import Reason
from actions.moments.pieces import (
    FOLLOWED_BY,
    HOLIDAY,
    MONTH,
    WEEKDAY,
    DayPiece,
    DayRule,
    Days,
    one,
    phrase,
    single,
    stretch,
    unsure,
)  # fmt: skip
from actions.moments.words import MONTHS, WEEKDAYS

RULES: list[tuple[re.Pattern[str], DayRule]] = []

# A day that has just gone by may be a slip, and a year ahead is far: then we ask which year.
FAR_AHEAD = timedelta(days=270)

_DAY_NAME = rf"(?:(?P<name>{WEEKDAY}) (?:, )?(?:den? )?)?"
_NUMBER = r"\d{1,2}[eo]?"
_NTH = {f"{number}{mark}": number for number in range(1, 6) for mark in "eo"} | {"laatste": -1, "voorlaatste": -2}
_OF_MONTH = rf"(?P<month>{MONTH})(?: (?P<year>\d{{4}}))?|(?P<which>de|deze|volgende) maand"


def rule(pattern: str) -> Callable[[DayRule], DayRule]:
    """Adds a rule; those written first win."""

    def added(function: DayRule) -> DayRule:
        RULES.append((phrase(pattern), function))
        return function

    return added


@rule(rf"{_DAY_NAME}(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})")
def iso_date(match: re.Match[str], now: datetime) -> DayPiece | None:
    return _dated(match, int(match["day"]), int(match["month"]), int(match["year"]), now)


@rule(rf"{_DAY_NAME}(?P<day>\d{{1,2}})[/.-](?P<month>\d{{1,2}})[/.-](?P<year>\d{{4}}|\d{{2}})")
def full_date(match: re.Match[str], now: datetime) -> DayPiece | None:
    year = int(match["year"])
    return _dated(match, int(match["day"]), int(match["month"]), year + 2000 if year < 100 else year, now)


@rule(rf"{_DAY_NAME}(?P<day>\d{{1,2}})/(?P<month>\d{{1,2}})(?: (?P<year>\d{{4}}))?")
def day_slash_month(match: re.Match[str], now: datetime) -> DayPiece | None:
    year = int(match["year"]) if match["year"] else None
    return _dated(match, int(match["day"]), int(match["month"]), year, now)


@rule(rf"(?:de |in de )?week van {_DAY_NAME}(?:de )?(?P<day>{_NUMBER}) (?P<month>{MONTH})")
def week_of_date(match: re.Match[str], now: datetime) -> DayPiece | None:
    piece = _of_year(_number(match["day"]), MONTHS.index(match["month"]) + 1, None, now)
    return replace(piece, options=tuple(_week(days) for days in piece.options))


@rule(
    rf"(?:(?P<from>van|tussen|vanaf) )?(?:de )?(?P<day>{_NUMBER}) (?P<link>tot en met|tot|en|-|of"
    rf"|à) (?:de )?(?P<until>{_NUMBER}) "
    rf"(?:van )?(?P<month>{MONTH})(?: (?P<year>\d{{4}}))?"
)
def days_of_month(match: re.Match[str], now: datetime) -> DayPiece | None:
    """ "van 5 tot 10 december", "5 of 6 december"."""
    month = MONTHS.index(match["month"]) + 1
    year = int(match["year"]) if match["year"] else None
    first = _of_year(_number(match["day"]), month, year, now)
    last = _of_year(_number(match["until"]), month, year, now)
    if first.reason or last.reason:
        return first if first.reason else last
    start, end = first.options[0].first, last.options[0].first
    if not start or not end or start > end:
        return unsure(Reason.UNCLEAR, *first.options, *last.options)
    if match["link"] in ("of", "en") and match["from"] is None and end - start > DAY:
        return unsure(Reason.SEVERAL, single(start), single(end))
    return stretch(start, end)


@rule(rf"{_DAY_NAME}(?:den? )?(?P<day>{_NUMBER}) (?:van )?(?P<month>{MONTH})(?: (?P<year>\d{{4}}))?")
def day_and_month(match: re.Match[str], now: datetime) -> DayPiece | None:
    year = int(match["year"]) if match["year"] else None
    return _dated(match, _number(match["day"]), MONTHS.index(match["month"]) + 1, year, now)


@rule(rf"(?:de )?(?P<nth>{'|'.join(_NTH)}) (?P<name>{WEEKDAY}) (?:van|in) (?:{_OF_MONTH})")
def nth_weekday(match: re.Match[str], now: datetime) -> DayPiece | None:
    """ "de eerste maandag van december"."""
    nth, weekday = _NTH[match["nth"]], WEEKDAYS.index(match["name"])
    today = now.date()
    for start in _months(match, today):
        day = almanac.nth_weekday(start.year, start.month, weekday, nth)
        if day is None:
            return unsure(Reason.NO_SUCH_DAY)
        if day >= today or match["year"] or match["which"]:
            return one(day)
    return None


@rule(rf"(?:de )?(?P<nth>1o|1e|laatste) week (?:van |in )?(?:{_OF_MONTH})")
def week_of_month(match: re.Match[str], now: datetime) -> DayPiece | None:
    return _part_of_month(match, (1, 7) if match["nth"] != "laatste" else (-7, 31), now)


@rule(rf"(?P<part>begin|half|midden|eind|in het begin|in het midden|op het eind) (?:van )?(?:{_OF_MONTH})")
def part_of_month(match: re.Match[str], now: datetime) -> DayPiece | None:
    """Begin: the first ten days; half: 10 to 20; end: from the 21st."""
    parts = {"begin": (1, 10), "half": (10, 20), "midden": (10, 20), "eind": (21, 31)}
    part = match["part"].split()[-1]
    piece = _part_of_month(match, parts[part], now)
    return replace(piece, is_end=part == "eind") if piece else None


@rule(r"week (?P<week>\d{1,2})")
def numbered_week(match: re.Match[str], now: datetime) -> DayPiece | None:
    year, current, _ = now.isocalendar()
    week = int(match["week"])
    try:
        monday = date.fromisocalendar(year if week >= current else year + 1, week, 1)
    except ValueError:
        return None
    return stretch(max(monday, now.date()), monday + 6 * DAY)


@rule(
    rf"(?:op )?(?:(?P<name>{WEEKDAY}) )?(?:den?|op) (?P<day>\d{{1,2}})e(?P<of> van (?P<which>de|deze"
    rf"|volgende) maand)?{FOLLOWED_BY}"
    rf"|(?P<name2>{WEEKDAY}) (?P<day2>\d{{1,2}})e{FOLLOWED_BY}"
)
def numbered_day(match: re.Match[str], now: datetime) -> DayPiece | None:
    """ "de 5de": the first one after today, unless a month is said."""
    number = int(match["day"] or match["day2"])
    name = match["name"] or match["name2"]
    today = now.date()
    if not 1 <= number <= 31:
        return unsure(Reason.NO_SUCH_DAY)
    if match["of"]:
        start = almanac.months_later(today.replace(day=1), 1 if match["which"] == "volgende" else 0)
        return _named(name, start.year, start.month, number)
    day = next(almanac.day_with_number(today + DAY, number))
    if (day.year, day.month) > _year_month(almanac.months_later(today, 1 if number <= today.day else 0)):
        return unsure(Reason.NO_SUCH_DAY, single(day))  # the month that comes first has no 31st
    return _named(name, day.year, day.month, number)


@rule(rf"(?:op )?(?P<name>{WEEKDAY}) (?P<day>\d{{1,2}}){FOLLOWED_BY}")
def weekday_and_number(match: re.Match[str], now: datetime) -> DayPiece | None:
    """ "vrijdag 4": a date if it fits, or an hour? Only a date that fits is sure."""
    number, weekday = int(match["day"]), WEEKDAYS.index(match["name"])
    if not 1 <= number <= 31:
        return None
    days = list(islice(almanac.day_with_number(now.date(), number), 2))
    fitting = [single(day) for day in days if day.weekday() == weekday and day - now.date() < 9 * WEEK]
    if fitting and number > 12:
        return DayPiece((fitting[0],))
    return unsure(Reason.NOTATION, *fitting, single(almanac.after(now.date(), weekday)))


@rule(r"oud en nieuw(?:jaar)?")
def turn_of_year(match: re.Match[str], now: datetime) -> DayPiece | None:
    eve = almanac.holiday("oudejaar", now.year)
    return stretch(eve, eve + DAY)


@rule(rf"(?:de )?{HOLIDAY}")
def holiday(match: re.Match[str], now: datetime) -> DayPiece | None:
    name = match[0].split()[-1]
    this_year = almanac.holiday(name, now.year)
    day = this_year if this_year >= now.date() else almanac.holiday(name, now.year + 1)
    return replace(one(day), feast=True)


@rule(rf"(?P<how>volgende |deze |komende )?(?P<month>{MONTH})(?: (?P<year>\d{{4}}))?")
def whole_month(match: re.Match[str], now: datetime) -> DayPiece | None:
    if match["month"] == "mei" and not _after_in(match):
        return None
    piece = _part_of_month(match, (1, 31), now)
    return replace(piece, whole=False) if piece else None


def _after_in(match: re.Match[str]) -> bool:
    """ "mei" is a name too: only "in mei", "tot mei", "mei 2027" or nothing but "mei"."""
    before = match.string[: match.start()].split()
    return (
        bool(match["how"] or match["year"])
        or not before
        or before[-1] in ("in", "tot", "vanaf", "na", "voor", "tegen", "of")
    )


def _number(text: str) -> int:
    return int(text.rstrip("eo"))


def _year_month(day: date) -> tuple[int, int]:
    return day.year, day.month


def _week(days: Days) -> Days:
    if days.first is None:
        return days
    monday = almanac.monday_of(days.first)
    return Days(monday, monday + 6 * DAY)


def _dated(match: re.Match[str], day: int, month: int, year: int | None, now: datetime) -> DayPiece:
    if year is not None:
        return _named(match["name"], year, month, day)
    piece = _of_year(day, month, None, now)
    name = match["name"]
    if name is None or piece.reason is Reason.NO_SUCH_DAY:
        return piece
    weekday = WEEKDAYS.index(name)
    fitting = [days for days in piece.options if days.first and days.first.weekday() == weekday]
    if len(fitting) == 1 and fitting[0].first and fitting[0].first >= now.date():
        return DayPiece((fitting[0],))
    return piece if fitting else _contradiction(piece.options[-1].first or now.date(), weekday, now)


def _named(name: str | None, year: int, month: int, number: int) -> DayPiece:
    """A full date, and the weekday that was said with it."""
    day = almanac.real_day(year, month, number)
    if day is None:
        return _no_such_day(year, month, number)
    weekday = WEEKDAYS.index(name) if name else day.weekday()
    return one(day) if day.weekday() == weekday else _contradiction(day, weekday)


def _contradiction(day: date, weekday: int, now: datetime | None = None) -> DayPiece:
    other = almanac.nearest(day, weekday)
    near = (single(other),) if now is None or other >= now.date() else ()
    return unsure(Reason.CONTRADICTION, single(day), *near)


def _of_year(number: int, month: int, year: int | None, now: datetime) -> DayPiece:
    """A day and a month without a year: the first one that comes, unless it has just gone by."""
    if year is not None:
        return _named(None, year, month, number)
    today = now.date()
    day = almanac.real_day(today.year, month, number)
    if day and day >= today:
        return one(day)
    coming = almanac.real_day(today.year + 1, month, number)
    if coming is None:
        return _no_such_day(today.year if (month, number) >= _month_day(today) else today.year + 1, month, number)
    if day is None or coming - today <= FAR_AHEAD:
        return one(coming) if day or coming - today <= FAR_AHEAD else unsure(Reason.NO_SUCH_DAY, single(coming))
    return unsure(Reason.WHICH_YEAR, single(coming), single(day))


def _month_day(day: date) -> tuple[int, int]:
    return day.month, day.day


def _no_such_day(year: int, month: int, number: int) -> DayPiece:
    """Offers what may have been meant: day and month turned round, or the days around it."""
    turned = almanac.real_day(year, number, month)
    if month > 12:
        return unsure(Reason.NO_SUCH_DAY, *((single(turned),) if turned else ()))
    if not 1 <= month <= 12 or not 28 < number <= 31 or year not in almanac.YEARS:
        return unsure(Reason.NO_SUCH_DAY)
    end = almanac.month_end(year, month)
    return unsure(Reason.NO_SUCH_DAY, single(end), single(end + DAY))


def _months(match: re.Match[str], today: date) -> Iterator[date]:
    """First days of the months that can be meant, the likeliest first."""
    said = match.groupdict()
    if said.get("which"):
        yield almanac.months_later(today.replace(day=1), 1 if match["which"] == "volgende" else 0)
    elif said.get("year"):
        if int(match["year"]) in almanac.YEARS:
            yield date(int(match["year"]), MONTHS.index(match["month"]) + 1, 1)
    else:
        month = MONTHS.index(match["month"]) + 1
        yield from (date(year, month, 1) for year in (today.year, today.year + 1))


def _part_of_month(match: re.Match[str], part: tuple[int, int], now: datetime) -> DayPiece | None:
    """Days from part[0] to part[1]; a negative start counts from the end."""
    today = now.date()
    gone: list[Days] = []
    for start in _months(match, today):
        end = almanac.month_end(start.year, start.month)
        first = end + (part[0] + 1) * DAY if part[0] < 0 else start.replace(day=part[0])
        last = min(end, start + (part[1] - 1) * DAY)
        explicit = bool(match.groupdict().get("which") or match["year"])
        if explicit or last >= today:
            piece = stretch(max(first, today) if last >= today else first, last)
            return _whole(piece, gone, first, today)
        gone.append(Days(first, last))
    return None


def _whole(piece: DayPiece, gone: list[Days], first: date, today: date) -> DayPiece:
    if gone and first - today > FAR_AHEAD:
        return replace(piece, options=(*piece.options, *gone), reason=Reason.WHICH_YEAR, whole=True)
    return replace(piece, whole=True)
