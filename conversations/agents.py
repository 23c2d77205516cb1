"""Who sits at the desk, and for whom there is room with them.

An agent is present while his browser gives signs of life; the words `online` and `away`
are his own choice.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, exists, func, insert, or_, select, text, update

from city import PHONE
from clock import Clock
from conversations import rows
from conversations.bell import Bell
from conversations.database import racing, reading, writing
from conversations.handover_tables import agents, handovers
from conversations.model import Holder, Presence
from conversations.tables import conversations

PATIENCE = timedelta(seconds=60)  # without a sign of life, until an agent counts as gone
MOST = 500  # agents of one city at the same time


@dataclass(frozen=True)
class Agent:
    """`load`: conversations that he has, or that come back to him. `skills`: topics that he can take; none: all."""

    id: str
    name: str
    teams: frozenset[str]
    skills: frozenset[str]
    capacity: int
    status: Presence
    seen_at: datetime
    misses: int
    load: int

    @property
    def has_room(self) -> bool:
        return self.load < self.capacity

    def can_take(self, topic: str) -> bool:
        return not self.skills or topic in self.skills


@dataclass(frozen=True)
class Profile:
    """What the city says of an agent when he logs in."""

    name: str
    teams: Collection[str]
    skills: Collection[str] = ()
    capacity: int = 3


class Agents:
    def __init__(self, engine: Engine, clock: Clock, bell: Bell) -> None:
        self.engine = engine
        self.clock = clock
        self.bell = bell

    def arrive(self, subject: str, profile: Profile) -> Agent:
        """He logged in: known by `subject` from now on, with what the city's provider says of him today."""
        told = {"name": profile.name, "capacity": profile.capacity}
        lists = {"teams": sorted(profile.teams), "skills": sorted(profile.skills)}
        now = {"seen_at": self.clock.utc(), "status": Presence.ONLINE, "misses": 0}
        known = update(agents).where(agents.c.subject == subject).values(**told, **lists, **now).returning(agents.c.id)
        new = {"id": rows.new_id("g"), "subject": subject, **told, **lists, **now}

        def here(db: Connection) -> str:
            found: str | None = db.execute(known).scalar()
            return found or db.execute(insert(agents).values(**new).returning(agents.c.id)).scalar_one()

        agent = self.agent(racing(self.engine, here))
        self.bell.ring("desk")
        return agent

    def alive(self, agent: str) -> None:
        with writing(self.engine) as db:
            db.execute(update(agents).where(agents.c.id == agent).values(seen_at=self.clock.utc()))

    def be(self, agent: str, status: Presence) -> None:
        with writing(self.engine) as db:
            change = {"status": status, "seen_at": self.clock.utc(), "misses": 0}
            db.execute(update(agents).where(agents.c.id == agent).values(**change))
        self.bell.ring("desk")

    def agent(self, agent: str) -> Agent:
        """Raises LookupError."""
        with reading(self.engine) as db:
            row = db.execute(_WITH_LOAD.where(agents.c.id == agent)).one_or_none()
        if row is None:
            raise LookupError(agent)
        return _agent(row)

    def names(self, ids: Collection[str]) -> dict[str, str]:
        """What they are called, by id."""
        with reading(self.engine) as db:
            found = db.execute(select(agents.c.id, agents.c.name).where(agents.c.id.in_(sorted(ids))))
            return {row.id: row.name for row in found}

    def all(self) -> list[Agent]:
        """Those who were seen today, by name."""
        with reading(self.engine) as db:
            query = _WITH_LOAD.where(agents.c.seen_at > self.clock.utc() - timedelta(hours=12))
            return [_agent(row) for row in db.execute(query.order_by(agents.c.name).limit(MOST))]

    def present(self) -> list[Agent]:
        """Online and seen just now: a conversation can be given to them."""
        since = self.clock.utc() - PATIENCE
        here = _WITH_LOAD.where(agents.c.status == Presence.ONLINE, agents.c.seen_at > since).limit(MOST)
        with reading(self.engine) as db:
            return [_agent(row) for row in db.execute(here)]

    def gone(self) -> list[tuple[str, str]]:
        """Conversations whose agent logged out or gives no sign of life any more, as (conversation, agent).

        A talk by telephone stays his, and so does what waits for the citizen: nobody waits for him in it.
        """
        silent = agents.c.seen_at <= self.clock.utc() - PATIENCE
        lost = (
            select(handovers.c.conversation, handovers.c.agent)
            .join(agents, agents.c.id == handovers.c.agent)
            .where(text("handovers.ended_at IS NULL"), handovers.c.queued_at.is_(None), handovers.c.channel != PHONE)
            .where(_HIS_TURN, or_(silent, agents.c.status == Presence.OFFLINE))
            .limit(MOST)
        )
        with reading(self.engine) as db:
            return [(row.conversation, row.agent) for row in db.execute(lost)]


_HIS_TURN = exists().where(conversations.c.id == handovers.c.conversation, conversations.c.holder == Holder.AGENT)
_LOAD = (
    select(func.count())
    .where(text("handovers.ended_at IS NULL"), handovers.c.agent == agents.c.id, handovers.c.queued_at.is_(None))
    .where(or_(handovers.c.sticky, _HIS_TURN))
    .correlate(agents)
    .scalar_subquery()
)
_WITH_LOAD: Select[Any] = select(*agents.c, _LOAD.label("load"))


def _agent(row: Row[Any]) -> Agent:
    told = {name: getattr(row, name) for name in ("id", "name", "capacity", "status", "seen_at", "misses", "load")}
    return Agent(**told, teams=frozenset(row.teams or ()), skills=frozenset(row.skills or ()))
