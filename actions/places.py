"""Reads a place in the city out of free text or a point on the map.

Streets are those of city.yml. A place that lies elsewhere is said to lie elsewhere:
a report for another city would be lost. A number is one only where it is surely a
house number; "2 tegels" is none.
"""

import math
import re
from dataclasses import dataclass
from functools import cached_property

from actions.streets import Named, Resembling, Streets, Unknown, words_of
from city import City, Street
from conversations.model import Place

OUTSIDE = 2500.0  # metres from every street: not in the city
_ELSEWHERE_WORDS = """
    aalst antwerpen avelgem brugge brussel deinze gent harelbeke hasselt ieper ingelmunster izegem kortrijk
    kuurne ledegem lendelede leuven luik mechelen menen meulebeke oostende oudenaarde roeselare ronse tielt
    torhout waregem wervik wevelgem wielsbeke zottegem zulte zwevegem
"""
_ELSEWHERE = frozenset(_ELSEWHERE_WORDS.split())
_POSTCODE = re.compile(r"(?!19|20)[1-9]\d{3}")  # at the end of an address; a year is none
HERE = "\N{ROUND PUSHPIN}"
_HOUSE = r"(\d{1,3}(?:–\d{1,3})?)(?!\d)\s?([a-z](?![a-z]))?(?:\s*(?:bus|b\.?|/)\s*(\w{1,4})\b)?"
_CALLED = r"(?:huis)?(?:nr|nummer|n°|no)\.?\s*"
# Things that are counted in a report: what stands before them is no house number.
_COUNTED = (
    r"(?!\s*(?:tegels?|stenen|putten|put|gaten|gat|lampen?|palen|zakken|zak|bomen|bankjes?|vuilbakken|auto'?s|fietsen|"
    r"dagen|dag|weken|week|maanden|maand|jaar|u|uur|keer|maal|meter|m|cm|km|minuten|huizen|deuren|blokken|kinderen|mensen|personen)\b)"
)
_BEHIND = re.compile(rf"^\s*(?:op |aan )?(?:{_CALLED})?{_HOUSE}{_COUNTED}")
_BEFORE = re.compile(rf"(?:^|{_CALLED}){_HOUSE}(?: (?:in|op|van) (?:de|het|den))?\s*$")
_SAID_NUMBER = re.compile(rf"\b{_CALLED}{_HOUSE}")
_REMARK = re.compile(
    r"\b((?:(?:recht\s?)?(?:tegenover|over|naast|voor|achter|ter hoogte van|thv|t\.h\.v\.|aan|bij|nabij|vlakbij"
    r"|dicht bij)"
    r"\s+(?:de|het|den|'t|t|een|ons|onze|mijn|nr\.?|nummer|huisnummer)?\s*[\w'][\w'. ]{0,60}"
    r"|tussen (?:nummer )?\d{1,3} en (?:nummer )?\d{1,3}))"
)
_DANGLING = re.compile(r"(?:\s+(?:in|op|van|de|het|den|en|is|ligt|staat|er|naar))+$")


@dataclass(frozen=True)
class Spot:
    """A place that a crew can find: a street with a number, a remark or another street, or a point."""

    text: str
    street: str
    number: str | None = None
    remark: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    metres: float | None = None  # from the street, for a point


@dataclass(frozen=True)
class NeedsNumber:
    """The street is known; where in it is not."""

    street: str


@dataclass(frozen=True)
class WhichStreet:
    """It looks like these, and one of them may be meant."""

    candidates: tuple[str, ...]


@dataclass(frozen=True)
class UnknownStreet:
    """Looks like a street, but not one of ours."""

    typed: str


@dataclass(frozen=True)
class Outside:
    """Not in the city."""


Found = Spot | NeedsNumber | WhichStreet | UnknownStreet | Outside


class PlaceReader:
    def __init__(self, city: City) -> None:
        self.city = city

    @cached_property
    def _streets(self) -> Streets:
        return Streets(self.city.streets)

    @cached_property
    def _postcodes(self) -> frozenset[str]:
        return frozenset([self.city.address.postcode, *(place.address.postcode for place in self.city.locations)])

    def read(self, text: str) -> Found | None:
        """What a sentence says about a place; None when it names none."""
        words = words_of(text)
        found = self._streets.find(words)
        match found:
            case Unknown():
                return Outside() if self._is_elsewhere(words) else UnknownStreet(found.typed)
            case Resembling():
                names = tuple(street.name for street in found.streets)
                return Outside() if self._is_elsewhere(words) else WhichStreet(names)
            case []:
                return None
        if self._is_elsewhere(words):
            return Outside()
        return _crossing(found) if len(found) > 1 else _in_street(found[0], words)

    def at(self, street: str, text: str) -> Spot:
        """The answer to "where in that street?": a number, or anything that tells the spot."""
        known = next(one for one in self.city.streets if one.name == street)
        plain = " ".join(words_of(text))
        number = _BEHIND.match(plain) or _SAID_NUMBER.search(plain)
        remark = _remark(plain)
        if number and (remark is None or not _SAID_NUMBER.search(remark)):
            return _spot(known, _number(number), remark)
        return _spot(known, None, text.strip())

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
            metres=round(distance),
        )

    def _is_elsewhere(self, words: list[str]) -> bool:
        """Another postcode, or another town behind "in"."""
        here = self.city.name.casefold()
        for before, word in zip(["", *words], words, strict=False):
            if word in _ELSEWHERE and word != here and (before == "in" or before.isdigit()):
                return True
        last = words[-1] if words else ""
        return _POSTCODE.fullmatch(last) is not None and last not in self._postcodes


def _in_street(named: Named, words: list[str]) -> Spot | NeedsNumber:
    before, behind = " ".join(words[: named.start]), " ".join(words[named.end :])
    remark = _remark(f"{before} {HERE} {behind}")
    number = _BEHIND.match(behind) or _BEFORE.search(before)
    if number is None and not (remark and _SAID_NUMBER.search(remark)):
        number = _SAID_NUMBER.search(behind) or _SAID_NUMBER.search(before)
    if remark and number and _within(number, remark):  # "tegenover nummer 5" is not number 5
        number = None
    if number is None and remark is None:
        return NeedsNumber(named.street.name)
    return _spot(named.street, _number(number) if number else None, remark)


def _within(number: re.Match[str], remark: str) -> bool:
    return re.search(rf"(?<!\d){number[1]}(?!\d)", remark) is not None


def _remark(plain: str) -> str | None:
    match = _REMARK.search(plain)
    remark = _DANGLING.sub("", match[1].partition(HERE)[0].strip()) if match else ""
    return remark if len(remark.split()) > 1 else None


def _crossing(named: list[Named]) -> Spot:
    one, other = named[0].street, named[1].street
    middle = ((one.latitude + other.latitude) / 2, (one.longitude + other.longitude) / 2)
    return Spot(f"{one.name} / {other.name}", one.name, None, other.name, *middle)


def _spot(street: Street, number: str | None, remark: str | None) -> Spot:
    text = " ".join(part for part in (street.name, number) if part)
    return Spot(f"{text}, {remark}" if remark else text, street.name, number, remark, street.latitude, street.longitude)


def _number(match: re.Match[str]) -> str:
    number = match[1].replace("–", "-") + (match[2] or "").upper()
    return f"{number} bus {match[3]}" if match[3] else number


def _metres(street: Street, place: Place) -> float:
    """Good to a percent at the size of a city."""
    north = (street.latitude - place.latitude) * 111_320
    east = (street.longitude - place.longitude) * 111_320 * math.cos(math.radians(place.latitude))
    return math.hypot(north, east)
