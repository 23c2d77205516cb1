"""Rules for days that depend on today: "morgen", "volgende week woensdag", "binnen 2 weken", "vrijdag".

Every decision here that somebody could question is explained in docs/datums.md.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time

from actions.moments import almanac
from actions.moments.almanac import DAY, WEEK
from actions.moments.model import EVERY_DAY, Reason
from actions.moments.pieces import PART, WEEKDAY, DayPiece, DayRule, Days, one, phrase, single, stretch, unsure
from actions.moments.words import WEEKDAYS

RULES: list[tuple[re.Pattern[str], DayRule]] = []

WORKDAYS = frozenset(range(5))
WEEKEND = frozenset((5, 6))
STILL_AWAKE = time(4)  # before this hour "morgen" may be said by somebody who has not slept yet

_NAMED_DAYS = {"eergisteren": -2, "gisteren": -1, "vandaag": 0, "morgen": 1, "overmorgen": 2}
_COUNT = r"(?P<count>\d{1,3}|een|enkele)(?P<few> paar)?"
_UNIT = r"(?P<unit>dag|dagen|week|weken|maand|maanden)"
_DAYS_IN = {"dag": 1, "dagen": 1, "week": 7, "weken": 7}
_IDIOMS = {8: 7, 15: 14}  # "over acht dagen" is over a week, "vijftien dagen" (quinze jours) is two weeks


def rule(pattern: str) -> Callable[[DayRule], DayRule]:
    """Adds a rule; those written first win."""

    def added(function: DayRule) -> DayRule:
        RULES.append((phrase(pattern), function))
        return function

    return added


@rule(rf"(?:op )?(?P<day>{WEEKDAY}|vandaag|morgen|overmorgen) (?:over|binnen) {_COUNT} {_UNIT}")
def counted_from_day(match: re.Match[str], now: datetime) -> DayPiece | None:
    """ "maandag over 14 dagen": counted from that Monday, or the Monday of that week?"""
    today, amount = now.date(), _amount(match)
    if amount is None:
        return None
    if match["day"] in _NAMED_DAYS:
        return one(today + DAY * _NAMED_DAYS[match["day"]] + amount * DAY)
    weekday = WEEKDAYS.index(match["day"])
    return _in_that_week(today, weekday, almanac.after(today, weekday) + amount * DAY, amount)


@rule(rf"(?:over|binnen) {_COUNT} {_UNIT},? (?:op )?(?:een )?(?P<day>{WEEKDAY})")
def weekday_counted(match: re.Match[str], now: datetime) -> DayPiece | None:
    """ "over twee weken op maandag"."""
    today, amount = now.date(), _amount(match)
    if amount is None:
        return None
    weekday = WEEKDAYS.index(match["day"])
    return _in_that_week(today, weekday, almanac.after(today, weekday) + amount * DAY, amount)


@rule(r"(?:over|binnen) een (?P<unit>dag|week|maand) of (?P<count>\d{1,2})")
def roughly(match: re.Match[str], now: datetime) -> DayPiece | None:
    """ "over een week of twee": about two weeks."""
    count = int(match["count"])
    return stretch(_later(now.date(), count - 1, match["unit"]), _later(now.date(), count + 1, match["unit"]))


@rule(rf"over {_COUNT} {_UNIT}")
def from_today(match: re.Match[str], now: datetime) -> DayPiece | None:
    today = now.date()
    if match["count"] == "enkele" or match["few"]:
        return stretch(_later(today, 2, match["unit"]), _later(today, 5, match["unit"]))
    count = 1 if match["count"] == "een" else int(match["count"])
    day = _later(today, count, match["unit"])
    if match["unit"].startswith("maand"):
        monday = almanac.monday_of(day)
        return stretch(max(monday, today), monday + 6 * DAY)
    if match["unit"].startswith("dag") and count in _IDIOMS:
        return unsure(Reason.WHICH_DAY, single(today + _IDIOMS[count] * DAY), single(day))
    return one(day)


@rule(rf"binnen (?:de )?{_COUNT} {_UNIT}")
def within_or_after(match: re.Match[str], now: datetime) -> DayPiece | None:
    """ "binnen twee weken" is "over twee weken" in Flanders and "at most two weeks" in the dictionary."""
    today = now.date()
    piece = from_today(match, now)
    if piece is None:
        return None
    last = max(days.last for days in piece.options if days.last)
    return unsure(Reason.WITHIN_OR_AFTER, *piece.options, Days(today, last))


@rule(rf"{_COUNT} {_UNIT} geleden")
def ago(match: re.Match[str], now: datetime) -> DayPiece | None:
    if match["count"] == "enkele" or match["few"]:
        return stretch(_later(now.date(), -5, match["unit"]), _later(now.date(), -2, match["unit"]))
    return one(_later(now.date(), -(1 if match["count"] == "een" else int(match["count"])), match["unit"]))


@rule(r"(?:op )?(?:het )?(?P<part>begin|midden|eind) (?:van )?(?:de )?(?P<how>volgende |deze |komende )?week")
def part_of_week(match: re.Match[str], now: datetime) -> DayPiece | None:
    """Begin: Monday to Wednesday; middle: Tuesday to Thursday; end: Thursday to Sunday."""
    today = now.date()
    first, last = {"begin": (0, 2), "midden": (1, 3), "eind": (3, 6)}[match["part"]]
    monday = almanac.monday_of(today)
    if match["how"] in ("volgende ", "komende ") or (match["how"] is None and monday + last * DAY < today):
        monday += WEEK
    start, end = monday + first * DAY, monday + last * DAY
    piece = stretch(max(start, today) if end >= today else start, end)
    return replace(piece, whole=True, is_end=match["part"] == "eind")


@rule(
    rf"(?:(?:op )?(?P<day>{WEEKDAY}) )?(?:in |van |, )?(?:de )?(?P<how>volgende|komende|deze|vorige) week"
    rf"(?: op)?(?: (?P<day2>{WEEKDAY}))?"
)
def day_of_week(match: re.Match[str], now: datetime) -> DayPiece | None:
    today = now.date()
    monday = almanac.monday_of(today) + WEEK * {"vorige": -1, "deze": 0}.get(match["how"], 1)
    name = match["day"] or match["day2"]
    if name:
        day = monday + DAY * WEEKDAYS.index(name)
        return replace(one(day), week=monday, week_last=match["day"] is not None)
    if match["how"] == "komende":  # the seven days that come, or the next week from Monday
        return stretch(today, monday + 6 * DAY)
    return stretch(today if match["how"] == "deze" else monday, monday + 6 * DAY)


@rule(r"(?:de )?week (?:daarop|daarna|erna|nadien)")
def after_something(match: re.Match[str], now: datetime) -> DayPiece | None:
    return unsure(Reason.UNCLEAR)


@rule(r"(?:in |van )?(?:de |het )?(?P<how>volgende|komende|deze|dit|vorige) (?P<unit>maand|jaar)")
def month_or_year(match: re.Match[str], now: datetime) -> DayPiece | None:
    today = now.date()
    step = {"vorige": -1, "deze": 0, "dit": 0}.get(match["how"], 1)
    if match["unit"] == "maand":
        start = almanac.months_later(today.replace(day=1), step)
        end = almanac.month_end(start.year, start.month)
    else:
        start, end = date(today.year + step, 1, 1), date(today.year + step, 12, 31)
    return stretch(today if step == 0 else start, end)


@rule(r"(?:de )?rest van de (?:week|maand)")
def rest(match: re.Match[str], now: datetime) -> DayPiece | None:
    today = now.date()
    week = match[0].endswith("week")
    return stretch(today, almanac.monday_of(today) + 6 * DAY if week else almanac.month_end(today.year, today.month))


@rule(r"(?P<how>volgende|komende|deze|dit|vorige|eerstvolgende|aanstaande) weekend")
def particular_weekend(match: re.Match[str], now: datetime) -> DayPiece | None:
    today = now.date()
    saturday = almanac.monday_of(today) + 5 * DAY
    this = Days(max(saturday, today), saturday + DAY)
    following = Days(saturday + WEEK, saturday + WEEK + DAY)
    if match["how"] == "vorige":
        return stretch(saturday - WEEK, saturday - WEEK + DAY)
    if match["how"] == "volgende" and today < saturday:
        return unsure(Reason.WHICH_WEEK, following, this)
    if match["how"] in ("deze", "dit") or today < saturday:
        return DayPiece((this,))
    return DayPiece((following,))


@rule(r"(?P<when>voor|vóór|nog voor|na|tot|tegen|vanaf) (?:het|t|dit|komend|komende) weekend")
def around_weekend(match: re.Match[str], now: datetime) -> DayPiece | None:
    saturday = almanac.monday_of(now.date()) + 5 * DAY
    if match["when"] in ("na", "vanaf"):
        return stretch(saturday + (2 if match["when"] == "na" else 0) * DAY, None)
    if match["when"] in ("tegen", "tot"):
        return unsure(Reason.UNCLEAR, Days(None, saturday - DAY), Days(None, saturday + DAY))
    return stretch(None, saturday - DAY)


@rule(rf"sinds (?:vorige )?(?P<day>{WEEKDAY})")
def since_weekday(match: re.Match[str], now: datetime) -> DayPiece | None:
    return stretch(almanac.before(now.date(), WEEKDAYS.index(match["day"])), None)


@rule(r"(?:in |op )?(?:het |de |t |een )?(?:weekend|weekenden)")
def any_weekend(match: re.Match[str], now: datetime) -> DayPiece | None:
    return DayPiece((Days(weekdays=WEEKEND),), restricts=True)


@rule(r"(?:door|in) de week|(?:op )?(?:een )?(?:weekdag|weekdagen|werkdag|werkdagen)")
def workdays(match: re.Match[str], now: datetime) -> DayPiece | None:
    return DayPiece((Days(weekdays=WORKDAYS),), restricts=True)


@rule(rf"(?P<how>volgende|komende|deze|vorige|eerstvolgende|aanstaande) (?P<day>{WEEKDAY})")
def particular_weekday(match: re.Match[str], now: datetime) -> DayPiece | None:
    today, weekday = now.date(), WEEKDAYS.index(match["day"])
    coming = almanac.after(today, weekday)
    if match["how"] == "vorige":
        return one(almanac.before(today, weekday))
    if match["how"] == "deze" and today.weekday() == weekday:
        return unsure(Reason.TODAY_OR_NEXT_WEEK, single(today), single(coming))
    if match["how"] != "volgende":
        return one(coming)
    of_next_week = almanac.monday_of(today) + WEEK + weekday * DAY
    if of_next_week == today + DAY:  # said on Sunday of the Monday after it
        return unsure(Reason.WHICH_WEEK, single(of_next_week + WEEK), single(of_next_week))
    if coming == of_next_week:
        return one(coming)
    return unsure(Reason.WHICH_WEEK, single(of_next_week), single(coming))


@rule(rf"(?:op )?(?:een |elke |iedere )(?P<day>{WEEKDAY})")
def any_such_weekday(match: re.Match[str], now: datetime) -> DayPiece | None:
    return DayPiece((Days(weekdays=frozenset({WEEKDAYS.index(match["day"])})),), restricts=True)


@rule(r"over morgen")
def over_morgen(match: re.Match[str], now: datetime) -> DayPiece | None:
    return unsure(Reason.WHICH_DAY, single(now.date() + 2 * DAY), single(now.date() + DAY))


@rule(r"eergisteren|gisteren|vandaag|overmorgen|morgen")
def named_day(match: re.Match[str], now: datetime) -> DayPiece | None:
    day = now.date() + DAY * _NAMED_DAYS[match[0]]
    if match[0] in ("morgen", "overmorgen") and now.time() < STILL_AWAKE:
        return unsure(Reason.WHICH_DAY, single(day - DAY), single(day))
    return one(day)


@rule(rf"deze(?= {PART})|straks")
def this_part_of_today(match: re.Match[str], now: datetime) -> DayPiece | None:
    return one(now.date())


@rule(rf"(?:op |de )?(?P<day>{WEEKDAY})")
def bare_weekday(match: re.Match[str], now: datetime) -> DayPiece | None:
    return DayPiece(weekday=WEEKDAYS.index(match["day"]))


def _in_that_week(today: date, weekday: int, counted: date, amount: int) -> DayPiece:
    of_week = almanac.monday_of(today + amount * DAY) + weekday * DAY
    if of_week == counted:
        return one(counted)
    return unsure(Reason.WHICH_WEEK, *(single(day) for day in (of_week, counted)))


def _amount(match: re.Match[str]) -> int | None:
    """Days that are meant, for units that have a fixed length."""
    unit, count = match["unit"], match["count"]
    if unit not in _DAYS_IN or count == "enkele" or match["few"]:
        return None
    number = 1 if count == "een" else int(count)
    return _IDIOMS.get(number, number) if unit == "dagen" else number * _DAYS_IN[unit]


def _later(day: date, count: int, unit: str) -> date:
    if unit.startswith("maand"):
        return almanac.months_later(day, count)
    return day + DAY * count * _DAYS_IN[unit]


def resolved(weekday: int, today: date) -> tuple[tuple[Days, ...], Reason | None]:
    """What a bare weekday means: the first one that comes; today is possible too when it is that day."""
    coming = almanac.after(today, weekday)
    if weekday == today.weekday():
        return (single(today), single(coming)), Reason.TODAY_OR_NEXT_WEEK
    return (single(coming),), None


def all_but(weekday: int) -> Days:
    return Days(weekdays=EVERY_DAY - {weekday})
