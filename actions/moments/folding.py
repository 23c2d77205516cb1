"""Puts the pieces of days together: limits, ranges, choices, exclusions, and what they leave."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import reduce
from itertools import product

from actions.moments.almanac import DAY, WEEK, monday_of, on_or_after
from actions.moments.model import ALWAYS_ASKED, EVERY_DAY, Reason
from actions.moments.pieces import ClockPiece, DayPiece, Days, single
from actions.moments.relative import all_but, resolved

_FILLER = r"(?: (?:op|om|de|het|in|ergens|liefst|nog|dag))*"
_BEFORE_LIMIT = {
    "from": r"vanaf|ten vroegste|niet voor|niet vroeger dan|sinds|ten vroegste op",
    "after": r"na|later dan",
    "latest": r"ten laatste|uiterlijk|binnen nu en|tussen nu en|op zijn laatst|op het laatst|tegen|tot en met"
    r"|niet later dan|niet na",
    "till": r"tot",
    "before": r"nog voor|vóór|vroeger dan",
    "on_or_before": r"voor",
    "around": r"rond|rond de|ergens rond",
}
_LIMITS = [(kind, re.compile(rf"(?<![^ ])(?:{words}){_FILLER} $")) for kind, words in _BEFORE_LIMIT.items()]
_RANGE = re.compile(r"(?:tot en met|tot|-)(?: op)?")
_CHOICE = re.compile(r"(?:of|en|en ook|of anders|of ook|,|, of)(?: (?:op|de))?")
_NEGATED_BEFORE = re.compile(
    rf"(?<![^ ])(?:niet|geen|behalve|uitgezonderd|zonder)(?: (?:meer|graag|perse|per se))?{_FILLER} $"
)
_FILLING = (
    r"(?: (?:ik|we|wij|mij|me|ons|echt|jammer|genoeg|helaas|spijtig|dan|voor|dat|toch|zeker|gewoon|eigenlijk|het))*"
)
_NEGATED_AFTER = re.compile(
    rf"^(?: (?:kan|past|lukt|gaat|is|komt))?{_FILLING} (?:niet|onmogelijk)(?![^ ])(?! _)(?! (?:in|voor|na|om|te))"
)
_PLANNED_FOR = re.compile(
    r"(?:afspraak|afspraakje|rdv|moment|plaats|plek|plaatske|iets|vrij|tijdstip|slot|uur|in|inplannen|inboeken"
    r"|planning|agenda"
    r"|reservatie|annuleren|open|genoeg|het|had|was) voor $"
)


def fold(pieces: list[DayPiece], rest: str, today: date) -> DayPiece | None:
    """One piece with all that the text says about days; its options are all it can mean."""
    joined = _joined(pieces, rest, today)
    return _together([_modified(piece, rest, today) for piece in joined], today) if joined else None


def without_negations(rest: str, pieces: Sequence[DayPiece | ClockPiece]) -> str:
    """The rest of a text without the negations that `fold` understood."""
    for piece in pieces:
        for pattern, start, end in ((_NEGATED_BEFORE, 0, piece.start), (_NEGATED_AFTER, piece.end, len(rest))):
            match = pattern.search(rest[start:end])
            if match:
                rest = rest[: start + match.start()] + " " * len(match[0]) + rest[start + match.end() :]
    return rest


def explicit(piece: DayPiece, today: date) -> DayPiece:
    """The piece with a bare weekday worked out."""
    if piece.weekday is None:
        return piece
    options, reason = resolved(piece.weekday, today)
    return replace(piece, options=options, reason=reason, weekday=None)


def _joined(pieces: list[DayPiece], rest: str, today: date) -> list[DayPiece]:
    """Makes one of pieces that "tot", "en" or "of" joins."""
    result: list[DayPiece] = []
    for piece in pieces:
        between = rest[result[-1].end : piece.start].strip() if result else None
        before = rest[: result[-1].start].split()[-1:] if result else []
        if between and (_RANGE.fullmatch(between) or (between == "en" and before == ["tussen"])):
            result[-1] = _range(result[-1], piece, today)
        elif between and _CHOICE.fullmatch(between) and not _only_narrows(result[-1], piece):
            result[-1] = _either(result[-1], piece, today)
        else:
            result.append(piece)
    return result


def _only_narrows(one: DayPiece, other: DayPiece) -> bool:
    """ "volgende week, maandag": the second says which day of the first."""
    return other.weekday is not None and one.weekday is None and not any(days.is_one for days in one.options)


def _range(start: DayPiece, end: DayPiece, today: date) -> DayPiece:
    first = explicit(start, today)
    options = []
    for days in first.options:
        last = on_or_after(days.first + DAY, end.weekday) if end.weekday is not None and days.first else None
        lasts = [last] if last else [option.last for option in end.options]
        options += [_between(days, option, start, end, today) for option in lasts]
    good = tuple(days for days in options if not days.is_empty)
    reason = (first.reason or end.reason) if good else Reason.UNCLEAR
    return replace(first, options=good or first.options, reason=reason, end=end.end, whole=True, feast=False)


def _between(days: Days, last: date | None, start: DayPiece, end: DayPiece, today: date) -> Days:
    if not (start.feast and end.feast and last):
        return Days(days.first, last)
    first = days.first + DAY if days.first and days.first < last else today  # it may be the 28th already
    return Days(first, last - DAY)


def _either(one: DayPiece, other: DayPiece, today: date) -> DayPiece:
    """ "maandag of donderdag": both, where one interval can say so; else a question."""
    if one.restricts and other.restricts:
        weekdays = one.options[0].weekdays | other.options[0].weekdays
        return replace(one, options=(Days(weekdays=weekdays),), end=other.end)
    left, right = _framed(one, other, today)
    unions = [_union(mine, theirs) for mine, theirs in product(left.options, right.options)]
    if all(unions) and right.reason is not Reason.SEVERAL:
        options = tuple(days for days in unions if days)
        shortest = tuple(days for days in options if _length(days) <= 7) or options
        return replace(left, options=shortest, reason=left.reason or right.reason, end=other.end)
    return replace(left, options=(*left.options, *right.options), reason=Reason.SEVERAL, end=other.end)


def _framed(one: DayPiece, other: DayPiece, today: date) -> tuple[DayPiece, DayPiece]:
    """ "volgende week dinsdag of donderdag": both of that week."""
    if other.weekday is not None and one.week:
        return one, replace(other, options=(single(one.week + other.weekday * DAY),), weekday=None)
    if one.weekday is not None and other.week and other.week_last:
        return replace(one, options=(single(other.week + one.weekday * DAY),), weekday=None), other
    left, right = explicit(one, today), explicit(other, today)
    first = left.options[0].first if left.options else None
    if one.weekday is None and other.weekday is not None and first:
        following = single(on_or_after(first + DAY, other.weekday))
        if following not in right.options:  # the first one that comes, or the first one after that day?
            right = replace(right, options=(*right.options, following), reason=Reason.SEVERAL)
    return left, right


def _length(days: Days) -> int:
    return (days.last - days.first).days + 1 if days.first and days.last else 0


def _union(one: Days, other: Days) -> Days | None:
    """Exactly the days of both, or None when no interval says exactly that."""
    if not (one.first and one.last and other.first and other.last) or _length(one) + _length(other) > 62:
        return None
    wanted = {day for days in (one, other) for day in _days(days)}
    hull = Days(min(wanted), max(wanted), frozenset(day.weekday() for day in wanted))
    if set(_days(hull)) != wanted:
        return None
    return hull if _length(hull) != len(wanted) else Days(hull.first, hull.last)


def _days(days: Days) -> list[date]:
    first = days.first or date.min
    return [day for n in range(_length(days)) if (day := first + timedelta(n)).weekday() in days.weekdays]


def _modified(piece: DayPiece, rest: str, today: date) -> DayPiece:
    """The piece with the words around it: "niet …", "vanaf …", "ten laatste …"."""
    before, after = rest[: piece.start], rest[piece.end :].lstrip("_")
    for kind, pattern in _LIMITS:
        match = pattern.search(before)
        if match:
            return replace(_limited(explicit(piece, today), kind, before, today), start=match.start())
    negated = _NEGATED_BEFORE.search(before)
    if negated or _NEGATED_AFTER.search(after):
        return replace(_excluded(piece, today), start=negated.start() if negated else piece.start)
    return piece


def _limited(piece: DayPiece, kind: str, before: str, today: date) -> DayPiece:
    if piece.restricts:
        return piece if kind == "on_or_before" else replace(piece, reason=Reason.UNCLEAR)
    if kind == "on_or_before" and (_PLANNED_FOR.search(before) or _is_near(piece, today)):
        return piece  # "een afspraak voor vrijdag", "voor morgen"
    if kind in ("on_or_before", "before") and piece.is_end:
        kind = "latest"
    if kind == "on_or_before" and piece.feast:
        kind = "before"
    if kind == "till" and not piece.whole and not all(days.is_one for days in piece.options):
        kind = "till_unclear"  # "tot volgende week", "tot december": with or without it
    options = tuple(option for days in piece.options for option in _limit(days, kind))
    reasons = {"on_or_before": Reason.ON_OR_BEFORE, "till_unclear": Reason.UNCLEAR}
    return replace(piece, options=options, reason=piece.reason or reasons.get(kind), whole=True)


def _is_near(piece: DayPiece, today: date) -> bool:
    """Nobody says "before" of today or tomorrow."""
    return any(days.first and days.first <= today + DAY for days in piece.options)


def _limit(days: Days, kind: str) -> tuple[Days, ...]:
    before = Days(None, days.first - DAY) if days.first else Days()
    until = Days(None, days.last)
    return {
        "from": (Days(days.first, None),),
        "after": (Days(days.last + DAY if days.last else None, None),),
        "latest": (until,),
        "till": (until,),
        "before": (before,),
        "on_or_before": (days, before),
        "till_unclear": (before, until),
        "around": (
            Days(days.first - 3 * DAY, days.last + 3 * DAY) if days.is_one and days.first and days.last else days,
        ),
    }[kind]


def _excluded(piece: DayPiece, today: date) -> DayPiece:
    """ "niet op maandag": the other days. Where that cannot be said, a question."""
    if piece.weekday is not None:
        return replace(piece, options=(all_but(piece.weekday),), weekday=None, restricts=True)
    days = piece.options[0] if len(piece.options) == 1 else Days()
    if piece.restricts:
        return replace(piece, options=(Days(weekdays=EVERY_DAY - days.weekdays),))
    if days == single(today):
        return replace(piece, options=(Days(today + DAY, None),))
    if days == Days(today, monday_of(today) + 6 * DAY):
        return replace(piece, options=(Days(monday_of(today) + WEEK, None),))
    return replace(piece, reason=Reason.UNCLEAR, excluded=True)


def _touches(piece: DayPiece, refused: Sequence[date | None], today: date) -> bool:
    return any(not (days & single(day)).is_empty for days in explicit(piece, today).options for day in refused if day)


def _together(pieces: list[DayPiece], today: date) -> DayPiece:
    """What is left when all pieces hold at the same time."""
    wanted = [piece for piece in pieces if not piece.excluded]
    refused = [days.first for piece in pieces if piece.excluded for days in piece.options if days.is_one]
    if wanted and refused and not any(_touches(piece, refused, today) for piece in wanted):
        pieces = wanted  # "30 november gaat niet, 1 december wel"
    frame = [piece for piece in pieces if piece.weekday is None and not piece.restricts]
    bare = [piece for piece in pieces if piece.weekday is not None]
    if frame:  # the weekday says which day of the week, the month, …
        bare = [replace(piece, options=(Days(weekdays=frozenset({piece.weekday or 0})),)) for piece in bare]
    else:
        bare = [explicit(piece, today) for piece in bare]
    every = [*frame, *bare, *(piece for piece in pieces if piece.restricts)]
    combined = [reduce(Days.__and__, options) for options in product(*(piece.options for piece in every))]
    good = tuple(dict.fromkeys(days for days in combined if not days.is_empty))
    reason = next((piece.reason for piece in every if piece.reason), None)
    if not good:
        said = [days for piece in pieces for days in explicit(piece, today).options]
        return DayPiece(tuple(days for days in said if days.first or days.last), reason or Reason.CONTRADICTION)
    unclear = reason in ALWAYS_ASKED
    return DayPiece(good, reason if len(good) > 1 or unclear else None)
