from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot import vectors
from bot.intent_model import IntentModel, Options

GREETINGS = ["hallo", "goeiedag", "dag allemaal", "hallo daar", "goeiemorgen", "dag"]
REPORTS = [
    "een losse tegel",
    "er ligt een tegel los",
    "de stoep is stuk",
    "een tegel op de stoep",
    "stoep kapot",
    "gat",
]


@pytest.fixture(scope="module")
def model() -> IntentModel:
    return IntentModel.learn(GREETINGS + REPORTS, ["groeten"] * 6 + ["melden"] * 6, Options())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sentences whose vector was asked."""
    texts: list[str] = []
    vector = vectors.vector

    def remembered(text: str) -> np.ndarray:
        texts.append(text)
        return vector(text)

    monkeypatch.setattr(vectors, "vector", remembered)
    return texts


def test_a_sentence_that_its_words_make_clear_costs_no_vector(model: IntentModel, asked: list[str]) -> None:
    ranking = replace(model, enough=0.5).ranking("hallo daar")

    assert ranking[0].label == "groeten"
    assert asked == []


def test_where_words_leave_doubt_the_vector_decides(model: IntentModel, asked: list[str]) -> None:
    ranking = replace(model, enough=1.0).ranking("Goedenavond")

    assert asked == ["goedenavond"]
    assert ranking[0].label == "groeten"


def test_a_model_that_was_kept_understands_the_same(model: IntentModel, tmp_path: Path) -> None:
    model.save(tmp_path / "intents.skops")

    assert IntentModel.load(tmp_path / "intents.skops").ranking("hallo daar") == model.ranking("hallo daar")
