from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.suppression import LEAST, suppress

NUMBERS = st.one_of(st.integers(0, 12), st.integers(0, 12), st.integers(10, 400))


def tables(most_rows=6, most_columns=6, numbers=NUMBERS):
    sizes = st.tuples(st.integers(1, most_rows), st.integers(1, most_columns))
    return sizes.flatmap(
        lambda size: st.lists(st.lists(numbers, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0])
    )


def grid_of(shown):
    """All that a reader sees, the totals as a last column and a last row."""
    rows = [[*row, total] for row, total in zip(shown.rows, shown.totals, strict=True)]
    return [*rows, [*shown.foot, shown.total]]


def truth(rows):
    grid = [[*row, sum(row)] for row in rows]
    return [*grid, [sum(column) for column in zip(*grid, strict=True)]]


def hidden_in(grid):
    return [(y, x) for y, row in enumerate(grid) for x, n in enumerate(row) if n is None]


def lines(grid):
    """What adds up, as (sign of each cell): the numbers of a line less its total are nothing."""
    height, width = len(grid), len(grid[0])
    for y in range(height):
        yield {(y, x): -1 if x == width - 1 else 1 for x in range(width)}
    for x in range(width):
        yield {(y, x): -1 if y == height - 1 else 1 for y in range(height)}


def worked_out(grid):
    """The hidden cells that follow from the shown ones by adding and subtracting, however many lines it takes."""
    hidden = hidden_in(grid)
    rows = [[Fraction(line.get(cell, 0)) for cell in hidden] for line in lines(grid)]
    lead = 0
    for column in range(len(hidden)):
        pivot = next((r for r in range(lead, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[lead], rows[pivot] = rows[pivot], rows[lead]
        rows[lead] = [value / rows[lead][column] for value in rows[lead]]
        for r in range(len(rows)):
            if r != lead and rows[r][column]:
                rows[r] = [a - rows[r][column] * b for a, b in zip(rows[r], rows[lead], strict=True)]
        lead += 1
    return [hidden[row.index(Fraction(1))] for row in rows if [value for value in row if value] == [1]]


def possible(grid, most):
    """Every table of numbers of at least 1 in the hidden cells of the body that fits what is shown."""
    for body in product(*(list(fillings(row, most)) for row in grid[:-1])):
        whole = truth(body)
        if all(b is None or a == b for a, b in zip(whole[-1], grid[-1], strict=True)):
            yield whole


def fillings(row, most):
    """Every way to fill the hidden cells of one line that fits its total."""
    *cells, total = row
    for guess in product(range(1, most + 1), repeat=cells.count(None)):
        numbers = iter(guess)
        filled = [next(numbers) if cell is None else cell for cell in cells]
        if total is None or sum(filled) == total:
            yield filled


@pytest.mark.req("CS-07")
@given(tables())
def test_what_is_shown_is_true_and_nothing_small_is_shown(rows):
    shown = grid_of(suppress(rows))

    for seen, real in zip(shown, truth(rows), strict=True):
        for a, b in zip(seen, real, strict=True):
            assert a in (None, b)
            assert (a is None) if 0 < b < LEAST else True
            assert a == 0 if b == 0 else True


@pytest.mark.req("CS-07")
@settings(deadline=None)
@given(tables())
def test_no_hidden_number_follows_from_what_is_shown(rows):
    assert worked_out(grid_of(suppress(rows))) == []


@pytest.mark.req("CS-07")
@settings(deadline=None, max_examples=60)
@given(tables(2, 3, st.integers(0, 14)))
def test_a_small_number_could_as_well_be_ten_also_for_who_knows_that_nothing_hidden_is_nothing(rows):
    grid, real = grid_of(suppress(rows)), truth(rows)
    hidden = hidden_in(grid)
    if len([1 for y, x in hidden if y < len(rows) and x < len(rows[0])]) > 4:
        return
    tables_that_fit = list(possible(grid, 24))

    for y, x in hidden:
        if real[y][x] < LEAST:
            assert max(table[y][x] for table in tables_that_fit) >= LEAST


def test_where_all_is_large_all_is_shown():
    shown = suppress([[10, 200], [30, 40]])

    assert shown.rows == ((10, 200), (30, 40))
    assert (shown.totals, shown.foot, shown.total) == ((210, 70), (40, 240), 280)


def test_the_smallest_numbers_are_hidden_along_with_a_small_one():
    shown = suppress([[3, 100, 20], [50, 90, 30], [60, 80, 70]])

    assert shown.rows == ((None, 100, None), (None, 90, None), (60, 80, 70))
    assert shown.totals == (123, 170, 210)


def test_a_total_is_hidden_when_nothing_else_can_be():
    shown = suppress([[4, 0], [0, 50]])

    assert shown.rows[0] == (None, 0)
    assert shown.totals[0] is None


@pytest.mark.parametrize("rows", [[], [[]], [[], []], [[0]], [[7]]])
def test_a_table_without_much_in_it(rows):
    shown = suppress(rows)

    assert len(shown.rows) == len(rows)
    assert shown.total in (0, None)
