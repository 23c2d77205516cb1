from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from conversations.database import reading, writing
from conversations.figure_tables import MEASURES, agent_figures, contacts, figures
from conversations.figures import Cell, count, is_about
from conversations.handover import Handovers
from conversations.handover_model import Request
from conversations.model import Holder, Reply
from conversations.routing import Routing
from tests.sealing import VAULT
from tests.unit.conversations.setting import words
from tests.unit.conversations.test_ledger_races import together

ASKED = Request(team="burgerzaken", topic="attest", reason="asked")
BEGUN = {"begun": 1, "because_asked": 1}
DAY = 86_400
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


@pytest.fixture
def handovers(engine, clock, bell):
    return Handovers(engine, clock, bell, VAULT, pull={"web"})


@pytest.fixture
def told(engine):
    """What is counted, as {(channel, team, topic): {measure: times}}; zeros left out."""

    def told(day=MONDAY):
        with reading(engine) as db:
            rows = db.execute(select(figures).where(figures.c.day == day)).all()
        cells = {(r.channel, r.team, r.topic): {m: getattr(r, m) for m in MEASURES if getattr(r, m)} for r in rows}
        return {cell: counted for cell, counted in cells.items() if counted}

    return told


@pytest.fixture
def waiting(ledger, handovers):
    conversation = ledger.receive(words(1)).message.conversation
    handovers.request(conversation, ASKED)
    return conversation


def about(engine, conversation, topic):
    with writing(engine) as db:
        is_about(db, conversation, topic)


@pytest.mark.req("CS-07", "WS-07")
def test_a_contact_counts_once_however_much_is_said(ledger, told):
    for number in (1, 2, 2, 3):
        ledger.receive(words(number))

    assert told() == {("web", "", ""): {"begun": 1}}


def test_after_the_end_or_a_day_of_silence_it_is_a_new_contact(ledger, clock, told):
    conversation = ledger.receive(words(1)).message.conversation
    ledger.end(conversation)
    ledger.receive(words(2))
    ledger.reopen(conversation)
    clock.passes(DAY + 60)
    ledger.receive(words(3))

    assert told() == {("web", "", ""): {"begun": 2}}
    assert told(TUESDAY) == {("web", "", ""): {"begun": 1}}


def test_the_day_is_the_city_s(ledger, clock, told):
    clock.moment = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)

    ledger.receive(words(1))

    assert told() == {}
    assert told(TUESDAY) == {("web", "", ""): {"begun": 1}}


def test_a_contact_counts_under_the_first_topic_that_the_bot_understood(engine, ledger, told):
    conversation = ledger.receive(words(1)).message.conversation

    about(engine, conversation, "melding")
    about(engine, conversation, "afspraak")

    assert told() == {("web", "", "melding"): {"begun": 1}}


def test_who_asks_for_a_person_counts_under_the_team_with_the_reason(engine, ledger, handovers, told):
    conversation = ledger.receive(words(1)).message.conversation
    about(engine, conversation, "melding")

    handovers.request(conversation, ASKED)
    handovers.leave_queue(conversation)
    handovers.request(conversation, ASKED)

    assert told() == {("web", "burgerzaken", "attest"): {"begun": 1, "because_asked": 1, "ended_left": 1}}


@pytest.mark.req("G-04", "MZR-02")
def test_waiting_and_handling_fall_in_a_bucket(handovers, clock, told, waiting):
    clock.passes(50)
    handovers.claim(waiting, "sanne")
    clock.passes(400)
    handovers.close(waiting, "sanne", topic="attest")

    counted = {"waited_2": 1, "handled_3": 1, "ended_closed": 1, "first_line": 1}
    assert told() == {("web", "burgerzaken", "attest"): {"begun": 1, "because_asked": 1, **counted}}


def test_what_it_was_about_in_the_end_counts(handovers, told, waiting):
    handovers.claim(waiting, "sanne")
    handovers.give_back(waiting, "sanne", "/gesprek_teruggegeven", topic="dossiers")

    [claimed, ended] = [told()["web", "burgerzaken", topic] for topic in ("attest", "dossiers")]
    assert claimed == {"waited_0": 1}
    assert ended == {"begun": 1, "because_asked": 1, "handled_0": 1, "ended_given_back": 1, "first_line": 1}


