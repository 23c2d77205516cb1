"""One message after the other; what happens when several come at once stands in test_ledger_races.py."""

from datetime import UTC

import pytest
from sqlalchemy import select

from conversations.database import reading
from conversations.ledger import Ledger
from conversations.model import (
    Attachment,
    Author,
    Choice,
    Holder,
    Incoming,
    Kind,
    Place,
    Receipt,
    Refused,
    Reply,
    State,
    UnknownConversation,
)
from conversations.tables import attachments
from tests.sealing import VAULT
from tests.unit.conversations.setting import LEASE, claimed, to_send, words

HELLO = Reply("Hallo, waarmee kan ik helpen?", name="utter_welkom")
LATE = Reply("Even geduld.", name="utter_geduld")


def told(ledger, conversation):
    return [message.text for message in ledger.messages(conversation) if message.author is not Author.CITIZEN]


def states(ledger, conversation):
    return [message.state for message in ledger.messages(conversation)]


# --- conversations ------------------------------------------------------------------------------------------------


def test_a_conversation_is_opened_once_per_address(ledger, clock):
    first = ledger.open("web", "an", token_hash="h")

    assert ledger.open("web", "an") == first
    assert ledger.open("whatsapp", "an") != first
    assert (first.holder, first.last_seq, first.created_at) == (Holder.BOT, 0, clock.now())
    assert first.created_at.tzinfo is UTC


def test_a_conversation_is_found_by_the_hash_of_its_token(ledger):
    opened = ledger.open("web", "an", token_hash="h")

    assert ledger.conversation_for_token("h") == opened
    assert ledger.conversation_for_token("anders") is None


def test_an_unknown_conversation_is_an_error_everywhere(ledger):
    for ask in (
        lambda: ledger.conversation("c_x"),
        lambda: ledger.say("c_x", HELLO),
        lambda: ledger.leave("c_x", "/aangemeld", external_id="1"),
        lambda: ledger.rate("c_x", 5),
        lambda: ledger.end("c_x"),
        lambda: ledger.keep_attachment("c_x", "a.png", "image/png", b""),
    ):
        with pytest.raises(UnknownConversation):
            ask()


def test_a_conversation_that_ended_can_be_opened_again(ledger, clock):
    conversation = ledger.open("web", "an")

    assert ledger.end(conversation.id)
    assert not ledger.end(conversation.id)
    closed = ledger.conversation(conversation.id)
    assert (closed.holder, closed.epoch, closed.ended_at) == (Holder.CLOSED, 2, clock.now())

    reopened = ledger.reopen(conversation.id)
    assert (reopened.holder, reopened.epoch, reopened.ended_at) == (Holder.BOT, 3, None)
    assert ledger.reopen(conversation.id) == reopened


def test_an_end_that_was_decided_before_somebody_else_took_over_does_not_happen(ledger):
    conversation = ledger.open("web", "an")
    ledger.end(conversation.id)
    ledger.reopen(conversation.id)

    assert not ledger.end(conversation.id, epoch=conversation.epoch)
    assert ledger.conversation(conversation.id).holder is Holder.BOT


def test_what_the_bot_still_had_to_say_is_sent_after_the_end(ledger):
    ledger.receive(words(1, channel="whatsapp"))
    message = claimed(ledger)
    ledger.answer(message, [Reply("Tot ziens!")], message.epoch)

    ledger.end(message.conversation)

    assert to_send(ledger).text == "Tot ziens!"


# --- receiving ----------------------------------------------------------------------------------------------------


