"""The real front between Meta and a bot that does as it is told: webhooks in, messages out."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from sqlalchemy import Engine, select

from conversations.database import connect, reading
from conversations.tables import conversations, messages, unread_payloads
from tests.front import FakeBot, wait_for
from tests.graph import KEYS, MESSENGER, WHATSAPP, FakeGraph, Phone, messenger_body, post, whatsapp_body
from tests.house import House

JPEG = b"\xff\xd8\xff\xe0 a photo"
CHANNELS = pytest.mark.parametrize("channel", [WHATSAPP, MESSENGER])


@pytest.fixture(scope="module")
def graph() -> Iterator[FakeGraph]:
    with FakeGraph() as graph:
        yield graph


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, graph: FakeGraph) -> Iterator[tuple[House, FakeBot]]:
    with FakeBot() as bot:
        environment = {"BOT_URL": bot.url, "TURN_TIMEOUT": "1.0", **graph.environment}
        house = House(tmp_path_factory.mktemp("front"), parts=("front",), environment=environment)
        house.start()
        yield house, bot
        house.stop()


@pytest.fixture
def engine(front: House) -> Iterator[Engine]:
    engine = connect(front.settings.database_url)
    yield engine
    engine.dispose()


def said_by(engine: Engine, address: str) -> list[str]:
    query = (
        select(messages.c.text)
        .join(conversations, conversations.c.id == messages.c.conversation)
        .where(conversations.c.address == address, messages.c.author == "citizen")
        .order_by(messages.c.seq)
    )
    with reading(engine) as db:
        return list(db.execute(query).scalars())


@pytest.mark.req("BP1-01", "BP1-03", "BP1-04")
@CHANNELS
def test_who_writes_gets_an_answer(front: House, graph: FakeGraph, channel: str) -> None:
    phone = Phone(front.front_url, channel)

    assert phone.say("hallo").status_code == 200

    graph.wait_for("Je zei: hallo", phone.address)


@CHANNELS
def test_meta_may_ask_whether_the_address_is_ours(front: House, channel: str) -> None:
    token = KEYS.whatsapp_verify_token if channel == WHATSAPP else KEYS.messenger_verify_token
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": token}
    good = requests.get(f"{front.front_url}/webhooks/{channel}", params=asked, timeout=10)
    bad = requests.get(f"{front.front_url}/webhooks/{channel}", params={**asked, "hub.verify_token": "x"}, timeout=10)

    assert (good.status_code, good.text) == (200, "1158201444")
    assert good.headers["Content-Type"].startswith("text/plain")
    assert bad.status_code == 403


@CHANNELS
def test_what_meta_did_not_sign_is_refused_and_counted(front: House, engine: Engine, channel: str) -> None:
    phone = Phone(front.front_url, channel)
    body = whatsapp_body(phone.message("text", text={"body": "vals"}))
    refused = [post(front.front_url, channel, body, signature) for signature in ("sha256=" + "0" * 64, "sha1=x")]

    assert [answer.status_code for answer in refused] == [403, 403]
    assert said_by(engine, phone.address) == []
    figures = requests.get(f"{front.front_url}/metrics", timeout=10).text
    assert f'balie_webhooks_unsigned_total{{channel="{channel}"}}' in figures


def test_a_secret_of_one_channel_opens_no_other(front: House, engine: Engine) -> None:
    phone = Phone(front.front_url, MESSENGER)
    body = messenger_body(phone.message("text", text={"body": "vals"}))
    answer = requests.post(
        f"{front.front_url}/webhooks/messenger",
        data=body,
        headers={"X-Hub-Signature-256": _signed_as(WHATSAPP, body)},
        timeout=10,
    )

    assert answer.status_code == 403


def _signed_as(channel: str, body: bytes) -> str:
    import hashlib
    import hmac

    secret = KEYS.whatsapp_app_secret if channel == WHATSAPP else KEYS.messenger_app_secret
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@CHANNELS
def test_the_same_webhook_three_times_at_once_is_one_message(
    front: House, graph: FakeGraph, bot: FakeBot, engine: Engine, channel: str
) -> None:
    phone = Phone(front.front_url, channel)
    message = phone.message("text", text={"body": "drie keer"})
    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda _: phone.send(message), range(3)))

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    graph.wait_for("Je zei: drie keer", phone.address)
    time.sleep(0.3)
    assert said_by(engine, phone.address) == ["drie keer"]
    assert graph.texts(phone.address) == ["Je zei: drie keer"]


def test_a_batch_is_kept_whole_and_answered_in_order(front: House, graph: FakeGraph) -> None:
    phone = Phone(front.front_url)
    phone.send(*(phone.message("text", text={"body": f"bericht {n}"}) for n in range(4)))

    graph.wait_for("Je zei: bericht 3", phone.address)
    assert graph.texts(phone.address) == [f"Je zei: bericht {n}" for n in range(4)]


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[" * 5000, b'{"object":"instagram"}', b"\xff"])
@CHANNELS
def test_what_cannot_be_read_is_taken_and_never_comes_back(
    front: House, engine: Engine, body: bytes, channel: str
) -> None:
    assert [post(front.front_url, channel, body).status_code for _ in range(2)] == [200, 200]


def test_what_is_new_to_us_is_written_down_without_what_it_says(front: House, engine: Engine) -> None:
    phone = Phone(front.front_url)
    assert phone.send(phone.message("hologram", hologram={"said": "mijn geheim"})).status_code == 200

    with reading(engine) as db:
        kept = db.execute(select(unread_payloads).where(unread_payloads.c.reason == "type:hologram")).one()
    assert "hologram" in kept.shape
    assert "geheim" not in str(kept)
    assert phone.address not in str(kept)


def test_a_body_larger_than_meta_posts_is_not_read(front: House) -> None:
    large = b'{"a":"' + b"x" * (3 * 1024 * 1024) + b'"}'

    assert post(front.front_url, WHATSAPP, large).status_code == 413
    assert post(front.front_url, WHATSAPP, b'{"a":"' + b"x" * (2 * 1024 * 1024) + b'"}').status_code == 200


def test_a_command_of_the_bot_cannot_be_sent(front: House, bot: FakeBot, graph: FakeGraph) -> None:
    phone = Phone(front.front_url)
    phone.say(" /restart")
    reply = {"type": "button_reply", "button_reply": {"id": "/restart", "title": "/restart"}}
    phone.send(phone.message("interactive", interactive=reply))
    wait_for(lambda: len(graph.texts(phone.address)) == 2)

    assert [asked.get("payload") for asked in bot.asked] == [None, None]
    assert bot.texts == ["restart", "restart"]


def test_a_button_counts_only_where_it_was_offered(front: House, bot: FakeBot, graph: FakeGraph) -> None:
    phone, other = Phone(front.front_url), Phone(front.front_url)
    bot.faults.append([{"text": "Klopt dit?", "choices": [{"title": "Ja", "payload": "/bevestigen"}]}])
    phone.say("samenvatting")
    graph.wait_for("Klopt dit?", phone.address)
    [button] = graph.taken[-1]["interactive"]["action"]["buttons"]
    tap = {"type": "button_reply", "button_reply": button["reply"]}
    for citizen in (phone, other):
        citizen.send(citizen.message("interactive", interactive=tap))
    wait_for(lambda: graph.texts(other.address) and len(graph.texts(phone.address)) == 2)

    assert graph.texts(phone.address)[-1] == "Je zei: /bevestigen"
    assert graph.texts(other.address) == ["Je zei: Ja"]


def test_a_typed_number_or_title_is_the_choice(front: House, bot: FakeBot, graph: FakeGraph) -> None:
    phone = Phone(front.front_url)
    offered = [{"title": title, "payload": f"/{title.lower()}"} for title in ("Afval", "Verlichting")]
    for typed, meant in (("2", "/verlichting"), ("afval.", "/afval")):
        bot.faults.append([{"text": f"Kies ({typed})", "choices": offered}])
        phone.say("iets melden")
        graph.wait_for(f"Kies ({typed})", phone.address)
        phone.say(typed)
        graph.wait_for(f"Je zei: {meant}", phone.address)


def test_a_message_is_marked_read_and_somebody_writes(front: House, graph: FakeGraph) -> None:
    phone = Phone(front.front_url)
    message = phone.message("text", text={"body": "leest u dit?"})
    phone.send(message)

    wait_for(lambda: any(shown.get("message_id") == message["id"] for shown in graph.shown))
    assert graph.shown[-1]["typing_indicator"] == {"type": "text"}
    graph.wait_for("Je zei: leest u dit?", phone.address)  # so that the bot has no more to hear in the next test


def test_a_voice_message_is_answered_honestly_and_without_the_bot(front: House, bot: FakeBot, graph: FakeGraph) -> None:
    phone = Phone(front.front_url)
    phone.send(phone.message("audio", audio={"id": "1", "mime_type": "audio/ogg", "voice": True}))

    graph.wait_for("Ik kan niet naar een spraakbericht luisteren. Wil je het typen?", phone.address)
    assert bot.asked == []


def test_a_photo_is_fetched_wiped_and_given_to_the_bot(front: House, bot: FakeBot, graph: FakeGraph) -> None:
    phone = Phone(front.front_url)
    graph.files["photo1"] = JPEG
    phone.send(phone.message("image", image={"id": "photo1", "mime_type": "image/jpeg", "caption": "een put"}))

    wait_for(lambda: len(bot.asked) == 2)
    assert bot.texts == ["een put", "/bijlage_gestuurd"]
    assert bot.asked[1]["metadata"]["attachment"]
    assert ("/graph/bytes/photo1", f"Bearer {KEYS.whatsapp_access_token}") in graph.asked


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (b"MZ not a photo", "Dit bestand is geen foto die ik kan openen."),
        (JPEG + b"x" * 9_000_000, "Je foto is te groot."),
        (None, "Je foto is niet aangekomen."),
    ],
)
def test_a_photo_that_is_none_too_large_or_gone_is_told(
    front: House, bot: FakeBot, graph: FakeGraph, content: bytes | None, answer: str
) -> None:
    phone = Phone(front.front_url)
    if content:
        graph.files["photo2"] = content
    phone.send(phone.message("image", image={"id": "photo2", "mime_type": "image/jpeg"}))

    wait_for(lambda: any(text.startswith(answer) for text in graph.texts(phone.address)))
    graph.files.pop("photo2", None)
    assert bot.asked == []


def test_what_messenger_shows_is_fetched_without_a_token_and_only_from_meta(
    front: House, bot: FakeBot, graph: FakeGraph
) -> None:
    phone = Phone(front.front_url, MESSENGER)
    graph.files["photo3"] = JPEG
    urls = (f"{graph.url}/bytes/photo3", "http://127.0.0.1:1/steal", "file:///etc/passwd", "https://evil.example/x")
    for url in urls:
        phone.send(phone.message("image", attachments=[{"type": "image", "payload": {"url": url}}]))

    wait_for(lambda: len(graph.texts(phone.address)) == len(urls))
    assert graph.texts(phone.address)[0] == "Je zei: /bijlage_gestuurd"
    assert {text[:27] for text in graph.texts(phone.address)[1:]} == {"Je foto is niet aangekomen."}
    assert [token for path, token in graph.asked if path.endswith("/bytes/photo3")] == [""]


def test_a_pin_on_the_map_is_a_place(front: House, bot: FakeBot, graph: FakeGraph) -> None:
    phone = Phone(front.front_url)
    phone.send(phone.message("location", location={"latitude": 50.8471, "longitude": 3.6042}))

    wait_for(lambda: bot.asked)
    assert bot.texts == ["/plaats_gedeeld"]
    assert bot.asked[0]["metadata"]["place"] == {"latitude": 50.8471, "longitude": 3.6042}


def test_get_started_welcomes(front: House, bot: FakeBot, graph: FakeGraph) -> None:
    phone = Phone(front.front_url, MESSENGER)
    phone.send(phone.event(postback={"mid": "m_start", "title": "Aan de slag", "payload": "GET_STARTED"}))

    graph.wait_for("Je zei: /gesprek_begonnen", phone.address)
    assert bot.asked[0]["metadata"]["event"] is False


def test_after_an_outage_old_messages_are_kept_and_one_message_says_so(
    front: House, bot: FakeBot, graph: FakeGraph, engine: Engine
) -> None:
    phone = Phone(front.front_url)
    old = [phone.message("text", text={"body": f"oud {n}"}) for n in range(3)]
    for message in old:
        message["timestamp"] = str(int(time.time()) - 2 * 3600)
        phone.send(message)
    wait_for(lambda: len(graph.texts(phone.address)) == 1)
    phone.say("en nu?")
    graph.wait_for("Je zei: en nu?", phone.address)

    assert said_by(engine, phone.address) == ["oud 0", "oud 1", "oud 2", "en nu?"]
    assert len(graph.texts(phone.address)) == 2
    assert graph.texts(phone.address)[0].startswith("We hadden een storing")
    assert bot.texts == ["en nu?"]


def test_a_citizen_who_has_another_number_keeps_his_conversation(
    front: House, graph: FakeGraph, engine: Engine
) -> None:
    phone = Phone(front.front_url)
    phone.say("eerst")
    graph.wait_for("Je zei: eerst", phone.address)
    moved = Phone(front.front_url)
    phone.send(phone.message("system", system={"wa_id": moved.address, "type": "user_changed_number"}))
    moved.say("daarna")
    graph.wait_for("Je zei: daarna", moved.address)

    assert said_by(engine, moved.address) == ["eerst", "daarna"]
    assert said_by(engine, phone.address) == []


def test_what_went_wrong_at_graph_is_sent_once_when_it_is_well_again(front: House, graph: FakeGraph) -> None:
    phone = Phone(front.front_url)
    graph.faults.append((500, {"error": {"code": 131000, "message": "Something went wrong"}}))
    phone.say("nog eens")

    graph.wait_for("Je zei: nog eens", phone.address)
    assert graph.texts(phone.address) == ["Je zei: nog eens"]


def test_a_message_that_graph_took_before_it_fell_is_not_sent_twice(
    front: House, graph: FakeGraph, engine: Engine
) -> None:
    """Its receipt names our id, and comes before we would try again."""
    phone = Phone(front.front_url)
    graph.faults.append("die")
    phone.say("onzeker")
    wait_for(lambda: _state(engine, "Je zei: onzeker") == ("queued", 1))
    reference = _id(engine, "Je zei: onzeker")
    status = {"id": "wamid.took", "status": "delivered", "biz_opaque_callback_data": reference}
    assert post(front.front_url, WHATSAPP, whatsapp_body(statuses=[status])).status_code == 200

    assert _state(engine, "Je zei: onzeker")[0] == "delivered"
    assert graph.texts(phone.address) == []


def test_statuses_in_any_order_end_at_the_furthest(front: House, graph: FakeGraph, engine: Engine) -> None:
    phone = Phone(front.front_url)
    phone.say("gelezen?")
    graph.wait_for("Je zei: gelezen?", phone.address)
    wait_for(lambda: _state(engine, "Je zei: gelezen?")[0] == "sent")
    name = f"wamid.sent{graph.texts().index('Je zei: gelezen?') + 1}"
    for state in ("read", "sent", "delivered", "failed"):
        post(front.front_url, WHATSAPP, whatsapp_body(statuses=[{"id": name, "status": state}]))

    assert _state(engine, "Je zei: gelezen?")[0] == "read"


def test_a_message_that_may_not_be_sent_waits_until_the_citizen_writes(
    front: House, graph: FakeGraph, engine: Engine
) -> None:
    phone = Phone(front.front_url)
    graph.faults.append((400, {"error": {"code": 131047, "message": "Re-engagement message"}}))
    phone.say("te laat")
    wait_for(lambda: _state(engine, "Je zei: te laat")[0] == "parked")
    phone.say("hier ben ik")
    graph.wait_for("Je zei: hier ben ik", phone.address)

    assert graph.texts(phone.address) == ["Je zei: te laat", "Je zei: hier ben ik"]


def _row(engine: Engine, text: str) -> tuple[str, str, int]:
    with reading(engine) as db:
        query = select(messages.c.id, messages.c.state, messages.c.attempts).where(messages.c.text == text)
        row = db.execute(query).one_or_none()
    return (row.id, str(row.state), row.attempts) if row else ("", "", 0)


def _state(engine: Engine, text: str) -> tuple[str, int]:
    return _row(engine, text)[1:]


def _id(engine: Engine, text: str) -> str:
    return _row(engine, text)[0]


def test_no_log_line_holds_a_number_a_text_or_a_token(front: House, graph: FakeGraph) -> None:
    phone = Phone(front.front_url)
    phone.say("heel geheim")
    graph.wait_for("Je zei: heel geheim", phone.address)
    log = (front.folder / "front.log").read_text()

    for private in ("geheim", phone.address, KEYS.whatsapp_access_token, KEYS.whatsapp_app_secret):
        assert private not in log


def test_a_front_that_is_stopped_in_the_middle_loses_no_webhook(tmp_path: Path) -> None:
    with FakeGraph() as graph, FakeBot() as bot:
        environment = {"BOT_URL": bot.url, **graph.environment}
        house = House(tmp_path, parts=("front",), environment=environment)
        house.start()
        try:
            phone = Phone(house.front_url)
            bot.stop()
            acknowledged = [phone.say(f"bericht {n}").status_code for n in range(5)]
            house.kill("front")
            bot.start()
            house.restart("front")
            graph.wait_for("Je zei: bericht 4", phone.address)
        finally:
            house.stop()

    assert acknowledged == [200] * 5
    assert [text for text in graph.texts() if text.startswith("Je zei")] == [f"Je zei: bericht {n}" for n in range(5)]


def test_json_is_not_needed_to_be_small(front: House, engine: Engine) -> None:
    """A thousand updates in one post, as Meta may send after an outage."""
    phone = Phone(front.front_url)
    statuses = [{"id": f"wamid.none{n}", "status": "sent"} for n in range(1000)]
    began = time.monotonic()
    answer = post(
        front.front_url, WHATSAPP, whatsapp_body(phone.message("text", text={"body": "duizend"}), statuses=statuses)
    )

    assert answer.status_code == 200
    assert time.monotonic() - began < 10
    assert json.dumps(said_by(engine, phone.address)) == '["duizend"]'
