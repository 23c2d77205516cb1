"""How far everything stands: of all that runs for a citizen, of one kind, or of one thing by its number."""

import re
from collections.abc import Sequence

from actions.aanmelden import Invitation
from actions.base import ServiceAction, Turn
from actions.known import Known
from actions.lopend import (
    APPOINTMENTS,
    REPORTS,
    Item,
    Part,
    Told,
    Who,
    in_time,
    is_named,
    names_number,
    read_all,
    running,
)
from conversations.model import Choice

PAGE = 4
MORE, LOG_IN = "meer:", "aanmelden"
KINDS = {
    REPORTS: re.compile(r"\bmelding(?:en|e|s)?\b", re.IGNORECASE),
    APPOINTMENTS: re.compile(r"\bafspra\w*\b", re.IGNORECASE),
}
"""The words that narrow the question to one kind of thing."""
HISTORY = re.compile(r"\b(verloop|stappen|geschiedenis|historiek|overzicht van de stappen|gebeurd)\b", re.IGNORECASE)


class TellStatus(ServiceAction):
    def __init__(self, parts: Sequence[Part], known: Known, invitation: Invitation) -> None:
        self.parts = parts
        self.known = known
        self.invitation = invitation

    def name(self) -> str:
        return "action_dossiers_status"

    async def perform(self, turn: Turn) -> None:
        if turn.choice == LOG_IN:
            await self.invitation.demand(turn, self.name())
        else:
            await self.tell(turn)

    async def interrupt(self, turn: Turn) -> None:
        await self.tell(turn, in_between=True)

    async def tell(self, turn: Turn, *, in_between: bool = False) -> None:
        who = Who(turn.conversation, await self.known.identity(turn))
        found = await running(self._asked(turn.text), who)
        items, begin = found.items, _begin(turn)
        if names_number(turn.text):
            items = [item for item in items if is_named(item, turn.text)]
        told, unread = await read_all(items[begin : begin + PAGE])
        if len(told) == 1 and HISTORY.search(turn.text) and told[0][1].history:
            await _say_history(turn, *told[0])
            return
        for item, one in told:
            turn.say(one.response, [*one.choices, *(_choices(item, one) if len(told) == 1 else ())], **one.values)
        unseen = found.unseen | unread
        for part in sorted(unseen):
            turn.say(f"utter_dossiers_onbereikbaar_{part}")
        if not told and not unseen:
            turn.say("utter_dossiers_nummer_onbekend" if names_number(turn.text) else "utter_dossiers_niets_lopend")
        if len(items) > begin + PAGE:
            turn.say("utter_dossiers_toon_meer", [_more(begin + PAGE)], aantal=str(len(items) - begin - PAGE))
        elif who.identity is None and not in_between:
            turn.say("utter_dossiers_meer_na_aanmelden")

    def _asked(self, text: str) -> Sequence[Part]:
        """One kind of thing when only that was named, else everything."""
        named = [part for part in self.parts if part.name in KINDS and KINDS[part.name].search(text)]
        return named if len(named) == 1 else self.parts


class TellHistory(ServiceAction):
    """Every step that one thing took, with its dates."""

    not_found = "utter_dossiers_nummer_onbekend"

    def __init__(self, parts: Sequence[Part], known: Known) -> None:
        self.parts = parts
        self.known = known

    def name(self) -> str:
        return "action_dossiers_verloop"

    async def perform(self, turn: Turn) -> None:
        found = await running(self.parts, Who(turn.conversation, await self.known.identity(turn)))
        told, unread = await read_all([item for item in found.items if item.key == turn.choice])
        for item, one in told:
            await _say_history(turn, item, one)
        if told:
            return
        for part in sorted(found.unseen | unread):
            turn.say(f"utter_dossiers_onbereikbaar_{part}")
        if not found.unseen | unread:
            turn.say("utter_dossiers_nummer_onbekend")

    async def interrupt(self, turn: Turn) -> None:
        await self.perform(turn)


async def _say_history(turn: Turn, item: Item, told: Told) -> None:
    if told.history:
        turn.say("utter_dossiers_verloop", nummer=item.number, lijst=await in_time(told.history()))


def _begin(turn: Turn) -> int:
    """How many he saw already, when he taps for more."""
    choice = turn.choice or ""
    return int(choice.removeprefix(MORE)) if choice.startswith(MORE) and choice.removeprefix(MORE).isdigit() else 0


def _more(begin: int) -> Choice:
    return Choice("Toon meer", f'/dossiers_status{{"keuze": "{MORE}{begin}"}}')


def _choices(item: Item, told: Told) -> Sequence[Choice]:
    if told.history is None:
        return ()
    return [Choice("Toon het verloop", f'/dossiers_verloop{{"keuze": "{item.key}"}}')]
