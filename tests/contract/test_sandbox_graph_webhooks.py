"""What the sandbox posts, as Meta does: signed, at least once, again until somebody says 200, and worse when asked."""

import json

import pytest
from requests import HTTPError

from tests.contract.graph import NUMBER, phone, signature
from tests.contract.running_sandbox import running_sandbox

SECRETS = {"whatsapp": "sandbox-whatsapp-secret", "messenger": "sandbox-messenger-secret"}


@pytest.fixture
def lien(sandbox):
    return phone(sandbox, wrote=False, name="Lien Declercq")


@pytest.fixture
def omer(sandbox):
    return phone(sandbox, "messenger", wrote=False)


def handling(sandbox, product="whatsapp", **wanted):
    return sandbox.tell(f"state/graph/{product}/webhooks", **wanted)


def texts(front):
    return [message["text"]["body"] for message in front.messages()]


def test_a_message_comes_as_meta_sends_it(lien, front):
    lien.do("say", text="dag")

    [body] = front.wait(1, front.bodies)
    [entry] = body["entry"]
    assert body["object"] == "whatsapp_business_account"
    assert entry["changes"][0]["field"] == "messages"
    value = entry["changes"][0]["value"]
    assert value["metadata"]["phone_number_id"] == NUMBER
    [contact], [message] = value["contacts"], value["messages"]
    assert (contact["wa_id"], contact["profile"]["name"]) == (lien.address, "Lien Declercq")
    assert message["from"] == lien.address
    assert message["timestamp"] == "1795422600"
    assert message["text"] == {"body": "dag"}
    assert message["id"].startswith("wamid.")


def test_who_hides_the_number_has_none(sandbox, front):
    noor = phone(sandbox, hidesNumber=True, name="Noor Claes")
    [value] = front.wait(1, front.values)

    assert "from" not in value["messages"][0]
    assert "wa_id" not in value["contacts"][0]
    assert value["messages"][0]["from_user_id"] == value["contacts"][0]["user_id"] == noor.address
    assert value["contacts"][0]["profile"]["username"] == "noor.claes"


@pytest.mark.parametrize("product", ["whatsapp", "messenger"])
def test_the_bytes_are_signed_as_they_go_out(sandbox, front, product):
    phone(sandbox, product).do("say", text="5 €")

    for _, headers, body in front.wait(2, lambda: list(front.taken)):
        assert headers["x-hub-signature-256"] == signature(SECRETS[product], body)
    assert b"5 \\u20ac" in front.taken[-1][2]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("wrong", "sha256=" + "0" * 64), ("missing", None), ("sha1", None), ("other_hash", "md5=")],
)
def test_a_signature_can_be_spoiled(sandbox, lien, front, kind, expected):
    handling(sandbox, signature=kind)
    lien.do("say", text="dag")

    [(_, headers, body)] = front.wait(1, lambda: list(front.taken))
    found = headers.get("x-hub-signature-256")
    assert found != signature(SECRETS["whatsapp"], body)
    assert (found or "").startswith(expected or "")
    assert ("x-hub-signature" in headers) is (kind == "sha1")


def test_what_is_not_taken_comes_again(sandbox, lien, front):
    handling(sandbox, retry=0.05)
    front.answers += [500, 503]
    lien.do("say", text="dag")

    bodies = [body for _, _, body in front.wait(3, lambda: list(front.taken))]
    assert len(set(bodies)) == 1
    assert lien.shown[0]["state"] in ("sent", "delivered")
    [webhook] = sandbox.state("graph/whatsapp/webhooks")
    assert webhook["tries"][:2] == [500, 503]


def test_a_message_that_was_taken_is_delivered(lien, front):
    lien.do("say", text="dag")
    front.wait(1, front.messages)
    front.wait(1, lambda: [message for message in lien.shown if message["state"] == "delivered"])


def test_one_message_can_come_several_times_at_once(sandbox, lien, front):
    handling(sandbox, copies=3)
    lien.do("say", text="dag")

    assert len({message["id"] for message in front.wait(3, front.messages)}) == 1


def test_messages_of_one_citizen_keep_their_order(lien, front):
    for number in range(10):
        lien.do("say", text=str(number))
    front.wait(10, front.messages)
    assert texts(front) == [str(number) for number in range(10)]


def test_what_was_held_back_comes_in_any_order(sandbox, lien, front):
    handling(sandbox, hold=True)
    for text in ("een", "twee", "drie"):
        lien.do("say", text=text)
    assert front.taken == []

    assert sandbox.tell("state/graph/whatsapp/webhooks/release", order="backwards") == {"released": 3}
    front.wait(3, front.messages)
    assert texts(front) == ["drie", "twee", "een"]


def test_what_was_held_back_comes_as_one(sandbox, lien, front):
    handling(sandbox, hold=True)
    for text in ("een", "twee", "drie"):
        lien.do("say", text=text)
    sandbox.tell("state/graph/whatsapp/webhooks/release", batch=True)

    front.wait(3, front.messages)
    assert [len(body["entry"]) for body in front.bodies()] == [3]


