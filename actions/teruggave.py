"""Takes a conversation back from an agent, with what he filled in or corrected of the open form.

The event tells for each slot what it is called and what the agent typed; it is read as a
citizen's own words would be, and only where the question is open to agents.
"""

from collections.abc import Sequence

from actions.base import ServiceAction, Turn, told_in
from actions.field import Field
from actions.namens import Answers, answers_in

EVENT = "gesprek_teruggegeven"

Named = list[tuple[str, str]]
"""What each answer is called, and what was typed."""


async def take_back(turn: Turn, fields: Sequence[Field]) -> None:
    turn.say("utter_algemeen_terug_bij_assistent")
    taken, useless = await fill_in(turn, fields, answers_in(told_in(turn.choice)))
    if taken:
        turn.set(wijziging=None, pogingen=0.0)
        turn.say("utter_algemeen_aangevuld", lijst="\n".join(f"- {name}: {typed}" for name, typed in taken))
    for name, _ in useless:
        turn.say("utter_algemeen_niet_aangevuld", wat=name)


class TakeBack(ServiceAction):
    """Where no form is open."""

    def name(self) -> str:
        return "action_gesprek_teruggegeven"

    async def perform(self, turn: Turn) -> None:
        turn.say("utter_algemeen_terug_bij_assistent")


async def fill_in(turn: Turn, fields: Sequence[Field], answers: Answers) -> tuple[Named, Named]:
    """Takes what is open to agents; gives what could be used, and what could not."""
    taken: Named = []
    useless: Named = []
    for field in fields:
        if field.open_to_agents and field.slot in answers:
            name, typed = answers[field.slot]
            slots = await field.fill_in(turn, typed)
            turn.set(**slots)
            (taken if slots else useless).append((name, typed))
    return taken, useless
