from datetime import timedelta

import pytest
from sqlalchemy import select

from conversations.citizen_spoke import LEAVE_QUEUE
from conversations.database import reading
from conversations.handover import Handovers
from conversations.handover_model import Request
from conversations.model import Author, Choice, Holder, Incoming, Kind, Reply, State
from conversations.tables import ownership
from tests.sealing import VAULT
from tests.unit.conversations.setting import LEASE, claimed, to_send, words
from tests.unit.conversations.test_ledger_races import together

ASKED = Request(team="burgerzaken", topic="reispas", reason="asked", card={"naam": "Lien"})


@pytest.fixture
def handovers(engine, clock, bell):
    return Handovers(engine, clock, bell, VAULT, pull={"web"})


@pytest.fixture
def waiting(ledger, handovers):
    """A conversation in the queue."""
    conversation = ledger.receive(words(1)).message.conversation
    handovers.request(conversation, ASKED)
    return conversation


def test_a_request_puts_the_conversation_in_the_queue_with_what_the_bot_knows(ledger, handovers, clock, waiting):
    asked = handovers.open_one(waiting)

    assert ledger.conversation(waiting).holder is Holder.QUEUE
    assert (asked.team, asked.topic, asked.card) == ("burgerzaken", "reispas", {"naam": "Lien"})
    assert (asked.queued_at, asked.agent, asked.answered_at) == (clock.now(), None, None)
    assert handovers.request(waiting, ASKED) is None


@pytest.mark.req("CI-03")
def test_the_bot_s_last_words_and_the_request_are_one_step(ledger, handovers):
    ledger.receive(words(1, channel="whatsapp"))
    message = claimed(ledger)

    kept = ledger.answer(
        message,
        [Reply("Ik haal er iemand bij.")],
        message.epoch,
        then=lambda db: handovers.queue(db, message.conversation, ASKED, message.epoch),
    )

    assert kept
    assert ledger.conversation(message.conversation).holder is Holder.QUEUE
    assert to_send(ledger).text == "Ik haal er iemand bij."


def test_a_request_under_an_old_epoch_does_not_happen(ledger, handovers, waiting):
    handovers.leave_queue(waiting)

    assert handovers.request(waiting, ASKED, epoch=1) is None
    assert ledger.conversation(waiting).holder is Holder.BOT


@pytest.mark.parametrize("round", range(3))
def test_of_two_agents_one_gets_it_and_the_other_is_told(ledger, handovers, waiting, round):
    got = together(2, lambda n: handovers.claim(waiting, f"agent-{n}"))

    winners = [handover.agent for handover in got if handover]
    assert len(winners) == 1
    assert handovers.open_one(waiting).agent == winners[0]
    assert ledger.conversation(waiting).holder is Holder.AGENT


def test_an_agent_s_words_take_the_channel_s_road_once(ledger, handovers):
    conversation = ledger.receive(words(1, channel="whatsapp")).message.conversation
    handovers.request(conversation, ASKED)
    handovers.claim(conversation, "sanne")

    first = handovers.say(conversation, "sanne", Reply("Dag Lien"), client_id="1")
    ledger.sent(to_send(ledger), "wamid.1")
    again = handovers.say(conversation, "sanne", Reply("Dag Lien"), client_id="1")

    assert first.id == again.id
    assert [m.text for m in ledger.messages(conversation) if m.author is Author.AGENT] == ["Dag Lien"]
    assert ledger.messages(conversation)[-1].agent == "sanne"
    assert ledger.claim_delivery("w", LEASE, ["whatsapp"]) is None


def test_nobody_speaks_in_a_conversation_that_is_not_his(ledger, handovers, waiting):
    assert handovers.say(waiting, "sanne", Reply("Dag"), client_id="1") is None
    handovers.claim(waiting, "sanne")

    assert handovers.say(waiting, "piet", Reply("Dag"), client_id="1") is None
    assert not handovers.close(waiting, "piet", topic="reispas")
    assert handovers.requeue(waiting, "piet", "weg") is None
    assert [m for m in ledger.messages(waiting) if m.author is Author.AGENT] == []


@pytest.mark.req("CI-05", "CI-06", "WI-04", "WI-05")
def test_after_his_answer_it_leaves_the_agent_until_the_citizen_replies(ledger, handovers, waiting):
    handovers.claim(waiting, "sanne")
    handovers.say(waiting, "sanne", Reply("Welk nummer?"), client_id="1", waits=True)
    assert ledger.conversation(waiting).holder is Holder.WAITING

    ledger.receive(words(2))

    back = handovers.open_one(waiting)
    assert ledger.conversation(waiting).holder is Holder.QUEUE
    assert back.queued_at
    assert back.priority < ASKED.priority
    assert ledger.messages(waiting)[-1].state is State.HELD
    assert handovers.claim(waiting, "piet").agent == "piet"


