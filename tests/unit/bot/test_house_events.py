"""What the house says by itself, such as news about a report, comes without a greeting."""

from typing import Any

import pytest
from rasa.core.processor import MessageProcessor

from tests.unit.bot.talking import WELCOME, Dialogue, texts

NEWS: dict[str, Any] = {"payload": '/kiezen{"keuze":"bellen"}', "metadata": {"event": True}}


def test_news_in_a_session_that_is_over_greets_nobody(dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch) -> None:
    dialogue.actions.answers["action_session_start"] = WELCOME
    dialogue.says("hallo")
    monkeypatch.setattr(MessageProcessor, "_has_session_expired", lambda *_: True)

    news = dialogue.says(id="2", **NEWS)

    assert texts(news) == ["Je koos bellen."]
    assert dialogue.actions.runs("action_session_start") == 2
    assert dialogue.says(id="2", **NEWS) == news


def test_news_in_a_conversation_that_was_ended_greets_nobody(dialogue: Dialogue) -> None:
    dialogue.actions.answers["action_session_start"] = WELCOME
    dialogue.says("hallo")

    assert texts(dialogue.says(id="2", new_session=True, **NEWS)) == ["Je koos bellen."]
    assert texts(dialogue.says("hallo", id="3", new_session=True))[0] == "Welkom!"


def test_the_first_that_happens_is_welcomed_whoever_says_it(dialogue: Dialogue) -> None:
    dialogue.actions.answers["action_session_start"] = WELCOME

    assert texts(dialogue.says(**NEWS)) == ["Welkom!", "Je koos bellen."]
