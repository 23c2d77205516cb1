"""What an agent offers to tap: kept, shown on each channel, and come back as words."""

from dataclasses import replace

import pytest

from connectors.base import Shape
from connectors.bot_client import _request
from connectors.messenger import Messenger
from connectors.rendering import fit
from connectors.web import WebChannel
from connectors.whatsapp import WhatsApp
from conversations.model import Choice, Holder, Kind, Reply, State
from desk.canned import read_canned
from desk.work import Unusable
from tests.unit.conversations.setting import words

OFFERS = "Ja graag\r\n\n Nee bedankt \n"


@pytest.fixture
def his(work, sanne, asks):
    conversation = asks(sticky=True)
    work.take(sanne, conversation)
    return conversation


def said(work, conversation, text):
    return next(m for m in work.ledger.messages(conversation) if m.text == text)


@pytest.mark.req("WA-03")
@pytest.mark.parametrize(
    ("channel", "offers", "shape"),
    [
        (WebChannel, OFFERS, Shape.BUTTONS),
        (WhatsApp, OFFERS, Shape.BUTTONS),
        (WhatsApp, "een\ntwee\ndrie\nvier", Shape.LIST),
        (Messenger, OFFERS, Shape.BUTTONS),
    ],
)
def test_the_choices_of_an_agent_hang_below_his_answer_on_every_channel(work, sanne, his, channel, offers, shape):
    work.answer(sanne, his, "Past dat?", "1", offers=offers)

    kept = said(work, his, "Past dat?").choices
    titles = [line.strip() for line in offers.splitlines() if line.strip()]
    assert [choice.title for choice in kept] == titles
    [piece] = fit(Reply("Past dat?", kept), channel.capabilities)
    assert (piece.shape, [option.title for option in piece.options]) == (shape, titles)


@pytest.mark.parametrize(
    ("text", "offers", "code"),
    [
        ("Past dat?", "Ja", "knoppen_aantal"),
        ("Past dat?", "1\n2\n3\n4\n5\n6", "knoppen_aantal"),
        ("Past dat?", "Ja\n" + "a" * 21, "knoppen_lang"),
        ("Past dat?", "Ja\nja", "knoppen_dubbel"),
        ("Past dat?", "Ja {naam}\nNee", "niet_ingevuld"),
        (" ", "Ja\nNee", "leeg"),
    ],
)
def test_choices_that_cannot_be_offered_are_refused_and_nothing_is_sent(work, sanne, his, text, offers, code):
    before = work.ledger.messages(his)
    with pytest.raises(Unusable) as error:
        work.answer(sanne, his, text, "1", offers=offers)

    assert error.value.code == code
    assert work.ledger.messages(his) == before


@pytest.mark.req("WA-03")
@pytest.mark.parametrize("typed", [None, "2", "nee bedankt"])
def test_the_agent_reads_the_title_of_what_was_tapped_or_typed(work, sanne, his, typed):
    work.answer(sanne, his, "Past dat?", "1", offers=OFFERS)
    tap = replace(words(2), kind=Kind.CHOICE, text="", payload="Nee bedankt")

    work.ledger.receive(words(2, text=typed) if typed else tap)

    *_, shown = [line.message for line in work.view(sanne, his).timeline if line.message]
    assert (shown.text, shown.payload) == ("Nee bedankt", None)
    assert work.ledger.conversation(his).holder is Holder.AGENT


def test_a_tap_after_the_conversation_was_given_back_reaches_the_bot_as_typed_words(work, sanne, his):
    work.answer(sanne, his, "Past dat?", "1", offers="/restart\nNee")
    work.give_back(sanne, his, "attest")
    command, _ = said(work, his, "Past dat?").choices
    tapped = work.ledger.receive(replace(words(2), kind=Kind.CHOICE, text="", payload=command.payload)).message

    asked = _request(tapped, "web", new_session=False)
    assert tapped.state is State.RECEIVED
    assert (asked.get("text"), "payload" in asked) == ("restart", False)


def test_what_the_bot_offers_stays_a_command(work, sanne, his):
    work.ledger.say(his, Reply("Zeker?", (Choice("Ja", "/bevestigen"),)))
    tapped = work.ledger.receive(words(2, text="1")).message

    assert (tapped.kind, tapped.text, tapped.payload) == (Kind.CHOICE, "1", "/bevestigen")


def test_a_ready_made_answer_brings_its_choices():
    [canned] = read_canned({"antwoorden": [{"titel": "a", "tekst": "Dag {naam}", "knoppen": ["Ja", "Nee"]}]})

    assert canned.filled({"naam": "An"}).choices == ("Ja", "Nee")
