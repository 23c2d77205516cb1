"""What is written down about an attempt, whatever came of it."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from actions.clients.errors import Misconfigured, NotFound, Rejected, Unavailable, Uncertain
from actions.settling import settle
from filings.model import FilingState


@pytest.fixture
def filing(room):
    return room.filings.file("c_1", "melding", {"naam": "Lien"}, "key")


def carrier(error=None):
    async def carry(filing):
        if error:
            raise error

    return carry


async def test_what_was_carried_out_is_done(room, filing):
    async def carry(filing):
        room.filings.done(filing.id, "id", "I 2611 001")

    settled = await settle(room.filings, filing, carry)

    assert (settled.state, settled.external_reference) == (FilingState.DONE, "I 2611 001")


@pytest.mark.parametrize(
    ("error", "level"), [(Unavailable("jcc", "book"), "warning"), (Misconfigured("jcc", "a"), "error")]
)
async def test_what_passes_is_a_warning_and_what_a_colleague_must_mend_wakes_one(room, filing, error, level):
    with capture_logs() as logs:
        await settle(room.filings, filing, carrier(error))

    assert [(entry["event"], entry["log_level"], entry["reference"]) for entry in logs] == [
        ("filing.postponed", level, filing.reference)
    ]


@pytest.mark.parametrize(
    ("error", "code"),
    [(Rejected("jcc", "book", "slot_taken"), "slot_taken"), (NotFound("jcc", "cancel"), "not_found")],
)
async def test_a_no_is_final_and_keeps_its_reason(room, filing, error, code):
    settled = await settle(room.filings, filing, carrier(error))

    assert (settled.state, settled.code) == (FilingState.REFUSED, code)


@pytest.mark.req("BP2-12")
async def test_a_lost_answer_is_uncertain_and_never_told_as_done_or_failed(room, filing):
    settled = await settle(room.filings, filing, carrier(Uncertain("jcc", "book")))

    assert settled.state is FilingState.UNCERTAIN
    assert settled.due is not None


@pytest.mark.req("BP2-12")
@pytest.mark.parametrize("error", [Unavailable("jcc", "book"), Misconfigured("jcc", "token")])
async def test_an_outage_postpones_and_nothing_is_lost(room, filing, error):
    settled = await settle(room.filings, filing, carrier(error))

    assert settled.state is FilingState.OPEN
    assert settled.payload == filing.payload
    assert settled.due is not None
    assert settled.due > room.clock.now()


async def test_an_uncertain_filing_stays_uncertain_through_an_outage(room, filing):
    await settle(room.filings, filing, carrier(Uncertain("jcc", "book")))

    settled = await settle(room.filings, filing, carrier(Unavailable("jcc", "book")))

    assert settled.state is FilingState.UNCERTAIN


@pytest.mark.req("BP2-12")
async def test_a_mistake_of_ours_may_have_come_after_the_call(room, filing):
    settled = await settle(room.filings, filing, carrier(KeyError("naam")))

    assert (settled.state, settled.error) == (FilingState.UNCERTAIN, "KeyError")


async def test_a_filing_stays_in_the_same_hands_for_as_long_as_its_calls_take(room, filing, monkeypatch):
    monkeypatch.setattr("actions.settling.RENEW", 0.01)
    claimed, began = [], room.clock.now()

    async def carry(filing):
        for passed in (30, 60, 90):  # seconds, of a lease of 40
            room.set_clock(began + timedelta(seconds=passed))
            await asyncio.sleep(0.1)
            claimed.append(room.filings.claim_due("retries", 60, [filing.kind]))
        room.filings.done(filing.id, "id", "I 2611 001")

    settled = await settle(room.filings, filing, carry)

    assert (settled.state, claimed) == (FilingState.DONE, [None, None, None])