def test_it_can_come_late(sandbox, lien, front):
    lien.do("say", text="hallo", minutesAgo=300)
    [message] = front.wait(1, front.messages)
    assert int(message["timestamp"]) == 1795422600 - 300 * 60


def test_the_same_bytes_can_come_back_hours_later(sandbox, lien, front):
    lien.do("say", text="hallo")
    front.wait(1, front.messages)
    sandbox.set_clock("2026-11-23T15:30:00")

    assert sandbox.tell("state/graph/whatsapp/webhooks/replay") == {"replayed": 1}
    front.wait(2, front.messages)
    assert len({body for _, _, body in front.taken}) == 1


def test_anything_can_be_posted_signed(sandbox, front):
    sandbox.tell("state/graph/messenger/webhooks/raw", anything=["at all"])
    [(path, headers, body)] = front.wait(1, lambda: list(front.taken))

    assert path == "/webhooks/messenger"
    assert headers["x-hub-signature-256"] == signature(SECRETS["messenger"], body)
    assert json.loads(body) == {"anything": ["at all"]}


def test_a_value_of_our_own_making_comes_in_metas_envelope(sandbox, front):
    system = {"type": "user_changed_number", "wa_id": "12195555358", "body": "…"}
    message = {"id": "wamid.x", "from": "1", "timestamp": "1", "type": "system", "system": system}
    sandbox.tell("state/graph/whatsapp/webhooks/value", messages=[message])

    assert front.wait(1, front.messages) == [message]
    assert "contacts" not in front.values()[0]


def test_meta_asks_whether_the_address_is_ours(sandbox, front):
    assert sandbox.tell("state/graph/whatsapp/handshake") == {"ok": True, "status": 200}
    assert sandbox.tell("state/graph/whatsapp/handshake", token="somebody else") == {"ok": False, "status": 403}
    assert sandbox.tell("state/graph/whatsapp/handshake", mode="unsubscribe") == {"ok": False, "status": 403}


def test_what_became_of_a_message_is_told_with_our_own_mark(sandbox, lien, front):
    lien.do("say", text="hallo")
    identifier = lien.send(text={"body": "dag"}, biz_opaque_callback_data="out_1").json()["messages"][0]["id"]

    statuses = front.wait(3, front.statuses)
    assert [status["status"] for status in statuses] == ["sent", "delivered", "read"]
    assert {status["id"] for status in statuses} == {identifier}
    assert {status["biz_opaque_callback_data"] for status in statuses} == {"out_1"}
    assert {status["recipient_id"] for status in statuses} == {lien.address}
    assert lien.shown[-1]["state"] == "read"


def test_who_does_not_look_has_not_read_it(sandbox, lien, front):
    lien.do("say", text="hallo")
    lien.do("phone", reads=False)
    lien.send(text={"body": "dag"})
    assert [status["status"] for status in front.wait(2, front.statuses)] == ["sent", "delivered"]


def test_a_message_can_fail_after_it_was_accepted(sandbox, lien, front):
    lien.do("say", text="hallo")
    lien.do("phone", reachable=False)
    assert lien.send(text={"body": "dag"}).ok

    [status] = front.wait(1, front.statuses)
    assert (status["status"], status["errors"][0]["code"]) == ("failed", 131026)


@pytest.mark.parametrize(
    ("way", "expected"), [("backwards", ["read", "delivered", "sent"]), ("read_only", ["read"]), ("before", None)]
)
def test_statuses_come_in_any_order(sandbox, lien, front, way, expected):
    lien.do("say", text="hallo")
    front.wait(1, front.messages)
    handling(sandbox, statuses=way)
    lien.send(text={"body": "dag"})

    if expected is None:
        assert len(front.statuses()) == 3  # before we knew the id
    else:
        assert [status["status"] for status in front.wait(len(expected), front.statuses)] == expected


def test_a_tap_tells_what_was_offered(sandbox, lien, front):
    lien.do("say", text="hallo")
    rows = [{"id": "r:0", "title": "Afval", "description": "Container"}, {"id": "r:1", "title": "Straat"}]
    action = {"button": "Kies", "sections": [{"rows": rows}]}
    lien.send("interactive", interactive={"type": "list", "body": {"text": "?"}, "action": action})
    offered = lien.shown[-1]
    lien.do("tap", message=offered["id"], title="Afval")

    message = front.wait(2, front.messages)[-1]
    assert message["interactive"] == {
        "type": "list_reply",
        "list_reply": {"id": "r:0", "title": "Afval", "description": "Container"},
    }
    assert message["context"]["id"] == offered["id"]


