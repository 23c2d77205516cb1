"""Answers what a city hall is asked daily, and what to do when that was not the question."""

from actions.base import ServiceAction, Turn
from conversations.model import Choice
from texts import Texts


class AnswerQuestion(ServiceAction):
    """The answer, with a way out when it answers something else."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    def name(self) -> str:
        return "action_faq_beantwoorden"

    async def perform(self, turn: Turn) -> None:
        turn.say(turn.faq_response or "utter_algemeen_anders_zeggen", not_this(self.texts))


class NotThis(ServiceAction):
    """Not what he looked for: he chooses, also for a person."""

    def name(self) -> str:
        return "action_anders_bedoeld"

    async def perform(self, turn: Turn) -> None:
        turn.say("utter_algemeen_kies_onderwerp")


def not_this(texts: Texts) -> tuple[Choice, ...]:
    """The way out that stands under every answer."""
    return texts.reply("utter_faq_anders").choices
