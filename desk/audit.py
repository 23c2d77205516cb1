"""What supervisors did, and agents for a citizen: who, what, to which conversation or setting, when.

Each act is one row. Administrators read them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, Select, insert, select

from clock import Clock
from conversations.database import reading, writing
from conversations.handover_tables import agents
from desk.tables import desk_audit


class Act(StrEnum):
    """Each has its words in templates/controle.html."""

    LOOKED = "looked"
    WHISPERED = "whispered"
    TOOK_OVER = "took_over"
    ASSIGNED = "assigned"
    TO_BOT = "to_bot"
    CLOSED = "closed"
    CHANGED = "changed"
    UNDID = "undid"
    CALAMITY_ON = "calamity_on"
    CALAMITY_OFF = "calamity_off"
    READ_AGENTS = "read_agents"
    CANCELS = "cancels"
    MOVES = "moves"


@dataclass(frozen=True)
class Entry:
    at: datetime
    who: str
    act: Act
    conversation: str | None
    detail: str


class Audit:
    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine, self.clock = engine, clock

    def write(self, agent: str, act: Act, conversation: str | None = None, detail: str = "") -> None:
        row = {"at": self.clock.utc(), "agent": agent, "action": act, "conversation": conversation, "detail": detail}
        with writing(self.engine) as db:
            db.execute(insert(desk_audit).values(**row))

    def latest(self, limit: int = 200) -> list[Entry]:
        """Newest first."""
        return self._read(select(desk_audit, agents.c.name), limit)

    def of(self, conversation: str, limit: int = 200) -> list[Entry]:
        return self._read(select(desk_audit, agents.c.name).where(desk_audit.c.conversation == conversation), limit)

    def _read(self, query: Select[Any], limit: int) -> list[Entry]:
        named = query.join(agents, agents.c.id == desk_audit.c.agent).order_by(desk_audit.c.id.desc()).limit(limit)
        with reading(self.engine) as db:
            found = db.execute(named).all()
        return [Entry(row.at, row.name, Act(row.action), row.conversation, row.detail) for row in found]
