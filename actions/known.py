"""Who speaks in this conversation and what is known of him, for as long as he is logged in.

What a dialogue learned of a citizen who is logged in is his: when he logs out, when the
login lapses or when somebody else logs in, it leaves the slots before anything else
happens. No slot tells who he is; `herkend` only tells whether he is still the same.
"""

import asyncio
import hashlib
from collections.abc import Collection, Mapping

import structlog

from actions.base import Turn
from citizens.facts import Fact, Facts
from citizens.forgetting import Forgetting
from citizens.identities import Identities, Identity

PERSONAL = ("naam", "email", "telefoon")
"""The slots that tell who somebody is, whatever the request."""
AUTHENTIC = "acmidm"
"""The source that a citizen's own words do not overrule."""

log = structlog.get_logger()


class Known:
    def __init__(self, identities: Identities, store: Facts, forgetting: Forgetting) -> None:
        self.identities = identities
        self.store = store
        self.forgetting = forgetting

    async def identity(self, turn: Turn) -> Identity | None:
        return await asyncio.to_thread(self.identities.of, turn.conversation)

    async def facts(self, identity: Identity, keys: Collection[str]) -> dict[str, Fact]:
        """His name is known from the login itself, so no other one counts."""
        facts = await asyncio.to_thread(self.store.known, identity.person, keys)
        name = f"{identity.given_name} {identity.family_name}".strip()
        if "naam" in keys and name:
            facts["naam"] = Fact("naam", name, AUTHENTIC, identity.bound_at, "aanmelden", identity.until)
        return facts

    async def keep(self, turn: Turn, values: Mapping[str, str], purpose: str) -> None:
        """Remembers what a citizen who is logged in gave for a request. That this fails, costs him only a question."""
        try:
            identity = await self.identity(turn)
            if identity is None:
                return
            known = await self.facts(identity, values.keys())
            for key, value in values.items():
                before = known.get(key)
                if before is None or (before.value != value and before.source != AUTHENTIC):
                    await asyncio.to_thread(
                        self.store.keep, identity.person, key, value, source="aanvraag", purpose=purpose
                    )
        except Exception:
            log.exception("facts.not_kept", purpose=purpose)

    async def forget(self, turn: Turn) -> bool:
        """All that is known of him, on every channel; only what was said here when nobody is logged in: then False."""
        identity = await self.identity(turn)
        if identity is None:
            await asyncio.to_thread(self.forgetting.conversation, turn.conversation)
            return False
        await asyncio.to_thread(self.forgetting.person, identity.person)
        return True

    async def recognise(self, turn: Turn) -> bool:
        """Sees who speaks. True: somebody was known here before who no longer is, and is forgotten."""
        before, now = turn["herkend"], _mark(turn, await self.identity(turn))
        if before != now:
            turn.set(herkend=now)
        if before in (None, now):
            return False
        forget_person(turn)
        return True


def forget_person(turn: Turn) -> None:
    """Nothing that tells of a person stays in the slots that all topics share."""
    turn.set(**dict.fromkeys(PERSONAL), bekend=None, aangemeld=None)
    if (turn["wissel"] or {}).get("slots"):  # the answers of a form that broke off
        turn.set(wissel=None)


def _mark(turn: Turn, identity: Identity | None) -> str | None:
    """The same for the same person in the same conversation, and good for nothing else."""
    if identity is None:
        return None
    return hashlib.sha256(f"{turn.conversation} {identity.person}".encode()).hexdigest()[:16]
