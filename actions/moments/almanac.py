"""Arithmetic with days: weeks, months, holidays. Weeks begin on Monday, as in Belgium."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
YEARS = range(1900, 2200)


def real_day(year: int, month: int, day: int) -> date | None:
    """That day, or None when the calendar has no such day, or none that anybody alive can mean."""
    if year not in YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def on_or_after(start: date, weekday: int) -> date:
    return start + DAY * ((weekday - start.weekday()) % 7)


def after(start: date, weekday: int) -> date:
    return on_or_after(start + DAY, weekday)


def before(start: date, weekday: int) -> date:
    return after(start, weekday) - WEEK if start.weekday() != weekday else start - WEEK


def nearest(day: date, weekday: int) -> date:
    """The day with that weekday that is at most three days away."""
    return on_or_after(day - 3 * DAY, weekday)


def monday_of(day: date) -> date:
    return day - DAY * day.weekday()


def month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or the last one that month has."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return min(date(year, month + 1, 1) + DAY * (day.day - 1), month_end(year, month + 1))


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date | None:
    """The nth such weekday of the month; -1 is the last one."""
    first = on_or_after(date(year, month, 1), weekday)
    days = [first + WEEK * week for week in range(5) if (first + WEEK * week).month == month]
    try:
        return days[nth - 1 if nth > 0 else nth]
    except IndexError:
        return None


def day_with_number(start: date, number: int) -> Iterator[date]:
    """Every day from `start` on that has this number in its month."""
    for months in range(24):
        month = months_later(start.replace(day=1), months)
        day = real_day(month.year, month.month, number)
        if day and day >= start:
            yield day


def easter(year: int) -> date:
    """Gregorian Easter Sunday (Meeus, Jones and Butcher)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    correction = (golden + 11 * epact + 22 * sunday) // 451
    month, day = divmod(epact + sunday - 7 * correction + 114, 31)
    return date(year, month, day + 1)


def holiday(name: str, year: int) -> date:
    """Day of a holiday, by the names in `words.HOLIDAYS`."""
    fixed = {
        "kerstavond": (12, 24),
        "kerst": (12, 25),
        "oudejaar": (12, 31),
        "nieuwjaar": (1, 1),
        "allerheiligen": (11, 1),
        "wapenstilstand": (11, 11),
    }
    if name in fixed:
        return date(year, *fixed[name])
    offset = {"pasen": 0, "paasmaandag": 1, "hemelvaart": 39, "pinksteren": 49, "pinkstermaandag": 50}
    return easter(year) + DAY * offset[name]
