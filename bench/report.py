"""A figure: a table, what it is held against, and whether that was met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

JSON = Any


class LeftOut(Exception):
    """Not measured this time, on purpose. The message says why."""


@dataclass(frozen=True)
class Target:
    """What was promised, what was measured, and whether it is met."""

    promise: str
    measured: str
    met: bool

    def __str__(self) -> str:
        return f"{'PASS' if self.met else 'BELOW TARGET'}: {self.promise}; measured {self.measured}"


@dataclass
class Figure:
    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    data: dict[str, JSON] = field(default_factory=dict)

    def text(self) -> str:
        lines = [self.title, *(f"  {line}" for line in table([self.columns, *self.rows]))]
        lines += [f"  {target}" for target in self.targets]
        lines += [f"  ({note})" for note in self.notes]
        return "\n".join(lines)

    def json(self) -> Mapping[str, JSON]:
        targets = [{"promise": t.promise, "measured": t.measured, "met": t.met} for t in self.targets]
        return {"title": self.title, **self.data, "targets": targets, "notes": self.notes}


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """The first column to the left, the figures to the right, a line under the heads."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
    return [lines[0].rstrip(), "-" * len(lines[0]), *(line.rstrip() for line in lines[1:])]
