from datetime import date, datetime, time
from itertools import islice

import pytest

from city import load_city
from clock import BRUSSELS
from filings.windows import Window, around, coming, cut, said, said_short, said_until, whole_day
from settings import ROOT

CITY = load_city(ROOT / "city.yml")
BURGERZAKEN = CITY.team("burgerzaken")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)


def windows(now: str, many: int = 3) -> list[Window]:
    return list(islice(coming(CITY, BURGERZAKEN, at(now)), many))


def test_today_is_what_is_left_of_it_from_the_next_quarter_on():
    assert [said_short(one, at("2026-11-23T10:02")) for one in windows("2026-11-23T10:02")] == [
        "vandaag 10.15–12 u",
        "vandaag 13.30–16.30 u",
        "morgen 9–12 u",
    ]


def test_a_quarter_before_closing_time_is_too_little():
    assert windows("2026-11-23T16:15", 1)[0].day == date(2026, 11, 24)


def test_a_day_on_which_the_city_is_closed_has_no_windows():
    """24 December is short, 25 a holiday, 26 and 27 closed."""
    assert [one.day.day for one in windows("2026-12-24T10:00", 2)] == [24, 28]


@pytest.mark.parametrize(
    ("earliest", "latest", "expected"),
    [
        (None, None, (9, 12)),
        (time(10), None, (10, 12)),
        (None, time(10, 59), (9, 11)),
        (time(6), time(11, 59), (9, 12)),
        (time(11, 45), None, None),
        (time(13), None, None),
    ],
)
def test_what_is_left_between_two_times(earliest, latest, expected):
    morning = Window(at("2026-11-24T09:00"), at("2026-11-24T12:00"))

    found = cut(morning, earliest, latest)

    assert (found and (found.start.hour, found.end.hour)) == expected


def test_around_a_moment_is_an_hour_as_far_as_somebody_is_there():
    offered = windows("2026-11-23T08:00")

    assert around(offered, at("2026-11-23T11:30")) == Window(at("2026-11-23T11:30"), at("2026-11-23T12:00"))
    assert around(offered, at("2026-11-23T12:30")) is None


def test_a_whole_day_runs_over_the_noon_break():
    assert whole_day(windows("2026-11-23T08:00"), date(2026, 11, 23)) == Window(
        at("2026-11-23T09:00"), at("2026-11-23T16:30")
    )


def test_a_window_is_said_as_people_say_it():
    window = Window(at("2026-11-27T13:30"), at("2026-11-27T16:00"))

    assert said(window, at("2026-11-23T10:00")) == "vrijdag 27 november tussen 13.30 en 16.00 uur"
    assert said_until(window, at("2026-11-26T10:00")) == "morgen om 16.00 uur"
    assert said_short(window, at("2026-11-23T10:00")) == "vr 27 nov 13.30–16 u"
    assert len(said_short(window, at("2026-11-23T10:00"))) <= 20
