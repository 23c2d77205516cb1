"""Reads Dutch and Flemish days and times. Never a wrong day: what is not sure is Ambiguous.

`read` goes from text to words (tokens), from words to pieces (scanning: rules in
dates, relative and clocks), from pieces to what they mean together (folding,
timing), and from there to a moment, an interval or a question.
"""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product

from actions.moments import folding, timing
from actions.moments.almanac import day_with_number, real_day
from actions.moments.clocks import clocks_of, range_of
from actions.moments.model import ALWAYS_ASKED, BRUSSELS, Ambiguous, Found, Hours, Interval, Moment, Reason, Span
from actions.moments.pieces import ClockPiece, DayPiece, Days, Window, phrase
from actions.moments.scanning import Scan, scan
from actions.moments.tokens import Words, words_of

_NEGATION = phrase("niet|geen|behalve|uitgezonderd")
_CLAUSE_END = re.compile(r"[|,]| maar | want | en ")
_NUMBER = re.compile(r"(?:op |de |om )*(?P<number>\d{1,2})(?P<ordinal>e)?(?: (?:graag|aub|alstublieft))?")
_TWO_NUMBERS = re.compile(r"(?<![^ ])(?P<one>\d{1,2})(?:\.| - )(?P<two>\d{1,2})(?![^ ])(?! u)")
_BELONGS = re.compile(
    r"(?:(?<![^ ])(?:niet|geen|behalve|op|om|ten laatste|ten vroegste|uiterlijk|nog|voor|na|vanaf|tot|tussen|van"
    r"|tegen|rond|liefst|in|de) )*$"
)
_LINKS = re.compile(r" ?(?:(?:,|of|en|tot|tot en met|-|met|om) )*")
_TIME_FOLLOWS = (["om"], ["te"], ["tussen"], ["van"], ["na"], ["rond"])
_LONGEST = 600  # characters; nobody writes a date in more, and a pasted book must not keep us busy


def read(text: str, now: datetime, *, hours: Hours | None = None) -> Found | None:
    """What the text says about days and times; None when it says nothing.

    `hours` are the hours that make sense, for "om 3 uur". Nothing that is given
    back is over, unless it says so (`past`).
    """
    words = words_of(text[:_LONGEST])
    now = now.astimezone(BRUSSELS).replace(second=0, microsecond=0)
    found = _only_a_number(words, now, hours) or _two_numbers(words, now, hours)
    return found or _read(words, scan(words.text, now), now, hours)


def _read(words: Words, found: Scan, now: datetime, hours: Hours | None) -> Found | None:
    if found.found_nothing:
        return None
    spans = _spans(words, found)
    pairs = _pairs(found)
    if pairs:
        read_apart = [one for pair in pairs if (one := _read(words, pair, now, hours))]
        return Ambiguous(Reason.SEVERAL, tuple(one for each in read_apart for one in _meanings(each)), spans)
    soon = next((piece for piece in found.clocks if piece.instant), None)
    if soon and soon.instant and not found.days:
        moment = Moment(soon.instant, spans=spans)
        return Ambiguous(soon.reason, (moment,), spans) if soon.reason else moment
    days = folding.fold(found.days, found.rest, now.date()) if found.days else None
    clock = timing.fold(found.clocks, found.rest, hours)
    if days is None and clock is None:
        return Interval(soonest=found.soonest, spans=spans)
    result = _combined(days or DayPiece((Days(),)), clock or ClockPiece((Window(),)), now, words.text)
    if isinstance(result, Interval):
        result = replace(result, soonest=found.soonest)
    if not isinstance(result, Ambiguous) and (found.left_over or _is_denied(found) or _is_mixed(found, days)):
        result = Ambiguous(Reason.UNCLEAR, (result,))
    return replace(result, spans=spans)


def _pairs(found: Scan) -> list[Scan]:
    """ "maandag om 10u of dinsdag om 14u": each day with its own time."""
    days, clocks = found.days, found.clocks
    if len(days) < 2 or len(days) != len(clocks):
        return []
    order = "".join(kind for _, kind in sorted([(d.start, "d") for d in days] + [(c.start, "c") for c in clocks]))
    if order not in ("dc" * len(days), "cd" * len(days)):
        return []
    return [Scan(found.rest, [day], [clock]) for day, clock in zip(days, clocks, strict=True)]


def _meanings(found: Found) -> tuple[Moment | Interval, ...]:
    return found.candidates if isinstance(found, Ambiguous) else (found,)


def _combined(days: DayPiece, clock: ClockPiece, now: datetime, text: str) -> Found:
    """Every option of the days with every option of the times."""
    if not days.options:
        return Ambiguous(days.reason or Reason.UNCLEAR, ())
    results = [_made(option, window, now, text) for option, window in product(days.options, clock.options)]
    problem = next((result for result in results if isinstance(result, Ambiguous)), None)
    if problem and len(results) == 1:
        return problem
    certain = list(dict.fromkeys(result for result in results if not isinstance(result, Ambiguous)))
    reason = days.reason or clock.reason
    if len(certain) > 1 and reason in (Reason.TODAY_OR_NEXT_WEEK, Reason.MORNING_OR_AFTERNOON, Reason.WHICH_DAY):
        certain = [result for result in certain if not result.past] or certain
    needs_asking = {days.reason, clock.reason} & ALWAYS_ASKED
    if len(certain) == 1 and not needs_asking:
        return certain[0]
    return Ambiguous(reason or Reason.UNCLEAR, tuple(certain))