def test_a_message_is_stored_with_all_it_carries(ledger, clock):
    conversation = ledger.open("web", "an")
    attachment = ledger.keep_attachment(conversation.id, "put.jpg", "image/jpeg", b"\xff\xd8")
    incoming = Incoming("web", "an", "1", Kind.ATTACHMENT, "kijk", place=Place(50.8, 3.26), attachment=attachment)

    message = ledger.receive(incoming).message

    assert (message.seq, message.author, message.kind, message.state) == (
        1,
        Author.CITIZEN,
        Kind.ATTACHMENT,
        State.RECEIVED,
    )
    assert (message.text, message.place, message.attachment) == ("kijk", Place(50.8, 3.26), attachment)
    assert (message.external_id, message.created_at, message.conversation) == ("1", clock.now(), conversation.id)
    assert ledger.attachment(attachment) == Attachment(conversation.id, "put.jpg", "image/jpeg", b"\xff\xd8")
    assert ledger.attachment("a_x") is None


def test_a_file_is_sealed_where_it_is_kept(engine, ledger):
    photo = b"a photo of An's house"
    kept = ledger.keep_attachment(ledger.open("web", "an").id, "85073003328.jpg", "image/jpeg", photo)

    with reading(engine) as db:
        row = db.execute(select(attachments)).one()
    assert photo not in row.content
    assert len(row.content) < len(photo) + 100
    assert row.name == "[rijksregisternummer].jpg"
    assert ledger.attachment(kept).content == photo


def test_a_retry_is_stored_once(ledger, bell):
    first = ledger.receive(words(1))
    bell.heard.clear()

    again = ledger.receive(words(1))

    assert (first.is_new, again.is_new) == (True, False)
    assert again.message == first.message
    assert len(ledger.messages(first.message.conversation)) == 1
    assert bell.heard == []


def test_a_new_message_rings_for_the_turns_and_for_the_conversation(ledger, bell):
    message = ledger.receive(words(1)).message

    assert set(bell.heard) == {"turns", f"conversation:{message.conversation}"}


def test_what_is_typed_reaches_the_bot_harmless(ledger):
    message = ledger.receive(words(1, text=' /restart{"a":1} \x00\ud800')).message

    assert message.text == 'restart{"a":1}'
    assert message.payload is None


def test_a_payload_in_a_text_is_not_believed(ledger):
    message = ledger.receive(Incoming("web", "an", "1", text="hoi", payload="/restart")).message

    assert (message.kind, message.payload) == (Kind.TEXT, None)


def test_an_id_of_another_conversation_is_refused(ledger):
    ledger.receive(Incoming("web", "an", "1", text="geheim"))

    with pytest.raises(Refused, match="another conversation"):
        ledger.receive(Incoming("web", "piet", "1", text="hoi"))


def test_an_attachment_of_another_conversation_is_refused(ledger):
    attachment = ledger.keep_attachment(ledger.open("web", "piet").id, "a.png", "image/png", b"x")

    with pytest.raises(Refused, match="attachment"):
        ledger.receive(Incoming("web", "an", "1", Kind.ATTACHMENT, attachment=attachment))


def test_an_event_does_not_come_through_a_channel(ledger):
    with pytest.raises(Refused, match="house"):
        ledger.receive(Incoming("web", "an", "1", Kind.EVENT, payload="/aangemeld"))


def test_an_event_is_left_once_and_holds_what_it_says(ledger):
    conversation = ledger.open("web", "an")

    first = ledger.leave(conversation.id, "/aangemeld", external_id="login:1")
    again = ledger.leave(conversation.id, "/aangemeld", external_id="login:1")

    assert (first.is_new, again.is_new) == (True, False)
    event = claimed(ledger)
    assert (event.kind, event.author, event.payload) == (Kind.EVENT, Author.SYSTEM, "/aangemeld")
    assert again.message.id == event.id


# --- choices ------------------------------------------------------------------------------------------------------

YES, NO = Choice("Ja", "/bevestigen"), Choice("Nee, liever niet", '/kiezen{"keuze":"nee"}')


def offer(ledger, *replies, address="an", number=0):
    ledger.receive(words(number, address=address))
    message = claimed(ledger)
    ledger.answer(message, replies, message.epoch)
    return message.conversation


