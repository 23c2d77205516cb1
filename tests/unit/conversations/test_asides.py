"""What happens beside the talk."""

from datetime import timedelta

import pytest

from conversations.asides import has_parked, last_said
from conversations.model import (
    Change,
    Incoming,
    Moved,
    Overheard,
    Receipt,
    Remark,
    Reply,
    State,
    Watermark,
)
from tests.unit.conversations.setting import to_send

ADDRESS = "3247"


@pytest.fixture
def conversation(ledger):
    return ledger.open("whatsapp", ADDRESS).id


def hear(ledger, name="w1", text="hallo", **more):
    return ledger.receive(Incoming("whatsapp", ADDRESS, name, text=text, **more)).message


def sent(ledger, conversation, text, name):
    said = ledger.say(conversation, Reply(text, name=text))
    ledger.sent(to_send(ledger), name)
    return said


def row(ledger, conversation, message):
    return next(m for m in ledger.messages(conversation) if m.id == message.id)


def test_everything_until_a_moment_was_read(ledger, conversation, clock):
    first = sent(ledger, conversation, "een", "o1")
    clock.passes(10)
    until = clock.now()
    clock.passes(10)
    second = sent(ledger, conversation, "twee", "o2")

    assert ledger.mark(Watermark("whatsapp", ADDRESS, State.READ, until))
    assert not ledger.mark(Watermark("whatsapp", ADDRESS, State.DELIVERED, until))
    assert row(ledger, conversation, first).state is State.READ
    assert row(ledger, conversation, second).state is State.SENT


def test_an_edit_keeps_what_was_said_first(ledger, conversation):
    said = hear(ledger, text="Kerkstrat 5")
    for text in ("Kerkstraat 5", "/Kerkstraat 7"):
        ledger.mark(Remark("whatsapp", ADDRESS, "w1", Change.EDITED, text))

    kept = row(ledger, conversation, said)
    assert kept.text == "Kerkstrat 5"
    assert kept.custom["edited"] == ["Kerkstraat 5", "Kerkstraat 7"]


def test_a_message_that_was_taken_back_says_so(ledger, conversation):
    said = hear(ledger)
    ledger.mark(Remark("whatsapp", ADDRESS, "w1", Change.REVOKED))

    assert row(ledger, conversation, said).custom == {"revoked": True}


def test_a_reaction_stands_with_what_it_is_about_and_wakes_nobody(ledger, conversation, bell):
    said = sent(ledger, conversation, "een", "o1")
    bell.heard.clear()

    assert ledger.mark(Remark("whatsapp", ADDRESS, "o1", Change.REACTION, "👍"))
    assert row(ledger, conversation, said).custom == {"reaction": "👍"}
    assert "turns" not in bell.heard


def test_nobody_edits_what_we_said_or_what_somebody_else_said(ledger, conversation):
    sent(ledger, conversation, "een", "o1")
    ledger.receive(Incoming("whatsapp", "3248", "w9", text="van een ander"))

    assert not ledger.mark(Remark("whatsapp", ADDRESS, "o1", Change.EDITED, "iets anders"))
    assert not ledger.mark(Remark("whatsapp", ADDRESS, "w9", Change.EDITED, "iets anders"))
    assert not ledger.mark(Remark("whatsapp", ADDRESS, "nowhere", Change.REACTION, "👍"))


def test_what_a_colleague_said_elsewhere_is_kept_once(ledger, conversation):
    for _ in range(2):
        ledger.overhear(Overheard("whatsapp", ADDRESS, "e1", "Dag, met Sanne"), timedelta(hours=24))

    assert [(m.author, m.text, m.state) for m in ledger.messages(conversation)] == [
        ("agent", "Dag, met Sanne", State.SENT)
    ]


def test_the_last_moment_of_the_citizen_is_by_the_channels_clock(ledger, conversation, clock):
    now = clock.utc()
    hear(ledger, "w1", sent_at=clock.after(-60))
    hear(ledger, "w2", sent_at=clock.after(-600))
    assert ledger.conversation(conversation).heard_at == clock.after(-60)

    hear(ledger, "w3", sent_at=clock.after(3600))  # a clock that runs ahead
    assert ledger.conversation(conversation).heard_at == now


def test_what_is_parked_is_in_nobodys_way_until_he_writes(ledger, conversation, clock):
    ledger.say(conversation, Reply("nieuws"))
    ledger.park(to_send(ledger), "write_first")

    assert has_parked(ledger.engine, conversation)
    assert ledger.claim_delivery("w", 60, ["whatsapp"]) is None
    hear(ledger)
    assert to_send(ledger).text == "nieuws"
    assert not has_parked(ledger.engine, conversation)


def test_the_same_notice_again_does_not_park_what_was_sent_anew(ledger, conversation):
    said = sent(ledger, conversation, "nieuws", "o1")
    late = Receipt("whatsapp", "o1", State.PARKED, "131047", reference=said.id)
    assert ledger.mark(late)
    hear(ledger)
    ledger.sent(to_send(ledger), "o2")

    assert not ledger.mark(late)
    assert row(ledger, conversation, said).state is State.SENT


def test_the_name_of_what_was_last_said_is_known(ledger, conversation):
    assert last_said(ledger.engine, conversation) is None
    ledger.say(conversation, Reply("dag", name="utter_dag"))
    hear(ledger)

    assert last_said(ledger.engine, conversation) == "utter_dag"


def test_a_move_that_concerns_nobody_is_no_error(ledger):
    assert ledger.move(Moved("whatsapp", "1", "2")) is None
