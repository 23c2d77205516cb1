"""The customer picture: what an agent may see of the citizen before him, block by block.

Only of a citizen who is logged in, only to the agent who has the conversation, and only
the blocks of his role. Opening a block is a use of the citizen's data: the row that
accounts for it is written first, and without it nothing is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

import structlog

from citizens.contacts import Contact, contacts
from citizens.identities import Identities, Identity
from citizens.processing import ProcessingLog, by_agent
from conversations.handover_model import Handover
from desk.audit import Act, Audit
from desk.earlier import HELP
from desk.picture_door import Document, NotThere, PictureDoor, Question, Seen, SomebodyElse, Unreachable
from desk.sessions import Role, Session
from desk.work import NotAllowed, TooLate, Work
from filings.reference import read_reference

MOST = 20
TO_MOVE = "/afspraak_verplaatsen"

log = structlog.get_logger()


class Block(StrEnum):
    """As it stands in an address, and as actions/klantbeeld.py calls it."""

    CONTACT = "contact"
    PREFERENCES = "voorkeuren"
    PRODUCTS = "producten"
    DELIVERED = "geleverd"
    RUNNING = "lopend"
    DOCUMENTS = "documenten"
    CASES = "zaken"
    MOMENTS = "contactmomenten"
    TALKS = "gesprekken"
    APPOINTMENTS = "afspraken"


KINDS: Mapping[Block, str] = {
    Block.CONTACT: "naam en contactgegevens",
    Block.PREFERENCES: "klantvoorkeuren",
    Block.PRODUCTS: "aangevraagde en geleverde producten",
    Block.DELIVERED: "geleverde producten",
    Block.RUNNING: "lopende aanvragen met status",
    Block.DOCUMENTS: "documenten bij aanvragen",
    Block.CASES: "zaken",
    Block.MOMENTS: "contactmomenten",
    Block.TALKS: "gevoerde contacten",
    Block.APPOINTMENTS: "toekomstige afspraken",
}
"""What the agent reads above it, and the citizen in the processing log."""

EVERYTHING = frozenset(Block)
MAY_OPEN: Mapping[Role, frozenset[Block]] = {
    Role.AGENT: EVERYTHING,
    Role.SUPERVISOR: EVERYTHING,
    Role.ADMINISTRATOR: frozenset({Block.PREFERENCES, Block.MOMENTS}),
}
"""An administrator looks after the desk, not after citizens; in a team of his own he is its agent."""


@dataclass(frozen=True)
class Panel:
    known: bool
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Opened:
    """`known`: he is logged in, else nothing is shown. `reached`: somebody answered, else that is said."""

    block: Block
    at: datetime
    known: bool = True
    reached: bool = True
    seen: Seen = field(default_factory=Seen)
    moments: Sequence[Contact] = ()
    talks: Sequence[Handover] = ()
    notice: str = ""  # what became of what the agent did; a word of the template


class Picture:
    def __init__(self, work: Work, door: PictureDoor, audit: Audit) -> None:
        self.work, self.door, self.audit = work, door, audit
        self.engine, self.clock = work.ledger.engine, work.ledger.clock
        self.identities: Identities = work.earlier.identities
        self.processing: ProcessingLog = work.earlier.processing

    # --- looking -------------------------------------------------------------

    def panel(self, session: Session, conversation: str) -> Panel:
        """The blocks that he may open; nothing of what is in them. Raises NotAllowed."""
        may = self._may_open(session, conversation)
        known = self.identities.of(conversation) is not None
        return Panel(known, [block for block in Block if block in may])

    def open(self, session: Session, conversation: str, named: str, notice: str = "") -> Opened:
        """Raises NotAllowed."""
        block = self._allowed(session, conversation, named)
        identity = self.identities.of(conversation)
        opened = Opened(block, self.clock.utc(), known=identity is not None, notice=notice)
        if identity is None:
            return opened
        self._account(session, conversation, identity, "klantbeeld bekijken", KINDS[block])
        if block is Block.MOMENTS:
            return replace(opened, moments=contacts(self.engine, identity.person, MOST))
        if block is Block.TALKS:
            return replace(opened, talks=self.work.earlier.of(session, conversation))
        try:
            return replace(opened, seen=self.door.block(_question(session, conversation, identity, block)))
        except SomebodyElse:
            return replace(opened, known=False)
        except (Unreachable, NotThere) as error:
            log.warning("picture.unreachable", block=block, error=str(error))
            return replace(opened, reached=False)

    def document(self, session: Session, conversation: str, key: str) -> Document:
        """Raises NotAllowed, also when it is not his; Unreachable."""
        self._allowed(session, conversation, Block.DOCUMENTS)
        identity = self.identities.of(conversation)
        if identity is None:
            raise NotAllowed
        self._account(session, conversation, identity, "een document openen", "document")
        try:
            return self.door.document(_question(session, conversation, identity, key))
        except (NotThere, SomebodyElse) as error:
            raise NotAllowed from error

    # --- doing, for the citizen ----------------------------------------------

    def cancel(self, session: Session, conversation: str, typed: str, key: str) -> str:
        """What became of it: a state of a filing, "weg" or "onbereikbaar". The citizen hears it. Raises NotAllowed."""
        self._allowed(session, conversation, Block.APPOINTMENTS)
        reference, identity = read_reference(typed), self.identities.of(conversation)
        if reference is None or identity is None or not key:
            raise NotAllowed
        self.audit.write(session.agent.id, Act.CANCELS, conversation, reference)
        try:
            return self.door.cancel(_question(session, conversation, identity, reference, key))
        except (NotThere, SomebodyElse):
            return "weg"
        except Unreachable:
            return "onbereikbaar"

    def move(self, session: Session, conversation: str, typed: str) -> None:
        """Gives the conversation to the assistant, which asks him for another moment. Raises NotAllowed, TooLate."""
        self._allowed(session, conversation, Block.APPOINTMENTS)
        handover, reference = self.work.allowed(session, conversation), read_reference(typed)
        if reference is None or self.identities.of(conversation) is None:
            raise NotAllowed
        event = f'{TO_MOVE}{{"keuze": "{reference}"}}'
        if not self.work.handovers.give_back(conversation, session.agent.id, event, topic=handover.topic):
            raise TooLate
        self.audit.write(session.agent.id, Act.MOVES, conversation, reference)

    # --- inside --------------------------------------------------------------

    def _allowed(self, session: Session, conversation: str, named: str) -> Block:
        block = next((one for one in Block if one == named), None)
        if block is None or block not in self._may_open(session, conversation):
            raise NotAllowed
        return block

    def _may_open(self, session: Session, conversation: str) -> frozenset[Block]:
        if not self.work.mine(session, conversation):
            log.warning("picture.not_his", agent=session.agent.id, conversation=conversation)
            raise NotAllowed
        in_his_team = self.work.allowed(session, conversation).team in session.agent.teams
        is_its_agent = in_his_team and session.role is Role.ADMINISTRATOR
        return MAY_OPEN[Role.AGENT if is_its_agent else session.role]

    def _account(self, session: Session, conversation: str, identity: Identity, action: str, kind: str) -> None:
        self.processing.write(
            person=identity.person,
            conversation=conversation,
            action=action,
            activity=HELP,
            source="Balie",
            kinds=[kind],
            actor=by_agent(session.agent.id),
        )


def _question(session: Session, conversation: str, identity: Identity, wanted: str, key: str = "") -> Question:
    return Question(conversation, identity.person, session.agent.id, str(wanted), key)
