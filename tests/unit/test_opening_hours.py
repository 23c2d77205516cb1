"""When a team can be reached: one calendar for the front, the bot and the desk."""

from datetime import datetime

import pytest

from city import City, load_city
from clock import BRUSSELS
from settings import ROOT

MOMENTS = [
    ("2026-11-23 08:59", False, "2026-11-23 09:00", "a minute too early"),
    ("2026-11-23 09:00", True, "2026-11-23 13:00", "the first minute"),
    ("2026-11-23 12:00", False, "2026-11-23 13:00", "between two windows"),
    ("2026-11-23 13:00", True, "2026-11-24 09:00", "the second window"),
    ("2026-11-23 16:59", True, "2026-11-24 09:00", "the last minute"),
    ("2026-11-23 17:00", False, "2026-11-24 09:00", "a minute too late"),
    ("2026-11-24 18:30", True, "2026-11-25 09:00", "late on Tuesday"),
    ("2026-11-21 10:00", False, "2026-11-23 09:00", "a Saturday"),
    ("2026-11-22 21:00", False, "2026-11-23 09:00", "a Sunday evening"),
    ("2026-11-11 10:00", False, "2026-11-12 09:00", "Armistice Day, on a Wednesday"),
    ("2026-11-02 10:00", False, "2026-11-03 09:00", "All Souls, the city's own day"),
    ("2026-12-24 11:00", True, "2026-12-28 09:00", "half a day before Christmas"),
    ("2026-12-24 13:00", False, "2026-12-28 09:00", "the other half, and then a holiday and a weekend"),
    ("2026-12-25 10:00", False, "2026-12-28 09:00", "Christmas, on a Friday"),
    ("2027-01-01 10:00", False, "2027-01-04 09:00", "New Year, across the year's end"),
    ("2027-03-29 10:00", False, "2027-03-30 09:00", "Easter Monday, the day after the clock moved"),
    ("2027-05-07 10:00", False, "2027-05-10 09:00", "the bridge day after Ascension"),
    ("2027-07-11 10:00", False, "2027-07-13 09:00", "11 July itself"),
    ("2027-07-12 10:00", False, "2027-07-13 09:00", "the day instead of 11 July"),
    ("2027-07-21 10:00", False, "2027-07-22 09:00", "the national holiday"),
    ("2027-12-31 12:30", False, "2028-01-03 09:00", "half a day before New Year"),
]
"""When the information desk can be reached, and else from when on: the calendar of every channel."""


@pytest.fixture(scope="module")
def city() -> City:
    return load_city(ROOT / "city.yml")


@pytest.mark.req("TA-10", "CA-06", "WA-06")
@pytest.mark.parametrize(("moment", "is_open", "opens", "why"), MOMENTS)
def test_a_team_can_be_reached_when_the_calendar_says_so(
    city: City, moment: str, is_open: bool, opens: str, why: str
) -> None:
    now, team = datetime.fromisoformat(moment).replace(tzinfo=BRUSSELS), city.team("onthaal")

    assert city.is_open(now, team) is is_open, why
    assert city.next_opening(now, team) == datetime.fromisoformat(opens).replace(tzinfo=BRUSSELS), why


@pytest.mark.req("TA-10", "WA-06")
@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-30T07:00:00+00:00", True),  # 09:00, the first Monday of summer time
        ("2026-03-27T08:00:00+00:00", True),  # 09:00, the last Friday of winter time
        ("2026-03-30T06:59:00+00:00", False),
        ("2026-10-26T08:00:00+00:00", True),  # 09:00, the first Monday of winter time
        ("2026-10-26T07:00:00+00:00", False),  # 08:00, while it was 09:00 on Friday
        ("2026-10-23T07:00:00+00:00", True),
    ],
)
def test_the_hours_are_those_of_the_clock_on_the_wall_also_when_it_moved(
    city: City, moment: str, is_open: bool
) -> None:
    assert city.is_open(datetime.fromisoformat(moment), city.team("onthaal")) is is_open
