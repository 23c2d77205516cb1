from datetime import date, timedelta

import pytest

from conversations.counting import add
from conversations.database import writing
from conversations.figure_tables import agent_figures, rush
from conversations.reporting import Reporting
from conversations.workload import EVERYBODY
from desk.audit import Act, Audit
from desk.retention import forget_workload
from desk.sessions import Role
from desk.staffing import Staffing, may_see_agents
from tests.unit.desk.conftest import session_of

NOVEMBER = date(2026, 11, 1)
PERIOD = (NOVEMBER, date(2026, 11, 30))


@pytest.fixture
def audit(engine, clock):
    return Audit(engine, clock)


@pytest.fixture
def staffing(engine, clock, agents, audit):
    return Staffing(Reporting(engine, clock, agents), audit)


@pytest.fixture
def luc(sessions):
    return session_of(sessions, "Luc Vandamme", "burgerzaken", role=Role.SUPERVISOR)


@pytest.fixture
def ine(sessions):
    return session_of(sessions, "Ine Dewaele", "burgerzaken", "onthaal", role=Role.ADMINISTRATOR)


def busy(engine, team, hour, times, weekday=0):
    with writing(engine) as db:
        key = {"month": NOVEMBER, "weekday": weekday, "hour": hour, "team": team}
        add(db, rush, key, ["times"], times)


def worked(engine, agent, team="burgerzaken", month=NOVEMBER, **measures):
    with writing(engine) as db:
        for measure, times in measures.items():
            add(db, agent_figures, {"month": month, "agent": agent, "team": team}, [measure], times)


@pytest.mark.req("G-04", "G-05")
def test_a_supervisor_sees_when_his_own_team_is_busy(engine, staffing, luc):
    busy(engine, "burgerzaken", 9, 40)
    busy(engine, "onthaal", 10, 30)
    busy(engine, EVERYBODY, 9, 100)

    [asked] = staffing.hours(luc, *PERIOD)

    assert [(line.label, line.cells[0]) for line in asked.lines if line.total] == [("9–10 u", 40)]


@pytest.mark.req("G-04")
def test_an_administrator_sees_all_and_who_needed_nobody(engine, staffing, ine):
    busy(engine, "burgerzaken", 9, 40)
    busy(engine, "onthaal", 10, 30)
    busy(engine, EVERYBODY, 9, 100)

    begun, asked = staffing.hours(ine, *PERIOD)

    assert (begun.report.code, begun.foot.total) == ("hours_begun", 100)
    assert (asked.report.code, asked.foot.total) == ("hours_asked", 70)


@pytest.mark.req("CS-07")
def test_an_hour_with_few_is_hidden_and_cannot_be_worked_out(engine, staffing, luc):
    for hour, times in ((9, 40), (10, 3), (11, 50)):
        busy(engine, "burgerzaken", hour, times)
    busy(engine, "burgerzaken", 9, 25, weekday=1)

    [asked] = staffing.hours(luc, *PERIOD)

    monday = {line.label: line.cells[0] for line in asked.lines}
    assert monday["10–11 u"] is None
    assert [monday["9–10 u"], monday["11–12 u"], asked.foot.cells[0]].count(None) > 0


@pytest.mark.req("G-04", "G-05")
def test_a_supervisor_sees_how_much_each_did_for_his_own_team_and_that_is_written_down(
    engine, staffing, luc, sanne, piet, audit
):
    worked(engine, sanne.agent.id, handled_2=30, transferred=12, person_5=8)
    worked(engine, sanne.agent.id, team="onthaal", handled_2=99)
    worked(engine, piet.agent.id, team="onthaal", handled_2=50)

    handled, transferred, rated = staffing.agents(luc, *PERIOD)

    assert [(line.label, line.total, line.figures) for line in handled.lines] == [("Sanne Claes", 30, (300.0, 300.0))]
    assert [line.total for line in transferred.lines] == [12]
    assert [(line.total, line.figures) for line in rated.lines] == [(None, (None,))]  # of fewer than ten: no mark
    assert [entry.act for entry in audit.latest()] == [Act.READ_AGENTS]


def test_nobody_but_a_supervisor_sees_the_work_of_agents(sanne, luc, ine):
    assert [may_see_agents(session) for session in (sanne, luc, ine)] == [False, True, False]


def test_the_work_of_agents_is_forgotten_by_month(engine, staffing, luc, sanne, clock):
    worked(engine, sanne.agent.id, month=date(2025, 10, 1), handled_2=20)
    worked(engine, sanne.agent.id, handled_2=30)

    assert forget_workload(engine, clock.now() - timedelta(days=400), limit=20) == 1
    assert forget_workload(engine, clock.now() - timedelta(days=400), limit=20) == 0
    [handled, *_] = staffing.agents(luc, date(2025, 1, 1), PERIOD[1])
    assert handled.foot.total == 30
