import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Tapped, Unreadable
from connectors.web import WebChannel, is_shown, message_json, whole_number
from conversations.model import JSON, Author, Choice, Incoming, Kind, Message, Place, State

ID = "0b0c6c9e-aaaa"
web = WebChannel({"https://www.leiestad.example"})


def parse(**body: JSON) -> Incoming:
    [incoming] = web.parse(json.dumps({"client_msg_id": ID, **body}).encode(), "c_1")
    return incoming


def code_of(body: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        web.parse(body, "c_1")
    return refused.value.code


def test_a_text_belongs_to_the_conversation_of_the_token() -> None:
    assert parse(type="text", text=" hallo ") == Incoming("web", "c_1", f"c_1:{ID}", text="hallo")


@pytest.mark.parametrize("typed", ["/restart", " //restart", "\u200b/restart", "\n/ /restart"])
def test_a_text_loses_its_leading_slashes(typed: str) -> None:
    assert parse(type="text", text=typed).text == "restart"


def test_half_a_surrogate_and_a_nul_do_not_come_in() -> None:
    assert parse(type="text", text="a\ud800b\x00c").text == "abc"


def test_a_choice_names_a_message_and_a_number() -> None:
    tapped = parse(type="choice", message_id="m_9", choice=1)

    assert isinstance(tapped, Tapped)
    assert (tapped.kind, tapped.message, tapped.number, tapped.payload) == (Kind.CHOICE, "m_9", 1, None)


def test_an_attachment_is_named_by_its_id() -> None:
    incoming = parse(type="attachment", attachment="a_1")

    assert (incoming.kind, incoming.attachment) == (Kind.ATTACHMENT, "a_1")


def test_a_place_without_a_name_is_told_by_its_degrees() -> None:
    assert parse(type="location", latitude=50.82, longitude=3.26).text == "50.82000, 3.26000"
    named = parse(type="location", latitude=50, longitude=3.26, text="Grote Markt")
    assert (named.text, named.place) == ("Grote Markt", Place(50.0, 3.26))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "broken_json"),
        (b"{", "broken_json"),
        (b"\xff", "broken_json"),
        (b"[" * 100_000, "broken_json"),
        (b'{"a":' + b"9" * 5000 + b"}", "broken_json"),
        (b"[]", "invalid"),
        (b"null", "invalid"),
        (b'{"type":"text","text":"hallo"}', "invalid"),
        (b'{"client_msg_id":"short","type":"text","text":"hallo"}', "invalid"),
        (b'{"client_msg_id":"12345678","type":"event","text":"hallo"}', "invalid"),
        (b'{"client_msg_id":"12345678","type":["text"],"text":"hallo"}', "invalid"),
        (b'{"client_msg_id":"12345678","type":"text","text":7}', "invalid"),
        (b'{"client_msg_id":"12345678","type":"text"}', "empty_text"),
        (b'{"client_msg_id":"12345678","type":"text","text":" / "}', "empty_text"),
        (b'{"client_msg_id":"12345678","type":"text","text":"' + b"x" * 2001 + b'"}', "text_too_long"),
        (b'{"client_msg_id":"12345678","type":"choice","message_id":"m","choice":true}', "invalid"),
        (b'{"client_msg_id":"12345678","type":"choice","message_id":"m","choice":-1}', "invalid"),
        (b'{"client_msg_id":"12345678","type":"choice","message_id":"m","choice":1.0}', "invalid"),
        (b'{"client_msg_id":"12345678","type":"attachment","attachment":""}', "unknown_attachment"),
        (b'{"client_msg_id":"12345678","type":"location","latitude":91,"longitude":3}', "invalid"),
        (b'{"client_msg_id":"12345678","type":"location","latitude":NaN,"longitude":3}', "invalid"),
        (b'{"client_msg_id":"12345678","type":"location","latitude":"50","longitude":3}', "invalid"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_code(body: bytes, code: str) -> None:
    assert code_of(body) == code


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
fields = st.sampled_from(
    ["client_msg_id", "type", "text", "message_id", "choice", "attachment", "latitude", "longitude"]
)
values = anything | st.sampled_from(["text", "choice", "attachment", "location", "12345678"])


@given(st.dictionaries(fields, values))
def test_no_json_whatever_raises_anything_but_unreadable(body: dict[str, JSON]) -> None:
    try:
        [incoming] = web.parse(json.dumps(body).encode(), "c_1")
    except Unreadable:
        return
    assert not incoming.text.startswith("/")
    incoming.text.encode()


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({}, True),
        ({"origin": "https://www.leiestad.example"}, True),
        ({"origin": "http://localhost:8080", "host": "localhost:8080"}, True),
        ({"origin": "https://evil.example", "host": "localhost:8080"}, False),
        ({"origin": "https://www.leiestad.example.evil.example"}, False),
        ({"origin": "https://WWW.leiestad.example:443"}, False),
        ({"origin": "http://www.leiestad.example"}, False),
        ({"origin": "null", "host": ""}, False),
        ({"origin": "", "host": ""}, False),
        ({"origin": "http://[", "host": "["}, False),
        ({"origin": "file://localhost:8080", "host": "localhost:8080"}, False),
    ],
)
def test_only_pages_that_we_know_may_speak(headers: dict[str, str], ours: bool) -> None:
    assert web.verify(b"", headers) is ours


def a_message(**changes: JSON) -> Message:
    known: dict[str, JSON] = {
        "id": "m_1",
        "conversation": "c",
        "seq": 4,
        "author": Author.BOT,
        "kind": Kind.TEXT,
        "state": State.SENT,
        "text": "Klopt dit?",
        "epoch": 1,
        "created_at": datetime(2026, 11, 22, 9, tzinfo=UTC),
    }
    return Message(**{**known, **changes})


def test_a_message_shows_the_titles_of_its_choices_and_never_their_payloads() -> None:
    shown = message_json(a_message(choices=(Choice("Ja", "/bevestigen"),)))

    assert shown["choices"] == [{"n": 0, "title": "Ja"}]
    assert "/bevestigen" not in json.dumps(shown)
    assert (shown["seq"], shown["from"], shown["type"]) == (4, "bot", "text")


def test_what_a_message_asks_for_beside_words_is_told():
    assert message_json(a_message(custom={"type": "ask_place"}))["custom"] == {"type": "ask_place"}
    assert "custom" not in message_json(a_message())


def test_a_citizen_gets_his_own_id_back() -> None:
    assert message_json(a_message(author=Author.CITIZEN, external_id=f"c_1:{ID}"))["client_msg_id"] == ID


def test_events_of_the_house_and_what_was_taken_back_are_not_shown() -> None:
    assert is_shown(a_message())
    assert not is_shown(a_message(kind=Kind.EVENT))
    assert not is_shown(a_message(state=State.CANCELLED))


def test_a_boolean_is_no_number() -> None:
    with pytest.raises(Unreadable):
        whole_number(True)
