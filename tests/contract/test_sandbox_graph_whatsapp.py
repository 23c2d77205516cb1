"""The sandbox's WhatsApp against what is known of Meta's: every limit, window and error."""

import base64
import hashlib

import pytest
import requests

from tests.contract.graph import NUMBER, TOKENS, call, phone, refusal

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
TEXT = {"text": {"body": "dag"}}


@pytest.fixture
def lien(sandbox):
    return phone(sandbox)


def buttons(*titles, **more):
    replies = [{"type": "reply", "reply": {"id": f"b:{n}", "title": title}} for n, title in enumerate(titles)]
    return {"interactive": {"type": "button", "body": {"text": "Kies"}, "action": {"buttons": replies}, **more}}


def rows(count, **row):
    return [{"id": f"r:{n}", "title": f"rij {n}", **row} for n in range(count)]


def listed(*sections, **more):
    action = {"button": "Kies", "sections": list(sections)}
    return {"interactive": {"type": "list", "body": {"text": "Waarover?"}, "action": action, **more}}


def link(title, url):
    action = {"name": "cta_url", "parameters": {"display_text": title, "url": url}}
    return {"interactive": {"type": "cta_url", "body": {"text": "Meld je aan"}, "action": action}}


def template(*values, name="zaak_update", language="nl"):
    parameters = [{"type": "text", "text": value} for value in values]
    body = {"type": "body", "parameters": parameters}
    return {"template": {"name": name, "language": {"code": language}, "components": [body]}}


def upload(sandbox, content=PNG, media_type="image/png", **form):
    return requests.post(
        f"{sandbox.url}/graph/v25.0/{NUMBER}/media",
        data={"messaging_product": "whatsapp", "type": media_type, **form},
        files={"file": ("foto.png", content, media_type)},
        headers={"Authorization": f"Bearer {TOKENS['whatsapp']}"},
        timeout=10,
    )


def get(sandbox, path, token="sandbox-whatsapp"):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.get(path if path.startswith("http") else f"{sandbox.url}{path}", headers=headers, timeout=10)


def test_a_text_is_accepted_and_stands_on_the_phone(lien):
    answer = lien.send(**TEXT)

    assert answer.status_code == 200
    known = answer.json()
    assert known["messaging_product"] == "whatsapp"
    assert known["contacts"] == [{"input": lien.address, "wa_id": lien.address}]
    assert (lien.shown[-1]["id"], lien.shown[-1]["text"]) == (known["messages"][0]["id"], "dag")


@pytest.mark.parametrize(("token", "expected"), [(None, 401), ("nonsense", 401)])
def test_without_its_token_nobody_sends(sandbox, lien, token, expected):
    answer = call(sandbox, f"{NUMBER}/messages", {}, token=token)

    assert refusal(answer) == (expected, 190, None)


def test_the_pages_token_is_not_that_of_the_number(sandbox):
    assert refusal(call(sandbox, f"{NUMBER}/messages", {}, token=TOKENS["messenger"])) == (403, 10, None)


@pytest.mark.parametrize("version", ["v20.0", "v27.0", "25", "v25"])
def test_a_version_that_meta_does_not_serve_is_no_path(sandbox, version):
    assert refusal(call(sandbox, f"{NUMBER}/messages", {}, version=version)) == (400, 2500, None)


def test_another_number_is_not_ours(sandbox):
    assert refusal(call(sandbox, "999/messages", {})) == (400, 100, 33)


def test_what_is_no_json_is_refused(sandbox):
    headers = {"Authorization": "Bearer sandbox-whatsapp"}
    answer = requests.post(f"{sandbox.url}/graph/v25.0/{NUMBER}/messages", data="{", headers=headers, timeout=10)
    assert refusal(answer) == (400, 100, None)


