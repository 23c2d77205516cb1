"""While a colleague answers in the channel's own inbox, the bot says nothing; then the citizen has it again."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from conversations import asides
from conversations.elsewhere import Elsewhere
from conversations.handover import Handovers
from conversations.handover_model import Request
from conversations.model import Choice, Control, Holder, Incoming, Kind, Overheard, Reply, State
from conversations.ownership import moves
from conversations.typed import TO_BOT
from tests.sealing import VAULT
from tests.unit.conversations.setting import LEASE, claimed, to_send, words

SILENCE = timedelta(hours=24)
HOUR = 3600
ASKED = Request("burgerzaken", "reispas", "asked")


@pytest.fixture
def elsewhere(engine, clock, bell):
    return Elsewhere(engine, clock, bell)


@pytest.fixture
def handovers(engine, clock, bell):
    return Handovers(engine, clock, bell, VAULT, pull={"web"})


def says(ledger, text, number=None):
    return ledger.receive(words(number or text, address="3247", channel="whatsapp", text=text)).message


def answers(ledger, number=1):
    """A colleague in the inbox; gives the conversation when the bot lost it just now."""
    return ledger.overhear(Overheard("whatsapp", "3247", f"echo-{number}", f"Dag, met Sanne {number}"), SILENCE)


def holder(ledger):
    return ledger.open("whatsapp", "3247").holder


def test_a_colleague_in_the_inbox_silences_the_bot_and_what_the_citizen_says_is_kept_for_people(ledger):
    lost = answers(ledger)
    said = says(ledger, "dank je")

    assert lost == ledger.open("whatsapp", "3247").id
    assert holder(ledger) is Holder.EXTERNAL
    assert said.state is State.HELD
    assert ledger.claim_turn("w", LEASE) is None


def test_a_bot_answer_that_is_under_way_is_not_said(ledger):
    says(ledger, "hallo")
    message = claimed(ledger)
    answers(ledger)

    assert not ledger.answer(message, [Reply("Dag!")], message.epoch)


def test_a_bot_answer_that_was_not_sent_yet_is_not_sent(ledger):
    says(ledger, "hallo")
    message = claimed(ledger)
    ledger.answer(message, [Reply("Dag!")], message.epoch)
    answers(ledger)

    assert ledger.claim_delivery("w", LEASE, ["whatsapp"]) is None


def test_the_same_echo_twice_and_a_second_word_take_it_once(ledger):
    assert answers(ledger)
    assert answers(ledger) is None
    assert answers(ledger, 2) is None
    assert len(moves(ledger.engine, ledger.open("whatsapp", "3247").id)) == 1


def test_his_words_are_kept_also_when_another_process_makes_the_same_conversation_first(ledger, monkeypatch):
    real, raced = asides.overhear, iter([True, False])

    def overhear(*told):
        if next(raced):
            raise IntegrityError("INSERT INTO conversations", {}, Exception("uq_conversations_address"))
        return real(*told)

    monkeypatch.setattr(asides, "overhear", overhear)

    assert answers(ledger) == ledger.open("whatsapp", "3247").id
    assert holder(ledger) is Holder.EXTERNAL


def test_what_people_of_the_desk_have_stays_theirs(ledger, handovers):
    conversation = says(ledger, "een mens graag").conversation
    handovers.request(conversation, ASKED)
    handovers.claim(conversation, "sanne")

    assert answers(ledger) is None
    assert holder(ledger) is Holder.AGENT


def test_an_old_conversation_is_taken_too(ledger):
    ledger.end(says(ledger, "hallo").conversation)

    assert answers(ledger)


def test_the_bot_has_it_again_when_he_is_silent_for_so_long_after_his_last_word(ledger, elsewhere, clock):
    answers(ledger)
    clock.passes(20 * HOUR)
    answers(ledger, 2)
    clock.passes(20 * HOUR)
    early = elsewhere.come_back(), holder(ledger)
    clock.passes(4 * HOUR)
    waiting = elsewhere.come_back()

    assert early == ([], Holder.EXTERNAL)
    assert (waiting, holder(ledger)) == ([], Holder.BOT)
    assert says(ledger, "hallo").state is State.RECEIVED


def test_who_still_waits_for_a_word_then_is_named(ledger, elsewhere, clock):
    answers(ledger)
    conversation = says(ledger, "en wanneer dan?").conversation
    clock.passes(25 * HOUR)

    assert elsewhere.come_back() == [conversation]
    assert elsewhere.come_back() == []


@pytest.mark.parametrize("text", ["terug naar de assistent", "kan ik weer met de bot praten?", "Terug naar den robot!"])
def test_the_citizen_can_say_that_he_wants_the_bot_and_the_bot_answers_that(ledger, text):
    answers(ledger)
    says(ledger, text)

    assert holder(ledger) is Holder.BOT
    assert claimed(ledger).payload == TO_BOT


def test_the_citizen_can_tap_that_he_wants_the_bot(ledger):
    conversation = answers(ledger)
    ledger.say(conversation, Reply("Een collega antwoordt.", (Choice("Naar de assistent", TO_BOT),)))
    ledger.receive(Incoming("whatsapp", "3247", "tap", Kind.CHOICE, payload=TO_BOT))

    assert holder(ledger) is Holder.BOT
    assert claimed(ledger).payload == TO_BOT


def test_those_words_mean_nothing_special_while_the_bot_has_it(ledger):
    said = says(ledger, "terug naar de assistent")

    assert said.payload is None


def test_an_agent_gives_it_back_once_and_his_name_is_kept(ledger, elsewhere):
    conversation = answers(ledger)

    assert elsewhere.give_back(conversation, "sanne")
    assert not elsewhere.give_back(conversation, "sanne")
    assert moves(ledger.engine, conversation)[-1].agent == "sanne"


def test_an_agent_can_take_it_to_the_desk_and_then_its_time_elsewhere_is_over(ledger, handovers, elsewhere, clock):
    conversation = answers(ledger)
    handovers.take_over(conversation, "piet", ASKED)
    clock.passes(30 * HOUR)

    assert elsewhere.come_back() == []
    assert holder(ledger) is Holder.AGENT


def test_what_the_house_says_about_it_still_goes_out(ledger):
    conversation = answers(ledger)
    ledger.say(conversation, Reply("Een collega antwoordt je nu zelf."))

    assert to_send(ledger).text == "Een collega antwoordt je nu zelf."


# --- the channel says who has the thread ---------------------------------------------------------------------------


def controlled(ledger, elsewhere, *, ours, at=None):
    return elsewhere.control(Control("whatsapp", "3247", ours, at), ledger.open("whatsapp", "3247").id, SILENCE)


def test_who_takes_the_thread_silences_the_bot_until_it_is_passed_to_us(ledger, elsewhere, clock):
    says(ledger, "hallo")
    assert controlled(ledger, elsewhere, ours=False, at=clock.utc())
    assert ledger.claim_turn("w", LEASE) is None
    clock.passes(60)

    assert controlled(ledger, elsewhere, ours=True, at=clock.utc())

    assert holder(ledger) is Holder.BOT
    says(ledger, "en nu")
    assert claimed(ledger).text == "en nu"


def test_the_same_news_that_comes_again_late_changes_nothing(ledger, elsewhere, clock):
    taken = clock.utc()
    clock.passes(1)
    controlled(ledger, elsewhere, ours=False, at=taken)
    clock.passes(60)
    controlled(ledger, elsewhere, ours=True, at=clock.utc())

    assert not controlled(ledger, elsewhere, ours=False, at=taken)

    assert holder(ledger) is Holder.BOT


def test_a_conversation_of_the_desk_stays_the_desks(ledger, elsewhere, handovers, clock):
    conversation = says(ledger, "hallo").conversation
    handovers.request(conversation, ASKED)
    clock.passes(1)

    assert not controlled(ledger, elsewhere, ours=False, at=clock.utc())

    assert holder(ledger) is Holder.QUEUE
