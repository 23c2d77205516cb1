"""What the measured citizens say."""

import random

import pytest

from bench.talk import Line, talks
from conversations.model import Choice

OFFERED = [Choice("Ja", "/ja"), Choice("Nee", "/nee")]


@pytest.mark.parametrize(
    ("line", "tapped"),
    [
        (Line("Nee", taps=True), 1),
        (Line("1", taps=True), 0),
        (Line("3", taps=True), None),
        (Line("Misschien", taps=True), None),
        (Line("Nee"), None),
    ],
)
def test_a_button_is_tapped_by_title_or_number_and_typed_when_it_is_not_there(line: Line, tapped: int | None):
    assert line.tapped(OFFERED) == tapped


def test_every_citizen_has_words_of_his_own():
    random.seed(7)
    said = [line.text for _ in range(30) for talk in talks() for line in talk if not line.taps and len(line.text) > 30]

    assert len(set(said)) > 0.9 * len(said)
    assert not any("{" in text for text in said)
