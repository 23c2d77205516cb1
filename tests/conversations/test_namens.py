"""An agent files for a citizen, with the real dialogue between the two."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import requests
from sqlalchemy import Engine

from clock import BRUSSELS, Clock
from conversations.agents import Agents, Profile
from conversations.bell import Bell
from conversations.handover import Handovers
from conversations.ledger import Ledger
from conversations.model import Holder, Presence
from conversations.queue import Queue
from desk.app import content
from desk.card import Filing
from desk.sessions import Role, Session, Sessions
from desk.work import Work
from settings import ROOT
from tests.front import Citizen, wait_for
from tests.house import House
from texts import Texts
from vault import vault_of

PATIENCE = 20.0  # seconds
MONDAY = datetime(2026, 11, 23, 10, tzinfo=BRUSSELS)


@pytest.fixture
def work(house: House, engine: Engine) -> Work:
    """The desk as its pages use it."""
    known, bell = house.settings, Bell()
    clock, vault = Clock(known.clock_file), vault_of(known)
    ledger = Ledger(engine, clock, bell, vault)
    handovers = Handovers(engine, clock, bell, vault, pull=ledger.pull)
    texts = Texts(ROOT / "data", ROOT / "city.yml")
    return Work(ledger, handovers, Queue(engine, clock, bell, Agents(engine, clock, bell)), texts, content())


@pytest.fixture
def sanne(house: House, work: Work) -> Iterator[Session]:
    house.set_clock(MONDAY)
    agents, teams = work.queue.agents, [team.code for team in work.texts.city.teams]
    sessions = Sessions(agents.engine, agents.clock, agents)
    found = sessions.find(sessions.start("op|sanne", Profile("Sanne Claes", teams), Role.AGENT))
    assert found is not None
    yield found
    agents.be(found.agent.id, Presence.OFFLINE)  # nobody is there for the conversations that follow


@pytest.mark.req("CA-03", "KI-11")
def test_the_agent_completes_and_files_a_report_and_keeps_the_conversation(
    house: House, work: Work, sanne: Session
) -> None:
    requests.post(f"{house.sandbox_url}/reset", timeout=10).raise_for_status()
    citizen = Citizen(house.front_url)
    citizen.say("er ligt een tegel los op het voetpad")
    hears(citizen, "Waar")
    citizen.say("ik wil een medewerker")
    hears(citizen, "nummer 1 in de rij")
    [waiting] = work.queue.waiting(sanne.agent.teams)
    conversation = waiting.conversation
    work.take(sanne, conversation)

    work.file(sanne, conversation, 0, {"melding_plaats": "ergens"})
    card = filing(work, sanne, conversation)
    assert (card.state, card.useless) == ("lacking", ("Plaats",))
    before = len(citizen.heard())
    version = work.view(sanne, conversation).card.version
    work.file(sanne, conversation, version, {"melding_plaats": "Kerkstraat 12"})

    card = filing(work, sanne, conversation)
    assert (card.state, card.number[:6]) == ("done", "I 2611")
    hears(citizen, card.number)
    assert len(citizen.heard()) == before + 1
    assert work.ledger.conversation(conversation).holder is Holder.AGENT
    [incident] = requests.get(f"{house.sandbox_url}/state/topdesk/incidents", timeout=10).json()
    assert incident["number"] == card.number
    work.give_back(sanne, conversation, "melding")
    hears(citizen, "weer met de virtuele assistent")


def hears(citizen: Citizen, words: str) -> None:
    wait_for(lambda: any(words in said for said in citizen.heard()), lambda: str(citizen.heard()), PATIENCE)


def filing(work: Work, session: Session, conversation: str) -> Filing:
    """What stands on the card once the assistant is done."""

    def told() -> Filing | None:
        return work.view(session, conversation).card.filing

    wait_for(lambda: (found := told()) is not None and found.state != "runs", lambda: str(told()), PATIENCE)
    found = told()
    assert found is not None
    return found
