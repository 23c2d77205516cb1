"""What a supervisor sees of the work of his teams, and what he may do with it.

He sees who waits and who talks to whom in his own teams, and which conversations the
assistant has just now. Every act is a row of desk/audit.py.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row, and_, exists, select, text

from conversations.agents import Agent
from conversations.database import reading
from conversations.elsewhere import Elsewhere
from conversations.handover_model import Handover
from conversations.handover_tables import agents, handovers
from conversations.model import Conversation, Holder, UnknownConversation
from conversations.notes import LONGEST
from conversations.routing import Routing
from conversations.tables import conversations, ownership
from desk.audit import Act, Audit
from desk.chore_looks import MOST_MISROUTED
from desk.sessions import Role, Session
from desk.timeline import Line
from desk.work import TO_AGENT, NotAllowed, TooLate, Unusable, Work
from filings.task_model import Task
from filings.tasks import Tasks

RUNNING = timedelta(minutes=15)  # since the last word, for a conversation with the assistant to be going on
REOPENED = timedelta(days=1)  # since the last time that a person ended it
MOST = 500
GENERAL = "algemeen"

log = structlog.get_logger()


@dataclass(frozen=True)
class Case:
    """A conversation that a person has or must have. `late`: for longer than the team's patience."""

    conversation: str
    channel: str
    team: str
    topic: str
    priority: int
    holder: Holder
    asked_at: datetime
    since: datetime  # in this state
    agent: str
    answered: bool
    reopened: bool
    late: bool = False


@dataclass(frozen=True)
class Running:
    """A conversation that the assistant has."""

    conversation: str
    channel: str
    created_at: datetime
    active_at: datetime
    messages: int
    elsewhere: bool = False  # a colleague answers in the channel's own inbox


@dataclass(frozen=True)
class View:
    """`handover`: None while only the assistant had it. `watchers`: other supervisors who look."""

    conversation: Conversation
    handover: Handover | None
    timeline: list[Line]
    watchers: list[str]


@dataclass(frozen=True)
class Filter:
    team: str = ""
    channel: str = ""
    state: str = ""  # wacht, gesprek, onbeantwoord, laat, heropend

    def lets(self, case: Case) -> bool:
        passes = {
            "": True,
            "wacht": case.holder is Holder.QUEUE,
            "gesprek": case.holder is not Holder.QUEUE,
            "onbeantwoord": not case.answered,
            "laat": case.late,
            "heropend": case.reopened,
        }
        return self.team in ("", case.team) and self.channel in ("", case.channel) and passes.get(self.state, True)


@dataclass(frozen=True)
class Overview:
    """`bounced`: tasks that go back and forth between teams."""

    cases: list[Case]
    shown: list[Case]
    running: list[Running]
    agents: list[Agent]
    present: frozenset[str]
    bounced: list[Task]

    @property
    def waiting(self) -> list[Case]:
        return [case for case in self.cases if case.holder is Holder.QUEUE]

    @property
    def unanswered(self) -> int:
        return sum(not case.answered for case in self.cases)

    @property
    def reopened(self) -> int:
        return sum(case.reopened for case in self.cases)

    @property
    def late(self) -> int:
        return sum(case.late for case in self.cases)


