import pytest
from rasa.shared.utils.io import read_yaml_file

from bot import dutch


@pytest.mark.parametrize(
    ("typed", "standard"),
    [
        ("kheb een afspraak nodig", "ik heb een afspraak nodig"),
        ("K'heb 't gezien", "ik heb het gezien"),
        ("zijde gij een robot?", "ben je jij een robot?"),
        ("mss mrgn vm", "misschien morgen voormiddag"),
        ("  Tis   DRINGEND ", "het is dringend"),
        ("heeeeel lang", "heel lang"),
        ("wy hebben geen tyd", "wij hebben geen tijd"),
        ("moandagmorgen stoat alles buuten", "maandagmorgen staat alles buiten"),
        ("dr ligt e put in d'n trottoir", "er ligt e put in de voetpad"),
    ],
)
def test_flemish_as_people_type_it_becomes_standard(typed: str, standard: str) -> None:
    assert dutch.standard(typed) == standard


@pytest.mark.parametrize(
    "text",
    [
        "ik wil een afspraak maken om 14u30",
        "waar is het stadhuis?",
        "",
        "baby en hobby",
        "een toast op de coach",
        "vijf minuten per minuut",
    ],
)
def test_standard_dutch_stays_as_it_is(text: str) -> None:
    assert dutch.standard(text) == text


def test_no_word_of_the_table_means_two_things() -> None:
    variants = [variant for words in read_yaml_file(dutch.TABLE).values() for variant in words.split()]

    assert sorted(set(variants)) == sorted(variants)
