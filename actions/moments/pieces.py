"""What the rules find: stretches of text that mean days or times, each with its possible meanings."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from actions.moments.almanac import DAY
from actions.moments.model import EVERY_DAY, Reason
from actions.moments.words import HOLIDAYS, MONTHS, PARTS, WEEKDAYS

WEEKDAY = f"(?:{'|'.join(WEEKDAYS)})"
MONTH = f"(?:{'|'.join(MONTHS)})"
HOLIDAY = f"(?:{'|'.join(HOLIDAYS)})"
PART = f"(?:{'|'.join(PARTS)})"

# Words after which a bare number or a date can stop without belonging to something else ("om 3 redenen").
FOLLOWED_BY = (
    r"(?= _| (?:,|\||-|of|en|om|op|in|voor|na|van|tot|tussen|vanaf|rond|tegen|ten|uiterlijk|graag|aub|alstublieft|svp"
    r"|dank|merci|"
    r"s|de|deze|het|een|bij|aan|is|past|kan|zou|gaat|lukt|ofzo|dan|maar|liefst|liever|als|mag|of|morgen|overmorgen"
    r"|vandaag|"
    rf"naar|niet|wel|ook|ik|we|dat|volgende|komende|{WEEKDAY}|{PART})(?: |$)|$)"
)


@dataclass(frozen=True)
class Days:
    """Days from `first` to `last`, both included; None is open."""

    first: date | None = None
    last: date | None = None
    weekdays: frozenset[int] = EVERY_DAY

    def __and__(self, other: "Days") -> "Days":
        return Days(
            max((day for day in (self.first, other.first) if day), default=None),
            min((day for day in (self.last, other.last) if day), default=None),
            self.weekdays & other.weekdays,
        ).tightened()

    def tightened(self) -> "Days":
        """The same days, without days at the ends that are no such weekday."""
        if self.weekdays == EVERY_DAY or not self.weekdays or not (self.first and self.last):
            return self
        first, last = self.first, self.last
        while first <= last and first.weekday() not in self.weekdays:
            first += DAY
        while first <= last and last.weekday() not in self.weekdays:
            last -= DAY
        every = all((first + n * DAY).weekday() in self.weekdays for n in range(min(7, (last - first).days + 1)))
        return Days(first, last, EVERY_DAY if every else self.weekdays)

    @property
    def is_empty(self) -> bool:
        return not self.weekdays or bool(self.first and self.last and self.first > self.last)

    @property
    def is_one(self) -> bool:
        return self.first is not None and self.first == self.last


@dataclass(frozen=True)
class Window:
    """Times of a day, both ends included; None is open."""

    earliest: time | None = None
    latest: time | None = None

    def __and__(self, other: "Window") -> "Window":
        return Window(
            max((clock for clock in (self.earliest, other.earliest) if clock is not None), default=None),
            min((clock for clock in (self.latest, other.latest) if clock is not None), default=None),
        )

    @property
    def is_empty(self) -> bool:
        return self.earliest is not None and self.latest is not None and self.earliest > self.latest

    @property
    def is_one(self) -> bool:
        return self.earliest is not None and self.earliest == self.latest


@dataclass(frozen=True)
class DayPiece:
    """`weekday` is a bare "vrijdag": what it means depends on what else is said."""

    options: tuple[Days, ...] = ()
    reason: Reason | None = None
    weekday: int | None = None
    restricts: bool = False  # "op een maandag", "niet vrijdag": which days, not which day
    whole: bool = False  # "eind november": till its end, whatever stands before it
    week: date | None = None  # Monday of the week that was named with a weekday
    week_last: bool = False  # "dinsdag of donderdag volgende week"
    excluded: bool = False  # "niet op 5 december": one day that is not wanted
    is_end: bool = False  # "eind november": before it means by then
    feast: bool = False  # "kerst": before and after it are meant as such
    start: int = 0
    end: int = 0

    def at(self, start: int, end: int) -> "DayPiece":
        return replace(self, start=start, end=end)


@dataclass(frozen=True)
class ClockPiece:
    options: tuple[Window, ...]
    part: str | None = None  # "namiddag": helps to understand "3 uur"
    reason: Reason | None = None
    instant: datetime | None = None  # "over een half uur"
    digital: bool = False  # "9.30", "9:30": the notation of a day of 24 hours
    bounds: bool = False  # "na 16u": a limit, not a time
    start: int = 0
    end: int = 0

    def at(self, start: int, end: int) -> "ClockPiece":
        return replace(self, start=start, end=end)


DayRule = Callable[[re.Match[str], datetime], DayPiece | None]


def one(day: date) -> DayPiece:
    return DayPiece((Days(day, day),))


def stretch(first: date | None, last: date | None) -> DayPiece:
    return DayPiece((Days(first, last),))


def unsure(reason: Reason, *options: Days) -> DayPiece:
    return DayPiece(options, reason)


def phrase(pattern: str) -> re.Pattern[str]:
    """A pattern of whole words."""
    return re.compile(rf"(?<![^ ])(?:{pattern})(?![^ ])")


def single(day: date) -> Days:
    return Days(day, day)
