"""What else a citizen asked people here: in this conversation, and elsewhere when he is logged in.

An agent sees that of his own teams. Opening one is a use of the citizen's data, and
accounted for as such when it is known who he is.
"""

from dataclasses import dataclass

import structlog

from citizens.identities import Identities, Login
from citizens.processing import ProcessingLog, by_agent
from conversations.handover import Handovers
from conversations.handover_model import Handover
from desk.sessions import Session
from desk.timeline import Line, Timelines

MOST = 20

HELP = "balie"  # the activity of the register

log = structlog.get_logger()


@dataclass(frozen=True)
class Earlier:
    handovers: Handovers
    timelines: Timelines
    identities: Identities
    processing: ProcessingLog

    def of(self, session: Session, conversation: str) -> list[Handover]:
        """Those that are over, newest first. What was asked while somebody else was logged in there is not his."""
        identity = self.identities.of(conversation)
        his = {conversation, *(self.identities.conversations(identity.person) if identity else ())}
        found = [one for one in self.handovers.over(his) if session.sees(one.team)]
        others = self.identities.of_others(his, identity.person) if identity else []
        return [one for one in found if not any(_during(one, login) for login in others)][:MOST]

    def open(self, session: Session, conversation: str, handover: str) -> tuple[Handover, list[Line]] | None:
        """What was said then. None: it is not among `of`."""
        found = next((one for one in self.of(session, conversation) if one.id == handover), None)
        if found is None or found.ended_at is None:
            return None
        identity = self.identities.of(conversation)
        log.info("desk.earlier_opened", agent=session.agent.id, handover=handover)
        if identity:
            self.processing.write(
                person=identity.person,
                conversation=conversation,
                action="een eerder gesprek bekijken",
                activity=HELP,
                source="Balie",
                kinds=["gesprek"],
                actor=by_agent(session.agent.id),
            )
        return found, self.timelines.between(found.conversation, found.asked_at, found.ended_at)


def _during(one: Handover, login: Login) -> bool:
    is_before = one.ended_at is not None and one.ended_at < login.since
    return one.conversation == login.conversation and not is_before and one.asked_at <= login.until