ACCEPTED = {
    "the longest text": ("text", {"text": {"body": "x" * 4096, "preview_url": False}}),
    "three buttons": ("interactive", buttons("x" * 20, "Nee", "Misschien")),
    "a header and a footer": (
        "interactive",
        buttons("Ja", header={"type": "text", "text": "x" * 60}, footer={"text": "x" * 60}),
    ),
    "the longest body": ("interactive", buttons("Ja", body={"text": "x" * 1024})),
    "a full list": ("interactive", listed({"rows": rows(10, description="x" * 72)})),
    "ten sections": ("interactive", listed(*({"title": f"{n}", "rows": [rows(10)[n]]} for n in range(10)))),
    "a link": ("interactive", link("Aanmelden", "https://balie.example/login/x")),
    "an image from an address": ("image", {"image": {"link": "https://x.example/a.png", "caption": "x" * 1024}}),
    "a template": ("template", template("Z-2026-00123")),
    "a quotation": ("text", {**TEXT, "context": {"message_id": "wamid.x"}}),
    "our own mark": ("text", {**TEXT, "biz_opaque_callback_data": "x" * 512}),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_within_the_limits_is_accepted(lien, name):
    kind, fields = ACCEPTED[name]
    answer = lien.send(kind, **fields)
    assert answer.status_code == 200, answer.text


def wrong_section(**wrong):
    return listed({"title": "Een", "rows": rows(1), **wrong}, {"title": "Twee", "rows": [rows(2)[1]]})


REFUSED = {
    "a text that is too long": ("text", {"text": {"body": "x" * 4097}}, 131009),
    "an empty text": ("text", {"text": {"body": "  "}}, 131009),
    "no text at all": ("text", {"text": {}}, 131008),
    "an unknown field": ("text", {"text": {"body": "dag", "colour": "red"}}, 100),
    "an unknown field outside": ("text", {**TEXT, "extra": 1}, 100),
    "another product": ("text", {**TEXT, "messaging_product": "sms"}, 131009),
    "a group": ("text", {**TEXT, "recipient_type": "group"}, 131009),
    "a mark that is too long": ("text", {**TEXT, "biz_opaque_callback_data": "x" * 513}, 131009),
    "four buttons": ("interactive", buttons("a", "b", "c", "d"), 131009),
    "no buttons": ("interactive", buttons(), 131009),
    "a title that is too long": ("interactive", buttons("x" * 21), 131009),
    "two titles that are the same": ("interactive", buttons("Ja", "Ja"), 131009),
    "a body that is too long": ("interactive", buttons("Ja", body={"text": "x" * 1025}), 131009),
    "no body": ("interactive", buttons("Ja", body=None), 131008),
    "a footer that is too long": ("interactive", buttons("Ja", footer={"text": "x" * 61}), 131009),
    "a header that is too long": ("interactive", buttons("Ja", header={"type": "text", "text": "x" * 61}), 131009),
    "eleven rows": ("interactive", listed({"rows": rows(11)}), 131009),
    "eleven rows in two sections": (
        "interactive",
        listed({"title": "a", "rows": rows(10)}, {"title": "b", "rows": [{"id": "z", "title": "z"}]}),
        131009,
    ),
    "a row that is too long": ("interactive", listed({"rows": rows(1, title="x" * 25)}), 131009),
    "a description that is too long": ("interactive", listed({"rows": rows(1, description="x" * 73)}), 131009),
    "an id of a row that is too long": ("interactive", listed({"rows": rows(1, id="x" * 201)}), 131009),
    "two rows with one id": ("interactive", listed({"rows": rows(2, id="x")}), 131009),
    "a section without a title beside another": ("interactive", wrong_section(title=None), 131008),
    "a title of a section that is too long": ("interactive", wrong_section(title="x" * 25), 131009),
    "a picture above a list": (
        "interactive",
        listed({"rows": rows(1)}, header={"type": "image", "image": {"link": "https://x.example/a.png"}}),
        131009,
    ),
    "a link that leads nowhere": ("interactive", link("Aanmelden", "javascript:alert(1)"), 131009),
    "a link with a long title": ("interactive", link("x" * 21, "https://x.example"), 131009),
    "an image from two places": ("image", {"image": {"id": "1", "link": "https://x.example/a.png"}}, 131008),
    "an image that was never uploaded": ("image", {"image": {"id": "12"}}, 131009),
    "a caption that is too long": ("image", {"image": {"link": "https://x.example/a", "caption": "x" * 1025}}, 131009),
    "a type that is not for sending": ("order", {"order": {}}, 131051),
    "a template that was not approved": ("template", template("x", name="reclame"), 132001),
    "a template in another language": ("template", template("x", language="fr"), 132001),
    "a template with too few parameters": ("template", template(), 132000),
    "a template with too many": ("template", template("a", "b"), 132000),
    "a parameter with an empty line": ("template", template("a\n\nb"), 132012),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_beyond_the_limits_is_refused(lien, name):
    kind, fields, code = REFUSED[name]

    answer = lien.send(kind, **fields)

    assert refusal(answer) == (404 if code == 132001 else 400, code, None)
    assert [message["from"] for message in lien.shown] == ["citizen"]


def test_an_id_of_a_button_that_is_too_long_is_refused(lien):
    body = buttons("Ja")
    body["interactive"]["action"]["buttons"][0]["reply"]["id"] = "x" * 257
    assert refusal(lien.send("interactive", **body)) == (400, 131009, None)


def test_an_error_says_in_its_details_what_is_wrong(lien):
    error = lien.send("interactive", **buttons("x" * 21)).json()["error"]

    assert error["error_data"]["messaging_product"] == "whatsapp"
    assert "Max length: 20" in error["error_data"]["details"]


def test_a_number_that_has_no_whatsapp_is_not_reached(sandbox, lien):
    assert refusal(lien.send(**TEXT, to="32470999999")) == (400, 131026, None)
    assert refusal(lien.send(**TEXT, to="3256177710")) == (400, 131021, None)
    assert refusal(lien.send(**TEXT, to="")) == (400, 131009, None)


def test_who_hides_the_number_is_reached_by_the_user_id(sandbox):
    noor = phone(sandbox, hidesNumber=True)
    assert noor.address.startswith("BE.")

    answer = noor.send(**TEXT, to=None, recipient=noor.address)

    assert answer.json()["contacts"] == [{"input": noor.address, "user_id": noor.address}]


def test_after_a_day_only_a_template_may_be_sent(sandbox, lien):
    sandbox.set_clock("2026-11-24T09:29:00")
    assert lien.send(**TEXT).ok
    sandbox.set_clock("2026-11-24T09:31:00")

    assert refusal(lien.send(**TEXT)) == (400, 131047, None)
    assert lien.send("template", **template("Z-1")).ok
    lien.do("say", text="ik ben er weer")
    assert lien.send(**TEXT).ok


def test_who_never_wrote_gets_only_templates(sandbox):
    stranger = phone(sandbox, wrote=False)
    assert refusal(stranger.send(**TEXT)) == (400, 131047, None)
    assert stranger.send("template", **template("Z-1")).ok


def test_a_reaction_does_not_open_the_window(sandbox):
    jan = phone(sandbox, wrote=False)
    jan.send("template", **template("Z-1"))
    jan.do("react", message=jan.shown[-1]["id"], emoji="👍")
    assert refusal(jan.send(**TEXT)) == (400, 131047, None)


def test_forty_five_at_once_and_then_one_in_six_seconds(sandbox, lien):
    answers = [lien.send(**TEXT) for _ in range(46)]
    assert [answer.status_code for answer in answers[:45]] == [200] * 45
    assert refusal(answers[45]) == (400, 131056, None)

    sandbox.set_clock("2026-11-23T09:31:00")
    assert lien.send(**TEXT).ok


def test_a_photo_is_uploaded_and_sent(sandbox, lien):
    identifier = upload(sandbox).json()["id"]

    assert lien.send("image", image={"id": identifier, "caption": "kijk"}).ok
    assert lien.shown[-1]["media"] == {"id": identifier, "name": "foto.png", "type": "image/png", "size": len(PNG)}


def test_a_document_keeps_the_name_it_was_sent_with(sandbox, lien):
    identifier = upload(sandbox, b"%PDF-1.7", "application/pdf").json()["id"]

    assert lien.send("document", document={"id": identifier, "filename": "attest.pdf"}).ok
    assert lien.shown[-1]["media"]["name"] == "attest.pdf"
    assert refusal(lien.send("image", image={"id": identifier})) == (400, 131053, None)


def test_what_is_no_medium_or_too_large_is_not_taken(sandbox):
    assert refusal(upload(sandbox, b"MZ", "application/x-msdownload")) == (400, 131009, None)
    assert refusal(upload(sandbox, PNG + bytes(5 * 1024 * 1024))) == (400, 131053, None)
    assert refusal(upload(sandbox, b"")) == (400, 131053, None)
    assert refusal(upload(sandbox, messaging_product="x")) == (400, 131009, None)


def test_what_a_citizen_sent_is_fetched_in_two_steps(sandbox, lien, front):
    url = f"{sandbox.url}/state/graph/whatsapp/citizens/{lien.id}/file"
    requests.post(url, files={"file": ("put.png", PNG, "image/png")}, data={"caption": "een put"}, timeout=10)
    image = front.wait(2, front.messages)[-1]["image"]
    assert image["caption"] == "een put"

    known = get(sandbox, f"/graph/v25.0/{image['id']}?phone_number_id={NUMBER}").json()
    assert known["sha256"] == image["sha256"] == base64.b64encode(hashlib.sha256(PNG).digest()).decode()
    assert (known["mime_type"], int(known["file_size"])) == ("image/png", len(PNG))
    assert get(sandbox, known["url"]).content == PNG
    assert refusal(get(sandbox, known["url"], token=None)) == (401, 190, None)


def test_the_address_of_a_photo_works_for_five_minutes(sandbox, lien):
    identifier = upload(sandbox).json()["id"]
    url = get(sandbox, f"/graph/v25.0/{identifier}").json()["url"]
    sandbox.set_clock("2026-11-23T09:36:00")

    assert get(sandbox, url).status_code == 404
    assert get(sandbox, get(sandbox, f"/graph/v25.0/{identifier}").json()["url"]).content == PNG


def test_ids_of_photos_run_out(sandbox, lien, front):
    url = f"{sandbox.url}/state/graph/whatsapp/citizens/{lien.id}/file"
    requests.post(url, files={"file": ("put.png", PNG, "image/png")}, timeout=10)
    theirs = front.wait(2, front.messages)[-1]["image"]["id"]
    ours = upload(sandbox).json()["id"]

    sandbox.set_clock("2026-12-01T09:30:00")
    assert refusal(get(sandbox, f"/graph/v25.0/{theirs}")) == (400, 100, 33)
    assert get(sandbox, f"/graph/v25.0/{ours}").ok
    sandbox.set_clock("2026-12-24T09:30:00")
    assert refusal(get(sandbox, f"/graph/v25.0/{ours}")) == (400, 100, 33)


def test_a_photo_can_be_gone_or_not_what_it_says(sandbox, lien, front):
    url = f"{sandbox.url}/state/graph/whatsapp/citizens/{lien.id}/file"
    lies = {"type": "image/jpeg", "wrongHash": "true"}
    requests.post(url, files={"file": ("x.png", b"<html>", "text/html")}, data=lies, timeout=10)
    requests.post(url, files={"file": ("x.png", PNG, "image/png")}, data={"gone": "true"}, timeout=10)
    lie, gone = (message["image"] for message in front.wait(3, front.messages)[-2:])

    assert lie["mime_type"] == "image/jpeg"
    assert lie["sha256"] != base64.b64encode(hashlib.sha256(b"<html>").digest()).decode()
    assert refusal(get(sandbox, f"/graph/v25.0/{gone['id']}")) == (400, 100, 33)


def test_read_and_typing_show_on_the_phone(sandbox, lien):
    said = lien.shown[0]["id"]
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": said}

    answer = call(sandbox, f"{NUMBER}/messages", {**body, "typing_indicator": {"type": "text"}})

    assert answer.json() == {"success": True}
    assert lien.shown[0]["state"] == "read"
    assert sandbox.state(f"graph/whatsapp/citizens/{lien.id}")["typing"]
    sandbox.set_clock("2026-11-23T09:30:26")
    assert not sandbox.state(f"graph/whatsapp/citizens/{lien.id}")["typing"]


def test_typing_ends_with_an_answer(sandbox, lien):
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": lien.shown[0]["id"]}
    call(sandbox, f"{NUMBER}/messages", {**body, "typing_indicator": {"type": "text"}})
    lien.send(**TEXT)
    assert not sandbox.state(f"graph/whatsapp/citizens/{lien.id}")["typing"]


def test_a_message_that_never_came_cannot_be_read(sandbox, lien):
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.none"}
    assert refusal(call(sandbox, f"{NUMBER}/messages", body)) == (400, 131009, None)


def test_the_city_can_react(sandbox, lien):
    assert lien.send("reaction", reaction={"message_id": lien.shown[0]["id"], "emoji": "👍"}).ok
    assert lien.shown[0]["reaction"] == "👍"


@pytest.mark.parametrize(
    ("code", "status"), [("131056", 400), ("130429", 429), ("131000", 500), ("368", 403), ("190", 401)]
)
def test_any_error_of_meta_can_be_asked_for(sandbox, lien, code, status):
    sandbox.tell("faults/whatsapp", kind="refused", code=code, times=1)

    assert refusal(lien.send(**TEXT))[:2] == (status, int(code))
    assert lien.send(**TEXT).ok


def test_an_error_that_does_not_exist_cannot(sandbox):
    answer = requests.post(f"{sandbox.url}/faults/whatsapp", json={"kind": "refused", "code": "7"}, timeout=10)
    assert answer.status_code == 400


def test_a_message_can_be_accepted_while_nobody_hears_it(sandbox, lien):
    sandbox.tell("faults/whatsapp", kind="reset_after_commit", times=1)

    with pytest.raises(requests.ConnectionError):
        lien.send(**TEXT)

    assert lien.shown[-1]["text"] == "dag"
