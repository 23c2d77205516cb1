"""Brings to a good end what could not be filed at once, and tells how it ended.

A filing is a row before it is a call. Whatever happened to that call (an outage, a
time-out, a process that died) the row is claimed here again, until the backend
answered or it is too old. Then the citizen hears about it in the same chat, once: the
event that tells him is in the ledger if and only if the row is not among the untold.
"""

import asyncio
import os
from collections.abc import Mapping
from functools import partial

import structlog
from sqlalchemy import Connection

from actions.background import keep_doing
from actions.settling import Carry, settle
from conversations.ledger import Ledger
from conversations.model import UnknownConversation
from filings.book import Filings
from filings.model import Filing

log = structlog.get_logger()

Carrier = tuple[Carry, str]
"""What carries a filing out, and the event that tells the bot."""

LEASE = 60.0  # seconds; renewed for as long as the calls take


class Retries:
    def __init__(self, filings: Filings, ledger: Ledger, carriers: Mapping[str, Carrier]) -> None:
        """`carriers`: by kind of filing."""
        self.filings = filings
        self.ledger = ledger
        self.carriers = carriers
        self.worker = f"retries-{os.getpid()}"

    async def run(self) -> None:
        await keep_doing("retries", self.step)

    async def step(self) -> bool:
        """Takes one filing that is due and tells what came to its end; False when none was due."""
        worked = await self.carry_out()
        await asyncio.to_thread(self.tell)
        return worked

    async def carry_out(self) -> bool:
        claimed = await asyncio.to_thread(self.filings.claim_due, self.worker, LEASE, self.carriers)
        if claimed is None:
            return False
        carry, _ = self.carriers[claimed.kind]
        await settle(self.filings, claimed, carry)
        return True

    def tell(self) -> None:
        """Leaves word for the bot of every end that was promised and not yet told."""
        for filing in self.filings.untold():
            try:
                if self.filings.told(filing, partial(self._leave, filing)):
                    self.ledger.woken(filing.conversation)
            except Exception:  # one broken row holds back no other
                log.exception("filing.untold", filing=filing.id, kind=filing.kind)

    def _leave(self, filing: Filing, db: Connection) -> None:
        _, event = self.carriers[filing.kind]
        payload = f'/{event}{{"keuze": "{filing.reference}"}}'
        try:
            self.ledger.leave_in(db, filing.conversation, payload, external_id=f"filing:{filing.id}:{filing.state}")
        except UnknownConversation:
            log.warning("filing.nobody_to_tell", filing=filing.id, kind=filing.kind)
