"""The page of a task, as an agent gets it."""

import asyncio
import json
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
from filings.documents import Documents, state_of
from filings.task_model import CALL_BACK, Contact, Outcome, Source, Wish
from filings.tasks import BOT, Tasks
from filings.windows import Window
from tests.sealing import VAULT
from tests.unit.conversations.setting import words

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


@pytest.mark.req("KI-31")
def test_from_the_task_for_a_letter_its_document_is_opened_and_its_source_is_told(
    asked, work, clock, chores, tasks, sanne
):
    documents = Documents(tasks, work.texts, clock, lambda: {"opvolgen": False}, {"dms.example"})
    told = {"document": "IN-1", "channel": "brief", "team": "burgerzaken", "about": "Vraagt <b>iets</b>"}
    letter = json.dumps({**told, "link": "https://dms.example/?a=1&b=%22"}).encode()
    task = documents.take(letter)
    chores.claim(sanne, task.id)

    page = asked("task", task.id)
    assert '<a href="https://dms.example/?a=1&amp;b=%22" target="_blank" rel="noopener noreferrer">Open het doc' in page
    assert "Het documentbeheer noteerde het." in page
    assert "&lt;b&gt;iets" in page
    assert 'name="antwoord"' not in page

    chores.finish(sanne, task.id, Outcome.HANDLED, "brief verstuurd", "")
    assert state_of(documents.take(letter))["outcome"] == Outcome.HANDLED


@pytest.mark.req("KI-31")
def test_a_letter_stands_in_the_list_of_its_team_alone_with_its_source(work, clock, chores, tasks, sanne, piet):
    documents = Documents(tasks, work.texts, clock, lambda: {"opvolgen": False}, {"dms.example"})
    letter = {"document": "IN-1", "channel": "email", "team": "burgerzaken", "about": "Vraagt iets"}
    documents.take(json.dumps({**letter, "link": "https://dms.example/1"}).encode())

    page = Pages(work.texts, clock).page("taken_lijst.html", session=sanne, chores=chores.looks.lists(sanne))
    assert "e-mail uit het documentbeheer" in (page.body or b"").decode()
    assert chores.looks.lists(piet).open == []


@pytest.mark.req("KI-31")
def test_from_what_the_assistant_noted_the_talk_behind_it_is_read(asked, work, tasks, clock):
    conversation = work.ledger.receive(words(1, text="waar blijft mijn attest")).message.conversation
    window = Window(clock.now(), clock.after(7200))
    wish = Wish(
        conversation, "web", "burgerzaken", "attest", CALL_BACK, Source.BOT, window, Contact("An", "+32470123456")
    )
    task = tasks.make(wish, "1", BOT)

    page = asked("task", task.id)

    assert "waar blijft mijn attest" in page
    assert "De assistent noteerde het." in page
