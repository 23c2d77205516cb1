"""What the dialogue does with a day or an hour that was read: say it, keep it, narrow it, and look at the rest."""

from datetime import date, datetime, time

import pytest

from actions.moments import (
    BRUSSELS,
    OFFICE,
    Ambiguous,
    Interval,
    Moment,
    as_json,
    from_json,
    merged,
    read,
    say,
    say_day,
    say_time,
    without,
)

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=BRUSSELS)  # a Wednesday
FRIDAY = date(2026, 11, 27)
NEXT_WEEK = (date(2026, 11, 30), date(2026, 12, 6))


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (Moment(datetime(2026, 11, 27, 14, 30, tzinfo=BRUSSELS)), "vrijdag 27 november om 14.30 uur"),
        (Moment(datetime(2026, 11, 26, 9, 0, tzinfo=BRUSSELS)), "morgen om 9.00 uur"),
        (Moment(datetime(2026, 11, 25, 16, 5, tzinfo=BRUSSELS)), "vandaag om 16.05 uur"),
        (Moment(datetime(2027, 1, 5, 9, 0, tzinfo=BRUSSELS)), "dinsdag 5 januari om 9.00 uur"),
        (Moment(datetime(2027, 11, 5, 9, 0, tzinfo=BRUSSELS)), "vrijdag 5 november 2027 om 9.00 uur"),
        (Moment(datetime(2026, 10, 25, 2, 30, tzinfo=BRUSSELS)), "zondag 25 oktober 2026 om 2.30 uur zomertijd"),
        (Interval(FRIDAY, FRIDAY, time(12), time(17, 59)), "vrijdag 27 november in de namiddag"),
        (Interval(*NEXT_WEEK), "van maandag 30 november tot en met zondag 6 december"),
        (Interval(FRIDAY), "vanaf vrijdag 27 november"),
        (Interval(None, FRIDAY), "ten laatste vrijdag 27 november"),
        (Interval(earliest=time(10), latest=time(11, 59)), "tussen 10.00 en 12.00 uur"),
        (Interval(earliest=time(16)), "vanaf 16.00 uur"),
        (Interval(latest=time(9, 59)), "vóór 10.00 uur"),
        (Interval(latest=time(16)), "ten laatste om 16.00 uur"),
        (Interval(weekdays=frozenset({2})), "op een woensdag"),
        (Interval(weekdays=frozenset({0, 3})), "op een maandag of een donderdag"),
        (Interval(weekdays=frozenset({5, 6})), "in het weekend"),
        (Interval(soonest=True), "zo snel mogelijk"),
        (Interval(), "eender wanneer"),
    ],
)
def test_it_is_said_in_good_dutch(found: Moment | Interval, text: str) -> None:
    assert say(found, NOW) == text


@pytest.mark.parametrize("month", range(1, 13))
def test_a_button_has_room_for_any_moment_of_the_coming_months(month: int) -> None:
    moment = datetime(2026, month, 28, 14, 30, tzinfo=BRUSSELS)
    now = datetime(2026, month, 20, 10, 0, tzinfo=BRUSSELS)

    assert len(say(moment, now, short=True)) <= 20
    assert len(say(Interval(moment.date(), moment.date(), time(6), time(11, 59)), now, short=True)) <= 21


def test_a_day_and_an_hour_can_be_said_alone() -> None:
    assert say_day(FRIDAY, NOW) == "vrijdag 27 november"
    assert say_day(FRIDAY, NOW, short=True) == "vr 27 nov"
    assert say_time(time(9)) == "9.00 uur"


@pytest.mark.req("BP2-08")
@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (
            "ik wil vrijdagnamiddag een afspraak voor een rijbewijs",
            "ik wil een afspraak voor een rijbewijs",
        ),
        ("kan ik ten laatste volgende week woensdag komen?", "kan ik komen?"),
        ("morgen om 14u", ""),
        ("een reispas, liefst tussen 10 en 12 op maandag", "een reispas,"),
    ],
)
def test_a_sentence_can_be_taken_apart(text: str, rest: str) -> None:
    found = read(text, NOW, hours=OFFICE)

    assert found is not None
    assert without(text, found) == rest


def test_an_hour_after_a_day_makes_a_moment() -> None:
    hour = read("om half drie", NOW, hours=OFFICE)
    assert isinstance(hour, Interval)

    both = merged(Interval(FRIDAY, FRIDAY, time(12), time(17, 59)), hour)

    assert both == Moment(datetime(2026, 11, 27, 14, 30, tzinfo=BRUSSELS))


def test_another_day_keeps_the_part_of_the_day() -> None:
    other = read("liever maandag", NOW)
    assert isinstance(other, Interval)

    both = merged(Interval(FRIDAY, FRIDAY, time(12), time(17, 59)), other)

    assert both == Interval(date(2026, 11, 30), date(2026, 11, 30), time(12), time(17, 59))


def test_what_was_read_fits_in_a_slot_of_the_tracker() -> None:
    twice = Moment(datetime(2026, 10, 25, 2, 30, tzinfo=BRUSSELS, fold=1))
    stored = from_json(as_json(twice))

    assert isinstance(stored, Moment)
    assert stored.at.timestamp() == twice.at.timestamp()


def test_an_interval_knows_which_moments_fit() -> None:
    wish = read("volgende week maandag of dinsdag na 15u", NOW, hours=OFFICE)

    assert isinstance(wish, Interval)
    assert wish.fits(datetime(2026, 11, 30, 15, 0, tzinfo=BRUSSELS))
    assert not wish.fits(datetime(2026, 11, 30, 14, 55, tzinfo=BRUSSELS))
    assert not wish.fits(datetime(2026, 12, 2, 16, 0, tzinfo=BRUSSELS))


def test_a_question_has_its_likeliest_meaning_first() -> None:
    found = read("volgende vrijdag", NOW)

    assert isinstance(found, Ambiguous)
    assert [say(candidate, NOW) for candidate in found.candidates] == ["vrijdag 4 december", "vrijdag 27 november"]
