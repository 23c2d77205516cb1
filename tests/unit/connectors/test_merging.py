from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import LINK, Capabilities
from connectors.merging import merged
from connectors.rendering import fit
from connectors.whatsapp import WhatsApp
from conversations.model import Choice, Reply

WHATSAPP = WhatsApp.capabilities
FILED = Reply("Je melding is geregistreerd.", name="utter_melding_ingediend")
YES_NO = (Choice("Ja", "/bevestigen"), Choice("Nee", "/ontkennen"))
MORE = Reply("Kan ik nog iets doen?", YES_NO, name="utter_algemeen_nog_iets")
LINKED = Reply("Meld je aan.", custom={"type": LINK, "link": "l_1", "title": "Aanmelden"})


def test_texts_go_before_the_question_that_follows_them_in_one_message() -> None:
    nameless = Reply("Dank je.\n")

    assert merged([nameless, FILED, MORE], WHATSAPP) == (
        Reply(
            "Dank je.\n\nJe melding is geregistreerd.\n\nKan ik nog iets doen?",
            YES_NO,
            name=" utter_melding_ingediend utter_algemeen_nog_iets",
        ),
    )


def test_where_messages_are_not_scarce_every_reply_stays_one() -> None:
    assert merged([FILED, MORE], replace(WHATSAPP, merges=False)) == (FILED, MORE)


def test_what_was_to_be_chosen_before_stays_above_what_is_said_after_it() -> None:
    assert merged([MORE, FILED, FILED], WHATSAPP)[0] == MORE
    assert len(merged([MORE, FILED, FILED], WHATSAPP)) == 2


@pytest.mark.parametrize(
    "own",
    [
        replace(FILED, image="https://leiestad.example/plan.png"),
        replace(FILED, attachment="a_1"),
        Reply(custom={"type": "conversation_end"}),
    ],
    ids=["an image", "a file", "only a command"],
)
def test_what_is_more_than_a_text_stays_between_the_texts(own: Reply) -> None:
    assert merged([FILED, own, FILED, MORE], WHATSAPP)[:2] == (FILED, own)
    assert len(merged([FILED, own, FILED, MORE], WHATSAPP)) == 3


def test_what_the_last_one_brings_along_stays_with_it() -> None:
    asks_place = {"type": "ask_place"}

    assert merged([FILED, Reply("Waar?", custom=asks_place)], WHATSAPP)[0].custom == asks_place
    assert len(merged([Reply("Waar?", custom=asks_place), FILED], WHATSAPP)) == 2


@pytest.mark.parametrize(
    ("room", "last"),
    [
        (4096, Reply("x")),
        (1024, Reply("x", YES_NO)),
        (1024, Reply("x", tuple(Choice(f"Keuze {n}", f"/{n}") for n in range(9)))),
        (4096 - len("\n\n" + "\n".join(f"{n}. abc" for n in range(1, 12))), Reply("x", (Choice("abc", "/a"),) * 11)),
        (1024, replace(LINKED, text="x")),
    ],
    ids=["a text", "buttons", "a list", "numbers", "a link"],
)
def test_together_they_are_no_longer_than_what_they_become_may_be(room: int, last: Reply) -> None:
    just = room - len("\n\nx")

    assert len(merged([Reply("y" * just), last], WHATSAPP)) == 1
    assert len(merged([Reply("y" * (just + 1)), last], WHATSAPP)) == 2


replies = st.builds(
    Reply,
    text=st.text("abc \n", max_size=40),
    choices=st.just(()) | st.just(YES_NO),
    image=st.none() | st.just("https://leiestad.example/plan.png"),
    custom=st.just({}) | st.just({"type": "ask_place"}),
)


def _pieces(said: tuple[Reply, ...], capabilities: Capabilities) -> int:
    return sum(len(fit(reply, capabilities)) for reply in said)


@given(st.lists(replies, max_size=6).map(tuple), st.integers(20, 80))
def test_nothing_is_lost_and_the_order_stays(said: tuple[Reply, ...], most: int) -> None:
    narrow = replace(WHATSAPP, text=most, text_with_choices=20)
    fewer = merged(said, narrow)

    assert _pieces(fewer, narrow) <= _pieces(said, narrow)
    assert [c for r in fewer for c in r.choices] == [c for r in said for c in r.choices]
    assert " ".join(r.text for r in fewer).split() == " ".join(r.text for r in said).split()
    assert [r.image for r in fewer if r.image] == [r.image for r in said if r.image]
