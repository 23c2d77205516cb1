"""Takes a conversation back from an agent, with what he filled in or corrected of the open form.

The event tells for each slot what it is called and what the agent typed; it is read as a
citizen's own words would be, and only where the question is open to agents.
"""

import json
from collections.abc import Mapping, Sequence

from actions.base import Turn
from actions.field import Field

EVENT = "gesprek_teruggegeven"


async def take_back(turn: Turn, fields: Sequence[Field]) -> None:
    turn.say("utter_algemeen_terug_bij_assistent")
    told = _told(turn.choice)
    taken: list[tuple[str, str]] = []
    useless: list[tuple[str, str]] = []
    for field in fields:
        if field.open_to_agents and field.slot in told:
            name, typed = told[field.slot]
            slots = await field.fill_in(turn, typed)
            turn.set(**slots)
            (taken if slots else useless).append((name, typed))
    if taken:
        turn.set(wijziging=None, pogingen=0.0)
        turn.say("utter_algemeen_aangevuld", lijst="\n".join(f"- {name}: {typed}" for name, typed in taken))
    for name, _ in useless:
        turn.say("utter_algemeen_niet_aangevuld", wat=name)


def _told(choice: str | None) -> Mapping[str, tuple[str, str]]:
    """What it is called and what was typed, by slot; nothing when this is not readable."""
    try:
        found = json.loads(choice or "{}")
        return {str(slot): (str(name), str(typed)) for slot, (name, typed) in found.items()}
    except (ValueError, TypeError, AttributeError):
        return {}
