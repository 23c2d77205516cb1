"""Which of the city's things a sentence names."""

from dataclasses import dataclass

import pytest

from actions.named import named_in


@dataclass(frozen=True)
class Thing:
    code: str
    name: str
    synonyms: tuple[str, ...] = ()


THINGS = [
    Thing("licence", "Rijbewijs", ("permis",)),
    Thing("international", "Internationaal rijbewijs", ("rijbewijs voor het buitenland",)),
    Thing("card", "Identiteitskaart (eID)", ("eid", "pas", "id-kaart")),
    Thing("passport", "Reispas", ()),
    Thing("birth", "Geboorteaangifte", ("baby aangeven",)),
]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("rijbewijs", ["licence"]),
        ("een afspraak voor mijn RIJBEWIJS aub!", ["licence"]),
        ("kheb ne permis nodig", ["licence"]),
        ("internationaal rijbewijs", ["international"]),
        ("een rijbewijs voor het buitenland", ["international"]),
        ("een rijbewijs en een reispas", ["licence", "passport"]),
        ("een reispas en een rijbewijs", ["passport", "licence"]),
        ("rijbewijs, ja dat rijbewijs", ["licence"]),
        ("mijn id-kaart", ["card"]),
        ("mijn id kaart", ["card"]),
        ("identiteitskaart (eid)", ["card"]),
        ("baby aangeven", ["birth"]),
        ("", []),
        ("een pizza", []),
    ],
)
def test_things_are_named_by_name_and_synonym_in_the_order_of_the_sentence(text, codes):
    assert [thing.code for thing in named_in(text, THINGS)] == codes


@pytest.mark.parametrize("text", ["rijbewijz", "rjibewijs", "rijbewijss", "rijbewjs", "geboorteaangfite"])
def test_a_long_word_may_hold_one_slip(text):
    assert len(named_in(text, THINGS)) == 1


@pytest.mark.parametrize("text", ["ped", "pasta", "eik", "rjbwijs", "reizen", "passen", "aangeven"])
def test_a_short_word_or_two_slips_name_nothing(text):
    assert named_in(text, THINGS) == []


def test_only_whole_words_count():
    assert named_in("rijbewijzen en reispassen en voorpas", [THINGS[2]]) == []
