import pytest
from sqlalchemy import select

from conversations.database import reading, writing
from conversations.model import Author, Holder, Reply, State
from conversations.ownership import PEOPLE, transition
from conversations.tables import ownership
from tests.unit.conversations.setting import LEASE, claimed, to_send, words
from tests.unit.conversations.test_ledger_races import together

EVERYBODY = frozenset(Holder)


@pytest.fixture
def take(engine, clock):
    """Gives a conversation to somebody, whoever has it."""

    def take(conversation, to, *, epoch, allowed=EVERYBODY, reason="neemt over"):
        with writing(engine) as db:
            return transition(db, conversation, to, allowed=allowed, epoch=epoch, now=clock.now(), reason=reason)

    return take


def test_a_change_raises_the_epoch_and_is_written_down(engine, ledger, take, clock):
    conversation = ledger.open("web", "an")

    assert take(conversation.id, Holder.QUEUE, epoch=1, reason="gevraagd") == 2
    assert take(conversation.id, Holder.AGENT, epoch=2) == 3

    changed = ledger.conversation(conversation.id)
    assert (changed.holder, changed.epoch) == (Holder.AGENT, 3)
    with reading(engine) as db:
        log = [tuple(row) for row in db.execute(select(ownership).order_by(ownership.c.epoch))]
    assert [row[1:] for row in log] == [
        (conversation.id, 2, Holder.BOT, Holder.QUEUE, "gevraagd", None, clock.now()),
        (conversation.id, 3, Holder.QUEUE, Holder.AGENT, "neemt over", None, clock.now()),
    ]


def test_a_change_under_an_old_epoch_or_from_another_holder_does_not_happen(engine, ledger, take):
    conversation = ledger.open("web", "an").id

    assert take(conversation, Holder.AGENT, epoch=7) is None
    assert take(conversation, Holder.AGENT, epoch=1, allowed={Holder.QUEUE}) is None
    assert take("c_x", Holder.AGENT, epoch=1) is None

    assert ledger.conversation(conversation).epoch == 1
    with reading(engine) as db:
        assert db.execute(select(ownership)).all() == []


@pytest.mark.parametrize("round", range(5))
def test_of_two_that_race_exactly_one_wins(engine, ledger, take, round):
    conversation = ledger.open("web", "an").id
    take(conversation, Holder.QUEUE, epoch=1)

    won = together(2, lambda n: take(conversation, Holder.AGENT, epoch=2, allowed={Holder.QUEUE}, reason=str(n)))

    assert sorted(won, key=str) == [3, None]
    with reading(engine) as db:
        log = db.execute(select(ownership.c.reason).where(ownership.c.epoch == 3)).scalars().all()
    assert log == [str(won.index(3))]


@pytest.mark.parametrize("person", sorted(PEOPLE - {Holder.WAITING}))  # who waits for an answer: test_handover.py
def test_what_a_citizen_says_to_a_person_does_not_reach_the_bot(ledger, take, person):
    conversation = ledger.receive(words(1)).message.conversation

    take(conversation, person, epoch=1)
    ledger.receive(words(2))

    assert [message.state for message in ledger.messages(conversation)] == [State.HELD, State.HELD]
    assert ledger.claim_turn("w", LEASE) is None
    take(conversation, Holder.BOT, epoch=2)
    ledger.receive(words(3))
    assert claimed(ledger).text == "bericht 3"


def test_the_bot_s_answer_comes_too_late_when_a_person_took_over_meanwhile(ledger, take):
    ledger.receive(words(1))
    message = claimed(ledger)
    take(message.conversation, Holder.AGENT, epoch=1)

    assert not ledger.answer(message, [Reply("te laat")], message.epoch)

    assert [(m.text, m.state) for m in ledger.messages(message.conversation)] == [("bericht 1", State.HELD)]
    assert ledger.claim_turn("w", LEASE) is None


def test_an_event_for_the_bot_waits_until_the_bot_has_the_conversation_back(ledger, take):
    conversation = ledger.open("web", "an").id
    ledger.leave(conversation, "/aangemeld", external_id="1")
    event = claimed(ledger)
    take(conversation, Holder.AGENT, epoch=1)
    assert not ledger.answer(event, [Reply("te laat")], event.epoch)
    assert ledger.claim_turn("w", LEASE) is None

    take(conversation, Holder.BOT, epoch=2)

    assert claimed(ledger).id == event.id


def test_what_the_bot_had_not_sent_is_cancelled_and_what_the_house_says_is_not(ledger, take):
    ledger.receive(words(1, channel="whatsapp"))
    message = claimed(ledger)
    ledger.answer(message, [Reply("een"), Reply("twee")], message.epoch)
    ledger.say(message.conversation, Reply("Sanne neemt het over."))

    take(message.conversation, Holder.AGENT, epoch=1)
    ledger.say(message.conversation, Reply("Dag, met Sanne."), Author.AGENT)

    states = [(m.text, m.state) for m in ledger.messages(message.conversation, after=1)]
    assert states[:2] == [("een", State.CANCELLED), ("twee", State.CANCELLED)]
    first = to_send(ledger)
    ledger.sent(first)
    assert [first.text, to_send(ledger).text] == ["Sanne neemt het over.", "Dag, met Sanne."]


def test_what_the_bot_was_sending_is_not_tried_again_after_a_person_took_over(ledger, take, clock):
    ledger.receive(words(1, channel="whatsapp"))
    message = claimed(ledger)
    ledger.answer(message, [Reply("een")], message.epoch)
    sending = to_send(ledger)
    take(message.conversation, Holder.AGENT, epoch=1)

    ledger.retry_delivery(sending, clock.now(), "500")

    assert ledger.claim_delivery("w", LEASE, ["whatsapp"]) is None
    assert ledger.messages(message.conversation)[1].state is State.CANCELLED
