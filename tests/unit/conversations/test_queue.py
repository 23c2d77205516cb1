from datetime import timedelta

import pytest

from conversations.agents import Agents, Profile
from conversations.handover import Handovers
from conversations.handover_model import Request
from conversations.model import Presence, Reply
from conversations.queue import Queue
from tests.sealing import VAULT
from tests.unit.conversations.setting import words

TEAM = "burgerzaken"


@pytest.fixture
def handovers(engine, clock, bell):
    return Handovers(engine, clock, bell, VAULT, pull={"web"})


@pytest.fixture
def agents(engine, clock, bell):
    return Agents(engine, clock, bell)


@pytest.fixture
def queue(engine, clock, bell, agents):
    return Queue(engine, clock, bell, agents)


@pytest.fixture
def asks(ledger, handovers, clock):
    """Somebody asks for a person, a second after whoever asked before."""

    def asks(who, *, team=TEAM, topic="reispas", priority=5, sticky=False):
        clock.passes(1)
        conversation = ledger.receive(words(1, address=who)).message.conversation
        handovers.request(conversation, Request(team, topic, "asked", priority=priority, sticky=sticky))
        return conversation

    return asks


def sits(agents, name, *, teams=(TEAM,), skills=(), capacity=3):
    return agents.arrive(f"op|{name}", Profile(name, teams, skills, capacity))


@pytest.mark.req("CI-04", "WI-03")
def test_who_waits_longest_goes_first_and_the_urgent_before_all(queue, asks):
    an, piet, urgent = asks("an"), asks("piet"), asks("dringend", priority=1)
    asks("elders", team="omgeving")

    assert [waiting.conversation for waiting in queue.waiting([TEAM])] == [urgent, an, piet]
    assert [queue.position(each) for each in (urgent, an, piet)] == [1, 2, 3]
    assert queue.length(TEAM) == 3


def test_who_does_not_wait_has_no_position(queue, ledger):
    assert queue.position(ledger.open("web", "an").id) is None


def test_an_offer_goes_to_who_has_least_to_do_and_to_one_at_a_time(queue, agents, asks, handovers):
    busy, free = sits(agents, "Sanne"), sits(agents, "Piet")
    handovers.claim(asks("eerder"), busy.id)
    first, second, third = asks("an"), asks("bea"), asks("cis")

    assert queue.offer([TEAM]) == [(first, free.id), (second, busy.id)]
    assert queue.offer([TEAM]) == []
    assert handovers.claim(first, busy.id) is None
    assert handovers.claim(first, free.id)
    assert queue.offer([TEAM]) == [(third, free.id)]


@pytest.mark.req("CI-04", "WI-03")
def test_nobody_is_offered_what_he_cannot_take(queue, agents, asks):
    sits(agents, "Van elders", teams=["omgeving"])
    sits(agents, "Kan iets anders", skills=["rijbewijs"])
    sits(agents, "Vol", capacity=0)
    agents.be(sits(agents, "Even weg").id, Presence.AWAY)
    asks("an")

    assert queue.offer([TEAM]) == []


@pytest.mark.req("WI-06", "CI-07")
def test_an_offer_that_runs_out_goes_to_the_next_and_two_of_them_make_him_absent(queue, agents, asks, clock):
    pair = {sits(agents, "A").id, sits(agents, "B").id}
    asked = asks("an")

    def offered_after(seconds):
        clock.passes(seconds)
        for agent in pair:
            agents.alive(agent)
        [(_, agent)] = queue.offer([TEAM])
        return agent

    first, second, third = offered_after(0), offered_after(31), offered_after(31)

    assert {first, second} == pair
    assert third == first
    assert offered_after(31) == second
    assert agents.agent(first).status is Presence.AWAY
    assert queue.position(asked) == 1


@pytest.mark.req("CI-04", "WI-03")
def test_nobody_waits_behind_a_crowd_for_whom_there_is_no_agent(queue, agents, asks, monkeypatch):
    monkeypatch.setattr("conversations.queue.AT_ONCE", 2)
    sanne = sits(agents, "Sanne", skills=["rijbewijs"])
    for number in range(3):
        asks(f"elders {number}", team="omgeving", priority=1)
        asks(f"iets anders {number}", priority=1)
    conversation = asks("an", topic="rijbewijs")

    assert queue.offer([TEAM, "omgeving"]) == [(conversation, sanne.id)]
    assert queue.next_for(sanne).conversation == conversation


def answers(ledger, handovers, conversation, agent, address):
    """The agent takes it and answers, and the citizen answers him."""
    handovers.claim(conversation, agent)
    handovers.say(conversation, agent, Reply("Welk nummer?"), client_id="1", waits=True)
    ledger.receive(words(2, address=address))


@pytest.mark.req("CI-06", "WI-05")
def test_a_citizen_who_answers_is_offered_to_who_has_least_to_do_whoever_he_spoke(
    queue, agents, asks, handovers, ledger
):
    aaron, sanne = sits(agents, "Aaron"), sits(agents, "Sanne")
    conversation = asks("an")
    answers(ledger, handovers, conversation, sanne.id, "an")
    handovers.claim(asks("bea"), sanne.id)

    assert queue.offer([TEAM]) == [(conversation, aaron.id)]


