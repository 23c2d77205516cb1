"""Puts together what registers contacts and tasks in the city's register; the product behind the port is named here."""

from datetime import timedelta

from actions.accounts import Accounts
from actions.clients.accounted import AccountedContacts
from actions.clients.openklant import OpenKlantContacts
from actions.contacts import SessionContacts
from actions.registering import Registering, Registrar
from actions.tasks_mirrored import MirroredTasks
from citizens.parties import Parties
from conversations.agents import Agents
from conversations.ledger import Ledger
from filings.book import Filings
from filings.contacts import Sessions
from filings.model import CONTACT, TASK
from filings.task_mirror import TaskMirror
from filings.tasks import Tasks
from settings import Settings
from texts import Texts
from vault import Vault

CONTACTS_IN = "Open Klant"
CONTACTS_WAIT = timedelta(days=30)  # for a register that is out of reach: no citizen waits for it


def registrar_of(settings: Settings, ledger: Ledger, accounts: Accounts, texts: Texts, vault: Vault) -> Registrar:
    engine, clock, bell = ledger.engine, ledger.clock, ledger.bell
    filings = Filings(engine, clock, vault, max_age=CONTACTS_WAIT)
    contacts = AccountedContacts(OpenKlantContacts(settings), accounts, CONTACTS_IN)
    registering = Registering(contacts, Parties(engine, clock, vault), filings)
    sessions = Sessions(engine, clock, filings, timedelta(minutes=settings.contact_silence_minutes))
    agents = Agents(engine, clock, bell)
    of_sessions = SessionContacts(registering, ledger, agents, texts, settings.openklant_anonymous)
    of_tasks = MirroredTasks(registering, Tasks(engine, clock, bell, vault), agents, texts)
    sources = [sessions.file_one, TaskMirror(engine, clock, filings).file_one]
    return Registrar(filings, sources, {CONTACT: of_sessions.register, TASK: of_tasks.carry})
