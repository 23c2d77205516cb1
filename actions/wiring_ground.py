"""What every topic stands on: the city, the clock, and what our own database keeps."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine

from actions.aanmelden import Invitation
from actions.accounts import Accounts
from actions.hervatten import HalfDone
from actions.known import Known
from actions.lopend import Own
from citizens.dossier_follows import DossierFollows
from citizens.facts import Facts
from citizens.forgetting import Forgetting
from citizens.identities import Identities
from citizens.links import links_of
from citizens.processing import ProcessingLog
from citizens.register import Register, load_register
from city import City
from clock import Clock
from conversations.agents import Agents
from conversations.bell import bell_for
from conversations.database import connect
from conversations.ledger import Ledger
from conversations.overrides import Overrides
from filings.book import Filings
from filings.drafts import Drafts
from filings.follows import Follows
from filings.tasks import Tasks
from settings import ROOT, Settings
from texts import Texts
from vault import Vault, beside, vault_of


@dataclass(frozen=True)
class Ground:
    city: City
    clock: Clock
    texts: Texts
    register: Register
    engine: Engine
    vault: Vault
    ledger: Ledger
    agents: Agents
    # who somebody is, and what is known of him
    identities: Identities
    facts: Facts
    known: Known
    invitation: Invitation
    accounts: Accounts
    # what he has running
    filings: Filings
    own: Own
    tasks: Tasks
    half_done: HalfDone
    follows: Follows
    dossier_follows: DossierFollows


def ground_of(settings: Settings, city: City) -> Ground:
    clock, engine, vault = Clock(settings.clock_file), connect(settings.database_url), vault_of(settings)
    ledger = Ledger(engine, clock, bell_for(engine), vault)
    identities, facts = Identities(engine, clock, vault), Facts(engine, clock, vault)
    known = Known(identities, facts, Forgetting(engine, clock))
    outbox = beside(settings.database_url) / "processing"
    filings = Filings(engine, clock, vault)
    drafts = Drafts(engine, clock, vault, keep=timedelta(hours=settings.keep_drafts_hours))
    return Ground(
        city=city,
        clock=clock,
        texts=Texts(ROOT / "data", Path(settings.city_file), Overrides(engine, clock)),
        register=load_register(ROOT / settings.register_file),
        engine=engine,
        vault=vault,
        ledger=ledger,
        agents=Agents(engine, clock, ledger.bell),
        identities=identities,
        facts=facts,
        known=known,
        invitation=Invitation(links_of(settings, engine, clock, vault)),
        accounts=Accounts(ProcessingLog(engine, clock, vault), identities, clock, outbox),
        filings=filings,
        own=Own(filings, identities),
        tasks=Tasks(engine, clock, ledger.bell, vault),
        half_done=HalfDone(drafts, known),
        follows=Follows(engine, clock, vault, interval=settings.follow_seconds),
        dossier_follows=DossierFollows(engine, clock, vault, interval=settings.dossier_news_seconds),
    )
