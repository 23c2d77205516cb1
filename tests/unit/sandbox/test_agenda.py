from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.city import ExceptionalDay
from sandbox.clock import BRUSSELS
from sandbox.jcc.agenda import COUNTERS, STEP, Agenda
from sandbox.jcc.errors import IN_THE_PAST, NOBODY_THERE, TAKEN
from tests.unit.sandbox.setting import MONDAY, Now, city, location

TODAY = MONDAY.date()
TOMORROW = TODAY + timedelta(days=1)
HALL = location()


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), BRUSSELS)


@pytest.fixture
def now():
    return Now()


@pytest.fixture
def agenda(now):
    return Agenda(city(), now, busy=False)


def test_an_empty_day_is_free_from_opening_until_there_is_no_time_left(agenda):
    starts = agenda.free_starts(HALL, TOMORROW, TOMORROW + timedelta(days=1), 10)

    assert starts[0] == at(TOMORROW, 9)
    assert starts[-1] == at(TOMORROW, 11, 50)
    assert {b - a for a, b in pairwise(starts)} == {timedelta(minutes=STEP)}


def test_nothing_begins_before_now(agenda, now):
    now.moment = at(TODAY, 10, 2)
    assert agenda.free_starts(HALL, TODAY, TOMORROW, 10)[0] == at(TODAY, 10, 5)


def test_a_closed_day_and_a_day_with_other_hours(now):
    special = (ExceptionalDay(TOMORROW, ((time(10), time(11)),), None), ExceptionalDay(TODAY, (), "stadhuis"))
    agenda = Agenda(city(exceptional_days=special), now, busy=False)

    assert agenda.free_starts(HALL, TODAY, TOMORROW, 10) == []
    assert agenda.free_starts(location("beverkerke"), TODAY, TOMORROW, 10)
    assert agenda.free_starts(HALL, TOMORROW, TOMORROW + timedelta(days=1), 60) == [at(TOMORROW, 10)]


def test_each_booking_takes_a_counter_of_its_own(agenda):
    start, end = at(TOMORROW, 9), at(TOMORROW, 9, 10)
    counters = [agenda.take(str(n), HALL, start, end) for n in range(COUNTERS)]

    assert counters == list(range(COUNTERS))
    assert agenda.refusal(HALL, start, end) is TAKEN
    assert agenda.refusal(location("beverkerke"), start, end) is None
    agenda.release("1")
    assert agenda.take("nieuw", HALL, start, end) == 1


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (at(TODAY, 7), IN_THE_PAST),
        (at(TODAY, 8, 30), NOBODY_THERE),
        (at(TODAY, 12, 30), NOBODY_THERE),
        (at(TODAY, 11, 55), NOBODY_THERE),
        (at(TODAY, 9, 3), NOBODY_THERE),
        (at(TODAY + timedelta(days=5), 9), NOBODY_THERE),
        (at(TODAY + timedelta(days=371), 9), NOBODY_THERE),
        (at(TODAY, 9), None),
    ],
)
def test_a_moment_is_refused_for_a_reason(agenda, start, reason):
    assert agenda.refusal(HALL, start, start + timedelta(minutes=10)) is reason


def test_a_full_day_is_taken(agenda):
    agenda.full_days.add(("stadhuis", TOMORROW))
    assert agenda.free_starts(HALL, TOMORROW, TOMORROW + timedelta(days=1), 10) == []
    assert agenda.refusal(HALL, at(TOMORROW, 9), at(TOMORROW, 9, 10)) is TAKEN


def test_a_booking_stays_its_own_when_other_people_come(now):
    agenda = Agenda(city(), now)
    far = TODAY + timedelta(days=56)
    start = agenda.free_starts(HALL, far, far + timedelta(days=1), 10)[0]
    counter = agenda.take("lien", HALL, start, start + timedelta(minutes=10))
    now.moment = at(far, 7)

    blocks = agenda.counters(HALL, far)[counter]
    assert any(block.key == "lien" for block in blocks)
    assert sum(block.overlaps(start, start + timedelta(minutes=10)) for block in blocks) == 1


def test_a_day_fills_up_as_it_comes_nearer_and_never_empties(now):
    day = TODAY + timedelta(days=42)
    agenda = Agenda(city(), now)
    free = []
    while now.moment.date() < day:
        free.append(set(agenda.free_starts(HALL, day, day + timedelta(days=1), 10)))
        now.moment += timedelta(days=7)
    assert all(later <= sooner for sooner, later in pairwise(free))
    assert len(free[0]) > len(free[-1]) > 0


@settings(max_examples=60, deadline=None)
@given(ahead=st.integers(0, 80), minutes=st.sampled_from([5, 10, 15, 20, 30, 45]), choice=st.randoms())
def test_what_is_offered_can_be_booked_and_what_is_not_cannot(ahead, minutes, choice):
    agenda = Agenda(city(), Now())
    day = TODAY + timedelta(days=ahead)
    offered = agenda.free_starts(HALL, day, day + timedelta(days=1), minutes)
    every = [at(day, 9) + timedelta(minutes=STEP * n) for n in range(100)]

    for start in choice.sample(every, 12):
        assert (agenda.refusal(HALL, start, start + timedelta(minutes=minutes)) is None) == (start in offered)
