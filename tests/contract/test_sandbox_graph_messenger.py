"""The sandbox's Messenger against what is known of Meta's: every limit, window and error."""

import hashlib
import hmac
import json

import pytest
import requests

from sandbox.graph.profile import FIELDS
from tests.contract.graph import PAGE, TOKENS, call, phone, refusal

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
DAG = {"text": "dag"}


@pytest.fixture
def sandbox(running, front):
    running.set_clock("2026-11-23T09:30:00")
    running.reset()
    assert profile(running, {"fields": list(FIELDS)}, "DELETE").ok
    front.taken.clear()
    return running


@pytest.fixture
def lien(sandbox):
    return phone(sandbox, "messenger")


def quick(*titles, **reply):
    replies = [{"content_type": "text", "title": title, "payload": "p", **reply} for title in titles]
    return {"text": "Kies", "quick_replies": replies}


def postback(title="Ja", payload="p"):
    return {"type": "postback", "title": title, "payload": payload}


def web(title="Aanmelden", url="https://balie.example/login/x"):
    return {"type": "web_url", "title": title, "url": url}


def under(text, *buttons):
    payload = {"template_type": "button", "text": text, "buttons": list(buttons)}
    return {"attachment": {"type": "template", "payload": payload}}


def cards(*elements):
    return {"attachment": {"type": "template", "payload": {"template_type": "generic", "elements": list(elements)}}}


def image(**payload):
    return {"attachment": {"type": "image", "payload": payload}}


def profile(sandbox, body=None, method="POST", token="sandbox-messenger", **query):
    return requests.request(
        method,
        f"{sandbox.url}/graph/v25.0/me/messenger_profile",
        json=body,
        params=query,
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )


def upload(sandbox, content=PNG, kind="image", media_type="image/png"):
    return requests.post(
        f"{sandbox.url}/graph/v25.0/{PAGE}/message_attachments",
        data={"message": json.dumps({"attachment": {"type": kind, "payload": {"is_reusable": True}}})},
        files={"filedata": ("foto.png", content, media_type)},
        headers={"Authorization": f"Bearer {TOKENS['messenger']}"},
        timeout=10,
    )


def test_a_text_is_accepted_and_stands_on_the_phone(lien):
    known = lien.send(message=DAG).json()

    assert known == {"recipient_id": lien.address, "message_id": lien.shown[-1]["id"]}
    assert lien.shown[-1]["text"] == "dag"


def test_the_page_may_be_called_by_its_id(sandbox, lien):
    body = {"recipient": {"id": lien.address}, "messaging_type": "RESPONSE", "message": DAG}
    assert call(sandbox, f"{PAGE}/messages", body, product="messenger").ok


@pytest.mark.parametrize(
    ("token", "expected"), [(None, (401, 190, None)), ("x", (401, 190, None)), ("sandbox-whatsapp", (403, 200, None))]
)
def test_only_the_pages_own_token_sends(sandbox, token, expected):
    assert refusal(call(sandbox, "me/messages", {}, token=token)) == expected


def test_a_proof_that_is_given_must_be_right(sandbox, lien):
    body = {"recipient": {"id": lien.address}, "messaging_type": "RESPONSE", "message": DAG}
    proof = hmac.new(b"sandbox-messenger-secret", b"sandbox-messenger", hashlib.sha256).hexdigest()

    assert call(sandbox, f"me/messages?appsecret_proof={proof}", body, product="messenger").ok
    assert refusal(call(sandbox, "me/messages?appsecret_proof=0", body, product="messenger")) == (400, 100, None)


