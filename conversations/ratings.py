"""What a citizen thought of the help of an agent and of that of the assistant, each asked apart."""

from sqlalchemy import Engine, select, update

from conversations import figures
from conversations.database import writing
from conversations.entries import change
from conversations.handover_tables import handovers

BEST = 5


def rate(engine: Engine, conversation: str, score: int, *, person: bool) -> bool:
    """Keep it; a later rating replaces an earlier one. False when there was no agent to rate."""
    with writing(engine) as db:
        if person:
            helped = (
                select(handovers.c.id)
                .where(handovers.c.conversation == conversation, handovers.c.answered_at.is_not(None))
                .order_by(handovers.c.asked_at.desc())
                .limit(1)
            )
            last = update(handovers).where(handovers.c.id == helped.scalar_subquery())
            if not db.execute(last.values(score=score)).rowcount:
                return False
        else:
            change(db, conversation, score=score)
        figures.rated(db, conversation, score, person=person)
    return True
