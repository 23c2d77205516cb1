"""What a supervisor reads: how much there was, how long it took, how it ended and what citizens thought of it.

Every number comes from `conversations.figures`, so about nobody; small ones are hidden
(`desk/suppression.py`), and so is what would be worked out of a hidden one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from conversations import figure_tables as names
from conversations.reporting import Sums
from desk.suppression import LEAST, suppress

Value = float | None
"""Seconds, a share or a mark out of five; None: hidden, or of too few."""


@dataclass(frozen=True)
class Column:
    """`measures`: what is added up in it, each but the first `less` of them."""

    code: str
    measures: tuple[str, ...]
    less: tuple[str, ...] = ()

    def of(self, sums: Sums) -> int:
        return sum(sums[name] for name in self.measures) - sum(sums[name] for name in self.less)


class Kind(StrEnum):
    """How a figure is written."""

    SECONDS = "seconds"
    SHARE = "share"
    MARK = "mark"


@dataclass(frozen=True)
class Figure:
    """Worked out from at least ten. `of`: the column that it is about, which is shown then; None: their total.

    `most`: above that it is infinite.
    """

    code: str
    kind: Kind
    value: Callable[[Sums], Value]
    of: int | None = None
    most: int = 0


@dataclass(frozen=True)
class Report:
    """A table: `columns` add up to its total."""

    code: str
    columns: tuple[Column, ...]
    figures: tuple[Figure, ...] = ()
    charted: str = ""  # the code of a figure; else the totals


@dataclass(frozen=True)
class Line:
    label: str
    cells: tuple[int | None, ...]
    total: int | None
    figures: tuple[Value, ...]


@dataclass(frozen=True)
class Table:
    report: Report
    lines: tuple[Line, ...]
    foot: Line

    def charted(self) -> list[tuple[str, Value]]:
        codes = [figure.code for figure in self.report.figures]
        place = codes.index(self.report.charted) if self.report.charted else None
        return [(line.label, line.total if place is None else line.figures[place]) for line in self.lines]


def table(report: Report, sums: Sequence[tuple[str, Sums]]) -> Table:
    """`sums`: what was counted, by label."""
    shown = suppress([[column.of(each) for column in report.columns] for _, each in sums])
    seen = zip(sums, shown.rows, shown.totals, strict=True)
    lines = tuple(_line(report, label, each, cells, total) for (label, each), cells, total in seen)
    whole = {name: sum(each[name] for _, each in sums) for name in (sums[0][1] if sums else names.MEASURES)}
    return Table(report, lines, _line(report, "", whole, shown.foot, shown.total))


def _line(report: Report, label: str, sums: Sums, cells: tuple[int | None, ...], total: int | None) -> Line:
    """A figure is told only where the number is shown that it is worked out from."""
    seen = [total if figure.of is None else cells[figure.of] if cells else None for figure in report.figures]
    worked_out = [
        figure.value(sums) if n and n >= LEAST else None for figure, n in zip(report.figures, seen, strict=True)
    ]
    return Line(label, cells, total, tuple(worked_out))


# --- what is worked out -------------------------------------------------------


def _percentile(buckets: Sequence[str], ends: Sequence[int], share: float) -> Callable[[Sums], Value]:
    """The end of the bucket in which this share of all is passed; the last one has no end."""

    def value(sums: Sums) -> Value:
        counted = [sums[name] for name in buckets]
        if sum(counted) < LEAST:
            return None
        so_far = 0
        for end, many in zip((*ends, inf), counted, strict=True):
            so_far += many
            if so_far >= share * sum(counted):
                return float(end)
        return None

    return value


def _share(part: Callable[[Sums], int], whole: Callable[[Sums], int]) -> Callable[[Sums], Value]:
    """Only when neither the part nor the rest is a small number, for both follow from it."""

    def value(sums: Sums) -> Value:
        of, all_of = part(sums), whole(sums)
        if all_of == 0 or 0 < of < LEAST or 0 < all_of - of < LEAST:
            return None
        return of / all_of

    return value


def _mark(scores: Sequence[str]) -> Callable[[Sums], Value]:
    def value(sums: Sums) -> Value:
        given = sum(sums[name] for name in scores)
        whole = sum(mark * sums[name] for mark, name in zip(names.SCORES, scores, strict=True))
        return whole / given if given else None

    return value


def _columns(prefix: str, measures: Sequence[str]) -> tuple[Column, ...]:
    return tuple(Column(name.removeprefix(prefix), (name,)) for name in measures)


_HANDLING_TIMES = (
    Figure("median", Kind.SECONDS, _percentile(names.HANDLINGS, names.HANDLED, 0.5), most=names.HANDLED[-1]),
    Figure("p90", Kind.SECONDS, _percentile(names.HANDLINGS, names.HANDLED, 0.9), most=names.HANDLED[-1]),
)
_ALONE = Column("alone", (names.BEGUN,), less=names.BECAUSE)
_FINISHED = [name for name in names.ENDINGS if name != "ended_left"]
_FIRST_LINE = _share(lambda sums: sums[names.FIRST_LINE], lambda sums: sum(sums[name] for name in _FINISHED))

REPORTS = (
    Report(
        "contacts",
        (_ALONE, *_columns("because_", names.BECAUSE)),
        (Figure("share_alone", Kind.SHARE, _share(_ALONE.of, lambda sums: sums[names.BEGUN]), of=0),),
    ),
    Report(
        "waiting",
        (Column("taken", names.WAITS), Column("left", ("ended_left",))),
        (
            Figure("median", Kind.SECONDS, _percentile(names.WAITS, names.WAITED, 0.5), of=0, most=names.WAITED[-1]),
            Figure("p90", Kind.SECONDS, _percentile(names.WAITS, names.WAITED, 0.9), of=0, most=names.WAITED[-1]),
        ),
    ),
    Report(
        "handling",
        _columns("ended_", _FINISHED),
        (
            *_HANDLING_TIMES,
            Figure("first_line", Kind.SHARE, _FIRST_LINE),
        ),
    ),
    Report("transfers", (Column("transferred", (names.TRANSFERRED,)),)),
    Report("tasks", _columns("tasks_", names.TASKS)),
    Report("tasks_done", _columns("done_", (names.DONE_REACHED, names.DONE_HANDLED, names.DONE_GIVEN_UP))),
    Report("misrouted", (Column("misrouted", (names.MISROUTED,)),)),
    Report(
        "ratings",
        (Column("bot", names.BOT_SCORES), Column("person", names.PERSON_SCORES)),
        (
            Figure("bot_mark", Kind.MARK, _mark(names.BOT_SCORES), of=0),
            Figure("person_mark", Kind.MARK, _mark(names.PERSON_SCORES), of=1),
        ),
        charted="bot_mark",
    ),
)

DAYS = tuple(f"day_{weekday}" for weekday in range(7))
BEGUN_BY_HOUR, ASKED_BY_HOUR = (Report(code, _columns("", DAYS)) for code in ("hours_begun", "hours_asked"))
OF_AGENTS = (
    Report("agents_handled", (Column("handled", names.HANDLINGS),), _HANDLING_TIMES),
    Report("agents_transferred", (Column("transferred", (names.TRANSFERRED,)),)),
    Report(
        "agents_rated",
        (Column("rated", names.PERSON_SCORES),),
        (Figure("mark", Kind.MARK, _mark(names.PERSON_SCORES), of=0),),
    ),
)
