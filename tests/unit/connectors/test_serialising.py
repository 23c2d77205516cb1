"""What goes to Meta, for every form of a piece; and that it keeps to the limits that Meta wrote down."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Capabilities, File, Link, Markup, Option, Piece, Shape
from connectors.markup import written
from connectors.messenger import Messenger
from connectors.messenger import serialising as messenger
from connectors.rendering import fit
from connectors.whatsapp import WhatsApp
from connectors.whatsapp import serialising as whatsapp
from conversations.model import Author, Choice, Kind, Message, Reply, State

MESSAGE = Message("m_0a", "c_1", 1, Author.BOT, Kind.TEXT, State.SENDING, "", 1, datetime(2026, 11, 23, tzinfo=UTC))
PHONE, USER = "32470000001", "BE.13491208655302741918"
OPTIONS = (Option(0, "Ja"), Option(1, "Een lange keuze…", "Een lange keuze in het kort"))
PDF = File("77", "attest.pdf", "application/pdf")
PHOTO = File("78", "put.jpg", "image/jpeg")


def to_whatsapp(piece: Piece, address: str = PHONE) -> dict[str, Any]:
    return whatsapp.payload(piece, MESSAGE, address, "Kies")


def test_whatsapp_gets_a_text_with_our_reference() -> None:
    assert to_whatsapp(Piece("Dag", reference="m_0a")) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": PHONE,
        "type": "text",
        "text": {"body": "Dag", "preview_url": False},
        "biz_opaque_callback_data": "m_0a",
    }


def test_who_hides_his_number_is_reached_by_his_id() -> None:
    sent = to_whatsapp(Piece("Dag"), USER)

    assert sent["recipient"] == USER
    assert "to" not in sent


@pytest.mark.parametrize(
    ("piece", "interactive"),
    [
        (
            Piece("Klopt dit?", Shape.BUTTONS, OPTIONS[:1]),
            {
                "body": {"text": "Klopt dit?"},
                "type": "button",
                "action": {"buttons": [{"type": "reply", "reply": {"id": "b:m_0a:0", "title": "Ja"}}]},
            },
        ),
        (
            Piece("Kies", Shape.LIST, OPTIONS),
            {
                "body": {"text": "Kies"},
                "type": "list",
                "action": {
                    "button": "Kies",
                    "sections": [
                        {
                            "rows": [
                                {"id": "b:m_0a:0", "title": "Ja"},
                                {
                                    "id": "b:m_0a:1",
                                    "title": "Een lange keuze…",
                                    "description": "Een lange keuze in het kort",
                                },
                            ]
                        }
                    ],
                },
            },
        ),
        (
            Piece("Meld je aan.", Shape.LINK, link=Link("Aanmelden", "https://x.example/l")),
            {
                "body": {"text": "Meld je aan."},
                "type": "cta_url",
                "action": {
                    "name": "cta_url",
                    "parameters": {"display_text": "Aanmelden", "url": "https://x.example/l"},
                },
            },
        ),
    ],
)
def test_whatsapp_gets_buttons_a_list_or_an_address(piece: Piece, interactive: dict[str, Any]) -> None:
    assert to_whatsapp(piece)["interactive"] == interactive


def test_whatsapp_gets_files_by_their_id() -> None:
    assert to_whatsapp(Piece(file=PDF))["document"] == {"id": "77", "filename": "attest.pdf"}
    assert to_whatsapp(Piece(file=PHOTO))["image"] == {"id": "78"}
    assert to_whatsapp(Piece(image="https://x.example/kaart.png"))["image"] == {"link": "https://x.example/kaart.png"}


def test_a_template_has_a_name_and_a_language() -> None:
    assert whatsapp.template(PHONE, "nieuws", "nl")["template"] == {"name": "nieuws", "language": {"code": "nl"}}


@pytest.mark.parametrize(
    ("piece", "message"),
    [
        (Piece("Dag"), {"text": "Dag"}),
        (
            Piece("Klopt dit?", Shape.BUTTONS, OPTIONS[:1]),
            {
                "text": "Klopt dit?",
                "quick_replies": [{"content_type": "text", "title": "Ja", "payload": "b:m_0a:0"}],
            },
        ),
        (
            Piece("Meld je aan.", Shape.LINK, link=Link("Aanmelden", "https://x.example/l")),
            {
                "attachment": {
                    "type": "template",
                    "payload": {
                        "template_type": "button",
                        "text": "Meld je aan.",
                        "buttons": [{"type": "web_url", "title": "Aanmelden", "url": "https://x.example/l"}],
                    },
                }
            },
        ),
        (Piece(file=PDF), {"attachment": {"type": "file", "payload": {"attachment_id": "77"}}}),
        (Piece(file=PHOTO), {"attachment": {"type": "image", "payload": {"attachment_id": "78"}}}),
        (Piece(image="https://x/k.png"), {"attachment": {"type": "image", "payload": {"url": "https://x/k.png"}}}),
    ],
)
def test_messenger_gets_each_form_with_our_reference(piece: Piece, message: dict[str, Any]) -> None:
    assert messenger.payload(piece, MESSAGE, "7100") == {
        "recipient": {"id": "7100"},
        "messaging_type": "RESPONSE",
        "message": {**message, "metadata": ""},
    }


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (Markup.MARKDOWN, "Bel **112** of kijk op [de site](https://x.example/a)."),
        (Markup.WHATSAPP, "Bel *112* of kijk op de site: https://x.example/a."),
        (Markup.NONE, "Bel 112 of kijk op de site: https://x.example/a."),
    ],
)
def test_bold_and_links_are_written_as_the_channel_does(markup: Markup, expected: str) -> None:
    assert written("Bel **112** of kijk op [de site](https://x.example/a).", markup) == expected


def test_a_link_that_names_itself_is_not_told_twice() -> None:
    assert written("[https://x.example](https://x.example)", Markup.NONE) == "https://x.example"
    assert written("[x.example/a](https://x.example/a)", Markup.NONE) == "https://x.example/a"
    assert written("2 ** 3 ** 4", Markup.WHATSAPP) == "2 ** 3 ** 4"


def test_an_address_hangs_below_the_text_where_there_is_a_button_for_it() -> None:
    link = Link("Aanmelden", "https://x.example/l")

    [piece] = fit(Reply("Meld je aan."), WhatsApp.capabilities, link)
    [plain] = fit(Reply("Meld je aan."), Capabilities(text=200), link)
    [chosen] = fit(Reply("Meld je aan.", (Choice("Stop", "/stop"),)), WhatsApp.capabilities, link)

    assert (piece.shape, piece.link) == (Shape.LINK, link)
    assert plain.text == "Meld je aan.\n\nAanmelden: https://x.example/l"
    assert chosen.text == plain.text
    assert chosen.shape is Shape.BUTTONS


TITLES = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=60).filter(str.strip)


@given(text=st.text(min_size=1, max_size=6000).filter(str.strip), titles=st.lists(TITLES, max_size=15))
def test_nothing_goes_beyond_what_whatsapp_takes(text: str, titles: list[str]) -> None:
    for piece in fit(Reply(text, tuple(Choice(t, "/x") for t in titles)), WhatsApp.capabilities):
        sent = to_whatsapp(piece)
        if sent["type"] == "text":
            assert 1 <= len(sent["text"]["body"]) <= 4096
            continue
        interactive = sent["interactive"]
        assert 1 <= len(interactive["body"]["text"]) <= 1024
        if interactive["type"] == "button":
            names = [button["reply"]["title"] for button in interactive["action"]["buttons"]]
            assert len(names) <= 3
            assert len(set(names)) == len(names)
            assert all(1 <= len(name) <= 20 for name in names)
        else:
            [section] = interactive["action"]["sections"]
            assert len(section["rows"]) <= 10
            assert all(len(row["title"]) <= 24 and len(row.get("description", "")) <= 72 for row in section["rows"])
            assert all(len(row["id"]) <= 200 for row in section["rows"])


@given(text=st.text(min_size=1, max_size=6000).filter(str.strip), titles=st.lists(TITLES, max_size=15))
def test_nothing_goes_beyond_what_messenger_takes(text: str, titles: list[str]) -> None:
    for piece in fit(Reply(text, tuple(Choice(t, "/x") for t in titles)), Messenger.capabilities):
        sent = messenger.payload(piece, MESSAGE, "7100")["message"]
        assert 1 <= len(sent["text"]) <= 2000
        replies = sent.get("quick_replies", [])
        assert len(replies) <= 13
        assert all(len(reply["title"]) <= 20 for reply in replies)
