"""What the citizen does to a hand-over; inside the transaction that stores his words or ends the conversation.

He answers the agent: an agent's turn again, of the same one or of the team's next. He
taps that he waits no longer, or rather wants to be called: the bot's turn, and his tap is the bot's to answer.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, text, update

from conversations import figures
from conversations.handover_tables import handovers
from conversations.model import Conversation, Holder
from conversations.ownership import transition

LEAVE_QUEUE = "/wachtrij_verlaten"
LEAVES_QUEUE = (LEAVE_QUEUE, "/terugbellen_vragen")
RETURNED = 3  # priority of a citizen who already spoke with an agent; 1 is served first


def ends(db: Connection, conversation: str, now: datetime) -> None:
    """The conversation is over, whoever had it."""
    _over(db, conversation, "ended", now)


def leaves_queue(db: Connection, conversation: Conversation, now: datetime) -> None:
    if _moves(db, conversation, Holder.BOT, now, "left"):
        _over(db, conversation.id, "left", now)


def answers_agent(db: Connection, conversation: Conversation, now: datetime) -> None:
    """The conversation comes back into an agent's view."""
    open_one = select(handovers).where(handovers.c.conversation == conversation.id, text("ended_at IS NULL"))
    row = db.execute(open_one).one()
    to = Holder.AGENT if row.sticky else Holder.QUEUE
    if _moves(db, conversation, to, now, "answered"):
        waits = {} if row.sticky else {"queued_at": now, "priority": min(row.priority, RETURNED)}
        _change(db, conversation.id, deadline=None, warned=False, **waits)


def _over(db: Connection, conversation: str, outcome: str, now: datetime) -> None:
    over = _change(db, conversation, ended_at=now, queued_at=None, deadline=None, outcome=outcome)
    if over:
        figures.ended(db, over, outcome, now)


def _moves(db: Connection, conversation: Conversation, to: Holder, now: datetime, reason: str) -> bool:
    allowed, epoch = {conversation.holder}, conversation.epoch
    return transition(db, conversation.id, to, allowed=allowed, epoch=epoch, now=now, reason=reason) is not None


def _change(db: Connection, conversation: str, **values: object) -> Any:
    """The row as it is now; None when there was none."""
    open_one = update(handovers).where(handovers.c.conversation == conversation, text("ended_at IS NULL"))
    return db.execute(open_one.values(**values).returning(handovers)).one_or_none()
