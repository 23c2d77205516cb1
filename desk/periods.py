"""The periods of a report: whole days, weeks, months and years of the calendar, or everything.

Any other period could be compared with one that is a day longer, and the day be worked out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from conversations.reporting import By

DAY = timedelta(days=1)
EARLIEST = date(2020, 1, 1)


class Span(StrEnum):
    """As it is named in the address of a report."""

    DAY = "dag"
    WEEK = "week"
    MONTH = "maand"
    YEAR = "jaar"
    ALL = "alles"


@dataclass(frozen=True)
class Period:
    span: Span
    first: date
    last: date

    @property
    def step(self) -> By:
        """What it falls apart in."""
        return {Span.YEAR: By.MONTH, Span.ALL: By.YEAR}.get(self.span, By.DAY)

    def parts(self, today: date) -> list[str]:
        """The key of each step of it, as far as it has begun."""
        days = _days(self.first, min(self.last, today))
        return list(dict.fromkeys(str(day)[: {By.YEAR: 4, By.MONTH: 7}.get(self.step, 10)] for day in days))

    @property
    def before(self) -> date | None:
        """A day in the period before it."""
        return self.first - DAY if self.span is not Span.ALL and self.first > EARLIEST else None

    def after(self, today: date) -> date | None:
        return self.last + DAY if self.span is not Span.ALL and self.last < today else None


def period(span: Span, day: date, today: date, begun: date) -> Period:
    """The one in which this day lies; `begun`: where everything begins."""
    if span is Span.ALL:
        return Period(span, min(begun, today), today)
    if span is Span.DAY:
        return Period(span, day, day)
    if span is Span.WEEK:
        monday = day - day.weekday() * DAY
        return Period(span, monday, monday + 6 * DAY)
    if span is Span.MONTH:
        first = day.replace(day=1)
        return Period(span, first, (first + 31 * DAY).replace(day=1) - DAY)
    return Period(span, date(day.year, 1, 1), date(day.year, 12, 31))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + n * DAY for n in range((last - first).days + 1))
