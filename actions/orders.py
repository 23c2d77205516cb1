"""Orders attests for whoever logged in: a filing first, a call then, and a look at how it goes on until it is over.

The rijksregisternummer goes from the login into the sealed filing and from there to
the Thuisloket: a filing that is retried for days outlives the login that it began with.
"""

import asyncio
from collections.abc import Mapping

import structlog

from actions.clients.errors import BackendError, NotFound, Rejected
from actions.clients.ports import Applicant, AttestOrder, AttestRequest, Attests, AttestState, Resident
from citizens.facts import Facts
from citizens.identities import Identities, Identity
from conversations.model import JSON
from filings.book import Filings
from filings.follows import Follows
from filings.model import Filing

log = structlog.get_logger()

ATTEST = "attest"
TRUSTED = frozenset({"acmidm", "thuisloket", "code"})
"""Sources of an e-mail address that prove whose it is; "code": we mailed one there and it came back."""
OVER = (AttestState.DELIVERED, AttestState.REFUSED, AttestState.CANCELLED)


class Orders:
    def __init__(
        self, attests: Attests, filings: Filings, follows: Follows, identities: Identities, facts: Facts
    ) -> None:
        self.attests = attests
        self.filings = filings
        self.follows = follows
        self.identities = identities
        self.facts = facts

    # --- who asks ------------------------------------------------------------

    async def identity(self, conversation: str) -> Identity | None:
        """Who is logged in here, if he has a rijksregisternummer: without one nobody gets an attest."""
        identity = await asyncio.to_thread(self.identities.of, conversation)
        return identity if identity and identity.rrn else None

    async def resident(self, conversation: str) -> Resident:
        """What the register knows of him. Raises NotFound for who lives elsewhere, or is not logged in."""
        identity = await self.identity(conversation)
        if identity is None:
            raise NotFound(ATTEST, "resident")
        return await self.attests.resident(applicant(identity))

    async def email(self, conversation: str) -> str | None:
        """His address, from a source that proves it is his. An outage there only means that he types one."""
        identity = await self.identity(conversation)
        if identity is None:
            return None
        known = (await asyncio.to_thread(self.facts.known, identity.person, ["email"])).get("email")
        if known and known.source in TRUSTED:
            return known.value
        try:
            email = (await self.attests.resident(applicant(identity))).email
        except BackendError as error:
            log.warning("attest.no_resident", error=type(error).__name__)
            return None
        if email:
            await self.keep_email(conversation, email, source="thuisloket")
        return email

    async def keep_email(self, conversation: str, email: str, *, source: str) -> None:
        identity = await self.identity(conversation)
        if identity:
            await asyncio.to_thread(self.facts.keep, identity.person, "email", email, source=source, purpose=ATTEST)

    # --- the order -----------------------------------------------------------

    async def file(self, conversation: str, payload: Mapping[str, JSON], key: str) -> Filing:
        return await asyncio.to_thread(
            self.filings.file, conversation, ATTEST, payload, f"{ATTEST}:{conversation}:{key}"
        )

    async def register(self, filing: Filing) -> None:
        """Orders it, marks the filing done, and follows it from there. May be repeated."""
        order = await self.attests.order(filed_by(filing), _request(filing))
        done = await asyncio.to_thread(self.filings.done, filing.id, order.id, filing.reference, standing(order))
        if order.state not in OVER:
            await asyncio.to_thread(self.follows.follow, done, standing(order))

    async def look(self, filing: Filing) -> AttestOrder:
        if filing.external_id is None:
            raise NotFound(ATTEST, "look")
        return await self.attests.status(filed_by(filing), filing.external_id)


def applicant(identity: Identity) -> Applicant:
    if identity.rrn is None:
        raise Rejected(ATTEST, "applicant", "no_rrn")
    return Applicant(identity.rrn, identity.level)


def filed_by(filing: Filing) -> Applicant:
    return Applicant(filing.payload["rrn"], filing.payload["niveau"])


def standing(order: AttestOrder) -> dict[str, JSON]:
    """What a citizen knows who knows how it stands."""
    expected = order.expected_at.isoformat() if order.expected_at else None
    return {"state": order.state, "reason": order.reason, "expected": expected}


def _request(filing: Filing) -> AttestRequest:
    payload = filing.payload
    return AttestRequest(
        key=filing.reference,
        type=payload["soort"],
        delivery=payload["levering"],
        details=payload["antwoorden"],
        relative=payload["gezinslid"],
        email=payload["email"],
    )
