"""What holds for every moment, every now and every text, whatever it says."""

from datetime import date, datetime, time, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from actions.moments import (
    BRUSSELS,
    OFFICE,
    Ambiguous,
    Found,
    Hours,
    Interval,
    Moment,
    as_json,
    from_json,
    merged,
    read,
    say,
    say_day,
    without,
)
from actions.moments.model import EVERY_DAY
from actions.moments.words import HOLIDAYS, LEXICON, MONTHS, PARTS, WEEKDAYS

NOWS = st.integers(1_577_836_800, 3_471_292_800).map(lambda seconds: datetime.fromtimestamp(seconds, BRUSSELS))
# fmt: off
WORDS = st.sampled_from(
    [
        *WEEKDAYS,
        *MONTHS,
        *PARTS,
        *HOLIDAYS,
        *LEXICON,
        "de",
        "het",
        "een",
        "van",
        "tot",
        "tot en met",
        "en",
        "of",
        "om",
        "over",
        "binnen",
        "voor",
        "vóór",
        "na",
        "niet",
        "geen",
        "behalve",
        "kan ik niet",
        "vanaf",
        "tussen",
        "ten laatste",
        "tegen",
        "rond",
        "week",
        "weken",
        "weekend",
        "maand",
        "jaar",
        "dagen",
        "volgende",
        "deze",
        "vorige",
        "komende",
        "begin",
        "half",
        "eind",
        "eerste",
        "laatste",
        "vandaag",
        "morgen",
        "overmorgen",
        "gisteren",
        "naar",
        "afspraak",
        "u",
        "uur",
        "30",
        "14u30",
        "9:30",
        "10.12",
        "1/2",
        "31/02",
        "29/2/2028",
        "0/0",
        "99",
        "00",
        "24u",
        "5de",
        "32ste",
        "2027-02-30",
        "0000-01-01",
        "9999-12-31",
        "31/12/9999",
        "1/1/0001",
        "999",
        "maakt niet uit",
        "zsm",
        "-",
        ",",
        ".",
        "?",
        "'s",
        "kwart",
        "wintertijd",
        "geleden",
        "daarna",
        "één",
        "²",
        "٣",
        "\u0000",
    ]
)
# fmt: on
TEXTS = st.lists(WORDS, max_size=9).map(" ".join) | st.text(max_size=60)


@st.composite
def nows_and_moments(draw: st.DrawFn) -> tuple[datetime, datetime]:
    """A now, and a real minute that is often near it and sometimes far."""
    now = draw(NOWS)
    span = draw(st.sampled_from((60, 60 * 24, 60 * 24 * 40, 60 * 24 * 400, 60 * 24 * 4000)))
    minutes = draw(st.integers(-span, span))
    moment = datetime.fromtimestamp(now.timestamp() // 60 * 60 + minutes * 60, BRUSSELS)
    return now, moment


@given(nows_and_moments())
@settings(max_examples=600)
@example((datetime(2026, 10, 24, 9, tzinfo=BRUSSELS), datetime(2026, 10, 25, 2, 30, tzinfo=BRUSSELS)))
@example((datetime(2026, 10, 24, 9, tzinfo=BRUSSELS), datetime(2026, 10, 25, 2, 30, tzinfo=BRUSSELS, fold=1)))
@example((datetime(2026, 11, 26, 1, tzinfo=BRUSSELS), datetime(2026, 11, 27, 9, tzinfo=BRUSSELS)))
def test_what_is_said_of_a_moment_is_read_as_that_moment(pair: tuple[datetime, datetime]) -> None:
    now, moment = pair
    for text in (say(Moment(moment), now), say(Moment(moment), now, short=True)):
        found = read(text, now)

        assert isinstance(found, Moment)
        assert found.at.timestamp() == moment.timestamp()
        assert found.past == (moment.timestamp() < now.timestamp() // 60 * 60)


@given(NOWS, st.integers(-800, 800))
def test_what_is_said_of_a_day_is_read_as_that_day(now: datetime, days: int) -> None:
    day = now.date() + timedelta(days=days)
    for text in (say_day(day, now), say_day(day, now, short=True)):
        found = read(text, now)

        assert isinstance(found, Interval)
        assert (found.day, found.past) == (day, days < 0)


def intervals() -> st.SearchStrategy[Interval]:
    half_hours = st.integers(1, 46).map(lambda n: n * 30)

    def clock(minutes: int) -> time:
        return time(*divmod(minutes, 60))

    def built(offset: int, length: int | None, opens: int | None, shuts: int | None, days: frozenset[int]) -> Interval:
        first = date(2027, 1, 10) + timedelta(days=offset)
        return Interval(
            first if length is not None else None,
            first + timedelta(days=length) if length is not None else None,
            clock(opens) if opens else None,
            clock(shuts + 29) if shuts and shuts >= (opens or 0) else None,
            days if length is None else EVERY_DAY,
        )

    weekdays = st.frozensets(st.integers(0, 6), min_size=1, max_size=7)
    optional = st.none() | half_hours
    return st.builds(built, st.integers(0, 60), st.none() | st.integers(0, 40), optional, optional, weekdays)


@given(intervals())
def test_what_is_said_of_an_interval_is_read_as_that_interval(interval: Interval) -> None:
    now = datetime(2027, 1, 8, 9, tzinfo=BRUSSELS)

    assert read(say(interval, now), now) == interval


@given(TEXTS, NOWS, st.none() | st.just(OFFICE) | st.just(Hours(time(9), time(19))))
@settings(max_examples=1000)
def test_no_text_makes_it_stumble_and_nothing_is_over_unless_it_says_so(
    text: str, now: datetime, hours: Hours | None
) -> None:
    found = read(text, now, hours=hours)

    if found is None:
        return
    for one in found.candidates if isinstance(found, Ambiguous) else (found,):
        assert one.past == lies_before(one, now.astimezone(BRUSSELS).replace(second=0, microsecond=0))
        assert from_json(as_json(one)) == one
        assert isinstance(say(one, now), str)
    assert all(0 <= start < end <= len(text) for start, end in found.spans)
    assert list(found.spans) == sorted(found.spans)
    assert len(without(text, found)) <= len(text) + len(found.spans)


@given(TEXTS, NOWS)
def test_an_answer_never_has_a_single_meaning_that_is_empty(text: str, now: datetime) -> None:
    found = read(text, now)

    if isinstance(found, Interval):
        assert found.weekdays
        assert not (found.first and found.last and found.first > found.last)
        assert not (found.earliest and found.latest and found.earliest > found.latest)


@given(NOWS, st.integers(0, 300), st.sampled_from(["om 14u", "in de namiddag", "na 16u", "tussen 10 en 12"]))
def test_a_later_answer_about_the_hour_keeps_the_day(now: datetime, days: int, answer: str) -> None:
    day = now.date() + timedelta(days=days)
    later = read(answer, now, hours=OFFICE)
    assert isinstance(later, Interval)

    both = merged(Interval(day, day), later)

    assert both == Moment(datetime(day.year, day.month, day.day, 14, tzinfo=BRUSSELS)) or isinstance(both, Interval)
    assert (both.at.date() if isinstance(both, Moment) else both.day) == day


def lies_before(found: Found, now: datetime) -> bool:
    assert not isinstance(found, Ambiguous)
    if isinstance(found, Moment):
        return found.at.timestamp() < now.timestamp()
    today = now.date()
    if (found.first and found.first < today) or (found.last and found.last < today):
        return True
    return found.last == today and found.latest is not None and found.latest < now.time()