def test_a_typed_number_or_title_becomes_the_choice_that_was_offered(ledger):
    offer(ledger, Reply("Dit heb ik begrepen."), Reply("Klopt dit?", (YES, NO)))

    by_number = ledger.receive(words(1, text="2")).message

    assert (by_number.kind, by_number.payload, by_number.text) == (Kind.CHOICE, NO.payload, "2")

    offer(ledger, Reply("En nu?", (YES, NO)), address="piet")
    by_title = ledger.receive(words(1, address="piet", text="nee, LIEVER niet!")).message
    assert (by_title.kind, by_title.payload) == (Kind.CHOICE, NO.payload)


def test_an_offer_is_over_once_the_citizen_said_something_else(ledger):
    offer(ledger, Reply("Klopt dit?", (YES, NO)))
    offer(ledger, Reply("Hoeveel zakken?"), number=1)

    message = ledger.receive(words(2, text="2")).message

    assert (message.kind, message.payload) == (Kind.TEXT, None)


def test_a_number_stays_text_when_nothing_was_offered(ledger):
    assert ledger.receive(words(1, text="1")).message.kind is Kind.TEXT


def test_a_tapped_choice_counts_when_it_was_offered_also_later(ledger):
    conversation = offer(ledger, Reply("Klopt dit?", (YES, NO)))
    offer(ledger, Reply("Hoeveel zakken?"), number=1)

    tapped = ledger.receive(Incoming("web", "an", "t", Kind.CHOICE, payload=YES.payload)).message

    assert (tapped.kind, tapped.text, tapped.payload) == (Kind.CHOICE, "Ja", YES.payload)
    assert tapped.conversation == conversation


@pytest.mark.parametrize("payload", ["/restart", "", None])
def test_a_choice_that_was_never_offered_here_is_refused(ledger, payload):
    offer(ledger, Reply("Klopt dit?", (YES,)), address="piet")
    offer(ledger, Reply("Zeg het maar."))

    with pytest.raises(Refused, match="not offered"):
        ledger.receive(Incoming("web", "an", "t", Kind.CHOICE, payload=payload))
    with pytest.raises(Refused, match="not offered"):
        ledger.receive(Incoming("web", "an", "t", Kind.CHOICE, payload=YES.payload))


def test_a_choice_is_found_by_message_and_place_within_its_own_conversation(ledger):
    conversation = offer(ledger, Reply("Klopt dit?", (YES, NO)))
    other = ledger.open("web", "piet").id
    [_, asked] = ledger.messages(conversation)

    assert ledger.choice(conversation, asked.id, 1) == NO
    assert ledger.choice(conversation, asked.id, 2) is None
    assert ledger.choice(conversation, asked.id, -1) is None
    assert ledger.choice(conversation, "m_x", 0) is None
    assert ledger.choice(other, asked.id, 0) is None


# --- the turn -----------------------------------------------------------------------------------------------------


def test_an_answer_is_stored_with_the_message_that_it_answers(ledger, bell):
    ledger.receive(words(1))
    message = claimed(ledger)
    replies = [HELLO, Reply("Kies", (YES,), "https://x/y.png", {"type": "kaart"}, "utter_kies")]
    bell.heard.clear()

    assert ledger.answer(message, replies, message.epoch, trace={"intent": "groeten", "confidence": 0.9})

    asked, first, second = ledger.messages(message.conversation)
    assert (asked.state, asked.trace) == (State.ANSWERED, {"intent": "groeten", "confidence": 0.9})
    assert [(m.seq, m.author, m.state, m.answers) for m in (first, second)] == [
        (2, Author.BOT, State.SENT, asked.id),
        (3, Author.BOT, State.SENT, asked.id),
    ]
    assert (second.choices, second.image, second.custom, second.name) == (
        (YES,),
        "https://x/y.png",
        {"type": "kaart"},
        "utter_kies",
    )
    assert f"conversation:{message.conversation}" in bell.heard


