"""What a citizen can mean with a day or an hour.

Days and times are closed intervals in whole minutes: `last` and `latest` are
still good. None is a limit that nobody set. Nothing here reads or says text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")
EVERY_DAY = frozenset(range(7))

Span = tuple[int, int]
"""Where something stood in the text: text[start:end]."""


class Reason(StrEnum):
    """Why a text is ambiguous; the value names the question (utter_…_<value>)."""

    TODAY_OR_NEXT_WEEK = "vandaag_of_volgende_week"  # "donderdag", said on a Thursday
    WHICH_WEEK = "welke_week"  # "volgende vrijdag", said on a Wednesday
    WHICH_YEAR = "welk_jaar"  # a day and month that have just gone by
    WHICH_DAY = "welke_dag"  # "morgen" in the middle of the night, "over 8 dagen"
    WITHIN_OR_AFTER = "binnen_of_over"  # "binnen twee weken"
    ON_OR_BEFORE = "op_of_voor"  # "voor vrijdag"
    MORNING_OR_AFTERNOON = "voor_of_na_de_middag"  # "om 3 uur"
    NOTATION = "schrijfwijze"  # "9-12", "10.12", a bare number
    CONTRADICTION = "tegenspraak"  # "vrijdag 5 december" when the 5th is a Saturday
    NO_SUCH_DAY = "bestaat_niet"  # "31 februari"
    NO_SUCH_TIME = "uur_bestaat_niet"  # 2.30 in the night that skips an hour
    TWICE = "uur_bestaat_tweemaal"  # 2.30 in the night that repeats an hour
    SEVERAL = "meerdere"  # "om 10 of 11 uur"
    UNCLEAR = "onduidelijk"  # something about time was said that we do not understand


# With these, even a single candidate is only a guess.
ALWAYS_ASKED = frozenset({Reason.UNCLEAR, Reason.CONTRADICTION, Reason.NO_SUCH_DAY, Reason.NOTATION})


@dataclass(frozen=True)
class Hours:
    """The hours that make sense here: 3 o'clock is 15.00 for an office."""

    opens: time
    closes: time


OFFICE = Hours(time(8), time(18))


@dataclass(frozen=True)
class Moment:
    """One exact minute. `past` says that the citizen asked for something that is over."""

    at: datetime  # aware; Europe/Brussels
    past: bool = False
    spans: tuple[Span, ...] = field(default=(), compare=False)

    def fits(self, at: datetime) -> bool:
        return at.timestamp() == self.at.timestamp()


@dataclass(frozen=True)
class Interval:
    """Days, and within each of those days times. All limits may be open.

    `past` says that it begins before today or is over; `soonest` that the first
    possibility is the best one.
    """

    first: date | None = None
    last: date | None = None
    earliest: time | None = None
    latest: time | None = None
    weekdays: frozenset[int] = EVERY_DAY  # 0 is Monday
    soonest: bool = False
    past: bool = False
    spans: tuple[Span, ...] = field(default=(), compare=False)

    @property
    def day(self) -> date | None:
        """The one day it is about, if it is one."""
        return self.first if self.first == self.last else None

    @property
    def clock(self) -> time | None:
        """The one time of day it is about, if it is one."""
        return self.earliest if self.earliest == self.latest else None

    @property
    def has_days(self) -> bool:
        return self.first is not None or self.last is not None or self.weekdays != EVERY_DAY

    @property
    def has_times(self) -> bool:
        return self.earliest is not None or self.latest is not None

    def fits(self, at: datetime) -> bool:
        local = at.astimezone(BRUSSELS)
        return self.has_day(local.date()) and (
            (self.earliest is None or self.earliest <= local.time())
            and (self.latest is None or local.time() <= self.latest)
        )

    def has_day(self, day: date) -> bool:
        return (
            (self.first is None or self.first <= day)
            and (self.last is None or day <= self.last)
            and day.weekday() in self.weekdays
        )


@dataclass(frozen=True)
class Ambiguous:
    """More than one meaning, or none that can be right. Ask; `candidates` are what to offer, likeliest first."""

    reason: Reason
    candidates: tuple[Moment | Interval, ...]
    spans: tuple[Span, ...] = field(default=(), compare=False)


Found = Moment | Interval | Ambiguous


def without(text: str, found: Found) -> str:
    """The text without what was read in it: what else the citizen said."""
    for start, end in sorted(found.spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return " ".join(text.split())


def merged(known: Moment | Interval, later: Moment | Interval) -> Moment | Interval:
    """What holds after a second thought: new days or new times replace the old, the rest stays."""
    if isinstance(later, Moment):
        return later
    before = _as_interval(known)
    result = replace(
        later,
        first=later.first if later.has_days else before.first,
        last=later.last if later.has_days else before.last,
        weekdays=later.weekdays if later.has_days else before.weekdays,
        earliest=later.earliest if later.has_times else before.earliest,
        latest=later.latest if later.has_times else before.latest,
        past=later.past if later.has_days else before.past,
    )
    if result.day and result.clock:
        return Moment(datetime.combine(result.day, result.clock, BRUSSELS), result.past, result.spans)
    return result


def as_json(found: Moment | Interval) -> dict[str, Any]:
    """For a slot. `from_json` gives the same back, without its spans."""
    if isinstance(found, Moment):
        return {"at": found.at.isoformat(), "past": found.past}
    return {
        "first": found.first and found.first.isoformat(),
        "last": found.last and found.last.isoformat(),
        "earliest": found.earliest and found.earliest.isoformat("minutes"),
        "latest": found.latest and found.latest.isoformat("minutes"),
        "weekdays": sorted(found.weekdays),
        "soonest": found.soonest,
        "past": found.past,
    }


def from_json(stored: Mapping[str, Any]) -> Moment | Interval:
    if "at" in stored:
        return Moment(datetime.fromisoformat(stored["at"]).astimezone(BRUSSELS), stored["past"])
    return Interval(
        first=_day(stored["first"]),
        last=_day(stored["last"]),
        earliest=_clock(stored["earliest"]),
        latest=_clock(stored["latest"]),
        weekdays=frozenset(stored["weekdays"]),
        soonest=stored["soonest"],
        past=stored["past"],
    )


def minutes_later(clock: time, minutes: int) -> time:
    """That many minutes later, but never over midnight."""
    total = max(0, min(clock.hour * 60 + clock.minute + minutes, 24 * 60 - 1))
    return time(*divmod(total, 60))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _clock(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def _as_interval(found: Moment | Interval) -> Interval:
    if isinstance(found, Interval):
        return found
    day, clock = found.at.date(), found.at.time().replace(tzinfo=None)
    return Interval(day, day, clock, clock, past=found.past)
