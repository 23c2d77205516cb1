"""What the assistant has just now and agents could take from it, before anybody asked for a person.

An agent sees the conversations about what his teams are for, and those about nothing in
particular when one of his teams takes these; not where another team had the citizen before.
Which go badly stand first. Looking in is written down.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Row, exists, func, select, text

from citizens.processing import by_agent
from city import Team
from conversations.database import reading
from conversations.figure_tables import contacts
from conversations.handover_tables import handovers
from conversations.model import Attachment, Conversation, Holder
from conversations.tables import conversations, messages
from desk.audit import Act, Audit
from desk.earlier import HELP
from desk.sessions import Session
from desk.timeline import Line
from desk.work import NotAllowed, TooLate, Work

RECENT = timedelta(minutes=15)  # since the last word, for a conversation to be going on
MOST = 50
GENERAL = "algemeen"
BY_AGENT = "taken_over"  # why a person has it
STUCK = ("utter_algemeen_anders_zeggen", "utter_algemeen_bedoel_je", "utter_algemeen_kies_onderwerp", "utter_stilte")
"""What the assistant says when it did not understand, or had nothing to say."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Talk:
    """`stuck`: how often the assistant did not understand of late. `topic`: empty when it is not known yet."""

    conversation: str
    channel: str
    topic: str
    team: str
    created_at: datetime
    active_at: datetime
    stuck: int


@dataclass(frozen=True)
class View:
    conversation: Conversation
    talk: Talk
    timeline: list[Line]
    watchers: tuple[str, ...] = ()


class RunningTalks:
    def __init__(self, work: Work, audit: Audit) -> None:
        self.work, self.audit = work, audit
        self.engine, self.clock = work.ledger.engine, work.ledger.clock

    # --- looking -------------------------------------------------------------

    def of(self, session: Session) -> list[Talk]:
        """Those of his teams, at most so many."""
        return self._talks(session, conversations.c.holder == Holder.BOT)

    def look(self, session: Session, conversation: str) -> View:
        """Raises NotAllowed, and TooLate when the assistant does not have it any more."""
        talk = self._allowed(session, conversation)
        found = self.work.ledger.conversation(conversation)
        if found.holder is not Holder.BOT:
            raise TooLate
        return View(found, talk, self.work.timelines.latest(found))

    def photo(self, session: Session, conversation: str, attachment: str) -> Attachment:
        """Raises NotAllowed, also for a photo of another conversation."""
        self._allowed(session, conversation)
        found = self.work.ledger.attachment(attachment) if attachment.isprintable() else None
        if found is None or found.conversation != conversation:
            raise NotAllowed
        return found

    def looked(self, session: Session, conversation: str) -> None:
        """Once for each time that he opens it; of who is logged in it is a use of his data."""
        self.audit.write(session.agent.id, Act.LOOKED, conversation)
        identity = self.work.earlier.identities.of(conversation)
        if identity:
            self.work.earlier.processing.write(
                person=identity.person,
                conversation=conversation,
                action="een lopend gesprek bekijken",
                activity=HELP,
                source="Balie",
                kinds=["gesprek"],
                actor=by_agent(session.agent.id),
            )

    # --- doing ---------------------------------------------------------------

    def take(self, session: Session, conversation: str) -> None:
        """From the assistant, with all that it knows. Raises NotAllowed, TooLate."""
        talk = self._allowed(session, conversation)
        asked = self.work.from_assistant(conversation, talk.channel, talk.team, talk.topic or GENERAL, BY_AGENT)
        taken = self.work.handovers.take_over(conversation, session.agent.id, asked, allowed={Holder.BOT})
        if taken is None:
            raise TooLate
        self.audit.write(session.agent.id, Act.TOOK_OVER, conversation)
        self.work.introduce(session, taken)

    # --- inside --------------------------------------------------------------

    def _allowed(self, session: Session, conversation: str) -> Talk:
        found = self._talks(session, conversations.c.id == conversation) if conversation.isprintable() else []
        if not found:
            log.warning("desk.not_allowed", agent=session.agent.id, conversation=conversation)
            raise NotAllowed
        return found[0]

    def _talks(self, session: Session, which: ColumnElement[bool]) -> list[Talk]:
        teams = [team for team in self.work.texts.city.teams if team.code in session.agent.teams]
        topics = {topic for team in teams for topic in team.topics}
        recent = self.clock.utc() - RECENT
        misses = (
            select(func.count())
            .where(messages.c.conversation == conversations.c.id, messages.c.created_at > recent)
            .where(messages.c.name.in_(STUCK))
            .correlate(conversations)
            .scalar_subquery()
        )
        elsewhere = exists().where(
            handovers.c.conversation == conversations.c.id, handovers.c.team.not_in(session.agent.teams)
        )
        topic = func.coalesce(contacts.c.topic, "")
        query = (
            select(conversations, topic.label("topic"), misses.label("stuck"))
            .outerjoin(contacts, contacts.c.conversation == conversations.c.id)
            .where(which, conversations.c.active_at > recent, text("purged_at IS NULL"))
            .where(topic.in_({*topics, ""} if GENERAL in topics else topics), ~elsewhere)
            .order_by(misses.desc(), conversations.c.active_at.desc())
            .limit(MOST)
        )
        with reading(self.engine) as db:
            found = db.execute(query).all()
        talks = (_talk(row, teams) for row in found)
        return [talk for talk in talks if talk]


def _talk(row: Row[Any], teams: Sequence[Team]) -> Talk | None:
    """None: none of his teams serves its channel."""
    about = row.topic or GENERAL
    team = next((team for team in teams if about in team.topics and row.channel in team.channels), None)
    if team is None:
        return None
    return Talk(row.id, row.channel, row.topic, team.code, row.created_at, row.active_at, row.stuck)
