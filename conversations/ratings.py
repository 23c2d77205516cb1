"""What a citizen thought of the help of an agent and of that of the assistant, each asked apart."""

from datetime import datetime

from sqlalchemy import Engine, select, update

from conversations import figures, workload
from conversations.asides import was_said
from conversations.database import writing
from conversations.entries import change
from conversations.handover_model import Handover
from conversations.handover_tables import handovers

BEST = 5

_HELPED = (
    select(handovers)
    .where(handovers.c.answered_at.is_not(None))
    .order_by(handovers.c.asked_at.desc())
    .limit(1)
    .with_for_update()
)
"""The last talk in which an agent said something."""


def may_ask(engine: Engine, over: Handover, name: str, now: datetime) -> bool:
    """Whether somebody answered him, and he was not asked already in this contact. `name`: of the question."""
    asked_since = now - figures.SILENT_FOR
    return over.answered_at is not None and not was_said(engine, over.conversation, name, asked_since)


def rate(engine: Engine, conversation: str, score: int, *, person: bool) -> bool:
    """Keep it; a later rating replaces an earlier one. False when there was no agent to rate."""
    with writing(engine) as db:
        helped = db.execute(_HELPED.where(handovers.c.conversation == conversation)).first() if person else None
        if person and helped is None:
            return False
        if helped:
            db.execute(update(handovers).where(handovers.c.id == helped.id).values(score=score))
        else:
            change(db, conversation, score=score)
        figures.rated(db, conversation, score, person=person)
        if helped and helped.agent:
            own, at = (helped.agent, helped.team), helped.ended_at or helped.answered_at
            workload.rated(db, *own, score, before=helped.score, at=at)
    return True
