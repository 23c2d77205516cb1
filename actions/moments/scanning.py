"""Finds the pieces of a text that speak of days and times, and keeps the rest."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from actions.moments import clocks, dates, relative
from actions.moments.pieces import WEEKDAY, ClockPiece, DayPiece, phrase

# Looks like a time and is none: greetings, and how long or how often something is.
_IGNORED = phrase(
    r"(?:goede|goeie|goeden|goei|goedem|prettig|prettige|fijne|fijn|mooie|leuk|leuke|een goed) (?:nog )?"
    r"(?:morgen|ochtend|middag|namiddag|voormiddag|avond|nacht|dag|week|weekend)"
    r"|(?:duurt|duren|al|sinds|gedurende) (?:al )?(?:ongeveer )?(?:\d{1,3}|een|een half|half|anderhalf) (?:u|uren"
    r"|minuten|dagen|weken)"
    r"|(?:\d{1,3}|een) (?:u|uren|minuten|dagen|weken) (?:lang|per|op voorhand|rijden|wachten|tijd|vrij|durend)"
    r"|24 u op 24|24/7|7 dagen op 7|elke dag|iedere dag|per (?:dag|week|maand|jaar)|een hele (?:dag|week)"
)
_SOONEST = phrase(
    rf"nu(?! en)(?! {WEEKDAY})|"
    r"(?:zo|liefst|hoe) (?:snel|rap|vlug|spoedig|gauw|vroeg)(?: als)? mogelijk|zo snel als het kan|hoe (?:eerder"
    r"|sneller|rapper) hoe (?:beter|liever)"
    r"|(?:het |de )?(?:eerstvolgende|1o|1e) (?:vrije |beschikbare |mogelijke )?(?:moment|tijdstip|plaats|plaatske"
    r"|afspraak|slot|datum|dag)"
    r"|(?:1o|1e|vroegste) (?:beschikbare|mogelijke|vrije)|dringend|binnenkort|spoed|direct|onmiddellijk|meteen"
    r"|seffens|subiet|zo rap ge kunt"
)
_ANY = phrase(
    r"(?:dag |datum |moment |u |tijdstip |dat |het |t )*(?:maakt|mokt|speelt|doet) (?:(?:me|mij|mn|ons|eigenlijk"
    r"|allemaal|echt|voor|er) )*"
    r"(?:niet|niks|niets|geen)(?: veel)? (?:uit|rol|toe)|eender wanneer|eender welke? (?:dag|moment|u|datum)"
    r"|om het even(?: wanneer| welke dag| welk moment)?"
    r"|(?:te?)?gelijk wanneer|gelijk welke? (?:dag|moment|u)|wanneer (?:dan )?(?:ook|het past|u past"
    r"|jullie (?:willen|kunnen))|geen voorkeur"
    r"|alles (?:is goed|past|kan)|altijd (?:goed|ok|mogelijk)|kies (?:jij |gij |u |zelf )?maar"
    r"|elke dag (?:is goed|past|kan)"
)
# Words of time that no rule took: then something was said that we did not understand.
_LEFT_OVER = phrase(
    r"(?:maan|dins|woens|donder|vrij|zater|zon)dag|januari|februari|april|juni|juli|augustus|september|oktober"
    r"|november|december"
    r"|overmorgen|weken|weekend|maanden|daarna|erna|nadien|daarvoor|ervoor|daarop|ochtend|voormiddag|namiddag|avond"
    r"|(?:om|tussen|rond) \d{1,2}|\d{1,2} (?:u|dagen|weken)|(?:volgende|komende|vorige|1o|laatste) (?:week|maand"
    r"|dag)|week|maand"
    r"|kwart"
    r"|vakantie|verlof|middernacht"
    r"|kerstvakantie|paasvakantie|herfstvakantie|krokusvakantie|\d{1,2}e|later|vroeger|eerder"
    r"|ik werk|werk ik|moet (?:ik )?(?:gaan )?werken|op reis|in verlof|vervalt|verloopt|geboren|verjaart?"
)


_MOVED = phrase("naar")


@dataclass
class Scan:
    """The pieces in the order of the text. `rest` is the text with everything that was read blotted out."""

    rest: str
    days: list[DayPiece] = field(default_factory=list)
    clocks: list[ClockPiece] = field(default_factory=list)
    wishes: list[tuple[int, int]] = field(default_factory=list)
    soonest: bool = False

    @property
    def found_nothing(self) -> bool:
        return not (self.days or self.clocks or self.wishes)

    @property
    def left_over(self) -> bool:
        return _LEFT_OVER.search(self.rest) is not None


def scan(text: str, now: datetime) -> Scan:
    result = Scan(_IGNORED.sub(_blot, text))
    for pattern in (_SOONEST, _ANY):
        found = [match.span() for match in pattern.finditer(result.rest)]
        result.soonest |= bool(found) and pattern is _SOONEST
        result.wishes += found
        result.rest = pattern.sub(_blot, result.rest)
    for day_pattern, day_rule in (*dates.RULES, *relative.RULES):
        result.rest = _apply(day_pattern, day_rule, result.rest, now, result.days)
    for clock_pattern, clock_rule in clocks.RULES:
        result.rest = _apply(clock_pattern, clock_rule, result.rest, now, result.clocks)
    result.days.sort(key=_start)
    result.clocks.sort(key=_start)
    return _moved(result)


def _moved(found: Scan) -> Scan:
    """ "van vrijdag 14u naar maandag 10u": what comes after "naar" is meant."""
    moved = _MOVED.search(found.rest)
    after = [piece for piece in found.days if moved and piece.start > moved.start()]
    if moved and after:
        found.days = after
        found.clocks = [piece for piece in found.clocks if piece.start > moved.start()]
    return found


Piece = TypeVar("Piece", DayPiece, ClockPiece)
Rule = Callable[[re.Match[str], datetime], Piece | None]


def _apply(
    pattern: re.Pattern[str],
    rule: Callable[[re.Match[str], datetime], Piece | None],
    text: str,
    now: datetime,
    found: list[Piece],
) -> str:
    """Adds what the rule makes of each match; what it took is blotted out for the rules after it."""
    for match in pattern.finditer(text):
        piece = rule(match, now)
        if piece is not None:
            found.append(piece.at(*match.span()))
            text = text[: match.start()] + _blot(match) + text[match.end() :]
    return text


def _blot(match: re.Match[str]) -> str:
    return "_" * len(match[0])


def _start(piece: DayPiece | ClockPiece) -> int:
    return piece.start