def test_a_reply_goes_to_the_same_agent_where_the_channel_is_set_so(ledger, handovers):
    conversation = ledger.receive(words(1)).message.conversation
    handovers.request(conversation, Request("burgerzaken", "reispas", "asked", sticky=True))
    handovers.claim(conversation, "sanne")
    handovers.say(conversation, "sanne", Reply("Welk nummer?"), client_id="1", waits=True)

    ledger.receive(words(2))

    assert ledger.conversation(conversation).holder is Holder.AGENT
    assert handovers.open_one(conversation).agent == "sanne"


def test_the_agent_may_speak_again_before_the_citizen_did(ledger, handovers, waiting):
    handovers.claim(waiting, "sanne")
    handovers.say(waiting, "sanne", Reply("Welk nummer?"), client_id="1", waits=True)

    assert handovers.say(waiting, "sanne", Reply("Neem je tijd."), client_id="2", waits=True)
    assert ledger.conversation(waiting).holder is Holder.WAITING


@pytest.mark.req("CA-03")
def test_given_back_the_bot_is_told_and_answers_again(ledger, handovers, waiting):
    handovers.claim(waiting, "sanne")

    assert handovers.give_back(waiting, "sanne", "/gesprek_teruggegeven", topic="reispas")

    assert claimed(ledger).payload == "/gesprek_teruggegeven"
    assert handovers.open_one(waiting) is None
    assert handovers.history(waiting)[0].closing_topic == "reispas"
    assert not handovers.give_back(waiting, "sanne", "/gesprek_teruggegeven", topic="reispas")


def test_who_closed_is_in_the_log(engine, ledger, handovers, waiting):
    handovers.claim(waiting, "sanne")

    assert handovers.close(waiting, "sanne", topic="reispas")

    with reading(engine) as db:
        log = db.execute(select(ownership.c.holder_after, ownership.c.agent).order_by(ownership.c.epoch)).all()
    assert [tuple(row) for row in log] == [
        (Holder.QUEUE, None),
        (Holder.AGENT, "sanne"),
        (Holder.CLOSED, "sanne"),
    ]


def test_the_citizen_may_leave_the_queue_and_the_bot_answers_him(ledger, handovers, waiting):
    ledger.say(waiting, Reply("Je wacht.", (Choice("Verder met de assistent", LEAVE_QUEUE),)))

    ledger.receive(Incoming("web", "an", "an-2", Kind.TEXT, "verder met de assistent"))

    assert ledger.conversation(waiting).holder is Holder.BOT
    assert handovers.open_one(waiting) is None
    assert claimed(ledger).payload == LEAVE_QUEUE


def test_a_transfer_goes_before_who_waits_for_the_first_time(handovers, waiting):
    handovers.claim(waiting, "sanne")

    moved = handovers.transfer(waiting, "sanne", "omgeving")

    assert (moved.team, moved.priority < ASKED.priority) == ("omgeving", True)
    assert handovers.claim(waiting, "piet").agent == "piet"
    assert handovers.say(waiting, "sanne", Reply("Nog iets"), client_id="2") is None


def test_an_agent_may_interrupt_the_bot_and_a_supervisor_an_agent(ledger, handovers):
    ledger.receive(words(1))
    message = claimed(ledger)

    assert handovers.take_over(message.conversation, "sanne", ASKED).agent == "sanne"
    assert not ledger.answer(message, [Reply("te laat")], message.epoch)
    assert handovers.take_over(message.conversation, "baas", ASKED).agent == "baas"
    assert handovers.say(message.conversation, "sanne", Reply("?"), client_id="1") is None


def test_the_card_is_kept_sealed(engine, handovers, waiting):
    with reading(engine) as db:
        kept = db.exec_driver_sql("SELECT card FROM handovers").scalar_one()

    assert "Lien" not in kept
    assert "Lien" in VAULT.open(kept)


def test_a_queued_request_knows_until_when_to_wait(ledger, handovers, clock):
    conversation = ledger.receive(words(1)).message.conversation

    asked = handovers.request(conversation, Request("burgerzaken", "reispas", "asked", wait=timedelta(minutes=5)))

    assert asked.deadline == clock.after(300)
