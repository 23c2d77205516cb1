"""Hearing in this chat, unasked, that something changed in one's dossiers: only who said yes, until he says no.

Such a message says that there is news and nothing of what it is about: a telephone shows
it to whoever looks along. What it is he hears after a yes, when he is still logged in.
"""

import asyncio

import structlog

from actions.aanmelden import Invitation
from actions.base import ServiceAction, Turn
from actions.clients.errors import BackendError
from actions.dossiers import NOTIFYING, Unread, offer, standing
from actions.known import Known
from actions.moments import say_day
from citizens.dossier_follows import DossierFollows, Standing
from citizens.identities import Identity
from clock import BRUSSELS, Clock

ASKED = "utter_dossiers_verwittigen"
NEWS = ("utter_dossiers_nieuws", "utter_dossiers_nieuws_meer")

log = structlog.get_logger()


class FollowDossiers(ServiceAction):
    """ "Laat het me weten als er nieuws is over mijn dossier." """

    def __init__(
        self, follows: DossierFollows, unread: Unread, known: Known, invitation: Invitation, clock: Clock
    ) -> None:
        self.follows = follows
        self.unread = unread
        self.known = known
        self.invitation = invitation
        self.clock = clock

    def name(self) -> str:
        return "action_dossiers_volgen"

    async def perform(self, turn: Turn) -> None:
        identity = await self.known.identity(turn)
        if identity is None:
            await self.invitation.demand(turn, self.name())
        elif unread := await self._start(turn, identity):
            offer(turn, unread)

    async def interrupt(self, turn: Turn) -> None:
        """In the middle of a request there is no login and no offer."""
        identity = await self.known.identity(turn)
        if identity is None:
            turn.say("utter_inzage_niet_aangemeld")
        else:
            await self._start(turn, identity)

    async def takes(self, turn: Turn) -> bool:
        """Whether "hou me op de hoogte" without a word of what was about dossiers; then it is done."""
        identity = await self.known.identity(turn)
        if identity is None or identity.rrn is None:
            return False
        await self.perform(turn)
        return True

    async def _start(self, turn: Turn, identity: Identity) -> int:
        """How many messages he has not heard yet."""
        if identity.rrn is None:
            turn.say("utter_dossiers_zonder_nummer")
            return 0
        seen = await self._standing(identity)
        await asyncio.to_thread(self.follows.start, identity.person, turn.channel, seen)
        until = say_day(identity.until.astimezone(BRUSSELS).date(), self.clock.now())
        turn.say("utter_dossiers_volgen_gestart", dag=until)
        statuses = [(*dossier, at) for dossier, at in (seen or {}).items()]
        return len(await asyncio.to_thread(self.unread.read.unread, identity.person, statuses))

    async def _standing(self, identity: Identity) -> Standing | None:
        """None when nobody can tell now: that is no reason to forget what he asked."""
        try:
            return standing(await self.unread.all(identity, NOTIFYING))
        except BackendError as error:
            log.warning("dossiers.not_seen", error=type(error).__name__)
            return None


class UnfollowDossiers(ServiceAction):
    """Also for who is no longer logged in: then nothing more would come, and nothing must come after a next login."""

    def __init__(self, follows: DossierFollows) -> None:
        self.follows = follows

    def name(self) -> str:
        return "action_dossiers_niet_volgen"

    async def perform(self, turn: Turn) -> None:
        await asyncio.to_thread(self.follows.stop, turn.conversation)
        turn.say("utter_dossiers_volgen_gestopt")

    async def takes(self, turn: Turn) -> bool:
        """Whether "stuur me geen berichten meer" without a word of what was about dossiers; then it is done."""
        if not await asyncio.to_thread(self.follows.stop, turn.conversation):
            return False
        turn.say("utter_dossiers_volgen_gestopt")
        return True


class TellNews(ServiceAction):
    """Something changed; what he heard meanwhile, here or on another channel, is no news any more."""

    def __init__(self, follows: DossierFollows, unread: Unread, known: Known) -> None:
        self.follows = follows
        self.unread = unread
        self.known = known

    def name(self) -> str:
        return "action_dossiers_nieuws"

    async def perform(self, turn: Turn) -> None:
        if count := await self._count(turn):
            turn.set(dossiers_aangeboden=float(count))
            turn.say(NEWS[count > 1], aantal=str(count))

    async def interrupt(self, turn: Turn) -> None:
        """In the middle of a request a yes would be the answer to two questions."""
        if await self._count(turn):
            turn.say("utter_dossiers_nieuws_straks")

    async def _count(self, turn: Turn) -> int:
        """How many are new and unread, as far as the look found that this word is about; 0 for an older word."""
        identity = await self.known.identity(turn)
        if identity is None:
            return 0
        found = await asyncio.to_thread(self.follows.latest, identity.person, turn.channel)
        if found is None or str(found.changes) != turn.choice:
            return 0
        unread = await asyncio.to_thread(self.unread.read.unread, identity.person, found.news)
        return len(unread)
