"""Who is logged in at the desk: a secret in a cookie, of which the house keeps the hash.

A session ends at the end of the working day, and locks when nobody touched it for a
while: then the agent has to log in again before he sees anything.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Engine, delete, insert, select, update

from clock import Clock
from conversations.agents import Agent, Agents, Profile
from conversations.database import reading, writing
from conversations.model import Presence
from desk.tables import desk_sessions

WORKING_DAY = timedelta(hours=12)
LOCKS_AFTER = timedelta(minutes=15)
NOTED_EVERY = timedelta(seconds=30)  # so that not every click is a write


class Role(StrEnum):
    """What somebody may do at the desk; each may also do what those before it may."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"

    def may_act_as(self, role: "Role") -> bool:
        order = list(Role)
        return order.index(self) >= order.index(role)


@dataclass(frozen=True)
class Session:
    agent: Agent
    role: Role
    csrf: str
    locked: bool

    def sees(self, team: str) -> bool:
        """An administrator looks after all teams; anybody else sees his own."""
        return self.role is Role.ADMINISTRATOR or team in self.agent.teams


class Sessions:
    def __init__(self, engine: Engine, clock: Clock, agents: Agents) -> None:
        self.engine = engine
        self.clock = clock
        self.agents = agents

    def start(self, subject: str, profile: Profile, role: Role) -> str:
        """The secret for the cookie. Who supervises is given no conversations until he says that he is available.

        A role that the provider gives him no longer ends in his other browsers too.
        """
        agent, token, now = self.agents.arrive(subject, profile), secrets.token_urlsafe(32), self.clock.utc()
        if role is not Role.AGENT:
            self.agents.be(agent.id, Presence.AWAY)
        row = {"token_hash": _hash(token), "agent": agent.id, "role": role, "csrf": secrets.token_urlsafe(24)}
        with writing(self.engine) as db:
            db.execute(delete(desk_sessions).where(desk_sessions.c.started_at < now - WORKING_DAY))
            same = (desk_sessions.c.agent == agent.id, desk_sessions.c.role != role)
            db.execute(delete(desk_sessions).where(*same))
            db.execute(insert(desk_sessions).values(**row, started_at=now, used_at=now, locked=False))
        return token

    def find(self, token: str, *, acts: bool = False) -> Session | None:
        """The session of this secret; `acts`: the agent did something, it was not his browser by itself."""
        now = self.clock.utc()
        with reading(self.engine) as db:
            row = db.execute(select(desk_sessions).where(desk_sessions.c.token_hash == _hash(token))).one_or_none()
        if row is None or row.started_at + WORKING_DAY < now:
            return None
        locked = bool(row.locked) or row.used_at + LOCKS_AFTER < now
        if locked != row.locked or (acts and not locked and row.used_at + NOTED_EVERY < now):
            with writing(self.engine) as db:
                change = {"locked": True} if locked else {"used_at": now}
                db.execute(update(desk_sessions).where(desk_sessions.c.token_hash == row.token_hash).values(**change))
        return Session(self.agents.agent(row.agent), Role(row.role), row.csrf, locked)

    def lock(self, token: str) -> None:
        with writing(self.engine) as db:
            db.execute(update(desk_sessions).where(desk_sessions.c.token_hash == _hash(token)).values(locked=True))

    def end(self, token: str) -> None:
        with writing(self.engine) as db:
            db.execute(delete(desk_sessions).where(desk_sessions.c.token_hash == _hash(token)))


def role_of(told: Collection[str], teams: Collection[str]) -> tuple[Role, frozenset[str]] | None:
    """What the provider's roles (`medewerker:burgerzaken`, `teamleider:onthaal`, `beheerder`) let somebody do.

    None: nothing. Teams that the city does not have are passed over.
    """
    names = {"medewerker": Role.AGENT, "teamleider": Role.SUPERVISOR, "beheerder": Role.ADMINISTRATOR}
    roles, his = [], set()
    for item in told:
        name, _, team = item.partition(":")
        if name in names and (team in teams or names[name] is Role.ADMINISTRATOR):
            roles.append(names[name])
            his |= {team} & set(teams)
    return (max(roles, key=list(Role).index), frozenset(his)) if roles else None


def profile_of(name: str, told: Collection[str], teams: Collection[str], topics: Collection[str]) -> Profile:
    """With what the same roles say of his work: `onderwerp:attest` he can take, others not; `gesprekken:5` at once.

    Topics that the city does not have are passed over; without any he can take all.
    """
    said = [item.partition(":")[::2] for item in told]
    skills = [value for word, value in said if word == "onderwerp" and value in topics]
    room = [int(value) for word, value in said if word == "gesprekken" and value.isdecimal() and len(value) < 3]
    return Profile(name or "Medewerker", teams, skills, max(room, default=Profile.capacity))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