def test_where_the_team_wants_so_who_fell_out_is_asked_first_when_he_is_back(queue, agents, asks, handovers):
    sits(agents, "Aaron")
    sanne = sits(agents, "Sanne")
    conversation = asks("an", sticky=True)
    handovers.claim(conversation, sanne.id)
    handovers.requeue(conversation, sanne.id, "agent away")
    handovers.claim(asks("bea"), sanne.id)

    assert queue.offer([TEAM]) == [(conversation, sanne.id)]


@pytest.mark.req("WI-03", "WI-04")
@pytest.mark.parametrize(("sticky", "offered"), [(False, True), (True, False)])
def test_what_waits_for_the_citizen_takes_room_only_where_it_comes_back_to_the_agent(
    queue, agents, asks, handovers, sticky, offered
):
    sanne = sits(agents, "Sanne", capacity=1)
    answered = asks("an", sticky=sticky)
    handovers.claim(answered, sanne.id)
    handovers.say(answered, sanne.id, Reply("Welk nummer?"), client_id="1", waits=True)
    asks("bea")

    assert bool(queue.offer([TEAM])) is offered


@pytest.mark.req("CI-06", "WI-05")
def test_else_he_is_offered_to_somebody_else(queue, agents, asks, handovers, ledger):
    aaron, sanne = sits(agents, "Aaron"), sits(agents, "Sanne")
    conversation = asks("an")
    handovers.claim(conversation, sanne.id)
    handovers.say(conversation, sanne.id, Reply("Welk nummer?"), client_id="1", waits=True)
    agents.be(sanne.id, Presence.OFFLINE)
    ledger.receive(words(2, address="an"))

    assert queue.offer([TEAM]) == [(conversation, aaron.id)]


def test_who_asks_for_the_next_one_gets_what_he_can_take(queue, agents, asks):
    sanne = sits(agents, "Sanne", skills=["rijbewijs"])
    asks("an", topic="reispas")
    second = asks("bea", topic="rijbewijs")

    assert queue.next_for(sanne).conversation == second


def test_an_agent_without_a_sign_of_life_is_not_present_and_his_conversations_are_lost(
    queue, agents, asks, handovers, clock
):
    sanne = sits(agents, "Sanne")
    conversation = asks("an")
    handovers.claim(conversation, sanne.id)
    assert (agents.present()[0].load, agents.gone()) == (1, [])

    clock.passes(61)

    assert agents.present() == []
    assert agents.gone() == [(conversation, sanne.id)]


def test_who_logs_out_loses_his_conversations_at_once(agents, asks, handovers):
    sanne = sits(agents, "Sanne")
    conversation = asks("an")
    handovers.claim(conversation, sanne.id)

    agents.be(sanne.id, Presence.OFFLINE)

    assert agents.gone() == [(conversation, sanne.id)]


@pytest.mark.req("WI-04")
def test_what_waits_for_the_citizen_stays_quiet_when_the_agent_goes_home(agents, asks, handovers):
    sanne = sits(agents, "Sanne")
    conversation = asks("an")
    handovers.claim(conversation, sanne.id)
    handovers.say(conversation, sanne.id, Reply("Welk nummer?"), client_id="1", waits=True)

    agents.be(sanne.id, Presence.OFFLINE)

    assert agents.gone() == []


def test_who_comes_back_keeps_his_place_at_the_desk(agents):
    first = sits(agents, "Sanne")
    again = agents.arrive("op|Sanne", Profile("Sanne Claes", ["omgeving"]))

    assert (again.id, again.name, again.teams) == (first.id, "Sanne Claes", frozenset({"omgeving"}))
    with pytest.raises(LookupError):
        agents.agent("g_x")


@pytest.mark.req("WI-02")
def test_the_expected_wait_comes_from_what_questions_took_lately(queue, agents, asks, handovers, clock):
    sanne = sits(agents, "Sanne", capacity=2)
    for number in range(5):
        assert queue.expected_wait(TEAM, 1) is None
        conversation = asks(f"burger {number}")
        handovers.claim(conversation, sanne.id)
        handovers.say(conversation, sanne.id, Reply("Dag"), client_id="1")
        clock.passes(600)
        agents.alive(sanne.id)
        handovers.close(conversation, sanne.id, topic="reispas")

    assert queue.expected_wait(TEAM, 3) == timedelta(seconds=900)
    agents.be(sanne.id, Presence.AWAY)
    assert queue.expected_wait(TEAM, 3) is None


@pytest.mark.req("CI-04", "WI-03")
def test_an_offer_that_is_declined_goes_to_the_next_at_once_and_not_back(queue, agents, asks):
    sanne, nadia, conversation = sits(agents, "sanne"), sits(agents, "nadia"), asks("an")
    [(_, first)] = queue.offer([TEAM])
    second = nadia.id if first == sanne.id else sanne.id

    assert queue.decline(conversation, first)

    assert queue.offer([TEAM]) == [(conversation, second)]
    assert agents.agent(first).misses == 1


def test_who_declines_twice_is_away_and_what_he_was_not_offered_he_cannot_decline(queue, agents, asks):
    sanne, one = sits(agents, "sanne"), asks("an")
    assert not queue.decline(one, sanne.id)
    queue.offer([TEAM])
    assert queue.decline(one, sanne.id)
    assert not queue.decline(one, sanne.id)
    assert queue.offer([TEAM]) == []
    two = asks("bea")
    assert queue.offer([TEAM]) == [(two, sanne.id)]

    assert queue.decline(two, sanne.id)

    assert agents.agent(sanne.id).status is Presence.AWAY
