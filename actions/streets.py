"""Finds the streets of the city in what somebody typed, mistakes included.

One slip of the finger is forgiven; what resembles a street is only ever a
question, for a crew that drives to the wrong street is worse than a question.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from city import Street

LONGEST_NAME = 4  # words
FORGIVEN_FROM = 7  # letters; a shorter word is too near to others
ALIKE = 70.0  # likeness of the names without their ending, out of 100
AS_GOOD = 10.0
MOST_CANDIDATES = 4

_ENDINGS = ("steenweg", "straat", "laan", "plein", "markt", "kaai", "dreef", "lei", "weg", "pad", "hof")
_STRAAT = re.compile(r"(?:st?ra{1,2}a?t{1,2}|s?tr?aa?t|straatje|str)$")
_NO_STREETS_WORDS = """
    straat zijstraat dwarsstraat winkelstraat hoofdstraat fietsstraat speelstraat woonstraat achterstraat
    doodstraat plein speelplein schoolplein dorpsplein marktplein kerkplein laan dreef kaai steenweg
"""
_NO_STREETS = frozenset(_NO_STREETS_WORDS.split())
_UNKNOWN = re.compile(r"\w{3,}(?:straat|laan|plein|steenweg|dreef|kaai|kade)")
_STARTS_NO_NAME_WORDS = "de het een in op aan van naar onze mijn die deze dees zelfde hele ganse andere elke"
_STARTS_NO_NAME = frozenset(_STARTS_NO_NAME_WORDS.split())


@dataclass(frozen=True)
class Named:
    """A street and the words of the text that name it."""

    street: Street
    start: int
    end: int


@dataclass(frozen=True)
class Resembling:
    """No street of ours, but it looks like these."""

    streets: tuple[Street, ...]


@dataclass(frozen=True)
class Unknown:
    typed: str


def words_of(text: str) -> list[str]:
    """Lower case, without accents and punctuation; "str." is spelled out."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = re.sub(r"str(?:\.|(?!\w))", "straat ", plain)
    plain = re.sub(r"(?<=\d)\s*[-–]\s*(?=\d)", "–", plain)  # 12-14 stays one word
    return re.sub(r"[,;:!?()\"\n\r\t-]", " ", plain).split()


class Streets:
    def __init__(self, streets: Iterable[Street]) -> None:
        self._by_name = {_squeezed(words_of(street.name)): street for street in streets}

    def find(self, words: Sequence[str]) -> list[Named] | Resembling | Unknown:
        """All that are named; else one with a slip; else what it may have been. Empty: no street."""
        named = self._named(words)
        if named:
            return named
        for place, word in enumerate(words):
            mistyped = self._mistyped([word])
            if mistyped:
                return [Named(mistyped, place, place + 1)]
        return self._resembling(words)

    def _named(self, words: Sequence[str]) -> list[Named]:
        found: list[Named] = []
        for size in range(LONGEST_NAME, 0, -1):
            for start in range(len(words) - size + 1):
                window = words[start : start + size]
                street = self._by_name.get(_squeezed(window))
                if street is None and size > 1:  # "Krte Brugstraat" is not Brugstraat
                    street = self._mistyped(window)
                taken = any(start < named.end and named.start < start + size for named in found)
                if street and not taken:
                    found.append(Named(street, start, start + size))
        return sorted(found, key=lambda named: named.start)

    def _mistyped(self, words: Sequence[str]) -> Street | None:
        """The one street that is a single slip away, and has as many words and the same first letter."""
        typed = _squeezed(words)
        if len(typed) < FORGIVEN_FROM or not typed.isalpha() or typed in _NO_STREETS:
            return None
        near = [name for name in self._by_name if OSA.distance(typed, name, score_cutoff=1) <= 1]
        street = self._by_name[near[0]] if len(near) == 1 and near[0][0] == typed[0] else None
        return street if street and len(words_of(street.name)) == len(words) else None

    def _resembling(self, words: Sequence[str]) -> list[Named] | Resembling | Unknown:
        for typed in _typed_streets(words):
            stem, ending = _parted(typed)
            scores = [
                (fuzz.ratio(stem, _parted(name)[0]), name) for name in self._by_name if _parted(name)[1] == ending
            ]
            best = max((score for score, _ in scores), default=0.0)
            if best >= ALIKE:
                close = sorted((score, name) for score, name in scores if score >= max(ALIKE, best - AS_GOOD))
                names = [name for _, name in reversed(close)][:MOST_CANDIDATES]
                return Resembling(tuple(self._by_name[name] for name in names))
            if _UNKNOWN.fullmatch(typed):
                return Unknown(typed)
        return []


def _typed_streets(words: Sequence[str]) -> Iterable[str]:
    """What is meant as the name of a street: "dornikstraat", "kerck straat"."""
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        if word in _ENDINGS and len(before) > 3 and before not in _STARTS_NO_NAME and before.isalpha():
            yield before + word
        elif word not in _NO_STREETS and _parted(word)[1] and len(_parted(word)[0]) > 2:
            yield word


def _parted(name: str) -> tuple[str, str]:
    """ "kerksraat" is "kerk" and "straat"; without an ending it is no street."""
    for ending in _ENDINGS:
        if name.endswith(ending):
            return name.removesuffix(ending), ending
    match = _STRAAT.search(name)
    return (name[: match.start()], "straat") if match and match.start() > 2 else (name, "")


def _squeezed(words: Sequence[str]) -> str:
    return "".join(words)
