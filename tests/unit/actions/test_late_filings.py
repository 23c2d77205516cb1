"""A report that could not be filed at once is filed later, once, and told, once; from the chat to the backend."""

import asyncio
from datetime import timedelta

import pytest

from actions.clients.errors import Rejected, Unavailable
from actions.retries import Retries
from filings.book import FIRST_LEASE, LONGEST_PAUSE, MAX_AGE
from filings.model import FilingState
from tests.unit.actions.journeys import reach


class Killed(BaseException):
    """The process ends here: nothing that comes after it runs."""


@pytest.fixture
async def citizen(room):
    return await reach(room, "melding_form", "melding_bevestigd")


def later(room, seconds=LONGEST_PAUSE):
    room.set_clock(room.clock.now() + timedelta(seconds=seconds))


async def file_during_an_outage(room, citizen):
    room.incidents.faults.everything = Unavailable("topdesk", "create")
    assert await citizen.says("ja", "bevestigen") == ["utter_melding_ontvangen", "utter_algemeen_nog_iets"]
    [filing] = room.filings.of(citizen.conversation)
    return filing


@pytest.mark.req("BP2-12", "BP4-01")
async def test_what_came_in_an_outage_is_filed_later_and_told_once(room, citizen):
    filing = await file_during_an_outage(room, citizen)
    room.incidents.faults.over()

    later(room)
    await room.retry()
    later(room)
    await room.retry()

    assert list(room.incidents.reports) == [filing.reference]
    assert [event.payload for event in room.events(citizen.conversation)] == [
        f'/melding_geregistreerd{{"keuze": "{filing.reference}"}}'
    ]
    assert await citizen.gets_news() == ["utter_melding_alsnog_ingediend"]
    assert "I 2611 001" in citizen.text


async def test_nothing_is_tried_before_it_is_due(room, citizen):
    await file_during_an_outage(room, citizen)
    room.incidents.faults.over()

    await room.retry()

    assert room.incidents.reports == {}


async def test_a_long_outage_is_waited_for_in_silence(room, citizen):
    filing = await file_during_an_outage(room, citizen)

    for _ in range(5):
        later(room)
        await room.retry()

    assert room.filings.get(filing.id).state is FilingState.OPEN
    assert room.events(citizen.conversation) == []


async def test_what_nobody_could_file_for_days_is_handed_to_a_colleague_and_said_so(room, citizen):
    filing = await file_during_an_outage(room, citizen)

    later(room, MAX_AGE.total_seconds() + LONGEST_PAUSE)
    await room.retry()

    assert room.filings.get(filing.id).state is FilingState.FAILED
    assert await citizen.gets_news() == ["utter_melding_niet_aanvaard"]
    assert filing.reference in citizen.text


async def test_a_refusal_that_comes_later_is_told(room, citizen):
    await file_during_an_outage(room, citizen)
    room.incidents.faults.everything = Rejected("topdesk", "create", "invalid")

    later(room)
    await room.retry()

    assert await citizen.gets_news() == ["utter_melding_niet_aanvaard"]


@pytest.mark.req("BP2-12")
async def test_a_filing_of_a_killed_worker_is_carried_out_by_the_next(room, citizen):
    room.incidents.faults.before["create"] = Killed()
    with pytest.raises(Killed):
        await citizen.says("ja", "bevestigen")
    room.incidents.faults.over()
    await room.retry()
    assert room.incidents.reports == {}  # the lease is not over: the worker might still be at it

    later(room, FIRST_LEASE + 1)
    await room.retry()

    assert len(room.incidents.reports) == 1
    assert len(room.events(citizen.conversation)) == 1


@pytest.mark.req("BP2-12")
@pytest.mark.parametrize("operation", ["create", "attach"])
async def test_a_worker_that_was_killed_after_the_call_files_nothing_twice(room, citizen, operation):
    await citizen.sends_photo()
    room.incidents.faults.after[operation] = Killed()
    with pytest.raises(Killed):
        await citizen.says("ja", "bevestigen")

    later(room, FIRST_LEASE + 1)
    await room.retry()

    [key] = room.incidents.reports
    assert list(room.incidents.photos[key]) == ["foto-1.jpeg"]
    assert len(room.events(citizen.conversation)) == 1


async def test_two_retry_loops_share_the_work_and_tell_once(room, citizen):
    await file_during_an_outage(room, citizen)
    room.incidents.faults.over()
    later(room)
    other = Retries(room.filings, room.ledger, room.retries.carriers)

    worked = await asyncio.gather(room.retries.step(), other.step())

    assert sorted(worked) == [False, True]
    assert len(room.events(citizen.conversation)) == 1


async def test_with_nothing_to_do_the_loop_rests(room):
    assert not await room.retries.step()
