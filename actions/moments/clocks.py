"""Rules for times of the day: "14u30", "half drie", "kwart na 9", "tussen 10 en 12", "'s namiddags".

A number up to twelve has two meanings; which one is right, a part of the day or
the opening hours must tell.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta

from actions.moments.model import BRUSSELS, Reason, minutes_later
from actions.moments.pieces import FOLLOWED_BY, MONTH, PART, ClockPiece, Window, phrase

ClockRule = Callable[[re.Match[str], datetime], ClockPiece | None]
RULES: list[tuple[re.Pattern[str], ClockRule]] = []

PART_WINDOWS = {
    "ochtend": Window(time(6), time(11, 59)),
    "voormiddag": Window(time(6), time(11, 59)),
    "noen": Window(time(12), time(13, 59)),
    "middag": Window(time(12), time(17, 59)),  # in Flanders noon, in the Netherlands the afternoon: both fit
    "namiddag": Window(time(12), time(17, 59)),
    "avond": Window(time(18), time(23, 59)),
    "nacht": Window(time(0), time(5, 59)),
}
# Which hours people give with a part of the day: "5 uur 's avonds" is 17.00.
PART_HOURS = {
    "ochtend": Window(time(3), time(12)),
    "voormiddag": Window(time(6), time(12, 30)),
    "noen": Window(time(11), time(14, 30)),
    "middag": Window(time(11), time(18)),
    "namiddag": Window(time(12), time(19)),
    "avond": Window(time(16), time(23, 59)),
    "nacht": Window(time(0), time(6)),
}

_HOUR = r"(?:\d{1,2}|een)"
_NOT_A_DATE = rf"(?! (?:{MONTH}))"
_SPOKEN = (
    rf"kwart (?:voor|na|over) {_HOUR}(?: u)?"
    rf"|\d{{1,2}} (?:minuten )?(?:voor|na|over) half {_HOUR}(?: u)?"
    rf"|(?:5|10|20|25|\d{{1,2}} minuten) (?:voor|na|over) {_HOUR}(?: u|{FOLLOWED_BY})"
    rf"|half {_HOUR}(?: u)?"
)
_WRITTEN = r"\d{1,2}:\d{2}(?: u)?|\d{1,2}\.\d{2}(?: u)?|\d{1,2} u (?:[0-5]\d)(?! u)(?![^ ])|\d{1,2} u(?! \d\d(?![^ ]))"
_TIME = rf"(?:{_SPOKEN}|{_WRITTEN})(?: (?:zomertijd|wintertijd))?"
_BARE = rf"\d{{1,2}}{_NOT_A_DATE}{FOLLOWED_BY}"
_AT = r"(?:om|te|op|klokslag)"
_LIMITS = {
    "ten laatste": "latest", "uiterlijk": "latest", "op zijn laatst": "latest", "op het laatst": "latest",
    "niet later dan": "latest", "niet na": "latest", "niet voor": "from", "ten vroegste": "from",
    "niet vroeger dan": "from", "vanaf": "from", "na": "from", "later dan": "from",
    "nog voor": "until", "voor": "until", "vóór": "until", "tot": "until", "vroeger dan": "until",
    "tegen": "towards", "rond": "around", "rond de": "around", "ongeveer": "around", "circa": "around",
}  # fmt: skip
_LIMIT = "|".join(sorted(_LIMITS, key=len, reverse=True))


def rule(pattern: str) -> Callable[[ClockRule], ClockRule]:
    """Adds a rule; those written first win."""

    def added(function: ClockRule) -> ClockRule:
        RULES.append((phrase(pattern), function))
        return function

    return added


@rule(
    r"(?:over|binnen) (?:(?P<half>een half|half|anderhalf|een kwart|kwart)(?P<unit1> u)?|(?P<count>\d{1,3}|een) "
    r"(?P<unit>u|uren|minuten))"
)
def from_now(match: re.Match[str], now: datetime) -> ClockPiece | None:
    if match["half"]:
        quarter = match["half"].endswith("kwart")
        if not quarter and not match["unit1"]:
            return None
        minutes = 15 if quarter else 90 if match["half"] == "anderhalf" else 30
    else:
        minutes = (1 if match["count"] == "een" else int(match["count"])) * (1 if match["unit"] == "minuten" else 60)
    instant = (now.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(BRUSSELS)
    reason = Reason.WITHIN_OR_AFTER if match[0].startswith("binnen") else None
    return ClockPiece((), reason=reason, instant=instant)


@rule(
    rf"(?:tussen|van|vanaf|ergens tussen) (?P<from>{_TIME}|\d{{1,2}}) (?P<link>en|tot en met|tot|-|à) "
    rf"(?P<until>{_TIME}|{_BARE})"
)
def between(match: re.Match[str], now: datetime) -> ClockPiece | None:
    return range_of(match["from"], match["until"], match["link"])


@rule(rf"(?P<from>{_TIME}|\d{{1,2}}) (?P<link>tot en met|tot|-|à|a) (?P<until>{_TIME})")
def from_to(match: re.Match[str], now: datetime) -> ClockPiece | None:
    return range_of(match["from"], match["until"], match["link"])


@rule(rf"(?P<from>\d{{1,2}}) - (?P<until>{_BARE})")
def bare_range(match: re.Match[str], now: datetime) -> ClockPiece | None:
    return range_of(match["from"], match["until"])


@rule(
    rf"(?:{_AT} )?(?P<one>{_TIME}|\d{{1,2}}) of (?:{_AT} )?(?P<two>{_TIME})|{_AT} (?P<three>\d{{1,2}}) of "
    rf"(?P<four>{_BARE})"
)
def either(match: re.Match[str], now: datetime) -> ClockPiece | None:
    """ "om 10 of 11 uur"."""
    pair = (match["one"] or match["three"], match["two"] or match["four"])
    clocks = [clock for text in pair for clock in clocks_of(text)]
    return ClockPiece(tuple(Window(clock, clock) for clock in clocks), reason=Reason.SEVERAL) if clocks else None


@rule(rf"(?:{_AT} |tegen )?een u of (?P<hour>\d{{1,2}})")
def about(match: re.Match[str], now: datetime) -> ClockPiece | None:
    """ "om een uur of drie": about three."""
    return _limited(f"{match['hour']} u", "around", bounds=False)


@rule(rf"(?<!kwart )(?<!\d )(?<!minuten )(?P<limit>{_LIMIT}) (?:om )?(?P<time>{_TIME}|{_BARE})")
def limit(match: re.Match[str], now: datetime) -> ClockPiece | None:
    kind = _LIMITS[match["limit"]]
    said = match.string[: match.start()].split()
    if match["limit"] == "voor" and _only_number(match["time"]):
        return None  # "voor 3" may be people, "5 voor 3" a time
    if match["limit"] == "voor" and said and said[-1] in ("afspraak", "afspraakje", "plaats", "moment"):
        clocks = clocks_of(match["time"])
        options = tuple(
            option for clock in clocks for option in (Window(clock, clock), Window(None, minutes_later(clock, -1)))
        )
        return ClockPiece(options, reason=Reason.ON_OR_BEFORE) if clocks else None
    return _limited(match["time"], kind, bounds=kind in ("latest", "from", "until"))


@rule(rf"(?:{_AT} )?(?P<time>{_TIME})|(?:om|te|klokslag) (?P<bare>een u|{_BARE})")
def at_time(match: re.Match[str], now: datetime) -> ClockPiece | None:
    clocks = clocks_of((match["time"] or match["bare"]).replace("een u", "1 u"))
    options = tuple(Window(clock, clock) for clock in clocks)
    return ClockPiece(options, digital=_is_digital(match["time"] or "")) if clocks else None


@rule(
    r"(?P<when>voor|vóór|na) (?:de|den) (?:middag|noen)|(?:op|rond|over|tijdens|in|tussen) (?:de|den) (?:noen|middag)"
)
def around_noon(match: re.Match[str], now: datetime) -> ClockPiece | None:
    part = {"na": "namiddag", None: "noen"}.get(match["when"], "voormiddag")
    return ClockPiece((PART_WINDOWS[part],), part)


@rule(
    rf"(?:(?:in|tijdens|op) )?(?:(?:de|s|des|den|het|t) )?(?:(?P<edge>vroeg in de|vroege|laat in de"
    rf"|late) )?(?P<part>{PART})"
    rf"(?: of (?:in )?(?:de |s )?(?P<other>{PART}))?"
)
def part_of_day(match: re.Match[str], now: datetime) -> ClockPiece | None:
    window = PART_WINDOWS[match["part"]]
    if match["other"]:
        return ClockPiece((_hull(window, PART_WINDOWS[match["other"]]),), bounds=True)
    return ClockPiece((window,), match["part"])


def clocks_of(text: str) -> list[time]:
    """The times that a phrase can mean: one for 14u, two for 3 uur, none for 25u."""
    words = text.replace("een", "1").split()
    night = [word for word in words if word in ("zomertijd", "wintertijd")]
    words = [word for word in words if word not in ("u", "minuten", *night)]
    clocks = list(_clocks(words))
    return [clock.replace(fold=1) for clock in clocks] if night == ["wintertijd"] else clocks


def _clocks(words: list[str]) -> Iterator[time]:
    if words[0] == "half":
        yield from _around_hour(words[1], -30)
    elif words[0] == "kwart":
        yield from _around_hour(words[2], -15 if words[1] == "voor" else 15)
    elif len(words) > 2:
        minutes = int(words[0]) * (-1 if words[1] == "voor" else 1)
        yield from _around_hour(words[-1], minutes - (30 if "half" in words else 0))
    else:
        hour, _, minute = " ".join(words).replace(":", " ").replace(".", " ").partition(" ")
        yield from _digital(hour, int(minute or 0))


def _digital(hour: str, minute: int) -> Iterator[time]:
    if int(hour) > 23 or minute > 59:
        return
    yield time(int(hour), minute)
    if 1 <= int(hour) <= 11 and not hour.startswith("0"):
        yield time(int(hour) + 12, minute)


def _around_hour(hour: str, minutes: int) -> Iterator[time]:
    if not 1 <= int(hour) <= 23 or abs(minutes) > 59:
        return
    total = int(hour) * 60 + minutes
    if int(hour) > 12:
        yield time(*divmod(total, 60))
        return
    yield time(*divmod(total % 720, 60))
    yield time(*divmod(total % 720 + 720, 60))


def _until(clock: time) -> Window:
    return Window(None, minutes_later(clock, -1))


def _hull(one: Window, other: Window) -> Window:
    starts = [clock for clock in (one.earliest, other.earliest) if clock is not None]
    ends = [clock for clock in (one.latest, other.latest) if clock is not None]
    return Window(min(starts, default=None), max(ends, default=None))


def _is_digital(text: str) -> bool:
    return ":" in text or "." in text


def _only_number(text: str) -> bool:
    return text.strip().isdigit()


def range_of(start: str, end: str, link: str = "tot") -> ClockPiece | None:
    """All ranges that the two times can mean; the end is the first such time after the start."""
    included = 0 if link == "tot en met" else -1
    if _only_number(start) and _only_number(end) and max(int(start), int(end)) > 23:
        return None
    options = []
    for first in clocks_of(start):
        later = [clock for clock in clocks_of(end) if clock > first]
        if later:
            options.append(Window(first, minutes_later(min(later), included)))
    return ClockPiece(tuple(options), bounds=True, digital=_is_digital(start) and _is_digital(end)) if options else None


def _limited(text: str, kind: str, *, bounds: bool) -> ClockPiece | None:
    clocks = clocks_of(text)
    options = tuple(_window(kind, clock) for clock in clocks)
    return ClockPiece(options, bounds=bounds, digital=_is_digital(text)) if clocks else None


def _window(kind: str, clock: time) -> Window:
    match kind:
        case "latest":
            return Window(None, clock)
        case "until":
            return _until(clock)
        case "from":
            return Window(clock, None)
        case "towards":
            return Window(minutes_later(clock, -30), clock)
        case _:
            return Window(minutes_later(clock, -30), minutes_later(clock, 30))
