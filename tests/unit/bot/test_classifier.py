import asyncio
from pathlib import Path
from typing import Any

import pytest
import skops.io
from rasa.core.agent import Agent

from bot.intent_model import IntentModel


@pytest.fixture(scope="module")
def agent(trained: Path) -> Agent:
    return Agent.load(str(trained))


def parse(agent: Agent, text: str) -> dict[str, Any]:
    parsed: dict[str, Any] = asyncio.run(agent.parse_message(text))
    return parsed


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("goeiemorgen", "groeten"),
        ("merci hé", "bedanken"),
        ("kzie een losse stoeptegel", "melding_maken"),
        ("waneer komen ze t vuilnis halen", "faq/afval"),
        ("kheb een nieuwe reispas nodig", "faq/reispas"),
    ],
)
def test_sentences_that_nobody_gave_are_understood(agent: Agent, text: str, intent: str) -> None:
    assert parse(agent, text)["intent_ranking"][0]["name"] == intent


def test_a_faq_is_told_in_the_shape_that_rasa_answers_from(agent: Agent) -> None:
    parsed = parse(agent, "wanneer wordt het afval opgehaald")

    assert parsed["intent"]["name"] == "faq"
    assert parsed["intent"]["full_retrieval_intent_name"] == "faq/afval"
    assert parsed["response_selector"]["all_retrieval_intents"] == ["faq"]
    assert parsed["response_selector"]["faq"]["response"]["utter_action"] == "utter_faq/afval"


def test_below_its_line_it_does_not_understand_and_still_ranks(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(IntentModel, "is_sure", lambda *_: False)

    parsed = parse(agent, "hallo")

    assert parsed["intent"]["name"] == "nlu_fallback"
    assert parsed["intent_ranking"][0]["name"] == "groeten"
    assert "response_selector" not in parsed


def test_an_empty_message_is_not_understood(agent: Agent) -> None:
    assert parse(agent, "")["intent"] == {"name": "nlu_fallback", "confidence": 1.0}


def test_the_confidences_of_all_intents_are_one_together(agent: Agent) -> None:
    ranking = parse(agent, "hallo")["intent_ranking"]

    assert sum(guess["confidence"] for guess in ranking) == pytest.approx(1.0, abs=0.01)


def test_a_file_with_anything_but_numbers_and_words_is_refused(tmp_path: Path) -> None:
    skops.io.dump({"space": Path("/"), "weights": {}}, tmp_path / "intents.skops")

    with pytest.raises(Exception, match=r"[Uu]ntrusted|UntrustedTypesFoundException"):
        IntentModel.load(tmp_path / "intents.skops")
