"""Brings a text into the one shape that the rules read, and remembers where everything stood.

"Vrijdagnamiddag, 14u30 aub" becomes "vrijdag namiddag , 14 u 30 aub".
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

from actions.moments.model import Span
from actions.moments.words import MONTHS, PARTS, SHORT_MONTHS, WEEKDAYS, canonical

_TOKEN = re.compile(
    r"""
    (?P<phrase>t\.?e\.?m\.(?!\w)|t/m(?!\w)|a\.s\.?(?!\w)|z\.s\.m\.?(?!\w)|a\.u\.b\.?(?!\w)|o\.?h\.[ ]?hemelvaart)
  | (?P<number>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9])|[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?:[0-9]{4}|[0-9]{2})(?![0-9])
      |[0-9]{1,2}/[0-9]{1,2}(?![0-9])
      |[0-9]{1,2}:[0-9]{2}(?![0-9])|[0-9]{1,2}\.[0-9]{2}(?![0-9]))
  | (?P<ordinal>[0-9]{1,2}(?:ste|de|e|°)(?!\w))
  | (?P<digits>[0-9]+)
  | (?P<word>[^\W\d_]+)
  | (?P<mark>[,;!?.\n/()-])
    """,
    re.VERBOSE,
)
_PHRASES = {"t": "tot en met", "a": "aanstaande", "z": "zo snel mogelijk", "o": "hemelvaart"}
_ABBREVIATED = {
    *MONTHS,
    *SHORT_MONTHS,
    *WEEKDAYS,
    *PARTS,
    "ma",
    "di",
    "wo",
    "do",
    "vr",
    "za",
    "zo",
    "u",
    "volgende",
    "tot en met",
}
_STRESSED_BEFORE = re.compile("v(?:óó|óo|oó)r$")
_SHORT = {"ma": 0, "di": 1, "din": 1, "wo": 2, "woe": 2, "do": 3, "vr": 4, "za": 5, "zat": 5, "zo": 6}
_BEFORE_SHORT = {"op", "tegen", "vanaf", "volgende", "komende", "deze"}
_DATED = re.compile("[0-9]{1,2}/[0-9]{1,2}|[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]+|[0-9]{1,2}e")
_INTRODUCES_MONTH = re.compile(r"(?:^|\b)(?:[0-9]{1,2}[eo]?|begin|half|midden|eind|in)(?: van)?$")
_DAY_WORDS = {"vandaag", "morgen", "overmorgen", "gisteren", *WEEKDAYS}


@dataclass(frozen=True)
class Words:
    """Canonical text, and for each of its words where it came from."""

    text: str
    offsets: tuple[int, ...]  # where each word begins in `text`
    origins: tuple[Span, ...]

    def origin(self, start: int, end: int) -> Span:
        """The stretch of the original text behind text[start:end]."""
        first = bisect_right(self.offsets, start) - 1
        last = bisect_right(self.offsets, max(start, end - 1)) - 1
        return self.origins[first][0], self.origins[last][1]


def words_of(text: str) -> Words:
    found: list[tuple[str, Span]] = []
    for match in _TOKEN.finditer(text):
        previous = found[-1][0] if found else ""
        shape = _shape(match, previous, text)
        found.extend((word, match.span()) for word in shape.split())
    return _joined(_mornings(_long_names(_long_months(found))))


def _shape(match: re.Match[str], previous: str, text: str) -> str:
    raw = match.group().lower()
    kind = match.lastgroup
    if kind == "phrase":
        return "aub" if raw.startswith("a.u") else _PHRASES[raw[0]]
    if kind == "ordinal":
        return f"{int(re.findall('[0-9]+', raw)[0])}e"
    if kind == "mark":
        return _mark(raw, previous, text[match.end() : match.end() + 1])
    if kind == "word":
        return _word(raw, previous)
    return unicodedata.normalize("NFKD", raw)


def _mark(raw: str, previous: str, following: str) -> str:
    if raw == ".":
        return "" if previous in _ABBREVIATED or following.isalnum() else "|"
    if raw in ";!?\n":
        return "|"
    return "," if raw in "()" else raw


def _word(raw: str, previous: str) -> str:
    if _STRESSED_BEFORE.match(unicodedata.normalize("NFC", raw)):
        return "vóór"
    if raw in ("h", "u") and previous[:1].isdigit():
        return "u"
    if raw == "één":
        return "1"
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", raw) if not unicodedata.combining(sign))
    return canonical(plain)


def _long_months(found: list[tuple[str, Span]]) -> list[tuple[str, Span]]:
    result: list[tuple[str, Span]] = []
    for word, span in found:
        before = " ".join(known for known, _ in result[-2:])
        introduced = word in SHORT_MONTHS and _INTRODUCES_MONTH.search(before)
        turn_of_year = word == "nieuw" and before == "kerst en"
        result.append((SHORT_MONTHS[word] if introduced else "nieuwjaar" if turn_of_year else word, span))
    return result


def _long_names(found: list[tuple[str, Span]]) -> list[tuple[str, Span]]:
    """Short weekday names are ordinary words too: only with something of the calendar beside them."""
    words = [word for word, _ in found] + ["", ""]
    return [
        (WEEKDAYS[_SHORT[word]] if word in _SHORT and _is_weekday(words, place) else word, span)
        for place, (word, span) in enumerate(found)
    ]


def _is_weekday(words: list[str], place: int) -> bool:
    word, following, second = words[place : place + 3]
    before = words[place - 1] if place else ""
    dated = bool(_DATED.fullmatch(following)) or (following.isdigit() and second in MONTHS)
    if word in ("ma", "zo"):  # "maar" and "so" in the mouth of many
        return dated or following in PARTS or (word == "ma" and before == "op")
    timed = following in PARTS or ":" in following or (following.isdigit() and second == "u")
    return dated or timed or before in _BEFORE_SHORT or len(words) == 3


def _mornings(found: list[tuple[str, Span]]) -> list[tuple[str, Span]]:
    """ "Morgen" is a part of the day after a weekday, an article or 's; else it is tomorrow."""
    result: list[tuple[str, Span]] = []
    for word, span in found:
        previous = result[-1][0] if result else ""
        part = word == "morgen" and previous in {"s", "de", "deze", "elke", *WEEKDAYS}
        early = word == "vroeg" and previous in _DAY_WORDS
        result.append(("ochtend" if part or early or word == "morgens" else word, span))
    return result


def _joined(found: list[tuple[str, Span]]) -> Words:
    offsets, position = [], 0
    for word, _ in found:
        offsets.append(position)
        position += len(word) + 1
    return Words(" ".join(word for word, _ in found), tuple(offsets), tuple(span for _, span in found))
