"""What a citizen may ask about his own data: what is known, who looked, and to forget it."""

import asyncio
import re
from collections.abc import Callable
from typing import ClassVar

from actions.aanmelden import Invitation
from actions.base import ServiceAction, Turn
from actions.contact import masked
from actions.form import ServiceForm
from actions.hervatten import HalfDone
from actions.known import PERSONAL, Known, forget_person
from actions.terugbellen import is_his
from actions.wording import FactLines, UseLines
from citizens.dossier_follows import DossierFollows
from citizens.identities import Identity
from citizens.processing import ProcessingLog
from filings.tasks import Tasks
from filings.windows import said_short

KEYS = ("naam", "email", "telefoon", "adres")
"""Everything that the house remembers of a person (citizens/facts.py)."""
MOST_USES = 10
LOOKED_AT = 200


class TellKnown(ServiceAction):
    """What is known, with where it came from; enough of each value to recognise it. And what is still to come of it."""

    def __init__(
        self, known: Known, half_done: HalfDone, tasks: Tasks, lines: FactLines, follows: DossierFollows
    ) -> None:
        self.known = known
        self.half_done = half_done
        self.tasks = tasks
        self.lines = lines
        self.follows = follows
        self.clock = lines.clock

    def name(self) -> str:
        return "action_gegevens_tonen"

    async def perform(self, turn: Turn) -> None:
        await self.interrupt(turn)

    async def interrupt(self, turn: Turn) -> None:
        identity = await self.known.identity(turn)
        facts = await self.known.facts(identity, KEYS) if identity else {}
        told = [
            self.lines.line(key, _recognisable(key, facts[key].value), facts[key].source, facts[key].seen_at)
            for key in KEYS
            if key in facts
        ]
        here = [
            self.lines.line(slot, _recognisable(slot, turn[slot]), "gesprek", self.clock.now())
            for slot in PERSONAL
            if turn[slot] and slot not in facts
        ]
        if identity and await self._is_told(identity, turn):
            here.append(self.lines.texts.text("utter_gegevens_verwittigen"))
        here += await asyncio.to_thread(self._promised, identity, turn.conversation)
        if await self._is_half_done(turn):
            here.append(self.lines.texts.text("utter_gegevens_onafgewerkt"))
        everything = "\n".join(told + here)
        if identity is None:
            turn.say("utter_gegevens_van_gesprek" if here else "utter_gegevens_geen", lijst=everything)
        elif everything:
            turn.say("utter_gegevens_bekend", voornaam=identity.given_name, lijst=everything)
        else:
            turn.say("utter_gegevens_alleen_naam", voornaam=identity.given_name)

    def _promised(self, identity: Identity | None, conversation: str) -> list[str]:
        """What the city still does for him: a call, or a question that somebody finds out."""
        identities, now = self.known.identities, self.clock.now()
        his = {conversation, *(identities.conversations(identity.person) if identity else ())}
        return [
            self.lines.texts.text("utter_gegevens_taak", nummer=task.reference, wanneer=said_short(task.window, now))
            for task in self.tasks.undone_of(his)
            if is_his(task, identities, identity)
        ]

    async def _is_half_done(self, turn: Turn) -> bool:
        """What he is filling in now, he knows."""
        left = await self.half_done.left_here(turn)
        return left is not None and left.form != (turn.tracker.active_loop or {}).get("name")

    async def _is_told(self, identity: Identity, turn: Turn) -> bool:
        return await asyncio.to_thread(self.follows.wants, identity.person, turn.channel)


class TellUses(ServiceAction):
    """Who looked at a citizen's data: a role and never a name, the latest first."""

    def __init__(self, known: Known, invitation: Invitation, log: ProcessingLog, lines: UseLines) -> None:
        self.known = known
        self.invitation = invitation
        self.log = log
        self.lines = lines

    def name(self) -> str:
        return "action_inzage_tonen"

    async def perform(self, turn: Turn) -> None:
        if await self.known.identity(turn):
            await self.interrupt(turn)
        else:
            await self.invitation.demand(turn, then=self.name())

    async def interrupt(self, turn: Turn) -> None:
        identity = await self.known.identity(turn)
        if identity is None:
            turn.say("utter_inzage_niet_aangemeld")
            return
        entries = await asyncio.to_thread(self.log.of, identity.person, LOOKED_AT)
        lines = self.lines.lines(entries)
        why = "\n".join(self.lines.reasons(entries))
        if not lines:
            turn.say("utter_inzage_niemand")
        elif len(lines) <= MOST_USES:
            turn.say("utter_inzage_lijst", lijst="\n".join(lines), waarom=why)
        else:
            turn.say("utter_inzage_lijst_begin", lijst="\n".join(lines[:MOST_USES]), aantal=MOST_USES, waarom=why)


class ForgetForm(ServiceForm):
    form = "vergeten_form"
    intent = "vergeten_vragen"
    stopped: ClassVar[str] = "utter_vergeten_niet"


class ForgetCitizen(ServiceAction):
    """Everywhere when he is logged in; else what was said here is all that can be his."""

    def __init__(self, known: Known, half_done: HalfDone) -> None:
        self.known = known
        self.half_done = half_done

    def name(self) -> str:
        return "action_vergeten"

    async def perform(self, turn: Turn) -> None:
        if not turn["vergeten_bevestigd"]:
            return
        await self.half_done.forget(turn)
        was_known = await self.known.forget(turn)
        forget_person(turn)
        turn.say("utter_vergeten_gedaan" if was_known else "utter_vergeten_alleen_gesprek")


def _recognisable(key: str, value: str) -> str:
    """Enough for whoever it belongs to."""
    hide = _HIDDEN.get(key)
    return hide(value) if hide else value


_HIDDEN: dict[str, Callable[[str], str]] = {
    "email": masked,
    "telefoon": lambda number: f"{'•' * (len(number) - 3)}{number[-3:]}",
    "adres": lambda address: re.sub(r"\d", "•", address),
}
