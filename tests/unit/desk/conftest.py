"""A desk on a database of its own, with Sanne and Piet of different teams, and a citizen who waits."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from conversations.agents import Agents, Profile
from conversations.bell import Bell
from conversations.handover import Handovers
from conversations.handover_model import Request
from conversations.ledger import Ledger
from conversations.queue import Queue
from desk.app import content
from desk.sessions import Role, Session, Sessions
from desk.work import Work
from settings import ROOT
from tests.sealing import VAULT
from tests.unit.conversations.setting import StoppedClock, words
from texts import Texts

Asks = Callable[..., str]


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def agents(engine: Engine, clock: StoppedClock) -> Agents:
    return Agents(engine, clock, Bell())


@pytest.fixture
def sessions(engine: Engine, clock: StoppedClock, agents: Agents) -> Sessions:
    return Sessions(engine, clock, agents)


@pytest.fixture
def work(engine: Engine, clock: StoppedClock, agents: Agents) -> Work:
    bell = Bell()
    ledger = Ledger(engine, clock, bell, VAULT)
    handovers = Handovers(engine, clock, bell, VAULT, pull=ledger.pull)
    return Work(
        ledger, handovers, Queue(engine, clock, bell, agents), Texts(ROOT / "data", ROOT / "city.yml"), content()
    )


@pytest.fixture
def sanne(sessions: Sessions) -> Session:
    return session_of(sessions, "Sanne Claes", "burgerzaken")


@pytest.fixture
def piet(sessions: Sessions) -> Session:
    return session_of(sessions, "Piet Verbeke", "onthaal")


@pytest.fixture
def asks(work: Work, clock: StoppedClock) -> Asks:
    def asks(
        who: str = "an", *, team: str = "burgerzaken", topic: str = "attest", sticky: bool = False, card: Any = None
    ) -> str:
        clock.passes(1)
        conversation = work.ledger.receive(words(1, address=who)).message.conversation
        work.handovers.request(conversation, Request(team, topic, "asked", card=card or {}, sticky=sticky))
        return conversation

    return asks


def session_of(sessions: Sessions, name: str, *teams: str, role: Role = Role.AGENT) -> Session:
    session = sessions.find(sessions.start(f"op|{name}", Profile(name, teams), role))
    assert session is not None
    return session