def _made(days: Days, window: Window, now: datetime, text: str) -> Found:
    if days.first and days.is_one and window.earliest is not None and window.is_one:
        return _moment(days.first, window.earliest, now, text)
    found = Interval(days.first, days.last, window.earliest, window.latest, days.weekdays)
    return replace(found, past=_is_past(found, now))


def _moment(day: date, clock: time, now: datetime, text: str) -> Found:
    """The exact minute; the two nights on which the clock is changed need care."""
    at = datetime.combine(day, clock, BRUSSELS)
    if at.astimezone(UTC).astimezone(BRUSSELS).replace(tzinfo=None) != at.replace(tzinfo=None):
        real = at.astimezone(UTC).astimezone(BRUSSELS)
        return Ambiguous(Reason.NO_SUCH_TIME, (Moment(real, real < now),))
    twice = at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()
    if twice and "zomertijd" not in text and "wintertijd" not in text:
        both = (at.replace(fold=0), at.replace(fold=1))
        return Ambiguous(Reason.TWICE, tuple(Moment(one, _before(one, now)) for one in both))
    return Moment(at, _before(at, now))


def _before(at: datetime, now: datetime) -> bool:
    return at.timestamp() < now.timestamp()


def _is_past(found: Interval, now: datetime) -> bool:
    today = now.date()
    if (found.first and found.first < today) or (found.last and found.last < today):
        return True
    return found.last == today and found.latest is not None and found.latest < now.time()


def _spans(words: Words, found: Scan) -> tuple[Span, ...]:
    """Where the pieces stood, with the words that belong to them; pieces that touch are one."""
    pieces = [(piece.start, piece.end) for piece in found.days] + [(piece.start, piece.end) for piece in found.clocks]
    result: list[Span] = []
    for place, end in sorted([*pieces, *found.wishes]):
        belonging = _BELONGS.search(found.rest[:place])
        start = belonging.start() if belonging else place
        if result and _LINKS.fullmatch(found.rest[result[-1][1] : start]):
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(words.origin(*place) for place in result)


def _only_a_number(words: Words, now: datetime, hours: Hours | None) -> Found | None:
    """ "5": the fifth, or five o'clock? "de 5de" is a day."""
    match = _NUMBER.fullmatch(words.text)
    if match is None:
        return None
    number = int(match["number"])
    days = [next(day_with_number(now.date() + timedelta(1), number))] if 1 <= number <= 31 else []
    candidates: list[Moment | Interval] = [Interval(day, day) for day in days]
    spans = (words.origin(0, len(words.text)),)
    if match["ordinal"]:
        return None if not days or match[0].startswith("de ") else replace(candidates[0], spans=spans)
    if match[0].startswith("om "):
        return None
    candidates += _times(f"{number} u", hours)
    return Ambiguous(Reason.NOTATION, tuple(candidates), spans) if candidates else None


def _two_numbers(words: Words, now: datetime, hours: Hours | None) -> Found | None:
    """ "10.12" and "9-11" without a day beside them: a date or a time?"""
    match = _TWO_NUMBERS.search(words.text)
    if match is None or words.text[: match.start()].split()[-1:] in (
        ["om"],
        ["te"],
        ["tussen"],
        ["van"],
        ["na"],
        ["rond"],
    ):
        return None
    days = _short_date(int(match["one"]), int(match["two"]), now)
    beside = scan(words.text[: match.start()] + words.text[match.end() :], now).days
    if not days or (beside and days[0].first and days[0].first.weekday() != beside[0].weekday):
        return None
    times = _times(match[0], hours) if "." in match[0] else _times_between(match["one"], match["two"], hours)
    return Ambiguous(Reason.NOTATION, (*days, *times), (words.origin(*match.span()),)) if times else None


def _short_date(number: int, month: int, now: datetime) -> list[Interval]:
    this, following = (real_day(year, month, number) for year in (now.year, now.year + 1))
    day = this if this and this >= now.date() else following
    return [Interval(day, day)] if day else []


def _times(text: str, hours: Hours | None) -> list[Interval]:
    clocks = clocks_of(text)
    options = tuple(Window(clock, clock) for clock in clocks)
    folded = timing.fold([ClockPiece(options)], "", hours) if options else None
    return [Interval(earliest=window.earliest, latest=window.latest) for window in folded.options] if folded else []


def _times_between(start: str, end: str, hours: Hours | None) -> list[Interval]:
    piece = range_of(start, end)
    folded = timing.fold([piece], "", hours) if piece else None
    return [Interval(earliest=window.earliest, latest=window.latest) for window in folded.options] if folded else []


def _is_denied(found: Scan) -> bool:
    """A "not" beside what was read, whose meaning we did not work out."""
    rest = folding.without_negations(found.rest, [*found.days, *found.clocks])
    clauses = _CLAUSE_END.split(rest)
    return any("_" in clause and _NEGATION.search(clause) for clause in clauses)


def _is_mixed(found: Scan, days: DayPiece | None) -> bool:
    """ "ten laatste vrijdag om 16u": one limit made of a day and a time; we cannot say that in one interval."""
    exact = any(not piece.bounds and not piece.part for piece in found.clocks)
    return (
        exact and days is not None and any((option.first is None) != (option.last is None) for option in days.options)
    )
