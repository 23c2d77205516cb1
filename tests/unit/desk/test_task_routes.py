"""The page of a task, as an agent gets it."""

import asyncio
from types import SimpleNamespace

import pytest

from desk.app import DATA
from desk.audit import Audit
from desk.calls import Calls
from desk.chores import Asked, ChoreWork
from desk.content import ContentFile
from desk.door import COOKIE, Door
from desk.handlings import read_handlings
from desk.pages import Pages
from desk.routes.tasks import TaskRoutes
from filings.tasks import Tasks
from tests.sealing import VAULT

CITY = "https://balie.example"
ASKED = Asked("uitzoeken", "burgerzaken", "wie maait de berm", "", "2026-11-24", "voormiddag", "1")


@pytest.fixture
def tasks(work):
    return Tasks(work.ledger.engine, work.ledger.clock, work.ledger.bell, VAULT)


@pytest.fixture
def chores(work, tasks, engine, clock):
    return ChoreWork(work, tasks, Audit(engine, clock), ContentFile(DATA / "taken.yml", read_handlings))


@pytest.fixture
def asked(work, clock, sessions, sanne, chores):
    """What Sanne reads after this step of the routes; `form`: what she sends along."""
    routes = TaskRoutes(Door(sessions, Pages(work.texts, clock), CITY, "https://provider.example"), chores)

    def asked(step, which, **form):
        token = sessions.start("op|Sanne Claes", sanne.agent, sanne.role)
        headers = {"origin": CITY, "x-csrf-token": sessions.find(token).csrf}
        sent = {"method": "POST" if form else "GET", "form": form, "path": "/desk/taken/", "args": {}}
        request = SimpleNamespace(cookies={COOKIE: token}, headers=headers, **sent)
        return asyncio.run(getattr(routes, step)(request, which)).body.decode()

    return asked


def test_what_an_agent_typed_is_still_there_when_it_is_refused(asked, chores, tasks, sanne, asks):
    conversation = asks()
    chores.make(sanne, conversation, ASKED)
    [task] = tasks.of(conversation)
    chores.claim(sanne, task.id)

    page = asked("outcome", task.id, uitkomst="afgehandeld", notitie="gebeld met de ploeg", antwoord="")
    assert "Schrijf wat de burger mag lezen." in page
    assert "gebeld met de ploeg</textarea>" in page

    assert "hoort bij groen</textarea>" in asked("forward", task.id, naar="brandweer", reden="hoort bij groen")


def test_of_a_talk_by_telephone_nobody_is_told_that_the_citizen_reads_it(asked, work, chores, tasks, sanne):
    call = Calls(work.ledger, work.handovers).begin(sanne)
    assert "Zeg aan de telefoon wie het doet" in asked("new", call)
    chores.make(sanne, call, ASKED)
    [task] = tasks.of(call)
    chores.claim(sanne, task.id)

    page = asked("task", task.id)

    assert "De burger leest hier niets." in page
    assert 'name="antwoord"' not in page
