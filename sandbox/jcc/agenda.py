"""Who sits where and when: the counters of each location, day by day.

Other people book too. Their appointments are invented from the date alone, so that
the same day looks the same in every run, and they grow in number as the day comes
nearer. Somebody's own booking always goes before them.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from sandbox.city import City, Location, Period
from sandbox.clock import BRUSSELS
from sandbox.jcc.errors import IN_THE_PAST, NOBODY_THERE, TAKEN, Refusal

STEP = 5  # minutes between two possible beginnings
COUNTERS = 3  # at each location
DAYS_AHEAD = 365
_CROWD = ((3, 0.85), (7, 0.7), (14, 0.5), (21, 0.3), (35, 0.15))  # days ahead, share of the time that is taken
_QUIET = 0.05


@dataclass(frozen=True)
class Booked:
    key: str
    location: str
    counter: int
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Block:
    """A piece of somebody's time at one counter; `key` is None for the people we know nothing of."""

    start: datetime
    end: datetime
    key: str | None = None

    def overlaps(self, start: datetime, end: datetime) -> bool:
        return self.start < end and start < self.end


@dataclass
class Agenda:
    city: City
    now: Callable[[], datetime]
    busy: bool = True
    full_days: set[tuple[str, date]] = field(default_factory=set)
    _booked: dict[str, Booked] = field(default_factory=dict)

    def free_starts(self, location: Location, first: date, until: date, minutes: int) -> list[datetime]:
        """Every moment, `until` not included, at which somebody could be helped for so many minutes."""
        now = self.now()
        starts = []
        for day in _days(max(first, now.date()), min(until, self.last_day + timedelta(days=1))):
            if (location.code, day) not in self.full_days:
                starts += [start for start in self._starts_on(location, day, minutes) if start > now]
        return starts

    @property
    def last_day(self) -> date:
        return self.now().date() + timedelta(days=DAYS_AHEAD)

    def refusal(self, location: Location, start: datetime, end: datetime) -> Refusal | None:
        if start <= self.now():
            return IN_THE_PAST
        opens = [(p[0], p[1]) for p in self.city.periods(location, start.date())]
        inside = any(first <= start.time() and end.time() <= last for first, last in opens)
        on_the_grid = start.minute % STEP == 0 and start.second == start.microsecond == 0
        if not inside or not on_the_grid or start.date() != end.date() or start.date() > self.last_day:
            return NOBODY_THERE
        if (location.code, start.date()) in self.full_days or self._free_counter(location, start, end) is None:
            return TAKEN
        return None

    def take(self, key: str, location: Location, start: datetime, end: datetime) -> int:
        """Keeps a counter for somebody whom `refusal` did not refuse."""
        counter = self._free_counter(location, start, end)
        if counter is None:
            raise ValueError("nobody is free")
        self._booked[key] = Booked(key, location.code, counter, start, end)
        return counter

    def release(self, key: str) -> None:
        self._booked.pop(key, None)

    def counters(self, location: Location, day: date) -> list[list[Block]]:
        """What each counter's day looks like, in order."""
        return [sorted(self._blocks(location, day, n), key=lambda b: b.start) for n in range(COUNTERS)]

    def _free_counter(self, location: Location, start: datetime, end: datetime) -> int | None:
        for counter in range(COUNTERS):
            if not any(block.overlaps(start, end) for block in self._blocks(location, start.date(), counter)):
                return counter
        return None

    def _starts_on(self, location: Location, day: date, minutes: int) -> Iterator[datetime]:
        periods = self.city.periods(location, day)
        if not periods:
            return
        blocks = [self._blocks(location, day, counter) for counter in range(COUNTERS)]
        for opens, closes in periods:
            runs = [_free_run(day, opens, closes, taken) for taken in blocks]
            needed = -(-minutes // STEP)
            for index in range(len(runs[0])):
                if any(run[index] >= needed for run in runs):
                    yield _at(day, opens) + timedelta(minutes=index * STEP)

    def _blocks(self, location: Location, day: date, counter: int) -> list[Block]:
        own = [
            Block(b.start, b.end, b.key)
            for b in self._booked.values()
            if b.location == location.code and b.counter == counter and b.start.date() == day
        ]
        if not self.busy:
            return own
        crowd = _crowd((day - self.now().date()).days)
        others = _others(location.code, counter, day, self.city.periods(location, day))
        there = [block for block, eagerness in others if eagerness < crowd]
        return own + [block for block in there if not any(mine.overlaps(block.start, block.end) for mine in own)]


def _free_run(day: date, opens: time, closes: time, taken: list[Block]) -> list[int]:
    """For each step of the period, how many steps from there on are free."""
    start, end = _at(day, opens), _at(day, closes)
    steps = int((end - start).total_seconds()) // 60 // STEP
    free = [True] * steps
    for block in taken:
        if block.overlaps(start, end):
            first = max(0, int((block.start - start).total_seconds()) // 60 // STEP)
            last = min(steps, -(-int((block.end - start).total_seconds()) // 60 // STEP))
            free[first:last] = [False] * (last - first)
    runs = [0] * (steps + 1)
    for index in reversed(range(steps)):
        runs[index] = runs[index + 1] + 1 if free[index] else 0
    return runs[:steps]


@lru_cache(maxsize=4096)
def _others(location: str, counter: int, day: date, periods: tuple[Period, ...]) -> tuple[tuple[Block, float], ...]:
    """Everybody who could ever come that day, each with how early he books: below the crowd of the day he is there."""
    dice = random.Random(f"{location}/{counter}/{day}")
    found = []
    for opens, closes in periods:
        start, end = _at(day, opens), _at(day, closes)
        while start < end:
            length = timedelta(minutes=dice.choice((10, 10, 15, 20, 30)))
            found.append((Block(start, min(start + length, end)), dice.random()))
            start += length
    return tuple(found)


def _crowd(days_ahead: int) -> float:
    return next((share for days, share in _CROWD if days_ahead < days), _QUIET)


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, BRUSSELS)


def _days(first: date, until: date) -> Iterator[date]:
    while first < until:
        yield first
        first += timedelta(days=1)
