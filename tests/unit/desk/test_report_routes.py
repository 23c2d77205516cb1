import asyncio
from datetime import date
from types import SimpleNamespace

import pytest

from conversations.agents import Profile
from conversations.counting import add
from conversations.database import writing
from conversations.figure_tables import MISROUTED, agent_figures
from conversations.figures import Cell, count
from conversations.reporting import Reporting
from desk.audit import Audit
from desk.door import COOKIE, Door, Refused
from desk.pages import Pages
from desk.routes.reports import ReportRoutes
from desk.sessions import Role
from desk.staffing import Staffing


@pytest.fixture
def audit(engine, clock):
    return Audit(engine, clock)


@pytest.fixture
def reads(engine, clock, agents, sessions, work, audit):
    """What somebody in this role reads at this address of the reports."""
    door = Door(sessions, Pages(work.texts, clock), "https://balie.example", "https://provider.example")
    reporting = Reporting(engine, clock, agents)
    routes = ReportRoutes(door, reporting, Staffing(reporting, audit), clock)

    def reads(role, step="show", **args):
        token = sessions.start(f"op|{role}", Profile("Luc Vandamme", ["burgerzaken"]), role)
        request = SimpleNamespace(args=args, cookies={COOKIE: token}, headers={}, method="GET", path="/", form=None)
        return asyncio.run(getattr(routes, step)(request)).body.decode()

    return reads


@pytest.fixture
def worked(engine, sanne):
    with writing(engine) as db:
        key = {"month": date(2026, 11, 1), "agent": sanne.agent.id, "team": "burgerzaken"}
        add(db, agent_figures, key, ["handled_2"], 42)


@pytest.mark.req("G-04")
def test_a_supervisor_reads_the_work_of_his_agents_by_month(reads, worked):
    page = reads(Role.SUPERVISOR, langs="medewerker", periode="dag")

    assert "Sanne Claes" in page
    assert "<td>42</td>" in page
    assert "november 2026" in page  # a day is told as its month
    assert "Sanne Claes;42" in reads(Role.SUPERVISOR, "export", langs="medewerker")


@pytest.mark.req("CS-07")
def test_nobody_else_reads_it_whatever_he_asks_for(reads, worked, audit):
    page = reads(Role.ADMINISTRATOR, langs="medewerker")

    assert "Sanne Claes" not in page
    assert "Per medewerker" not in page
    with pytest.raises(Refused):
        reads(Role.AGENT, langs="medewerker")
    assert audit.latest() == []


@pytest.mark.req("G-04")
def test_the_busy_hours_are_a_table_of_the_week(reads):
    page = reads(Role.ADMINISTRATOR, langs="uur")

    assert "Drukke uren voor medewerkers" in page
    assert all(day in page for day in ("Maandag", "Zondag", "9–10 u"))


@pytest.mark.req("CS-07")
@pytest.mark.parametrize(("times", "shown"), [(12, "12"), (3, "x")])
def test_what_was_routed_wrongly_today_stands_on_a_tile_unless_it_is_few(reads, engine, clock, times, shown):
    today = clock.now().date()
    with writing(engine) as db:
        count(db, Cell(today, "web", "burgerzaken", "attest"), [MISROUTED], times)

    page = " ".join(reads(Role.SUPERVISOR, "now").split())

    assert f"<dt>Verkeerd gerouteerd vandaag</dt><dd>{shown}</dd>" in page