ACCEPTED = {
    "the longest text": {"text": "x" * 2000, "metadata": "x" * 1000},
    "thirteen quick replies": quick(*(f"{n}" for n in range(13))),
    "the longest quick reply": quick("x" * 20, payload="x" * 1000),
    "three buttons": under("x" * 640, postback("x" * 20, "x" * 1000), postback(), web()),
    "ten cards": cards(*({"title": "x" * 80, "subtitle": "x" * 80, "buttons": [web()]} for _ in range(10))),
    "an image from an address": image(url="https://x.example/a.png", is_reusable=True),
}
REFUSED = {
    "a text that is too long": {"text": "x" * 2001},
    "nothing": {},
    "a text and a picture": {"text": "dag", **image(url="https://x.example/a.png")},
    "a mark that is too long": {"text": "dag", "metadata": "x" * 1001},
    "an unknown field": {"text": "dag", "colour": "red"},
    "fourteen quick replies": quick(*(f"{n}" for n in range(14))),
    "no quick replies": quick(),
    "a quick reply that is too long": quick("x" * 21),
    "a payload that is too long": quick("Ja", payload="x" * 1001),
    "quick replies below buttons": {**under("Kies", postback()), "quick_replies": quick("Ja")["quick_replies"]},
    "a text above buttons that is too long": under("x" * 641, postback()),
    "four buttons": under("Kies", *(postback() for _ in range(4))),
    "no buttons": under("Kies"),
    "a button that is too long": under("Kies", postback("x" * 21)),
    "a payload of a button that is too long": under("Kies", postback(payload="x" * 1001)),
    "a button without an address": under("Kies", {"type": "web_url", "title": "x"}),
    "an address that is none": under("Kies", web(url="javascript:alert(1)")),
    "a kind of button that we do not know": under("Kies", {"type": "game_play", "title": "x"}),
    "eleven cards": cards(*({"title": "x", "subtitle": "y"} for _ in range(11))),
    "a card with a title alone": cards({"title": "x"}),
    "a title of a card that is too long": cards({"title": "x" * 81, "subtitle": "y"}),
    "four buttons on a card": cards({"title": "x", "buttons": [postback()] * 4}),
    "an attachment that was never uploaded": image(attachment_id="12"),
    "a picture from two places": image(attachment_id="12", url="https://x.example/a.png"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_within_the_limits_is_accepted(lien, name):
    answer = lien.send(message=ACCEPTED[name])
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_beyond_the_limits_is_refused(lien, name):
    assert refusal(lien.send(message=REFUSED[name])) == (400, 100, None)
    assert [message["from"] for message in lien.shown] == ["citizen"]


def test_every_message_says_why_it_is_sent(sandbox, lien):
    assert refusal(lien.send(message=DAG, messaging_type=None)) == (400, 100, None)
    assert refusal(lien.send(message=DAG, messaging_type="SPAM")) == (400, 100, None)
    assert refusal(lien.send(message=DAG, tag="HUMAN_AGENT")) == (400, 100, None)
    assert lien.send(message=DAG, messaging_type="UPDATE").ok


def test_after_a_day_only_a_human_may_answer_and_after_a_week_nobody(sandbox, lien):
    human = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT", "message": DAG}
    sandbox.set_clock("2026-11-24T09:31:00")
    assert refusal(lien.send(message=DAG)) == (400, 10, 2018278)
    assert refusal(lien.send(sender_action="typing_on", messaging_type=None)) == (400, 10, 2018278)
    assert lien.send(**human).ok
    assert lien.shown[-1]["author"] == "HUMAN_AGENT"

    sandbox.set_clock("2026-11-30T09:31:00")
    assert refusal(lien.send(**human)) == (400, 10, 2018278)


@pytest.mark.parametrize("tag", ["CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE", None])
def test_the_tags_that_are_gone_are_gone(lien, tag):
    assert refusal(lien.send(message=DAG, messaging_type="MESSAGE_TAG", tag=tag)) == (400, 100, None)


def test_who_is_not_there_is_not_reached(sandbox, lien):
    assert refusal(lien.send(message=DAG, recipient={"id": "1"})) == (400, 100, 2018001)
    lien.do("phone", reachable=False)
    assert refusal(lien.send(message=DAG)) == (400, 551, 1545041)


def test_typing_and_reading_show_on_the_phone(sandbox, lien):
    def typing():
        return sandbox.state(f"graph/messenger/citizens/{lien.id}")["typing"]

    known = lien.send(sender_action="mark_seen", messaging_type=None).json()
    assert known == {"recipient_id": lien.address}
    assert lien.shown[0]["state"] == "read"
    lien.send(sender_action="typing_on", messaging_type=None)
    assert typing()
    lien.send(sender_action="typing_off", messaging_type=None)
    assert not typing()
    assert refusal(lien.send(sender_action="typing_on", message=DAG)) == (400, 100, None)
    assert refusal(lien.send(sender_action="dance")) == (400, 100, None)


def test_a_file_is_uploaded_once_and_sent_by_its_id(sandbox, lien):
    identifier = upload(sandbox).json()["attachment_id"]

    assert lien.send(message=image(attachment_id=identifier)).ok
    assert lien.shown[-1]["media"]["size"] == len(PNG)


def test_a_file_can_come_with_its_message(sandbox, lien):
    answer = requests.post(
        f"{sandbox.url}/graph/v25.0/me/messages",
        data={
            "recipient": json.dumps({"id": lien.address}),
            "messaging_type": "RESPONSE",
            "message": json.dumps({"attachment": {"type": "file", "payload": {}}}),
        },
        files={"filedata": ("attest.pdf", b"%PDF-1.7", "application/pdf")},
        headers={"Authorization": f"Bearer {TOKENS['messenger']}"},
        timeout=10,
    )
    assert answer.ok, answer.text
    assert lien.shown[-1]["media"]["name"] == "attest.pdf"


def test_what_is_no_image_or_too_large_is_not_taken(sandbox):
    assert refusal(upload(sandbox, b"%PDF", media_type="application/pdf")) == (400, 100, None)
    assert refusal(upload(sandbox, PNG + bytes(8 * 1024 * 1024))) == (400, 100, None)
    assert refusal(upload(sandbox, b"")) == (400, 100, None)
    assert upload(sandbox, b"%PDF", "file", "application/pdf").ok


def test_a_photo_comes_as_an_address_that_runs_out(sandbox, lien, front):
    url = f"{sandbox.url}/state/graph/messenger/citizens/{lien.id}/file"
    requests.post(url, files={"file": ("put.png", PNG, "image/png")}, timeout=10)
    message = front.wait(2, lambda: [event for event in front.events() if "message" in event])[-1]["message"]
    assert "text" not in message
    [attachment] = message["attachments"]
    assert attachment["type"] == "image"

    assert requests.get(attachment["payload"]["url"], timeout=10).content == PNG
    sandbox.set_clock("2026-11-26T09:30:00")
    assert requests.get(attachment["payload"]["url"], timeout=10).status_code == 404


START = {"get_started": {"payload": "GET_STARTED"}}
MENU = {"persistent_menu": [{"locale": "default", "call_to_actions": [postback("Medewerker spreken"), web()]}]}


def breakers(*questions):
    actions = [{"question": question, "payload": "ICE"} for question in questions]
    return {"ice_breakers": [{"locale": "default", "call_to_actions": actions}]}


def test_the_profile_is_set_read_and_taken_away(sandbox):
    greeting = {"greeting": [{"locale": "default", "text": "Dag!"}]}
    assert profile(sandbox, {**START, **MENU, **greeting, **breakers("Hoe vraag ik een attest?")}).json() == {
        "result": "success"
    }
    assert profile(sandbox, method="GET", fields="get_started,greeting").json() == {"data": [{**START, **greeting}]}
    assert profile(sandbox, {"fields": ["ice_breakers", "greeting"]}, "DELETE").ok
    assert profile(sandbox, method="GET").json() == {"data": [{**START, **MENU}]}
    sandbox.reset()  # the page is set up once, like an account
    assert profile(sandbox, method="GET").json() == {"data": [{**START, **MENU}]}


@pytest.mark.parametrize(
    "wrong",
    [
        MENU,
        {"colour": "red"},
        {"get_started": {"payload": "x" * 1001}},
        {**START, "greeting": [{"locale": "default", "text": "x" * 161}]},
        {**START, **breakers("1", "2", "3", "4", "5")},
        {**START, **breakers("x" * 81)},
        {**START, "persistent_menu": [{"locale": "default", "call_to_actions": [postback("x" * 21)]}]},
        {**START, "persistent_menu": [{"call_to_actions": [{"type": "nested", "title": "x", "call_to_actions": []}]}]},
    ],
)
def test_a_wrong_profile_changes_nothing(sandbox, wrong):
    assert refusal(profile(sandbox, wrong)) == (400, 100, None)
    assert profile(sandbox, method="GET").json() == {"data": []}


def test_the_start_of_a_chat_stays_as_long_as_the_menu_needs_it(sandbox):
    profile(sandbox, {**START, **MENU})
    assert refusal(profile(sandbox, {"fields": ["get_started"]}, "DELETE")) == (400, 100, None)
    assert profile(sandbox, {"fields": ["get_started", "persistent_menu"]}, "DELETE").ok


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("10/2018278", (400, 10, 2018278)),
        ("551", (400, 551, 1545041)),
        ("613", (429, 613, None)),
        ("190", (401, 190, 463)),
        ("2", (503, 2, None)),
        ("100", (400, 100, 33)),
    ],
)
def test_any_error_of_meta_can_be_asked_for(sandbox, lien, code, expected):
    sandbox.tell("faults/messenger", kind="refused", code=code, times=1)

    assert refusal(lien.send(message=DAG)) == expected
    assert lien.send(message=DAG).ok
