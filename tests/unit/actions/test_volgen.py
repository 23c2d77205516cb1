"""A report is followed by its button or in the citizen's words, and never by somebody else."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker
from sqlalchemy import Engine

from actions.base import ServiceAction, Turn
from actions.followup import News
from actions.lopend import Own
from actions.volgen import StartFollowing, StopFollowing, TellChange
from citizens.identities import Identities
from filings.book import Filings
from filings.follows import Follows
from filings.model import Filing
from tests.sealing import VAULT
from tests.unit.citizens.people import LIEN
from tests.unit.conversations.setting import StoppedClock, migrated

INTERVAL = 120.0
STAND = {"stage": "open", "status": "Geregistreerd"}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with migrated(f"sqlite:///{tmp_path}/balie.db") as engine:
        yield engine


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def filings(engine: Engine, clock: StoppedClock) -> Filings:
    return Filings(engine, clock, VAULT)


@pytest.fixture
def follows(engine: Engine, clock: StoppedClock) -> Follows:
    return Follows(engine, clock, VAULT, interval=INTERVAL)


@pytest.fixture
def identities(engine: Engine, clock: StoppedClock) -> Identities:
    return Identities(engine, clock, VAULT)


@pytest.fixture
def own(filings: Filings, identities: Identities) -> Own:
    return Own(filings, identities)


@pytest.fixture
def start(own: Own, follows: Follows) -> StartFollowing:
    return StartFollowing(own, follows, nothing_else)


@pytest.fixture
def registered(filings: Filings) -> Filing:
    return report(filings, "c_1", "I 2611 001")


def report(filings: Filings, conversation: str, number: str) -> Filing:
    return filings.done(filings.file(conversation, "melding", {}, number).id, "unid", number, {"stand": STAND})


async def nothing_else(turn: Turn) -> bool:
    return False


async def said(action: ServiceAction, choice: str = "", conversation: str = "c_1") -> list[dict[str, Any]]:
    """The responses to a tapped button with this choice, or to typed words when there is none."""
    tapped = {"text": "/melding_volgen{}", "entities": [{"entity": "keuze", "value": choice}]}
    message = tapped if choice else {"text": "hou me op de hoogte", "entities": []}
    state = {"sender_id": conversation, "slots": {}, "events": [], "latest_message": message}
    dispatcher = CollectingDispatcher()
    await action.run(dispatcher, Tracker.from_dict(json.loads(json.dumps(state))), {})
    return list(dispatcher.messages)


async def names(action: ServiceAction, choice: str = "", conversation: str = "c_1") -> list[str]:
    return [message["response"] for message in await said(action, choice, conversation)]


def followed(follows: Follows, clock: StoppedClock) -> list[str | None]:
    clock.passes(INTERVAL)
    found = []
    while follow := follows.claim_due():
        found.append(follow.filing.external_reference)
    return found


async def test_the_button_follows_its_own_report(start, follows, filings, clock, registered):
    report(filings, "c_1", "I 2611 002")

    [answer] = await said(start, registered.reference)

    assert (answer["response"], answer["nummer"]) == ("utter_melding_volgen_gestart", "I 2611 001")
    assert followed(follows, clock) == ["I 2611 001"]


async def test_in_words_it_is_the_latest_report(start, follows, filings, clock, registered):
    clock.passes(1)
    report(filings, "c_1", "I 2611 002")

    await said(start)

    assert followed(follows, clock) == ["I 2611 002"]


async def test_what_the_citizen_knows_at_the_beginning_is_how_it_was_registered(start, follows, clock, registered):
    await said(start)
    clock.passes(INTERVAL)

    assert follows.claim_due().seen == STAND


async def test_asking_twice_follows_once(start, follows, clock, registered):
    assert await names(start) == await names(start) == ["utter_melding_volgen_gestart"]
    assert followed(follows, clock) == ["I 2611 001"]


async def test_without_a_report_there_is_nothing_to_follow(start):
    assert await names(start) == ["utter_melding_volgen_geen"]


async def test_a_report_of_another_conversation_is_not_followed(start, follows, clock, registered):
    assert await names(start, registered.reference, conversation="c_2") == ["utter_melding_volgen_geen"]
    assert followed(follows, clock) == []


async def test_a_report_of_who_was_logged_in_here_before_is_not_followed(start, follows, filings, clock, identities):
    identities.bind("c_1", LIEN, clock.utc() + timedelta(days=1))
    of_lien = report(filings, "c_1", "I 2611 001")
    clock.passes(1)
    identities.unbind("c_1", "logged_out")

    assert await names(start) == await names(start, of_lien.reference) == ["utter_melding_volgen_geen"]
    assert followed(follows, clock) == []


async def test_a_report_of_his_own_from_another_conversation_goes_on_there(start, filings, clock, identities):
    for conversation in ("c_1", "c_2"):
        identities.bind(conversation, LIEN, clock.utc() + timedelta(days=1))
    report(filings, "c_1", "I 2611 001")

    assert await names(start, conversation="c_2") == ["utter_melding_volgen_geen"]


async def test_a_report_that_is_not_registered_yet_is_promised(start, follows, filings, clock):
    filing = filings.file("c_1", "melding", {}, "k")
    filings.postpone(filing.id, None, "503")

    assert await names(start) == ["utter_melding_volgen_later"]
    assert followed(follows, clock) == []


async def test_a_report_that_was_refused_is_none(start, filings):
    filings.refused(filings.file("c_1", "melding", {}, "k").id, "invalid")

    assert await names(start) == ["utter_melding_volgen_geen"]


async def test_who_has_heard_enough_hears_no_more(start, follows, own, clock, registered):
    await said(start)

    assert await names(StopFollowing(own, follows, nothing_else), registered.reference) == [
        "utter_melding_volgen_gestopt"
    ]
    assert followed(follows, clock) == []


@pytest.mark.parametrize(
    ("what", "note", "response"),
    [
        (News.OPEN, "", "utter_melding_status_gewijzigd"),
        (News.OPEN, "Dinsdag komen we.", "utter_melding_status_gewijzigd_bericht"),
        (News.CLOSED, "", "utter_melding_status_afgesloten"),
        (News.NOTE, "Dinsdag komen we.", "utter_melding_status_bericht"),
    ],
)
async def test_a_change_is_told_with_the_number_and_the_city_s_own_words(
    filings, follows, registered, what, note, response
):
    follow = follows.follow(registered, STAND)
    follows.changed(follow, STAND, {"what": what, "status": "In behandeling", "note": note})

    [answer] = await said(TellChange(filings, follows), f"{registered.reference}:1")

    told = {name: answer[name] for name in ("response", "nummer", "status", "bericht")}
    assert told == {"response": response, "nummer": "I 2611 001", "status": "In behandeling", "bericht": note}


@pytest.mark.parametrize("choice", ["{reference}:2", "{reference}:", "{reference}", "M-2222-2222:1", "onzin"])
async def test_a_change_that_nobody_wrote_down_says_nothing(filings, follows, registered, choice):
    follows.changed(follows.follow(registered, STAND), STAND, {"what": News.CLOSED, "status": "", "note": ""})

    assert await said(TellChange(filings, follows), choice.format(reference=registered.reference)) == []


async def test_a_change_is_told_in_its_own_conversation_only(filings, follows, registered):
    follows.changed(follows.follow(registered, STAND), STAND, {"what": News.CLOSED, "status": "", "note": ""})

    assert await said(TellChange(filings, follows), f"{registered.reference}:1", conversation="c_2") == []
