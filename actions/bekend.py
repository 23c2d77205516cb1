"""Shows a citizen what is known of him already, once, with where it came from, and hears whether it is right.

Yes fills it in; what is wrong is asked as if it had never been known. It is shown when
the first of it is needed, so a request that needs nothing of a person shows nothing.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from actions.base import ServiceAction, Turn
from actions.field import Field, Slots, pick
from actions.known import Known
from actions.wording import FactLines
from citizens.facts import Fact

WRONG = "onjuist:"


class KnownFacts(Field):
    """The slot `bekend`: None until it was looked up, then what is shown, {} when that was answered."""

    slot = "bekend"

    def __init__(self, fields: Sequence[Field], known: Known) -> None:
        self.fields = {field.slot: field for field in fields if field.fact}
        self.known = known

    async def offer(self, turn: Turn) -> bool:
        """Looks once what is known of all that is still to be asked; False when there is nothing to show."""
        if turn["bekend"] is not None:
            return False
        identity = await self.known.identity(turn)
        if identity is None:
            return False  # who logs in later is looked up then
        needed = [field for field in self.fields.values() if turn[field.slot] is None and await field.is_needed(turn)]
        facts = await self.known.facts(identity, [str(field.fact) for field in needed])
        shown = {field.slot: _told(fact) for field in needed if (fact := facts.get(str(field.fact)))}
        turn.set(bekend={"feiten": shown} if shown else {})
        return bool(shown)

    async def read(self, turn: Turn) -> Slots | None:
        shown = turn["bekend"]["feiten"]
        if turn.intent == "bevestigen":
            return self._taken(shown)
        corrected = await self._corrected(turn)
        if corrected:
            turn.say("utter_algemeen_aangepast")
            return {**self._taken(shown), **corrected}
        wrong = self._named(turn, shown)
        if wrong:
            return self._taken({slot: told for slot, told in shown.items() if slot not in wrong})
        if turn.intent in ("ontkennen", "corrigeren") and "welke" not in turn["bekend"]:
            return {"bekend": {"feiten": shown, "welke": True}} if len(shown) > 1 else self._taken({})
        return None

    def _taken(self, right: Mapping[str, Any]) -> Slots:
        return {**{slot: told["waarde"] for slot, told in right.items()}, "bekend": {}}

    async def _corrected(self, turn: Turn) -> dict[str, object]:
        """The new values in "nee, mijn mail is lien@example.be"."""
        if not turn.text:
            return {}
        corrections = [await field.correct(turn, turn.text) for field in self.fields.values()]
        return {slot: value for slots in corrections for slot, value in slots.items()}

    def _named(self, turn: Turn, shown: Mapping[str, Any]) -> set[str]:
        """What he says or taps is wrong."""
        tapped = (turn.choice or "").removeprefix(WRONG)
        words = set(re.findall(r"[\w'-]+", turn.text.casefold()))
        named = {slot for slot in shown if slot == tapped or words.intersection(self.fields[slot].words)}
        return set(shown) if words & {"alles", "allemaal", "allebei", "niets", "geen"} or tapped == "alles" else named


def _told(fact: Fact) -> dict[str, str]:
    return {"feit": fact.key, "waarde": fact.value, "bron": fact.source, "gezien": fact.seen_at.isoformat()}


class AskKnown(ServiceAction):
    def __init__(self, lines: FactLines) -> None:
        self.lines = lines

    def name(self) -> str:
        return "action_ask_bekend"

    async def perform(self, turn: Turn) -> None:
        shown = turn["bekend"]["feiten"]
        if "welke" in turn["bekend"]:
            choices = [pick(self.lines.name(one["feit"]), f"{WRONG}{slot}") for slot, one in shown.items()]
            turn.say("utter_bekend_wat_klopt_niet", choices)
        else:
            told = [
                self.lines.line(one["feit"], one["waarde"], one["bron"], datetime.fromisoformat(one["gezien"]))
                for one in shown.values()
            ]
            turn.say("utter_bekend_klopt_dat", lijst="\n".join(told))
