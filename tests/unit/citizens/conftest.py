import pytest
from sqlalchemy import Engine

from citizens.facts import Facts
from citizens.identities import Identities
from citizens.processing import ProcessingLog
from tests.sealing import VAULT
from tests.unit.conversations.setting import StoppedClock
from vault import Vault


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def vault() -> Vault:
    return VAULT


@pytest.fixture
def identities(engine: Engine, clock: StoppedClock, vault: Vault) -> Identities:
    return Identities(engine, clock, vault)


@pytest.fixture
def facts(engine: Engine, clock: StoppedClock, vault: Vault) -> Facts:
    return Facts(engine, clock, vault)


@pytest.fixture
def processing(engine: Engine, clock: StoppedClock, vault: Vault) -> ProcessingLog:
    return ProcessingLog(engine, clock, vault)