def test_messages_of_a_conversation_are_worked_on_one_by_one_in_order(ledger):
    for number in (1, 2, 3):
        ledger.receive(words(number))

    first = claimed(ledger)
    assert ledger.claim_turn("another", LEASE) is None
    ledger.answer(first, [HELLO], first.epoch)

    assert [first.text, claimed(ledger).text] == ["bericht 1", "bericht 2"]


def test_conversations_do_not_wait_for_each_other(ledger, clock):
    ledger.receive(words(1))
    clock.passes(1)
    ledger.receive(words(2))
    ledger.receive(words(1, address="piet"))

    assert [claimed(ledger).text for _ in range(2)] == ["bericht 1", "bericht 1"]
    assert ledger.claim_turn("w", LEASE) is None


def test_a_message_is_answered_once_only(ledger):
    ledger.receive(words(1))
    message = claimed(ledger)

    assert ledger.answer(message, [HELLO], message.epoch)
    assert not ledger.answer(message, [HELLO], message.epoch)
    assert told(ledger, message.conversation) == [HELLO.text]


def test_a_worker_that_died_loses_its_message_when_the_lease_ran_out(ledger, clock):
    ledger.receive(words(1))
    lost = claimed(ledger, "dead")
    clock.passes(LEASE - 1)
    assert ledger.claim_turn("other", LEASE) is None
    clock.passes(1)

    taken_over = claimed(ledger, "other")

    assert (taken_over.id, taken_over.attempts) == (lost.id, 2)
    assert not ledger.answer(lost, [Reply("te laat")], lost.epoch)
    assert not ledger.retry(lost, clock.now(), "te laat")
    assert not ledger.fail(lost, "te laat")
    assert not ledger.hold(lost)
    assert ledger.answer(taken_over, [HELLO], taken_over.epoch)
    assert told(ledger, lost.conversation) == [HELLO.text]


def test_a_late_answer_counts_while_nobody_took_over(ledger, clock):
    ledger.receive(words(1))
    message = claimed(ledger)
    clock.passes(LEASE * 2)

    assert ledger.answer(message, [HELLO], message.epoch)


def test_a_lease_that_is_renewed_keeps_the_message(ledger, clock):
    ledger.receive(words(1))
    message = claimed(ledger)
    clock.passes(LEASE - 1)
    assert ledger.renew(message, LEASE)

    clock.passes(LEASE - 1)

    assert ledger.claim_turn("other", LEASE) is None
    clock.passes(1)
    assert claimed(ledger, "other").id == message.id
    assert not ledger.renew(message, LEASE)


def test_a_message_that_waits_for_another_try_holds_back_what_came_after_it(ledger, clock):
    ledger.receive(words(1))
    ledger.receive(words(2))
    message = claimed(ledger)

    assert ledger.retry(message, clock.after(30), "bot down")
    assert ledger.claim_turn("w", LEASE) is None
    clock.passes(30)

    again = claimed(ledger)
    assert (again.id, again.attempts, again.error) == (message.id, 2, "bot down")


def test_a_message_that_failed_lets_the_next_one_through(ledger):
    ledger.receive(words(1))
    ledger.receive(words(2))

    assert ledger.fail(claimed(ledger), "te vaak geprobeerd")

    assert claimed(ledger).text == "bericht 2"


def test_a_message_can_be_left_to_a_person(ledger):
    ledger.receive(words(1))
    message = claimed(ledger)

    assert ledger.hold(message)

    assert states(ledger, message.conversation) == [State.HELD]
    assert ledger.claim_turn("w", LEASE) is None


def test_a_reminder_is_not_there_until_it_is_due_and_holds_nothing_up(ledger, clock):
    conversation = ledger.open("web", "an").id
    ledger.leave(conversation, "/herinnering", external_id="r", due=clock.after(3600))
    ledger.receive(words(1))
    message = claimed(ledger)
    assert message.text == "bericht 1"
    ledger.answer(message, [HELLO], message.epoch)
    assert ledger.claim_turn("w", LEASE) is None

    clock.passes(3600)

    assert claimed(ledger).payload == "/herinnering"