def test_every_deed_of_a_citizen_has_its_shape(sandbox, lien, front):
    lien.do("say", text="hallo")
    lien.send(text={"body": "dag"})
    ours, theirs = lien.shown[-1]["id"], lien.shown[0]["id"]
    lien.do("place", latitude=50.87, longitude=3.3)
    lien.do("voice")
    lien.do("react", message=ours, emoji="👍")
    lien.do("edit", message=theirs, text="hallo!")
    lien.do("revoke", message=theirs)
    lien.do("part", part={"type": "sticker", "sticker": {"id": "1", "mime_type": "image/webp", "sha256": "x"}})

    messages = front.wait(7, front.messages)
    assert [message["type"] for message in messages[1:]] == [
        "location", "audio", "reaction", "edit", "revoke", "sticker",
    ]  # fmt: skip
    location, audio, reaction, edit, revoke, _ = messages[1:]
    assert location["location"] == {"latitude": 50.87, "longitude": 3.3}
    assert audio["audio"]["voice"] is True
    assert reaction["reaction"] == {"message_id": ours, "emoji": "👍"}
    assert edit["edit"]["original_message_id"] == revoke["revoke"]["original_message_id"] == theirs


def test_messenger_tells_what_a_citizen_does(sandbox, omer, front):
    omer.do("say", text="hallo")
    quick = {"text": "?", "quick_replies": [{"content_type": "text", "title": "Ja", "payload": "q:1"}]}
    omer.send(message={**quick, "metadata": "out_1"})
    omer.do("tap", message=omer.shown[-1]["id"], n=0)
    omer.do("postback", title="Aan de slag", payload="GET_STARTED")
    omer.do("place", latitude=50.87, longitude=3.3)

    events = front.wait(7, front.events)
    of_citizen = [e for e in events if e["sender"]["id"] == omer.address and ("message" in e or "postback" in e)]
    hello, tap, start, place = of_citizen
    assert hello["message"]["text"] == "hallo"
    assert isinstance(hello["timestamp"], int)
    assert tap["message"]["quick_reply"] == {"payload": "q:1"}
    assert start["postback"] == {"mid": start["postback"]["mid"], "title": "Aan de slag", "payload": "GET_STARTED"}
    assert place["message"]["attachments"][0]["payload"]["coordinates"] == {"lat": 50.87, "long": 3.3}


def test_a_quick_reply_is_gone_once_something_was_said_after_it(sandbox, omer):
    omer.do("say", text="hallo")
    omer.send(message={"text": "?", "quick_replies": [{"content_type": "text", "title": "Ja", "payload": "q:1"}]})
    offered = omer.shown[-1]["id"]
    omer.send(message={"text": "Nog iets"})

    with pytest.raises(HTTPError, match="400"):
        omer.do("tap", message=offered, n=0)


def test_messenger_echoes_what_the_page_said(sandbox, omer, front):
    omer.do("say", text="hallo")
    identifier = omer.send(message={"text": "dag", "metadata": "out_1"}).json()["message_id"]

    events = front.wait(4, front.events)[1:]
    echo, delivery, read = events
    assert (echo["sender"]["id"], echo["recipient"]["id"]) == ("108540352242900", omer.address)
    assert echo["message"] == {
        "is_echo": True, "app_id": 1517776481860111, "metadata": "out_1", "mid": identifier, "text": "dag",
    }  # fmt: skip
    assert delivery["delivery"]["mids"] == [identifier]
    assert read["read"]["watermark"] >= echo["timestamp"]


@pytest.mark.parametrize(("known", "app_id"), [(True, 263902037430900), (False, None)])
def test_a_civil_servant_can_answer_in_metas_own_inbox(sandbox, omer, front, known, app_id):
    omer.do("say", text="hallo")
    omer.do("inbox", text="Dag, met Greet van de stad", appId=known)

    echo = front.wait(2, front.events)[-1]
    assert echo["message"].get("app_id") == app_id
    assert omer.shown[-1]["author"] == "inbox"


def test_ids_are_never_used_twice_not_even_after_a_reset(sandbox, lien, front):
    lien.do("say", text="een")
    front.wait(1, front.messages)
    sandbox.reset()
    jan = phone(sandbox)

    first, second = front.wait(2, front.messages)
    assert first["id"] != second["id"]
    assert jan.address != lien.address


@pytest.mark.parametrize("wrong", [{"copies": "x"}, {"signature": "md4"}, {"statuses": "never"}, {"unknown": 1}])
def test_a_way_of_posting_that_does_not_exist_is_refused(sandbox, wrong):
    with pytest.raises(HTTPError, match="400"):
        handling(sandbox, **wrong)


def test_the_same_seed_gives_the_same_ids(tmp_path):
    shown = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        with running_sandbox(folder, SANDBOX_GRAPH_SEED="7", SANDBOX_WEBHOOKS_URL="http://127.0.0.1:9") as sandbox:
            shown.append([phone(sandbox).shown[0]["id"], phone(sandbox, "messenger").address])
    assert shown[0] == shown[1]
