"""Carries a filing out and writes down what came of it.

The same for the first attempt, in the chat, and for every retry: done, refused, or
later again. What the carrier raises is never lost, and never told as success.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from actions.accounts import Work, activity_of, on_behalf_of
from actions.clients.errors import BackendError, Misconfigured, NotFound, Rejected, Uncertain
from citizens.processing import CITIZEN, by_agent
from filings.book import Filings
from filings.model import Filing

log = structlog.get_logger()

Carry = Callable[[Filing], Awaitable[None]]
"""Carries a filing out and marks it done; raises a BackendError when it could not."""

FILED_BY = "ingediend_door"
"""In the payload of what was filed for a citizen: the agent who did."""
RENEW = 10.0  # seconds between two renewals of the lease; less than half of any lease
LEASE = 40.0


async def settle(filings: Filings, filing: Filing, carry: Carry) -> Filing:
    """The filing as it stands after this attempt, however long its calls take."""
    holding = asyncio.create_task(_hold(filings, filing))
    try:
        return await _settle(filings, filing, carry)
    finally:
        holding.cancel()


async def _hold(filings: Filings, filing: Filing) -> None:
    """Renews the lease while somebody works on it: a backend that is slow in every call takes minutes."""
    held = True
    while held:
        await asyncio.sleep(RENEW)
        held = await asyncio.to_thread(filings.extend, filing, LEASE)


async def _settle(filings: Filings, filing: Filing, carry: Carry) -> Filing:
    agent = filing.payload.get(FILED_BY)
    actor = by_agent(agent) if agent else CITIZEN
    work = Work(filing.conversation, activity_of(filing.kind), at=filing.created_at, actor=actor)
    try:
        with on_behalf_of(work):
            await carry(filing)
    except (Rejected, NotFound) as error:
        code = error.code if isinstance(error, Rejected) else "not_found"
        await asyncio.to_thread(filings.refused, filing.id, code)
    except Uncertain as error:
        await asyncio.to_thread(filings.uncertain, filing.id, type(error).__name__)
    except BackendError as error:  # an outage, or a fault of ours that a colleague will mend
        tell = log.error if isinstance(error, Misconfigured) else log.warning
        tell("filing.postponed", kind=filing.kind, reference=filing.reference, error=type(error).__name__)
        await asyncio.to_thread(filings.postpone, filing.id, None, type(error).__name__)
    except Exception as error:  # ours, and maybe after the call: it must not be tried for ever, nor be forgotten
        log.exception("filing.broke", kind=filing.kind, filing=filing.id)
        await asyncio.to_thread(filings.uncertain, filing.id, type(error).__name__)
    return await asyncio.to_thread(filings.get, filing.id)
