"""Puts together what registers contacts and tasks in the city's register; the product behind the port is named here."""

from datetime import timedelta

from actions.clients.accounted import AccountedContacts
from actions.clients.openklant import OpenKlantContacts
from actions.contacts import SessionContacts
from actions.registering import Registering, Registrar
from actions.tasks_mirrored import MirroredTasks
from actions.wiring_ground import Ground
from citizens.parties import Parties
from filings.book import Filings
from filings.contacts import Sessions
from filings.model import CONTACT, TASK
from filings.task_mirror import TaskMirror
from settings import Settings

CONTACTS_IN = "Open Klant"
CONTACTS_WAIT = timedelta(days=30)  # for a register that is out of reach: no citizen waits for it


def registrar_of(settings: Settings, ground: Ground) -> Registrar | None:
    """None: the city has no such register."""
    if not settings.openklant_url:
        return None
    engine, clock, vault, agents, texts = ground.engine, ground.clock, ground.vault, ground.agents, ground.texts
    filings = Filings(engine, clock, vault, max_age=CONTACTS_WAIT)
    contacts = AccountedContacts(OpenKlantContacts(settings), ground.accounts, CONTACTS_IN)
    registering = Registering(contacts, Parties(engine, clock, vault), filings)
    sessions = Sessions(engine, clock, filings, timedelta(minutes=settings.contact_silence_minutes))
    of_sessions = SessionContacts(registering, ground.ledger, agents, texts, settings.openklant_anonymous)
    of_tasks = MirroredTasks(registering, ground.tasks, agents, texts)
    sources = [sessions.file_one, TaskMirror(engine, clock, filings).file_one]
    return Registrar(filings, sources, {CONTACT: of_sessions.register, TASK: of_tasks.carry})
