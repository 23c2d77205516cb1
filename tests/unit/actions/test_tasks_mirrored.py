"""A task of the desk in the register of contacts: whom to call, for which department, and that it is done."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from actions.accounts import Accounts
from actions.clients.accounted import AccountedContacts
from actions.clients.contact_ports import Contact, Registered
from actions.clients.errors import NotFound, Unavailable
from actions.registering import Registering, Registrar
from actions.tasks_mirrored import MirroredTasks
from citizens.identities import Identities
from citizens.parties import Parties
from citizens.processing import ProcessingLog
from conversations.agents import Agents, Profile
from conversations.bell import Bell
from conversations.database import writing
from conversations.ledger import Ledger
from filings.book import Filings
from filings.model import TASK
from filings.task_mirror import TaskMirror
from filings.task_model import CALL_BACK, Outcome, Source, Task, Wish
from filings.task_model import Contact as Caller
from filings.task_retention import withdraw
from filings.task_tables import tasks as table
from filings.tasks import BOT, DMS, Tasks
from filings.windows import Window
from settings import ROOT
from tests.sealing import VAULT
from tests.unit.actions.test_contacts import Register
from tests.unit.citizens.people import LIEN
from tests.unit.conversations.setting import StoppedClock, migrated
from texts import Texts

KAREL = Caller("Karel Van Deurne", "+32470123456", "mijn afval staat er nog")


@dataclass
class TaskRegister(Register):
    done: list[str] = field(default_factory=list)
    gone: bool = False

    async def register(self, contact: Contact) -> Registered:
        registered = await super().register(contact)
        return replace(registered, task=f"task-{contact.key}" if contact.task else None)

    async def finish(self, task: str) -> None:
        if self.gone:
            raise NotFound("openklant", "finish_task")
        self.done.append(task)


class Stage:
    def __init__(self, url: str, folder: Path, engine) -> None:
        self.engine, self.clock, self.register = engine, StoppedClock(), TaskRegister()
        self.tasks = Tasks(engine, self.clock, Bell(), VAULT)
        self.identities = Identities(engine, self.clock, VAULT)
        self.agents = Agents(engine, self.clock, Bell())
        self.conversation = Ledger(engine, self.clock, Bell(), VAULT).open("web", "an").id
        accounts = Accounts(ProcessingLog(engine, self.clock, VAULT), self.identities, self.clock, folder / "outbox")
        filings, parties = Filings(engine, self.clock, VAULT), Parties(engine, self.clock, VAULT)
        registering = Registering(AccountedContacts(self.register, accounts, "Open Klant"), parties, filings)
        texts = Texts(ROOT / "data", ROOT / "city.yml")
        mirrored = MirroredTasks(registering, self.tasks, self.agents, texts)
        mirror = TaskMirror(engine, self.clock, filings)
        self.registrar = Registrar(filings, [mirror.file_one], {TASK: mirrored.carry})

    def asks(self, source: Source = Source.BOT, handling: str = CALL_BACK, actor: str = BOT, **more) -> Task:
        window = Window(self.clock.now(), self.clock.after(7200))
        wish = Wish(self.conversation, "web", "onthaal", "melding", handling, source, window, KAREL)
        return self.tasks.make(replace(wish, **more), f"k-{source}-{handling}", actor)

    async def settle(self) -> None:
        self.clock.passes(120)
        while await self.registrar.step():
            pass


@pytest.fixture
def stage(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/balie.db"
    with migrated(url) as engine:
        yield Stage(url, tmp_path, engine)


@pytest.mark.req("KI-28", "KI-31")
async def test_a_callback_is_a_task_for_its_department_with_whom_to_call(stage) -> None:
    task = stage.asks()
    await stage.settle()

    contact = stage.register.one
    assert (contact.name, contact.phone) == (("Karel", "Van Deurne"), "+32470123456")
    assert (contact.task.asked, contact.task.to.name) == ("Terugbellen", "Onthaal")
    assert contact.task.note == f"Kenmerk {task.reference}. Op 23/11/2026 tussen 9.30 en 11.30 uur."
    assert [actor.kind for actor in contact.actors] == ["bot"]
    assert "afval" not in str(contact)


@pytest.mark.req("KI-31")
async def test_a_task_that_was_done_is_done_there(stage) -> None:
    task = stage.asks()
    await stage.settle()
    stage.tasks.claim(task.id, "a_1")
    stage.tasks.finish(task.id, "a_1", Outcome.REACHED)
    await stage.settle()

    assert stage.register.done == [f"task-{task.reference}"]


async def test_a_task_that_is_gone_there_is_nobody_s_worry(stage) -> None:
    task = stage.asks()
    await stage.settle()
    stage.register.gone = True
    stage.tasks.withdraw(task.id)
    await stage.settle()

    states = [one.state for one in stage.registrar.filings.of(task.id, TASK)]
    assert states == ["done", "done"]


async def test_it_is_not_finished_before_it_was_registered(stage) -> None:
    task = stage.asks()
    stage.register.faults = [Unavailable("openklant", "register")] * 2
    await stage.settle()
    stage.tasks.withdraw(task.id)
    for _ in range(6):
        stage.clock.passes(3600)
        await stage.settle()

    assert stage.register.done == [f"task-{task.reference}"]


async def test_whoever_logged_in_is_a_party_of_it(stage) -> None:
    stage.identities.bind(stage.conversation, LIEN, stage.clock.now() + timedelta(hours=1))
    stage.asks()
    await stage.settle()

    assert stage.register.one.party == "party-0"


async def test_what_an_agent_asked_of_a_colleague_says_who_he_is(stage) -> None:
    agent = stage.agents.arrive("sanne", Profile("Sanne", ["onthaal"])).id
    stage.asks(Source.AGENT, "opvolgen", agent)
    await stage.settle()

    contact = stage.register.one
    assert (contact.channel, contact.task.asked) == ("chat", "Opvolgen")
    assert [(actor.kind, actor.name) for actor in contact.actors] == [("employee", "Sanne")]


@pytest.mark.req("KI-31")
async def test_what_came_in_by_letter_was_told_by_the_document_management_system(stage) -> None:
    stage.asks(Source.DMS, "opvolgen", DMS, conversation="dms:IN-1", channel="brief")
    await stage.settle()

    contact = stage.register.one
    assert (contact.channel, contact.party) == ("brief", None)
    assert [(actor.kind, actor.name) for actor in contact.actors] == [("bot", "Documentbeheer")]


async def test_a_task_of_somebody_who_wants_to_be_forgotten_is_finished_and_names_nobody(stage) -> None:
    told, untold = stage.asks(), None
    await stage.settle()
    untold = stage.asks(Source.AGENT, "opvolgen", "a_1")
    with writing(stage.engine) as db:
        withdraw(db, table.c.conversation == stage.conversation, stage.clock.utc())
    await stage.settle()

    assert stage.register.done == [f"task-{told.reference}"]
    assert untold.reference not in stage.register.contacts
