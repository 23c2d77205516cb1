"""What was asked of the city's systems in a conversation and how far that is; nothing of what it says."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from conversations.database import reading
from filings.model import CONTACT, TASK, FilingState
from filings.tables import filings

MOST = 50


@dataclass(frozen=True)
class Filed:
    """`number`: of the system that has it; empty as long as it gave none."""

    kind: str
    reference: str
    number: str
    state: FilingState
    at: datetime
    attempts: int


def filed_in(engine: Engine, conversation: str) -> list[Filed]:
    """The latest first. What the house registers of its own accord is not among it."""
    wanted = (filings.c.conversation == conversation, filings.c.kind.not_in((CONTACT, TASK)))
    query = select(filings).where(*wanted).order_by(filings.c.created_at.desc(), filings.c.id).limit(MOST)
    with reading(engine) as db:
        return [
            Filed(row.kind, row.reference, row.external_reference or "", row.state, row.created_at, row.attempts)
            for row in db.execute(query)
        ]
