from datetime import date

import pytest

from desk.periods import Span, period

TODAY = date(2026, 11, 23)
BEGUN = date(2024, 2, 29)


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        (Span.DAY, date(2026, 11, 18), date(2026, 11, 18)),
        (Span.WEEK, date(2026, 11, 16), date(2026, 11, 22)),
        (Span.MONTH, date(2026, 11, 1), date(2026, 11, 30)),
        (Span.YEAR, date(2026, 1, 1), date(2026, 12, 31)),
        (Span.ALL, BEGUN, TODAY),
    ],
)
def test_a_day_lies_in_one_period_of_each_span(span, first, last):
    found = period(span, date(2026, 11, 18), TODAY, BEGUN)

    assert (found.first, found.last) == (first, last)


def test_a_period_falls_apart_as_far_as_it_has_begun():
    assert period(Span.WEEK, TODAY, TODAY, BEGUN).parts(TODAY) == ["2026-11-23"]
    assert period(Span.YEAR, TODAY, TODAY, BEGUN).parts(TODAY)[-2:] == ["2026-10", "2026-11"]
    assert period(Span.ALL, TODAY, TODAY, BEGUN).parts(TODAY) == ["2024", "2025", "2026"]
    assert len(period(Span.MONTH, date(2024, 2, 3), TODAY, BEGUN).parts(TODAY)) == 29


def test_before_and_after_it_come_others_until_now():
    november = period(Span.MONTH, TODAY, TODAY, BEGUN)
    october = period(Span.MONTH, date(2026, 10, 1), TODAY, BEGUN)

    assert november.before == date(2026, 10, 31)
    assert november.after(TODAY) is None
    assert october.after(TODAY) == date(2026, 11, 1)
    assert period(Span.YEAR, date(2020, 5, 5), TODAY, BEGUN).before is None
    assert period(Span.ALL, TODAY, TODAY, BEGUN).before is None
