from datetime import date

import pytest
from sqlalchemy import select

from conversations.agents import Agents, Profile
from conversations.database import reading, writing
from conversations.figure_tables import agent_figures, rush
from conversations.handover import Handovers
from conversations.handover_model import Request
from conversations.model import Reply
from conversations.ratings import rate
from conversations.reporting import Reporting
from conversations.workload import EVERYBODY
from tests.sealing import VAULT
from tests.unit.conversations.setting import words

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
MONDAY_NINE = (0, 9)
ASKED = Request(team="burgerzaken", topic="attest", reason="asked")


@pytest.fixture
def agents(engine, clock, bell):
    return Agents(engine, clock, bell)


@pytest.fixture
def handovers(engine, clock, bell):
    return Handovers(engine, clock, bell, VAULT, pull={"web"})


@pytest.fixture
def reporting(engine, clock, agents):
    return Reporting(engine, clock, agents)


@pytest.fixture
def sanne(agents):
    return agents.arrive("op|Sanne", Profile("Sanne", ["burgerzaken"])).id


@pytest.fixture
def nadia(agents):
    return agents.arrive("op|Nadia", Profile("Nadia", ["burgerzaken"])).id


@pytest.fixture
def helped(ledger, handovers):
    """A conversation that this agent took and answered."""

    def helped(agent, who="an"):
        conversation = ledger.receive(words(1, address=who)).message.conversation
        handovers.request(conversation, ASKED)
        handovers.claim(conversation, agent)
        handovers.say(conversation, agent, Reply("Dag"), client_id="1")
        return conversation

    return helped


@pytest.fixture
def work_of(reporting):
    def work_of(agent, teams=("burgerzaken",), month=NOVEMBER):
        counted = reporting.of_agents(teams, month, month).get(agent, {})
        return {measure: times for measure, times in counted.items() if times}

    return work_of


@pytest.mark.req("G-04")
def test_the_hour_at_which_people_come_and_ask_for_a_person_is_counted(ledger, handovers, reporting, clock):
    for who in ("an", "bea"):
        ledger.receive(words(1, address=who))
        ledger.receive(words(2, address=who))
    handovers.request(ledger.receive(words(3)).message.conversation, ASKED)
    clock.passes(3600)
    ledger.receive(words(1, address="cis"))

    assert reporting.rush([EVERYBODY], NOVEMBER, NOVEMBER) == {MONDAY_NINE: 2, (0, 10): 1}
    assert reporting.rush(["burgerzaken"], NOVEMBER, NOVEMBER) == {MONDAY_NINE: 1}
    assert reporting.rush(None, NOVEMBER, NOVEMBER) == {MONDAY_NINE: 1}
    assert reporting.rush(["onthaal"], NOVEMBER, DECEMBER) == {}
    assert reporting.rush([EVERYBODY], DECEMBER, DECEMBER) == {}


@pytest.mark.req("CS-07")
def test_of_an_hour_no_day_no_channel_and_no_conversation_is_kept(ledger, engine):
    ledger.receive(words(1))

    assert [column.name for column in rush.columns] == ["month", "weekday", "hour", "team", "times"]
    with reading(engine) as db:
        assert tuple(db.execute(select(rush)).one()) == (NOVEMBER, 0, 9, EVERYBODY, 1)


@pytest.mark.req("G-04")
def test_what_an_agent_finished_counts_for_him_from_when_he_had_it(handovers, helped, sanne, nadia, work_of, clock):
    conversation = helped(sanne)
    clock.passes(3000)
    handovers.transfer(conversation, sanne, "burgerzaken")
    handovers.claim(conversation, nadia)
    clock.passes(50)
    handovers.close(conversation, nadia, topic="attest")

    assert work_of(sanne) == {"transferred": 1}
    assert work_of(nadia) == {"handled_0": 1}
    assert work_of(nadia, teams=["onthaal"]) == {}
    assert work_of(nadia, month=DECEMBER) == {}


def test_who_left_the_queue_again_is_nobodys_work(ledger, handovers, helped, sanne, work_of):
    conversation = helped(sanne)
    handovers.requeue(conversation, sanne, "agent away")
    handovers.leave_queue(conversation)

    assert work_of(sanne) == {}


@pytest.mark.req("G-04")
def test_a_later_rating_takes_the_place_of_an_earlier_one(engine, handovers, helped, sanne, work_of):
    conversation = helped(sanne)
    handovers.close(conversation, sanne, topic="attest")
    for score in (1, 1, 5):
        rate(engine, conversation, score, person=True)
    rate(engine, conversation, 2, person=False)

    assert work_of(sanne) == {"handled_0": 1, "person_5": 1}


def test_a_rating_of_a_month_that_is_forgotten_brings_nothing_back(engine, handovers, helped, sanne, work_of):
    conversation = helped(sanne)
    handovers.close(conversation, sanne, topic="attest")
    rate(engine, conversation, 1, person=True)
    with writing(engine) as db:
        db.execute(agent_figures.delete())

    assert rate(engine, conversation, 5, person=True)
    assert work_of(sanne) == {}
