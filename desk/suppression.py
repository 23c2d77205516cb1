"""Hides small numbers in a table, and so much more that nobody can work them out from what is left.

A number from 1 to 9 is hidden. What is hidden could still follow from its line's total,
or from several lines together; so for each of them a ring is sought: a round of cells, two
in each line that it touches, which may be higher and lower by turns while every total that
is shown stays right. All cells of the ring are hidden, so the small number could just as
well be ten. The ring that costs least is taken: the smallest numbers.

Totals are cells like the others: hidden when they are small or when the ring needs them.
Nothing is known to be nothing, and is shown. A reader may know these rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

LEAST = 10

Place = tuple[int, int]


@dataclass(frozen=True)
class Shown:
    """A table with its totals; None is hidden."""

    rows: tuple[tuple[int | None, ...], ...]
    totals: tuple[int | None, ...]  # of each row
    foot: tuple[int | None, ...]  # of each column
    total: int | None


def suppress(rows: Sequence[Sequence[int]]) -> Shown:
    """Of a table without totals, of which all rows are equally long."""
    if not rows or not rows[0]:
        return Shown(tuple(() for _ in rows), tuple(0 for _ in rows), (), 0)
    grid = [[*row, sum(row)] for row in rows]
    grid.append([sum(column) for column in zip(*grid, strict=True)])
    hidden = _hidden(grid)
    seen = [[None if (y, x) in hidden else n for x, n in enumerate(row)] for y, row in enumerate(grid)]
    body = tuple(tuple(row[:-1]) for row in seen[:-1])
    return Shown(body, tuple(row[-1] for row in seen[:-1]), tuple(seen[-1][:-1]), seen[-1][-1])


def _hidden(grid: Sequence[Sequence[int]]) -> set[Place]:
    small = [(y, x) for y, row in enumerate(grid) for x, n in enumerate(row) if 0 < n < LEAST]
    hidden = set(small)
    for place in small:
        hidden |= _ring(grid, hidden, place)
    return hidden


def _ring(grid: Sequence[Sequence[int]], hidden: set[Place], place: Place) -> set[Place]:
    """The cheapest cells that let this one be ten, by Dijkstra over the lines: from its column back to its row.

    A line's numbers and its total weigh against each other: where one of the others would
    go down the total goes up. Each line is passed once; there is always a ring, if need be
    the one that ends in the grand total.
    """
    height, width = len(grid), len(grid[0])
    more = LEAST - grid[place[0]][place[1]]  # what the small number goes up
    rises = not _is_margin(grid, place)
    start, goal = (height + place[1], place[0]) if rises else (place[0], height + place[1])
    cost = {start: 0}
    came: dict[int, tuple[int, Place]] = {}
    heap = [(0, start)]
    while heap:
        so_far, line = heappop(heap)
        if line == goal:
            break
        if so_far > cost[line]:
            continue
        is_row = line < height
        for other in range(width if is_row else height):
            cell = (line, other) if is_row else (other, line - height)
            number = grid[cell[0]][cell[1]]
            lower = is_row is _is_margin(grid, cell)  # whether this number would go down
            if cell == place or number == 0 or (lower and number <= more):
                continue
            next_line = height + other if is_row else other
            price = so_far + (0 if cell in hidden else number)
            if price < cost.get(next_line, price + 1):
                cost[next_line] = price
                came[next_line] = (line, cell)
                heappush(heap, (price, next_line))
    return _walked(came, goal, start)


def _walked(came: dict[int, tuple[int, Place]], line: int, start: int) -> set[Place]:
    cells = set()
    while line != start:
        line, cell = came[line]
        cells.add(cell)
    return cells


def _is_margin(grid: Sequence[Sequence[int]], place: Place) -> bool:
    """In the total row or the total column; the grand total weighs as a number again."""
    return (place[0] == len(grid) - 1) != (place[1] == len(grid[0]) - 1)
