"""At which hours people come, and how much work each agent of a team has: whom to plan when.

Both are known by month. How much an agent does is seen by the supervisor of his team alone,
and that he looked is a row in the audit (docs/decisions/0013-cijfers-per-medewerker.md).
"""

from collections.abc import Collection
from datetime import date

from conversations.reporting import Reporting
from conversations.workload import EVERYBODY
from desk.audit import Act, Audit
from desk.reports import ASKED_BY_HOUR, BEGUN_BY_HOUR, DAYS, OF_AGENTS, Report, Table, table
from desk.sessions import Role, Session


class Staffing:
    def __init__(self, reporting: Reporting, audit: Audit) -> None:
        self.reporting, self.audit = reporting, audit

    def hours(self, session: Session, first: date, last: date) -> list[Table]:
        """A supervisor's teams; an administrator sees all, and also who needed no person."""
        if session.role is not Role.ADMINISTRATOR:
            return [self._by_hour(ASKED_BY_HOUR, session.agent.teams, first, last)]
        begun = self._by_hour(BEGUN_BY_HOUR, [EVERYBODY], first, last)
        return [begun, self._by_hour(ASKED_BY_HOUR, None, first, last)]

    def agents(self, session: Session, first: date, last: date) -> list[Table]:
        """Only for who `may_see_agents`."""
        self.audit.write(session.agent.id, Act.READ_AGENTS, detail=f"{first:%Y-%m} – {last:%Y-%m}")
        sums = self.reporting.of_agents(session.agent.teams, first, last)
        names = self.reporting.agents.names(list(sums))
        lines = sorted(((names.get(agent, agent), each) for agent, each in sums.items()), key=lambda line: line[0])
        return [table(report, lines) for report in OF_AGENTS]

    def _by_hour(self, report: Report, teams: Collection[str] | None, first: date, last: date) -> Table:
        times = self.reporting.rush(teams, first, last)
        return table(report, [(f"{hour}–{hour + 1} u", _week(times, hour)) for hour in range(24)])


def may_see_agents(session: Session) -> bool:
    return session.role is Role.SUPERVISOR


def _week(times: dict[tuple[int, int], int], hour: int) -> dict[str, int]:
    return {day: times.get((weekday, hour), 0) for weekday, day in enumerate(DAYS)}
