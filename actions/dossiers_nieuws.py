"""Looks in DOSIS for whoever wants to hear that something changed, and leaves word for the bot when it did.

By day only, and a few citizens at a time. Only for who is logged in at that moment, with
his number; each look is a row in the processing log. When DOSIS cannot be reached nobody
hears anything, and it is asked again later.
"""

import asyncio
from dataclasses import dataclass

import structlog

from actions.accounts import Work, on_behalf_of
from actions.background import keep_doing
from actions.clients.errors import BackendError
from actions.dossiers import NOTIFYING, Unread, standing
from citizens.dossier_follows import DossierFollow, DossierFollows, Standing
from citizens.identities import Identities
from clock import Clock
from conversations.ledger import Ledger

log = structlog.get_logger()

MOST = 20  # looks in one round
EVENT = "dossiers_gewijzigd"


@dataclass(frozen=True)
class Daytime:
    """The hours in which a citizen may be spoken to unasked."""

    begins: int
    ends: int

    def now(self, clock: Clock) -> bool:
        return self.begins <= clock.now().hour < self.ends


class DossierNews:
    def __init__(
        self, follows: DossierFollows, unread: Unread, identities: Identities, ledger: Ledger, daytime: Daytime
    ) -> None:
        self.follows = follows
        self.unread = unread
        self.identities = identities
        self.ledger = ledger
        self.daytime = daytime

    async def run(self) -> None:
        await keep_doing("dossiers", self.round)

    async def round(self) -> None:
        if not self.daytime.now(self.follows.clock):
            return
        for _ in range(MOST):
            follow = await asyncio.to_thread(self.follows.claim_due)
            if follow is None or not await self.look(follow):
                break
        await asyncio.to_thread(self.tell)

    async def look(self, follow: DossierFollow) -> bool:
        """False when DOSIS cannot be reached: then the others can wait as well."""
        if follow.conversation is None:
            return True
        identity = await asyncio.to_thread(self.identities.of, follow.conversation)
        if identity is None or identity.person != follow.person:  # he logged out just now
            return True
        try:
            with on_behalf_of(Work(follow.conversation, NOTIFYING, actor="assistent")):
                found = standing(await self.unread.all(identity, NOTIFYING))
        except BackendError as error:
            log.warning("dossiers.look_postponed", follow=follow.id, error=type(error).__name__)
            return False
        await asyncio.to_thread(self._keep, follow, found)
        return True

    def _keep(self, follow: DossierFollow, found: Standing) -> None:
        """What he reads by himself is no news, and neither is how things stood before anybody looked."""
        if follow.seen is None:
            self.follows.changed(follow, found, [])
            return
        before = follow.seen
        fresh = [(*key, at) for key, at in found.items() if (known := before.get(key)) is None or known < at]
        news = self.unread.read.unread(follow.person, fresh)
        if news:
            self.follows.changed(follow, {**before, **found}, news)

    def tell(self) -> None:
        """Leaves word for the bot of every change that the citizen does not know of, where he is logged in now."""
        for follow in self.follows.untold():
            if follow.conversation:
                payload = f'/{EVENT}{{"keuze": "{follow.changes}"}}'
                self.ledger.leave(follow.conversation, payload, external_id=f"dossiers:{follow.id}:{follow.changes}")
            self.follows.told(follow)