def test_a_reminder_that_becomes_due_waits_for_the_turn_that_is_running(ledger, clock):
    conversation = ledger.open("web", "an").id
    ledger.leave(conversation, "/herinnering", external_id="r", due=clock.after(10))
    ledger.receive(words(1))
    message = claimed(ledger)
    clock.passes(20)
    assert ledger.claim_turn("w", LEASE) is None

    clock.passes(LEASE)

    assert claimed(ledger).id == message.id


def test_a_closed_conversation_gets_its_turn_and_can_be_opened_again_for_it(ledger):
    ledger.end(ledger.open("web", "an").id)
    ledger.receive(words(1))
    message = claimed(ledger)

    reopened = ledger.reopen(message.conversation)

    assert ledger.answer(message, [HELLO], reopened.epoch)


def test_an_answer_from_before_the_end_makes_place_for_a_new_turn(ledger):
    ledger.receive(words(1))
    message = claimed(ledger)
    ledger.end(message.conversation)

    assert not ledger.answer(message, [HELLO], message.epoch)

    again = claimed(ledger)
    assert (again.id, told(ledger, again.conversation)) == (message.id, [])
    assert ledger.answer(again, [HELLO], again.epoch)


def test_the_citizen_is_asked_for_patience_once_until_the_bot_answered(ledger):
    ledger.receive(words(1))
    message = claimed(ledger)

    assert ledger.ask_patience(message.conversation, LATE)
    assert not ledger.ask_patience(message.conversation, LATE)
    ledger.answer(message, [HELLO], message.epoch)
    assert ledger.ask_patience(message.conversation, LATE)

    assert told(ledger, message.conversation) == [LATE.text, HELLO.text, LATE.text]


def test_an_answer_of_nothing_is_an_answer(ledger):
    ledger.receive(words(1))
    message = claimed(ledger)

    assert ledger.answer(message, [], message.epoch)
    assert states(ledger, message.conversation) == [State.ANSWERED]


# --- delivery -----------------------------------------------------------------------------------------------------


@pytest.fixture
def answered(ledger):
    """Two replies wait to be sent in WhatsApp."""
    ledger.receive(words(1, channel="whatsapp"))
    message = claimed(ledger)
    ledger.answer(message, [Reply("een"), Reply("twee")], message.epoch)
    return message.conversation


def test_a_channel_that_fetches_has_nothing_to_be_delivered(ledger):
    ledger.receive(words(1))
    message = claimed(ledger)
    ledger.answer(message, [HELLO], message.epoch)

    assert ledger.claim_delivery("w", LEASE, ["web", "whatsapp"]) is None


def test_which_channels_fetch_is_said_by_whoever_makes_the_ledger(engine, clock, bell):
    ledger = Ledger(engine, clock, bell, VAULT, pull={"whatsapp"})
    conversation = ledger.open("whatsapp", "an").id

    assert ledger.say(conversation, HELLO).state is State.SENT
    assert ledger.say(ledger.open("web", "an").id, HELLO).state is State.QUEUED


def test_replies_are_sent_one_by_one_in_order(ledger, answered):
    first = to_send(ledger)
    assert ledger.claim_delivery("other", LEASE, ["whatsapp"]) is None
    ledger.sent(first, "wamid.1")

    second = to_send(ledger)

    assert [first.text, second.text] == ["een", "twee"]
    assert states(ledger, answered) == [State.ANSWERED, State.SENT, State.SENDING]
    assert ledger.messages(answered)[1].external_id == "wamid.1"


def test_a_channel_sends_only_its_own(ledger, answered):
    assert ledger.claim_delivery("w", LEASE, ["messenger"]) is None
    assert ledger.claim_delivery("w", LEASE, []) is None