class Supervision:
    def __init__(self, work: Work, audit: Audit, tasks: Tasks) -> None:
        self.work, self.audit, self.tasks = work, audit, tasks
        self.ledger, self.handovers, self.texts = work.ledger, work.handovers, work.texts
        self.engine, self.clock = work.ledger.engine, work.ledger.clock
        self.routing = Routing(work.handovers)
        self.elsewhere = Elsewhere(self.engine, self.clock, self.ledger.bell)

    # --- looking -------------------------------------------------------------

    def overview(self, session: Session, only: Filter) -> Overview:
        teams = self.teams(session)
        present = frozenset(agent.id for agent in self.work.queue.agents.present())
        his = [agent for agent in self.work.queue.agents.all() if agent.teams & set(teams)]
        cases = self._cases(teams)
        bounced = self.tasks.undone(teams, misrouted=MOST_MISROUTED + 1)
        shown = [case for case in cases if only.lets(case)]
        return Overview(cases, shown, self._running(only), his, present, bounced)

    def look(self, session: Session, conversation: str) -> View:
        """Raises NotAllowed. The agent who has it sees that he looks; `looked` notes that he began to."""
        self._allowed(session, conversation)
        found = self.ledger.conversation(conversation)
        handovers = self.handovers.history(conversation, limit=1)
        watchers = self.work.looks.at(conversation, besides=session.agent.id)
        return View(found, handovers[0] if handovers else None, self.work.timelines.latest(found), watchers)

    def looked(self, session: Session, conversation: str) -> None:
        self.audit.write(session.agent.id, Act.LOOKED, conversation)
        self.work.looks.look(conversation, session.agent.id)

    def teams(self, session: Session) -> list[str]:
        return [team.code for team in self.texts.city.teams if session.sees(team.code)]

    # --- doing ---------------------------------------------------------------

    def assign(self, session: Session, chosen: Sequence[str], to: str) -> int:
        """To an agent who is here (`medewerker:<id>`) or a team; how many changed. Raises NotAllowed, Unusable."""
        for conversation in chosen:
            self._allowed(session, conversation)
        if not chosen:
            raise Unusable("niets_gekozen")
        agent = self._agent(session, to) if to.startswith(TO_AGENT) else None
        channels = {self.ledger.conversation(conversation).channel for conversation in chosen}
        serves = {team.code for team in self.texts.city.teams if channels <= set(team.channels)}
        if agent is None and to not in serves:
            raise Unusable("aan_wie")
        return sum(self._give(session, conversation, agent, to) for conversation in chosen)

    def whisper(self, session: Session, conversation: str, text: str) -> None:
        """A note that the agent reads at once and the citizen never. Raises NotAllowed, Unusable."""
        self._allowed(session, conversation)
        if not text.strip() or len(text) > LONGEST:
            raise Unusable("leeg" if not text.strip() else "te_lang")
        self.work.notes.write(conversation, session.agent.id, text.strip())
        self.audit.write(session.agent.id, Act.WHISPERED, conversation)

    def take_over(self, session: Session, conversation: str) -> None:
        """From the assistant, the queue or another agent. Raises NotAllowed, TooLate."""
        handover = self._allowed(session, conversation)
        channel, team = self.ledger.conversation(conversation).channel, self.teams(session)[0]
        team, topic = (handover.team, handover.topic) if handover else (team, GENERAL)
        asked = self.work.from_assistant(conversation, channel, team, topic, "supervisor")
        taken = self.handovers.take_over(conversation, session.agent.id, asked)
        if taken is None:
            raise TooLate
        self.audit.write(session.agent.id, Act.TOOK_OVER, conversation)
        self.work.introduce(session, taken)

    def to_bot(self, session: Session, conversation: str) -> None:
        """From a colleague in the channel's own inbox to the assistant. Raises NotAllowed, TooLate."""
        self._allowed(session, conversation)
        if not self.elsewhere.give_back(conversation, session.agent.id):
            raise TooLate
        self.audit.write(session.agent.id, Act.TO_BOT, conversation)
        self._say(conversation, "utter_kanaal_assistent_terug")

    def close(self, session: Session, conversation: str) -> None:
        """Raises NotAllowed, TooLate."""
        handover = self._allowed(session, conversation)
        if handover is None or handover.ended_at:
            closed = self.ledger.end(conversation, reason="supervisor")
        else:
            closed = self.routing.close(conversation, session.agent.id, handover.topic)
        if not closed:
            raise TooLate
        self.audit.write(session.agent.id, Act.CLOSED, conversation)
        if handover and not handover.ended_at:
            self.work.take_leave(conversation, handover)
        else:
            self._say(conversation, "utter_medewerker_klaar")

    # --- inside --------------------------------------------------------------

    def _give(self, session: Session, conversation: str, agent: Agent | None, to: str) -> bool:
        if agent:
            moved = self.routing.to_agent(conversation, agent.id, session.agent.id)
        else:
            moved = self.routing.to_team(conversation, to, session.agent.id)
        if moved:
            name = agent.name if agent else self.texts.city.team(to).name
            self.audit.write(session.agent.id, Act.ASSIGNED, conversation, name)
        if moved and agent:
            self._say(conversation, "utter_medewerker_neemt_over", naam=agent.name.split()[0])
        return moved

    def _agent(self, session: Session, to: str) -> Agent:
        """Raises Unusable when he is not one of the supervisor's, or not here."""
        teams = set(self.teams(session))
        here = {agent.id: agent for agent in self.work.queue.agents.present() if agent.teams & teams}
        found = here.get(to.removeprefix(TO_AGENT))
        if found is None:
            raise Unusable("aan_wie")
        return found

    def _allowed(self, session: Session, conversation: str) -> Handover | None:
        """None: it is the assistant's, and every supervisor's to see. Raises NotAllowed."""
        try:
            holder = self.ledger.conversation(conversation).holder
            last = self.handovers.history(conversation, limit=1)
        except UnknownConversation as error:
            raise NotAllowed from error
        supervises = session.role.may_act_as(Role.SUPERVISOR)
        if not supervises or not self.teams(session) or (last and not session.sees(last[0].team)):
            log.warning("desk.not_allowed", agent=session.agent.id, conversation=conversation)
            raise NotAllowed
        if not last and holder not in (Holder.BOT, Holder.EXTERNAL, Holder.CLOSED):
            raise NotAllowed
        return last[0] if last else None

    def _cases(self, teams: Collection[str]) -> list[Case]:
        """Who waits longest, first."""
        before = handovers.alias()
        again = exists().where(before.c.conversation == handovers.c.conversation)
        reopened = again.where(before.c.ended_at > self.clock.utc() - REOPENED, before.c.id != handovers.c.id)
        moved = and_(ownership.c.conversation == conversations.c.id, ownership.c.epoch == conversations.c.epoch)
        query = (
            select(handovers, conversations.c.holder, ownership.c.at, agents.c.name, reopened.label("reopened"))
            .join(conversations, conversations.c.id == handovers.c.conversation)
            .outerjoin(ownership, moved)
            .outerjoin(agents, and_(agents.c.id == handovers.c.agent, handovers.c.queued_at.is_(None)))
            .where(text("handovers.ended_at IS NULL"), handovers.c.team.in_(teams))
            .order_by(handovers.c.queued_at.is_(None), handovers.c.priority, handovers.c.asked_at)
            .limit(MOST)
        )
        with reading(self.engine) as db:
            return [self._case(row) for row in db.execute(query)]

    def _case(self, row: Row[Any]) -> Case:
        same = {name: getattr(row, name) for name in ("conversation", "channel", "team", "topic", "priority", "holder")}
        since = row.queued_at or row.at or row.asked_at
        found = Case(
            **same,
            asked_at=row.asked_at,
            since=since,
            agent=row.name or "",
            answered=row.answered_at is not None,
            reopened=bool(row.reopened),
        )
        patience = timedelta(minutes=self.texts.city.team(found.team).patience)
        overdue = found.holder is not Holder.WAITING and not found.answered and self.clock.utc() - since > patience
        return replace(found, late=overdue)

    def _running(self, only: Filter) -> list[Running]:
        recent = conversations.c.active_at > self.clock.utc() - RUNNING
        without_us = conversations.c.holder.in_((Holder.BOT, Holder.EXTERNAL))
        query = select(conversations).where(without_us, recent, text("purged_at IS NULL"))
        if only.channel:
            query = query.where(conversations.c.channel == only.channel)
        with reading(self.engine) as db:
            found = db.execute(query.order_by(conversations.c.active_at.desc()).limit(100)).all()
        return [
            Running(row.id, row.channel, row.created_at, row.active_at, row.last_seq, row.holder is Holder.EXTERNAL)
            for row in found
        ]

    def _say(self, conversation: str, response: str, **values: str) -> None:
        """Not what would only reach the citizen when he writes again."""
        if self.work.can_answer(conversation):
            channel = self.ledger.conversation(conversation).channel
            self.ledger.say(conversation, self.texts.reply(response, channel, **values))
