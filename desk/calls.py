"""A talk by telephone that an agent writes down: a conversation without messages, which ends with a topic too.

Nothing of the caller is kept but what the agent notes. It counts in the reports, and an
agent who has one is busy, like anybody who chats.
"""

from city import PHONE
from conversations import rows, sessions
from conversations.handover import Handovers
from conversations.handover_model import Request
from conversations.ledger import Ledger
from desk.sessions import Session
from desk.work import NotAllowed

CALLED = "called"  # why a person is needed


class Calls:
    def __init__(self, ledger: Ledger, handovers: Handovers) -> None:
        self.ledger, self.handovers = ledger, handovers

    def begin(self, session: Session) -> str:
        """The conversation to write in. Its topic is open until he closes it. Raises NotAllowed."""
        if not session.agent.teams:
            raise NotAllowed
        call = self.ledger.open(PHONE, rows.new_id("t")).id
        sessions.begin(self.ledger.engine, call)
        self.handovers.take_over(call, session.agent.id, Request(min(session.agent.teams), "", CALLED))
        return call