def test_a_delivery_that_is_tried_again_later_holds_the_rest_back(ledger, clock, answered):
    first = to_send(ledger)
    assert ledger.retry_delivery(first, clock.after(10), "429")
    assert ledger.claim_delivery("w", LEASE, ["whatsapp"]) is None

    clock.passes(10)

    assert to_send(ledger).id == first.id


def test_a_delivery_that_failed_lets_the_rest_through(ledger, answered):
    assert ledger.fail_delivery(to_send(ledger), "131047")

    assert to_send(ledger).text == "twee"
    assert ledger.messages(answered)[1].error == "131047"


def test_a_delivery_of_which_nobody_knows_the_end_is_given_again(ledger, clock, answered):
    lost = to_send(ledger)
    clock.passes(LEASE)

    again = to_send(ledger)

    assert (again.id, again.attempts) == (lost.id, 2)
    assert not ledger.retry_delivery(lost, clock.now(), "te laat")


def test_the_house_speaks_in_the_same_row_of_messages(ledger, answered):
    ledger.say(answered, Reply("Er staat iemand voor je klaar."))

    assert [message.seq for message in ledger.messages(answered)] == [1, 2, 3, 4]
    assert ledger.messages(answered, after=3)[0].author is Author.SYSTEM


def test_a_receipt_moves_a_message_on(ledger, bell, answered):
    ledger.sent(to_send(ledger), "wamid.1")
    bell.heard.clear()

    assert ledger.mark(Receipt("whatsapp", "wamid.1", State.DELIVERED))

    assert ledger.messages(answered)[1].state is State.DELIVERED
    assert bell.heard == [f"conversation:{answered}"]


def test_a_receipt_that_nobody_knows_or_that_is_old_changes_nothing(ledger, answered):
    ledger.sent(to_send(ledger), "wamid.1")
    ledger.mark(Receipt("whatsapp", "wamid.1", State.READ))

    assert not ledger.mark(Receipt("whatsapp", "wamid.1", State.DELIVERED))
    assert not ledger.mark(Receipt("whatsapp", "wamid.1", State.FAILED, "131026"))
    assert not ledger.mark(Receipt("whatsapp", "onbekend", State.READ))
    assert not ledger.mark(Receipt("messenger", "wamid.1", State.READ))
    assert ledger.messages(answered)[1].state is State.READ


def test_a_receipt_says_nothing_about_what_a_citizen_sent(ledger, answered):
    assert not ledger.mark(Receipt("whatsapp", "an-1", State.READ))


def test_a_message_that_the_provider_could_not_deliver_says_why(ledger, answered):
    ledger.sent(to_send(ledger), "wamid.1")

    ledger.mark(Receipt("whatsapp", "wamid.1", State.FAILED, "131026"))

    message = ledger.messages(answered)[1]
    assert (message.state, message.error) == (State.FAILED, "131026")


def test_what_a_citizen_saw_is_read(ledger):
    ledger.receive(words(1))
    message = claimed(ledger)
    ledger.answer(message, [Reply("een"), Reply("twee")], message.epoch)

    ledger.mark_read(message.conversation, up_to=2)

    assert states(ledger, message.conversation) == [State.ANSWERED, State.READ, State.SENT]


# --- reading ------------------------------------------------------------------------------------------------------


def test_messages_are_read_page_by_page(ledger):
    for number in range(1, 8):
        conversation = ledger.receive(words(number)).message.conversation

    pages = [[m.seq for m in ledger.messages(conversation, after, 3)] for after in (0, 3, 6, 7)]

    assert pages == [[1, 2, 3], [4, 5, 6], [7], []]
    assert ledger.conversation(conversation).last_seq == 7


def test_the_last_rating_counts(ledger, engine):
    conversation = ledger.open("web", "an").id
    ledger.rate(conversation, 2)
    ledger.rate(conversation, 5, " /prima")

    with engine.connect() as db:
        [row] = db.exec_driver_sql("SELECT score, remark FROM conversations")
    assert tuple(row) == (5, "prima")
