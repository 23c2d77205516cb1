"""Reads what was counted, and how things are at this moment."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, func, or_, select, text, true

from clock import Clock
from conversations.agents import Agents
from conversations.database import reading
from conversations.figure_tables import MEASURES, OF_AGENT, agent_figures, figures, rush
from conversations.handover_tables import IN_QUEUE, OPEN, handovers
from conversations.workload import EVERYBODY


class By(StrEnum):
    """What the figures are told apart by."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    CHANNEL = "channel"
    TEAM = "team"
    TOPIC = "topic"


@dataclass(frozen=True)
class Scope:
    """Whose figures: of these teams, and of what the bot did alone about these topics. None: all there are."""

    teams: frozenset[str]
    topics: frozenset[str] | None

    @property
    def condition(self) -> ColumnElement[bool]:
        if self.topics is None:
            return true()
        of_the_bot = and_(figures.c.team == "", figures.c.topic.in_(sorted(self.topics)))
        return or_(figures.c.team.in_(sorted(self.teams)), of_the_bot)


@dataclass(frozen=True)
class Live:
    waiting: int
    longest_since: datetime | None  # who waits longest
    present: int
    chats: int  # that an agent has now


Sums = Mapping[str, int]

_COLUMNS: Mapping[By, ColumnElement[Any]] = {
    By.CHANNEL: figures.c.channel,
    By.TEAM: figures.c.team,
    By.TOPIC: figures.c.topic,
}
_WRITTEN: Mapping[By, int] = {By.MONTH: len("2026-11"), By.YEAR: len("2026")}  # so much of a day is its key
_ADDED = [func.sum(figures.c[measure]) for measure in MEASURES]


class Reporting:
    def __init__(self, engine: Engine, clock: Clock, agents: Agents) -> None:
        self.engine, self.clock, self.agents = engine, clock, agents

    def sums(self, scope: Scope, first: date | None, last: date, by: By) -> dict[str, Sums]:
        """Every measure, by key, from the first day to and with the last. Keys of time: 2026-11-23, 2026-11, 2026.

        Without a first day: all there are.
        """
        # days lie in the order of the primary key, so to group by them sorts nothing; to look up
        # every row by its day, when all count, would take longer than to read them as they lie
        key = _COLUMNS.get(by, figures.c.day)
        days = true() if first is None else figures.c.day.between(first, last)
        query = select(key, *_ADDED).where(scope.condition, days).group_by(key)
        with reading(self.engine) as db:
            found = db.execute(query).all()
        groups: dict[str, list[Sequence[Any]]] = {}
        for label, *counted in found:
            groups.setdefault(str(label)[: _WRITTEN.get(by)], []).append(counted)
        return {label: dict(zip(MEASURES, _together(rows), strict=True)) for label, rows in groups.items()}

    def begun(self) -> date | None:
        """The first day of which there are figures."""
        with reading(self.engine) as db:
            first: date | None = db.execute(select(func.min(figures.c.day))).scalar()
        return first

    def rush(self, teams: Collection[str] | None, first: date, last: date) -> dict[tuple[int, int], int]:
        """How often a person of these teams (None: of any) was asked for, by weekday and hour, in whole months.

        The team `workload.EVERYBODY` is whoever began a contact.
        """
        whose = rush.c.team != EVERYBODY if teams is None else rush.c.team.in_(sorted(teams))
        key = (rush.c.weekday, rush.c.hour)
        query = select(*key, func.sum(rush.c.times)).where(whose, rush.c.month.between(first, last)).group_by(*key)
        with reading(self.engine) as db:
            return {(weekday, hour): int(times) for weekday, hour, times in db.execute(query)}

    def of_agents(self, teams: Collection[str], first: date, last: date) -> dict[str, Sums]:
        """What agents did for these teams in whole months, by the agent's id."""
        added = [func.sum(agent_figures.c[measure]).label(measure) for measure in OF_AGENT]
        his = (agent_figures.c.team.in_(sorted(teams)), agent_figures.c.month.between(first, last))
        query = select(agent_figures.c.agent, *added).where(*his).group_by(agent_figures.c.agent)
        with reading(self.engine) as db:
            found = db.execute(query).all()
        return {row.agent: {measure: int(getattr(row, measure)) for measure in OF_AGENT} for row in found}

    def live(self, teams: Collection[str]) -> Live:
        of_teams = handovers.c.team.in_(sorted(teams))
        queued = select(func.count(), func.min(handovers.c.queued_at)).where(text(IN_QUEUE), of_teams)
        taken = select(func.count()).where(text(OPEN), handovers.c.queued_at.is_(None), of_teams)
        with reading(self.engine) as db:
            waiting, since = db.execute(queued).one()
            chats = db.execute(taken).scalar_one()
        present = [agent for agent in self.agents.present() if agent.teams & set(teams)]
        return Live(waiting, since, len(present), chats)


def _together(rows: Sequence[Sequence[Any]]) -> list[int]:
    return [int(sum(column)) for column in zip(*rows, strict=True)]
