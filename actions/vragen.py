"""Answers what a city hall is asked daily, and what to do when that was not the question."""

from collections.abc import Mapping, Sequence
from typing import Any

from actions.base import ServiceAction, Turn
from actions.guesses import likely
from conversations.model import Choice
from texts import Texts

ANSWER = "utter_"  # + faq/reispas


class AnswerQuestion(ServiceAction):
    """The answer, with a way out when it answers something else."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    def name(self) -> str:
        return "action_faq_beantwoorden"

    async def perform(self, turn: Turn) -> None:
        turn.say(turn.faq_response or "utter_algemeen_anders_zeggen", not_this(self.texts))


class NotThis(ServiceAction):
    """Not what he looked for: something near it once, then the choices and a person."""

    def __init__(self, titles: Mapping[str, str], texts: Texts) -> None:
        """`titles`: what to call what somebody may have meant."""
        self.titles, self.texts = titles, texts

    def name(self) -> str:
        return "action_anders_bedoeld"

    async def perform(self, turn: Turn) -> None:
        answered = (turn.last_response or "").removeprefix(ANSWER)
        others = {name: title for name, title in self.titles.items() if name != answered}
        near = likely(_ranking(turn), others) if answered in self.titles else []
        if near:
            turn.say("utter_faq_dan_dit", guesses(near, self.titles, self.texts))
        else:
            turn.say("utter_algemeen_kies_onderwerp")


def not_this(texts: Texts) -> tuple[Choice, ...]:
    """The way out that stands under every answer and every guess."""
    return texts.reply("utter_faq_anders").choices


def guesses(meant: Sequence[str], titles: Mapping[str, str], texts: Texts) -> list[Choice]:
    """Buttons for what may be meant, and the way out."""
    return [*(Choice(titles[intent], f"/{intent}") for intent in meant), *not_this(texts)]


def _ranking(turn: Turn) -> Sequence[Mapping[str, Any]]:
    """What the last message that was no tap may have meant."""
    said = (event for event in reversed(turn.tracker.events) if event.get("event") == "user")
    typed: Mapping[str, Any] = next((event for event in said if not str(event.get("text") or "").startswith("/")), {})
    return (typed.get("parse_data") or {}).get("intent_ranking") or ()
