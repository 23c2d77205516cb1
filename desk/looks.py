"""Who looks in at a conversation just now: the agent who has it sees that somebody does."""

from datetime import timedelta

from sqlalchemy import Engine, delete, insert, select, update

from clock import Clock
from conversations.bell import Bell
from conversations.database import racing, reading, writing
from conversations.handover_tables import agents
from desk.tables import desk_looks

FRESH = timedelta(seconds=45)  # without a sign of life of his page, until he is taken to have left


class Looks:
    def __init__(self, engine: Engine, clock: Clock, bell: Bell) -> None:
        self.engine, self.clock, self.bell = engine, clock, bell

    def look(self, conversation: str, agent: str) -> None:
        """He looks, or still does."""
        was_there, own = agent in self._fresh(conversation), {"conversation": conversation, "agent": agent}
        again = update(desk_looks).where(desk_looks.c.conversation == conversation, desk_looks.c.agent == agent)
        now = self.clock.utc()
        racing(
            self.engine,
            lambda db: (
                db.execute(again.values(seen_at=now)).rowcount
                or db.execute(insert(desk_looks).values(**own, seen_at=now)).rowcount
            ),
        )
        if not was_there:
            self.bell.ring(f"conversation:{conversation}")

    def leave(self, conversation: str, agent: str) -> None:
        with writing(self.engine) as db:
            his = (desk_looks.c.conversation == conversation, desk_looks.c.agent == agent)
            db.execute(delete(desk_looks).where(*his))
        self.bell.ring(f"conversation:{conversation}")

    def at(self, conversation: str, *, besides: str) -> list[str]:
        """The names of those who look, other than this one."""
        return sorted(name for agent, name in self._fresh(conversation).items() if agent != besides)

    def _fresh(self, conversation: str) -> dict[str, str]:
        query = (
            select(agents.c.id, agents.c.name)
            .join(desk_looks, desk_looks.c.agent == agents.c.id)
            .where(desk_looks.c.conversation == conversation, desk_looks.c.seen_at > self.clock.utc() - FRESH)
        )
        with reading(self.engine) as db:
            return {row.id: row.name for row in db.execute(query)}
