"""The door between the desk and what only this process can reach: the city's systems.

Nothing is asked here without a proof that our own front asks (`proof.py`), and about
nobody but who is logged in in that conversation at that moment: the desk says whom it
saw there, and when it is no longer the same, it learns nothing.
"""

import asyncio
import json
from dataclasses import asdict, dataclass

import structlog

from actions.accounts import Work, on_behalf_of
from actions.afspraak_namens import OnBehalf
from actions.clients.errors import BackendError, NotFound
from actions.klantbeeld import Picture, Seen
from actions.lopend import Who
from citizens.identities import Identities, Identity
from citizens.processing import by_agent
from proof import Proofs

PATH = "/balie/"
BLOCK, DOCUMENT, CANCEL = "blok", "document", "annuleren"
ACTIVITY = "balie"  # what for, in the processing log
JSON_TYPE = "application/json"
LARGEST = 10_000  # bytes of a question

log = structlog.get_logger()


@dataclass(frozen=True)
class Answer:
    status: int
    content: bytes = b"{}"
    media_type: str = JSON_TYPE
    name: str = ""  # of a file


@dataclass(frozen=True)
class Asked:
    """`person`: whom the desk saw logged in. `wanted`: a block, a document or an appointment, as `way` says.

    `key`: of what is changed, so that it is done once.
    """

    conversation: str
    person: str
    agent: str
    wanted: str
    key: str


class DeskDoor:
    def __init__(self, picture: Picture, on_behalf: OnBehalf, identities: Identities, proofs: Proofs) -> None:
        self.picture, self.on_behalf, self.identities, self.proofs = picture, on_behalf, identities, proofs
        self.ways = {BLOCK: self._block, DOCUMENT: self._document, CANCEL: self._cancel}

    async def answer(self, way: str, body: bytes, proof: str) -> Answer:
        """401: not from our front. 400: unreadable. 404: there is none. 409: he is no longer logged in there.

        503: the system behind it does not answer.
        """
        if len(body) > LARGEST or not self.proofs.holds(proof, PATH + way, body):
            log.warning("door.refused", way=way)
            return Answer(401)
        try:
            wire = json.loads(body)
            asked = Asked(**{name: str(wire[name]) for name in Asked.__dataclass_fields__})
        except (ValueError, KeyError, TypeError):
            return Answer(400)
        try:
            return await self._answer(way, asked)
        except NotFound:
            return Answer(404)
        except BackendError as error:
            log.warning("door.unavailable", way=way, error=type(error).__name__, backend=error.backend)
            return Answer(503)
        except Exception:  # what the SDK would say of it names what was asked
            log.exception("door.failed", way=way)
            return Answer(500)

    async def _answer(self, way: str, asked: Asked) -> Answer:
        identity = await asyncio.to_thread(self.identities.of, asked.conversation)
        if identity is None or identity.person != asked.person:
            return Answer(409)
        if way not in self.ways:
            return Answer(404)
        with on_behalf_of(Work(asked.conversation, ACTIVITY, actor=by_agent(asked.agent))):
            return await self.ways[way](asked, identity)

    async def _block(self, asked: Asked, identity: Identity) -> Answer:
        block = self.picture.blocks.get(asked.wanted)
        if block is None:
            return Answer(404)
        return Answer(200, _encoded(await block(Who(asked.conversation, identity), identity)))

    async def _document(self, asked: Asked, identity: Identity) -> Answer:
        found = await self.picture.document(Who(asked.conversation, identity), identity, asked.wanted)
        return Answer(200, found.content, found.media_type, found.name)

    async def _cancel(self, asked: Asked, identity: Identity) -> Answer:
        who = Who(asked.conversation, identity)
        filing = await self.on_behalf.cancel(who, asked.wanted, agent=asked.agent, key=asked.key)
        return Answer(200, json.dumps({"state": filing.state}).encode())


def _encoded(seen: Seen) -> bytes:
    lines = [{**asdict(line), "at": line.at.isoformat() if line.at else None} for line in seen.lines]
    where = {"asked": sorted(seen.asked), "unseen": sorted(seen.unseen)}
    return json.dumps({"lines": lines, **where, "older": seen.older, "unasked": seen.unasked}).encode()
