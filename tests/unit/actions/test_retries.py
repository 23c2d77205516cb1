"""What could not be filed at once comes to its end, and whoever filed it hears of it once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from actions.clients.errors import Rejected, Unavailable
from actions.retries import Retries
from conversations.bell import Bell
from conversations.ledger import Ledger
from conversations.model import Kind, Received
from filings.book import Filings
from filings.model import Filing, FilingState
from tests.sealing import VAULT
from tests.unit.conversations.setting import StoppedClock, migrated

EVENT = "melding_geregistreerd"


class Carrier:
    """Carries a filing out, unless it was told what comes in between."""

    def __init__(self, filings: Filings) -> None:
        self.filings = filings
        self.fault: Exception | None = None

    async def carry(self, filing: Filing) -> None:
        if self.fault:
            raise self.fault
        self.filings.done(filing.id, "unid", "I 2611 001")


class Dying(Ledger):
    """A process that is killed just after it wrote the word down, and before that is final."""

    def leave_in(self, *told: Any, **more: Any) -> Received:
        super().leave_in(*told, **more)
        raise SystemExit


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with migrated(f"sqlite:///{tmp_path}/balie.db") as engine:
        yield engine


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def ledger(engine: Engine, clock: StoppedClock) -> Ledger:
    return Ledger(engine, clock, Bell(), VAULT)


@pytest.fixture
def conversation(ledger: Ledger) -> str:
    return ledger.open("web", "an").id


@pytest.fixture
def filings(engine: Engine, clock: StoppedClock) -> Filings:
    return Filings(engine, clock, VAULT)


@pytest.fixture
def carrier(filings: Filings) -> Carrier:
    return Carrier(filings)


@pytest.fixture
def retries(filings: Filings, ledger: Ledger, carrier: Carrier) -> Retries:
    return Retries(filings, ledger, {"melding": (carrier.carry, EVENT)})


@pytest.fixture
def postponed(filings: Filings, clock: StoppedClock, conversation: str) -> Filing:
    filing = filings.file(conversation, "melding", {}, "k")
    return filings.postpone(filing.id, clock.now(), "503")


def left(ledger: Ledger, conversation: str) -> list[str | None]:
    return [message.payload for message in ledger.messages(conversation) if message.kind is Kind.EVENT]


def word_of(filing: Filing) -> str:
    return f'/{EVENT}{{"keuze": "{filing.reference}"}}'


async def test_what_is_registered_later_is_told_once(retries, ledger, postponed, conversation):
    assert await retries.step()
    assert not await retries.step()

    assert left(ledger, conversation) == [word_of(postponed)]


async def test_nothing_is_told_while_it_still_does_not_go(retries, carrier, filings, ledger, postponed, conversation):
    carrier.fault = Unavailable("topdesk", "create")

    await retries.step()

    assert filings.get(postponed.id).state is FilingState.OPEN
    assert left(ledger, conversation) == []


async def test_a_refusal_is_told_too(retries, carrier, ledger, postponed, conversation):
    carrier.fault = Rejected("topdesk", "create", "invalid")

    await retries.step()

    assert left(ledger, conversation) == [word_of(postponed)]


@pytest.mark.req("BP2-12")
async def test_a_death_between_settling_and_telling_costs_nobody_his_answer(
    retries, carrier, filings, engine, clock, ledger, postponed, conversation
):
    dying = Retries(filings, Dying(engine, clock, Bell(), VAULT), retries.carriers)
    with pytest.raises(SystemExit):
        await dying.step()
    assert filings.get(postponed.id).state is FilingState.DONE
    assert left(ledger, conversation) == []

    assert not await retries.step()

    assert left(ledger, conversation) == [word_of(postponed)]


async def test_a_death_just_after_telling_tells_nothing_twice(retries, filings, ledger, postponed, conversation):
    await retries.carry_out()
    [done] = filings.untold()
    ledger.leave(conversation, word_of(done), external_id=f"filing:{done.id}:{done.state}")

    await retries.step()

    assert left(ledger, conversation) == [word_of(postponed)]
    assert filings.untold() == []


async def test_a_filing_whose_chat_died_is_carried_out_and_told(retries, filings, clock, ledger, conversation):
    filing = filings.file(conversation, "melding", {}, "k")
    clock.passes(60)

    await retries.step()

    assert left(ledger, conversation) == [word_of(filing)]


async def test_a_conversation_that_is_gone_does_not_hold_up_the_others(retries, filings, clock, ledger, conversation):
    for number, whose in enumerate(["c_gone", conversation]):
        filing = filings.file(whose, "melding", {}, str(number))
        filings.postpone(filing.id, clock.now(), "503")

    while await retries.step():
        pass

    assert left(ledger, conversation) == [word_of(filing)]
    assert filings.untold() == []
