"""Finds which of the city's own things a sentence names: a product, a report category, a location.

Whole words only, by name and synonyms; a longer synonym covers a shorter one inside
it ("internationaal rijbewijs" is not "rijbewijs"). A long word may hold one typo.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Protocol, TypeVar

from rapidfuzz.distance import OSA

LONG_ENOUGH_FOR_A_TYPO = 6


class Named(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def synonyms(self) -> tuple[str, ...]: ...


Thing = TypeVar("Thing", bound=Named)


def named_in(text: str, things: Sequence[Thing]) -> list[Thing]:
    """The things that the text names, in the order in which they stand in it; [] when none."""
    words = _words(text)
    spans = [(len(term), start, thing) for thing in things for term in _terms(thing) for start in _places(term, words)]
    taken: set[int] = set()
    found: list[tuple[int, Thing]] = []
    for length, start, thing in sorted(spans, key=lambda span: -span[0]):
        places = set(range(start, start + length))
        if not places & taken:
            taken |= places
            found.append((start, thing))
    return _without_repeats(thing for _, thing in sorted(found, key=lambda pair: pair[0]))


def _terms(thing: Named) -> set[tuple[str, ...]]:
    return {_term(term) for term in (thing.name, *thing.synonyms)}


@lru_cache(maxsize=10_000)  # the city's, the same for every sentence
def _term(name: str) -> tuple[str, ...]:
    return tuple(_words(name))


def _places(term: tuple[str, ...], words: list[str]) -> list[int]:
    return [
        start
        for start in range(len(words) - len(term) + 1)
        if all(_same(wanted, typed) for wanted, typed in zip(term, words[start:], strict=False))
    ]


def _same(wanted: str, typed: str) -> bool:
    if wanted == typed:
        return True
    return len(wanted) >= LONG_ENOUGH_FOR_A_TYPO and OSA.distance(wanted, typed, score_cutoff=1) <= 1


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _without_repeats(things: Iterable[Thing]) -> list[Thing]:
    seen: dict[str, Thing] = {}
    for thing in things:
        seen.setdefault(thing.code, thing)
    return list(seen.values())
