"""What a supervisor does with a conversation that is somebody else's: gives it to an agent or a team, or closes it.

Like every step of a hand-over one transaction around one conditional UPDATE; who did it
is the supervisor, who has it is whom he gave it to.
"""

from datetime import datetime

from sqlalchemy import Connection, select, text, update

from conversations import figures
from conversations.citizen_spoke import RETURNED
from conversations.database import writing
from conversations.entries import locked
from conversations.handover import Handovers
from conversations.handover_tables import handovers
from conversations.model import Holder
from conversations.ownership import PEOPLE, transition

_OPEN = text("ended_at IS NULL")


class Routing:
    def __init__(self, steps: Handovers) -> None:
        self.steps = steps

    def to_agent(self, conversation: str, agent: str, by: str) -> bool:
        """False when no person has it, or somebody else was faster."""
        taken = {"agent": agent, "queued_at": None, "deadline": None, "offered_to": None, "offered_until": None}
        return self._step(conversation, Holder.AGENT, f"assigned to {agent}", by, self.steps.clock.utc(), **taken)

    def to_team(self, conversation: str, team: str, by: str) -> bool:
        """Into that team's queue, before those who never spoke with anybody."""
        now = self.steps.clock.utc()
        waits = {"queued_at": now, "agent": None, "priority": RETURNED, "deadline": None}
        free = {"offered_to": None, "offered_until": None}
        return self._step(conversation, Holder.QUEUE, f"transferred to {team}", by, now, team=team, **waits, **free)

    def close(self, conversation: str, by: str, topic: str) -> bool:
        now = self.steps.clock.utc()
        over = {"ended_at": now, "queued_at": None, "deadline": None, "outcome": "closed", "closing_topic": topic}
        return self._step(conversation, Holder.CLOSED, "closed", by, now, **over)

    def _step(self, conversation: str, to: Holder, reason: str, by: str, now: datetime, **values: object) -> bool:
        changed = update(handovers).where(_OPEN, handovers.c.conversation == conversation).values(**values)
        with writing(self.steps.engine) as db:
            moved = self._moves(db, conversation, to, now, reason=reason, agent=by)
            if moved:
                before = db.execute(select(handovers).where(_OPEN, handovers.c.conversation == conversation)).one()
                handover = db.execute(changed.returning(handovers)).one()
            if moved and to is Holder.QUEUE:
                figures.transferred(db, before, now, by_him=False)
            if moved and to is Holder.CLOSED:
                figures.ended(db, handover, "closed", now)
        for topic in ("desk", f"conversation:{conversation}") if moved else ():
            self.steps.bell.ring(topic)
        return moved

    def _moves(self, db: Connection, conversation: str, to: Holder, now: datetime, *, reason: str, agent: str) -> bool:
        epoch = locked(db, conversation).epoch
        asked = select(handovers.c.id).where(_OPEN, handovers.c.conversation == conversation)
        if db.execute(asked).scalar() is None:
            return False
        moved = transition(db, conversation, to, allowed=PEOPLE, epoch=epoch, now=now, reason=reason, agent=agent)
        return moved is not None
