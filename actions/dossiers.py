"""Unread statuses: counted, offered, told only after a yes, and then read, on whatever channel.

After a finished request the offer is a courtesy: whatever goes wrong with it, the
citizen hears "anything else?" as always. When he asks himself, he hears what is wrong.
"""

import asyncio
from datetime import datetime

import structlog

from actions.aanmelden import Invitation
from actions.accounts import what_for
from actions.base import ORDER, ServiceAction, Turn
from actions.clients.ports import Dossier, DossierStatuses
from actions.dossiers_verteld import DossierLines
from actions.known import Known
from actions.lopend import in_time
from citizens.dossier_follows import DossierFollows
from citizens.dossiers_read import DossiersRead, Status
from citizens.identities import Identity

log = structlog.get_logger()

TELLING, NOTIFYING = "dossiers", "dossiersnieuws"
"""What dossiers are looked up for, as the register of activities calls it."""
AT_ONCE = 4  # statuses told before it is asked whether he wants to hear more
OFFERS = (
    "utter_dossiers_aanbod",
    "utter_dossiers_aanbod_een",
    "utter_dossiers_nog_meer",
    "utter_dossiers_nieuws",
    "utter_dossiers_nieuws_meer",
)
"""The responses that ask whether he wants to hear them: a yes or a no that follows is about that."""


class Unread:
    """What changed in the dossiers of a citizen since he was told."""

    def __init__(self, dossiers: DossierStatuses, read: DossiersRead) -> None:
        self.dossiers = dossiers
        self.read = read

    async def all(self, identity: Identity, activity: str = TELLING) -> list[Dossier]:
        """Read and unread. Nobody without a rijksregisternummer has dossiers.

        Whatever request this follows on: `activity` is what it is looked up for.
        """
        if identity.rrn is None:
            return []
        with what_for(activity):
            return await in_time(self.dossiers.list_for(identity.rrn))

    async def of(self, identity: Identity) -> list[Dossier]:
        """What he must do something about first, then the latest."""
        dossiers = await self.all(identity)
        keys = {_key(dossier): dossier for dossier in dossiers}
        unread = await asyncio.to_thread(self.read.unread, identity.person, list(keys))
        return sorted((keys[key] for key in unread), key=lambda dossier: not dossier.step.needs_action)

    async def mark(self, identity: Identity, dossiers: list[Dossier]) -> None:
        await asyncio.to_thread(self.read.mark_read, identity.person, [_key(dossier) for dossier in dossiers])


class Closing:
    """What follows on a finished request: unread messages are offered, else he is asked whether there is anything else.

    `patience`: seconds that the look may take.
    """

    def __init__(self, unread: Unread, known: Known, patience: float) -> None:
        self.unread = unread
        self.known = known
        self.patience = patience

    async def say(self, turn: Turn) -> None:
        if turn.intent == ORDER:
            return  # an agent filed it, and still speaks with him
        count = await self._count(turn)
        if count > (turn["dossiers_aangeboden"] or 0):
            offer(turn, count)
        else:
            turn.say("utter_algemeen_nog_iets")

    async def _count(self, turn: Turn) -> int:
        try:
            identity = await self.known.identity(turn)
            found = await asyncio.wait_for(self.unread.of(identity), self.patience) if identity else []
            return len(found)
        except Exception as error:  # his request is done; this must not spoil it
            log.warning("dossiers.not_offered", error=type(error).__name__)
            return 0


class OfferMessages(ServiceAction):
    """ "Zijn er nog berichten voor mij?" """

    def __init__(self, unread: Unread, known: Known, invitation: Invitation) -> None:
        self.unread = unread
        self.known = known
        self.invitation = invitation

    def name(self) -> str:
        return "action_dossiers_berichten"

    async def perform(self, turn: Turn) -> None:
        identity = await self.known.identity(turn)
        if identity is None:
            await self.invitation.demand(turn, self.name())
        elif identity.rrn is None:
            turn.say("utter_dossiers_zonder_nummer")
        elif unread := await self.unread.of(identity):
            offer(turn, len(unread))
        else:
            turn.say("utter_dossiers_geen_berichten")

    async def interrupt(self, turn: Turn) -> None:
        """In the middle of a request a yes would be the answer to two questions."""
        turn.say("utter_dossiers_straks")


class TellMessages(ServiceAction):
    """He wants to hear them; whoever did is asked, once on each channel, whether he wants to hear of the next ones."""

    def __init__(
        self, unread: Unread, known: Known, invitation: Invitation, lines: DossierLines, follows: DossierFollows
    ) -> None:
        self.unread = unread
        self.known = known
        self.invitation = invitation
        self.lines = lines
        self.follows = follows

    def name(self) -> str:
        return "action_dossiers_vertellen"

    async def perform(self, turn: Turn) -> None:
        identity = await self.known.identity(turn)
        if identity is None:
            await self.invitation.demand(turn, "action_dossiers_berichten")
            return
        unread = await self.unread.of(identity)
        now, later = unread[:AT_ONCE], unread[AT_ONCE:]
        for dossier in now:
            turn.say("utter_dossiers_dossier", **self.lines.dossier(dossier))
        await self.unread.mark(identity, now)
        turn.set(dossiers_aangeboden=float(len(later)))
        if later:
            turn.say("utter_dossiers_nog_meer", aantal=str(len(later)))
        elif not now:
            turn.say("utter_dossiers_geen_berichten")
        elif await asyncio.to_thread(self.follows.ask_once, identity.person, turn.channel):
            turn.say("utter_dossiers_verwittigen")
        else:
            turn.say("utter_algemeen_nog_iets")

    async def interrupt(self, turn: Turn) -> None:
        turn.say("utter_dossiers_straks")


def offer(turn: Turn, count: int) -> None:
    turn.set(dossiers_aangeboden=float(count))
    if count == 1:
        turn.say("utter_dossiers_aanbod_een")
    else:
        turn.say("utter_dossiers_aanbod", aantal=str(count))


def standing(dossiers: list[Dossier]) -> dict[tuple[str, str], datetime]:
    """When each of them changed last."""
    return {(dossier.source, dossier.number): dossier.step.changed_at for dossier in dossiers}


def _key(dossier: Dossier) -> Status:
    return dossier.source, dossier.number, dossier.step.changed_at