@pytest.mark.req("CS-07")
def test_a_misrouted_conversation_counts_with_the_team_that_it_left(handovers, told, waiting):
    handovers.claim(waiting, "sanne")
    handovers.transfer(waiting, "sanne", "onthaal", misrouted=True)

    assert told()["web", "burgerzaken", "attest"] == BEGUN | {"waited_0": 1, "transferred": 1, "misrouted": 1}


@pytest.mark.req("CS-07")
def test_a_supervisor_s_move_is_a_transfer_from_the_team_but_not_of_the_agent(engine, handovers, told, waiting):
    handovers.claim(waiting, "sanne")
    Routing(handovers).to_team(waiting, "onthaal", "luc")

    assert told()["web", "burgerzaken", "attest"] == BEGUN | {"waited_0": 1, "transferred": 1}
    with reading(engine) as db:
        assert db.execute(select(agent_figures)).all() == []


def test_a_transfer_counts_with_the_team_that_it_left_and_is_no_first_line(handovers, told, waiting):
    handovers.claim(waiting, "sanne")
    handovers.transfer(waiting, "sanne", "onthaal")
    handovers.claim(waiting, "piet")
    handovers.close(waiting, "piet", topic="attest")

    assert told()["web", "burgerzaken", "attest"] == {"waited_0": 1, "transferred": 1}
    ended = {"handled_0": 1, "ended_closed": 1}
    assert told()["web", "onthaal", "attest"] == {"begun": 1, "because_asked": 1, **ended}


def test_a_conversation_that_the_citizen_ends_is_counted_so(ledger, handovers, told, waiting):
    handovers.claim(waiting, "sanne")
    ledger.end(waiting)

    assert told()["web", "burgerzaken", "attest"]["ended_ended"] == 1


def test_a_silent_citizen_is_counted_so(ledger, handovers, clock, told, waiting):
    handovers.claim(waiting, "sanne")
    handovers.say(waiting, "sanne", Reply("Nog iets?"), client_id="1", waits=True)
    clock.passes(3600)
    [late] = handovers.overdue()
    assert handovers.close_silent(late)

    assert told()["web", "burgerzaken", "attest"]["ended_silent"] == 1


@pytest.mark.req("KI-29", "WA-05")
def test_a_later_rating_takes_the_place_of_an_earlier_one(ledger, told):
    conversation = ledger.receive(words(1)).message.conversation

    ledger.rate(conversation, 2)
    ledger.rate(conversation, 5)
    ledger.rate(conversation, 5)

    assert told() == {("web", "", ""): {"begun": 1, "bot_5": 1}}


def test_a_rating_of_the_next_contact_leaves_that_of_the_first(ledger, told):
    conversation = ledger.receive(words(1)).message.conversation
    ledger.rate(conversation, 2)
    ledger.end(conversation)
    ledger.reopen(conversation)
    ledger.rate(conversation, 4)

    assert told() == {("web", "", ""): {"begun": 2, "bot_2": 1, "bot_4": 1}}


def test_a_rating_after_a_person_is_the_person_s(ledger, handovers, told, waiting):
    handovers.claim(waiting, "sanne")
    handovers.close(waiting, "sanne", topic="attest")

    ledger.rate(waiting, 4)

    assert told()["web", "burgerzaken", "attest"]["person_4"] == 1


@pytest.mark.req("CS-07")
def test_the_figures_stay_when_the_conversations_are_forgotten(engine, ledger, handovers, clock, told, waiting):
    handovers.claim(waiting, "sanne")
    handovers.close(waiting, "sanne", topic="attest")
    ledger.rate(waiting, 4)
    before = told()
    clock.passes(200 * DAY)

    assert ledger.purge(clock.after(-DAY)) == 1

    assert told() == before
    with reading(engine) as db:
        assert db.execute(select(func.count()).select_from(contacts)).scalar() == 0


def test_a_step_that_does_not_happen_counts_nothing(ledger, handovers, told, waiting):
    before = told()

    assert handovers.claim(waiting, "sanne", epoch=1) is None
    assert not handovers.close(waiting, "sanne", topic="attest")
    assert ledger.conversation(waiting).holder is Holder.QUEUE
    assert told() == before


def test_what_happens_at_the_same_moment_is_all_counted(engine, told):
    cells = [Cell(MONDAY, "web"), Cell(MONDAY, "web", "onthaal")]

    def both(_):
        for _ in range(5):
            with writing(engine) as db:
                for cell in cells:
                    count(db, cell, ["begun"])

    together(4, both)

    assert [counted["begun"] for counted in told().values()] == [20, 20]
