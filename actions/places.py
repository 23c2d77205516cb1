"""Reads a place in the city out of free text or a point on the map.

Streets are those of city.yml; one with a typo is still found, two that look alike
are a question. A place that lies elsewhere is said to lie elsewhere: a report for
another city would be lost.
"""

import math
import re
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz, process

from city import City, Street
from conversations.model import Place

LIKE_ENOUGH = 84.0
"""Score (0–100) from which a typed word can be that street."""
AS_GOOD = 4.0
"""Candidates within this score of the best are a question."""
OUTSIDE = 2500.0  # metres from every street: not in the city

_NUMBER = re.compile(r"(\d{1,3})(?!\d)\s?([a-z](?![a-z]))?(?:\s*(?:bus|b\.|/)\s*(\w{1,4}))?\b", re.IGNORECASE)
_SAID_NUMBER = re.compile(rf"\b(?:huis)?(?:nr|nummer|n°)\b\.?\s*{_NUMBER.pattern}", re.IGNORECASE)
_REMARK = re.compile(
    r"\b((?:recht\s?)?(?:tegenover|over|naast|voor|achter|ter hoogte van|thv|t\.h\.v\.|aan|bij|nabij|vlakbij|dicht bij)"
    r"\s+(?:de|het|den|'t|t|een|ons|onze|mijn|nr|nummer)?\s*[\w' -]{2,60})",
    re.IGNORECASE,
)
_STREET_WORD = re.compile(
    r"(straat|straatje|laan|lei|weg|plein|dreef|steenweg|pad|markt|kaai|kade|hof|park|straete?|baan)$"
)


@dataclass(frozen=True)
class Spot:
    """A place that a crew can find: a street with a number, a remark or another street, or a point."""

    text: str
    street: str
    number: str | None = None
    remark: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class NeedsNumber:
    """The street is known; where in it is not."""

    street: str


@dataclass(frozen=True)
class WhichStreet:
    candidates: tuple[str, ...]


@dataclass(frozen=True)
class UnknownStreet:
    """Looks like a street, but not one of ours."""

    typed: str


@dataclass(frozen=True)
class Outside:
    """A point that is not in the city."""


HERE = "\N{ROUND PUSHPIN}"

Found = Spot | NeedsNumber | WhichStreet | UnknownStreet | Outside


class PlaceReader:
    def __init__(self, city: City) -> None:
        self.city = city

    @cached_property
    def _streets(self) -> dict[str, Street]:
        return {_plain(street.name): street for street in self.city.streets}

    def read(self, text: str) -> Found | None:
        """What a sentence says about a place; None when it names none."""
        named = self._named(text)
        if isinstance(named, WhichStreet | UnknownStreet) or named is None:
            return named
        streets, rest = named
        if len(streets) > 1:
            return self._crossing(streets[0], streets[1])
        return self._in_street(streets[0], rest)

    def at(self, street: str, text: str) -> Spot:
        """The answer to "where in that street?": a number, or anything that tells the spot."""
        known = self._streets[_plain(street)]
        number = _NUMBER.search(text)
        return _spot(known, _number(number), None) if number else _spot(known, None, text.strip())

    def point(self, place: Place) -> Spot | Outside:
        """A pin on the map, told by the nearest street."""
        nearest = min(self.city.streets, key=lambda street: _metres(street, place))
        distance = _metres(nearest, place)
        if distance > OUTSIDE:
            return Outside()
        return Spot(
            text=f"{nearest.name} ({place.latitude:.5f}, {place.longitude:.5f})",
            street=nearest.name,
            latitude=place.latitude,
            longitude=place.longitude,
        )

    # --- inside ---------------------------------------------------------------

    def _named(self, text: str) -> tuple[list[Street], str] | WhichStreet | UnknownStreet | None:
        """The streets that are named, and the text with a mark where the first one stood."""
        plain = _plain(text)
        exact = self._exact(plain)
        if exact:
            return exact, plain.replace(_plain(exact[0].name), HERE, 1)
        return self._like(plain)

    def _exact(self, plain: str) -> list[Street]:
        found: list[tuple[int, Street]] = []
        left = plain
        for name in sorted(self._streets, key=len, reverse=True):
            match = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", left)
            if match:
                found.append((match.start(), self._streets[name]))
                left = left[: match.start()] + " " * len(name) + left[match.end() :]
        return [street for _, street in sorted(found, key=lambda pair: pair[0])]

    def _like(self, plain: str) -> tuple[list[Street], str] | WhichStreet | UnknownStreet | None:
        """A street with a typo; the words that look like one are compared, not the whole sentence."""
        words = plain.split()
        for size in (3, 2, 1):
            for start in range(len(words) - size + 1):
                typed = " ".join(words[start : start + size])
                if not _STREET_WORD.search(typed) and not _looks_like_street(typed):
                    continue
                best = process.extract(typed, list(self._streets), scorer=fuzz.ratio, limit=4, score_cutoff=LIKE_ENOUGH)
                if best:
                    near = [name for name, score, _ in best if score >= best[0][1] - AS_GOOD]
                    if len(near) > 1:
                        return WhichStreet(tuple(self._streets[name].name for name in near))
                    return [self._streets[near[0]]], plain.replace(typed, HERE, 1)
        unknown = next((word for word in words if len(word) > 6 and _STREET_WORD.search(word)), None)
        return UnknownStreet(unknown) if unknown else None

    def _in_street(self, street: Street, rest: str) -> Spot | NeedsNumber:
        """A number counts right behind the street, or when it is called one: "2 tegels" is none."""
        number = _NUMBER.match(rest.partition(HERE)[2].strip()) or _SAID_NUMBER.search(rest)
        remark = _REMARK.search(rest)
        if remark and (not number or _SAID_NUMBER.search(remark[1])):  # "tegenover nummer 5" is not number 5
            return _spot(street, None, remark[1].strip())
        if number:
            return _spot(street, _number(number), None)
        return NeedsNumber(street.name)

    def _crossing(self, one: Street, other: Street) -> Spot:
        middle = Place((one.latitude + other.latitude) / 2, (one.longitude + other.longitude) / 2)
        return Spot(f"{one.name} / {other.name}", one.name, None, other.name, middle.latitude, middle.longitude)


def _spot(street: Street, number: str | None, remark: str | None) -> Spot:
    text = " ".join(part for part in (street.name, number) if part)
    return Spot(f"{text}, {remark}" if remark else text, street.name, number, remark, street.latitude, street.longitude)


def _number(match: re.Match[str]) -> str:
    number = match[1] + (match[2] or "").upper()
    return f"{number} bus {match[3]}" if match[3] else number


def _looks_like_street(typed: str) -> bool:
    """Most of a street's ending is there: "kerkstaat", "doorniksestr"."""
    return bool(re.search(r"(st[ra]{1,3}[aet]{0,3}t?|str\.?|ln|wg|plijn|mart)$", typed)) and len(typed) > 5


def _plain(text: str) -> str:
    lower = text.casefold().replace("-", " ").replace("’", "'")
    return " ".join(
        re.sub(r"[,;!?()\"]", " ", re.sub(r"\bstr\b\.?", "straat", re.sub(r"str\.(?!\w)", "straat", lower))).split()
    )


def _metres(street: Street, place: Place) -> float:
    """Good to a percent at the size of a city."""
    north = (street.latitude - place.latitude) * 111_320
    east = (street.longitude - place.longitude) * 111_320 * math.cos(math.radians(place.latitude))
    return math.hypot(north, east)
