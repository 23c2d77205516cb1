"""Brings to a good end what could not be filed at once.

A filing is a row before it is a call. Whatever happened to that call (an outage, a
time-out, a process that died) the row is claimed here again, until the backend
answered or it is too old; then the citizen hears about it in the same chat.
"""

import asyncio
import os
from collections.abc import Mapping

import structlog

from actions.settling import Carry, settle
from conversations.ledger import Ledger
from filings.book import Filings
from filings.model import Filing, FilingState

log = structlog.get_logger()

LEASE = 60.0  # seconds; more than all calls of one filing take together
PAUSE = 3.0  # seconds between two looks for work


class Retries:
    def __init__(self, filings: Filings, ledger: Ledger, carriers: Mapping[str, tuple[Carry, str]]) -> None:
        """`carriers`: for each kind of filing, what carries it out and the event that tells the bot."""
        self.filings = filings
        self.ledger = ledger
        self.carriers = carriers
        self.worker = f"retries-{os.getpid()}"

    async def run(self) -> None:
        while True:
            try:
                worked = await self.step()
            except Exception:
                log.exception("retries.failed")
                worked = False
            if not worked:
                await asyncio.sleep(PAUSE)

    async def step(self) -> bool:
        """Takes one filing that is due; False when there is none."""
        claimed = await asyncio.to_thread(self.filings.claim_due, self.worker, LEASE)
        if claimed is None:
            return False
        carry, event = self.carriers[claimed.kind]
        settled = await settle(self.filings, claimed, carry)
        if settled.state in (FilingState.DONE, FilingState.REFUSED, FilingState.FAILED):
            await self.tell(settled, event)
        return True

    async def tell(self, filing: Filing, event: str) -> None:
        payload = f'/{event}{{"keuze": "{filing.reference}"}}'
        external_id = f"filing:{filing.id}:{filing.state}"
        await asyncio.to_thread(self.ledger.leave, filing.conversation, payload, external_id=external_id)
