"""Who waits for a person, how long still, and whose turn it is.

More urgent questions go first, and of the same urgency who waits longest. A question is
offered to one agent at a time who knows the topic and has room: where the team wants so
whom the citizen spoke before, else who is least busy. Who lets it pass loses it to the next.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, and_, func, or_, select, text, true, update

from clock import Clock
from conversations.agents import Agent, Agents
from conversations.bell import Bell
from conversations.database import reading, writing
from conversations.handover import ANSWER_WITHIN
from conversations.handover_tables import agents, handovers

MISSES = 2  # offers in a row that make an agent absent
FEWEST = 5  # finished questions before an expected wait is told
RECENT = 50  # finished questions that it is taken from
AT_ONCE = 100  # who wait, in one look

_QUEUED = text("handovers.ended_at IS NULL AND handovers.queued_at IS NOT NULL")
_ORDER = (handovers.c.priority, handovers.c.queued_at, handovers.c.id)


@dataclass(frozen=True)
class Waiting:
    """One who waits. `agent`: whom he spoke before, to whom he goes back first when that is `sticky`."""

    handover: str
    conversation: str
    channel: str
    team: str
    topic: str
    priority: int
    queued_at: datetime
    sticky: bool
    agent: str | None
    offered_to: str | None
    offered_until: datetime | None
    declined_by: str | None = None


class Queue:
    def __init__(self, engine: Engine, clock: Clock, bell: Bell, present: Agents) -> None:
        self.engine = engine
        self.clock = clock
        self.bell = bell
        self.agents = present

    # --- looking -------------------------------------------------------------

    def waiting(self, teams: Collection[str], limit: int = AT_ONCE) -> list[Waiting]:
        """Who goes first, first."""
        with reading(self.engine) as db:
            return [_waiting(row) for row in db.execute(_of(teams).limit(limit))]

    def length(self, team: str) -> int:
        with reading(self.engine) as db:
            count = select(func.count()).select_from(handovers).where(_QUEUED, handovers.c.team == team)
            return db.execute(count).scalar_one()

    def position(self, conversation: str) -> int | None:
        """1: the next one. None: does not wait."""
        with reading(self.engine) as db:
            own = db.execute(select(handovers).where(_QUEUED, handovers.c.conversation == conversation)).one_or_none()
            if own is None:
                return None
            mine, before = (own.priority, own.queued_at, own.id), select(func.count()).select_from(handovers)
            return 1 + db.execute(before.where(_QUEUED, handovers.c.team == own.team, _earlier(*mine))).scalar_one()

    def expected_wait(self, team: str, position: int) -> timedelta | None:
        """From how long questions took lately and how many agents there are; None when nobody can tell."""
        ended = (
            select(handovers.c.answered_at, handovers.c.ended_at)
            .where(handovers.c.team == team, handovers.c.ended_at.is_not(None), handovers.c.answered_at.is_not(None))
            .order_by(handovers.c.ended_at.desc())
            .limit(RECENT)
        )
        with reading(self.engine) as db:
            took = [(row.ended_at - row.answered_at).total_seconds() for row in db.execute(ended)]
        room = sum(agent.capacity for agent in self.agents.present() if team in agent.teams)
        return timedelta(seconds=median(took) * position / room) if len(took) >= FEWEST and room else None

    # --- giving --------------------------------------------------------------

    def offer(self, teams: Collection[str]) -> list[tuple[str, str]]:
        """Offer who waits to who has room; gives the new offers as (conversation, agent)."""
        self._note_misses()
        free = {agent.id: agent for agent in self.agents.present() if agent.has_room}
        offers, now = [], self.clock.utc()
        for deciding in self._deciding(free):
            free.pop(deciding)
        for waiting in self._open_to(free.values(), teams):
            if agent := _best(waiting, free.values()):
                free.pop(agent.id)
                offers += self._offer(waiting, agent, now)
        return offers

    def decline(self, conversation: str, agent: str) -> bool:
        """Not now: it is open for the others at once. False when it was not offered to him (any more)."""
        offered = update(handovers).where(
            _QUEUED,
            handovers.c.conversation == conversation,
            handovers.c.offered_to == agent,
            handovers.c.offered_until > self.clock.utc(),
        )

        def decline(db: Connection) -> int:
            freed = db.execute(offered.values(offered_to=None, offered_until=None, declined_by=agent)).rowcount
            return _missed(db, [agent]) if freed else 0

        return self._write(decline)

    def next_for(self, agent: Agent) -> Waiting | None:
        """Whom an agent should take when he asks for the next one."""
        return next(iter(self._open_to([agent], agent.teams, also=agent.id)), None)

    def _deciding(self, free: Collection[str]) -> list[str]:
        """Those of them to whom something is offered."""
        with reading(self.engine) as db:
            offered = select(handovers.c.offered_to).where(_QUEUED, handovers.c.offered_to.in_(sorted(free)))
            return list(db.execute(offered.distinct()).scalars())

    def _open_to(self, some: Collection[Agent], teams: Collection[str], *, also: str | None = None) -> list[Waiting]:
        """Whom one of them can take, also when offered to `also`. Behind whom none of them can take, nobody waits."""
        if not some:
            return []
        kinds = {(agent.teams & set(teams), agent.skills) for agent in some}
        unoffered = or_(handovers.c.offered_to.is_(None), handovers.c.offered_to == also)
        query = select(handovers).where(_QUEUED, unoffered, or_(*(_within(*kind) for kind in kinds)))
        with reading(self.engine) as db:
            return [_waiting(row) for row in db.execute(query.order_by(*_ORDER).limit(AT_ONCE))]

    def _offer(self, waiting: Waiting, agent: Agent, now: datetime) -> list[tuple[str, str]]:
        offered = (
            update(handovers)
            .where(_QUEUED, handovers.c.id == waiting.handover, handovers.c.offered_to.is_(None))
            .values(offered_to=agent.id, offered_until=now + ANSWER_WITHIN)
        )
        return [(waiting.conversation, agent.id)] if self._write(lambda db: db.execute(offered).rowcount) else []

    def _note_misses(self) -> None:
        """Offers that ran out are open again."""
        ran_out = (
            update(handovers)
            .where(_QUEUED, handovers.c.offered_until <= self.clock.utc())
            .values(offered_to=None, offered_until=None)
            .returning(handovers.c.id)
        )

        def note(db: Connection) -> int:
            missed = select(handovers.c.offered_to).where(_QUEUED, handovers.c.offered_until <= self.clock.utc())
            _missed(db, list(db.execute(missed).scalars()))
            return len(db.execute(ran_out).all())

        self._write(note)

    def _write(self, work: Callable[[Connection], int]) -> bool:
        with writing(self.engine) as db:
            changed = work(db)
        if changed:
            self.bell.ring("desk")
        return bool(changed)


def _missed(db: Connection, who: Collection[str]) -> int:
    """They let an offer pass; who lets two pass is taken for absent."""
    missed = db.execute(update(agents).where(agents.c.id.in_(who)).values(misses=agents.c.misses + 1)).rowcount
    db.execute(update(agents).where(agents.c.misses >= MISSES).values(status="away", misses=0))
    return missed


def _of(teams: Collection[str]) -> Select[Any]:
    return select(handovers).where(_QUEUED, handovers.c.team.in_(sorted(teams))).order_by(*_ORDER)


def _within(teams: Collection[str], skills: Collection[str]) -> Any:
    """What somebody of those teams, who knows those topics, can take."""
    known = handovers.c.topic.in_(sorted(skills)) if skills else true()
    return and_(handovers.c.team.in_(sorted(teams)), known)


def _earlier(priority: int, queued_at: datetime, own: str) -> Any:
    same = handovers.c.priority == priority
    longer = or_(handovers.c.queued_at < queued_at, and_(handovers.c.queued_at == queued_at, handovers.c.id < own))
    return or_(handovers.c.priority < priority, and_(same, longer))


def _best(waiting: Waiting, free: Iterable[Agent]) -> Agent | None:
    asked = (agent for agent in free if agent.id != waiting.declined_by)
    able = [agent for agent in asked if waiting.team in agent.teams and agent.can_take(waiting.topic)]
    before = waiting.agent if waiting.sticky else None
    return min(able, key=lambda agent: (agent.id != before, agent.misses, agent.load, agent.id), default=None)


def _waiting(row: Row[Any]) -> Waiting:
    own = {name: getattr(row, name) for name in Waiting.__dataclass_fields__ if name != "handover"}
    return Waiting(handover=row.id, **own)
