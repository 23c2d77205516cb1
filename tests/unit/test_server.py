"""The front as a process: what it serves, how it watches itself, how it starts and stops."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from conversations.database import connect, migrate
from server import build
from settings import ROOT, Settings
from tests.front import Citizen, FakeBot, wait_for
from tests.house import House

TOKEN = "een-geheim-van-de-centrale-0123456789"
DMS_TOKEN = "een-geheim-van-het-dms-0123456789abcdef"
LETTER = {
    "document": "IN-1",
    "channel": "brief",
    "team": "burgerzaken",
    "about": "Vraagt een attest",
    "link": "https://dms.example/1",
}


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with FakeBot() as bot:
        known = {"BOT_URL": bot.url, "EXCHANGE_TOKEN": TOKEN, "DMS_TOKEN": DMS_TOKEN, "DMS_HOSTS": "dms.example"}
        house = House(tmp_path_factory.mktemp("front"), parts=("front",), environment=known)
        house.start()
        yield house
        house.stop()


def get(house: House, path: str, **headers: str) -> requests.Response:
    return requests.get(f"{house.front_url}{path}", headers=headers, timeout=10)


def test_the_site_shows_the_demo_page_and_the_widget(front: House) -> None:
    page, script = get(front, "/"), get(front, "/widget/chat.js")

    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert script.headers["Content-Encoding"] == "gzip"
    assert script.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.req("TA-10", "TI-03")
def test_the_telephone_exchange_reads_who_can_be_reached_with_its_token_alone(front: House) -> None:
    told = get(front, "/exchange/state", Authorization=f"Bearer {TOKEN}")

    assert (told.status_code, told.headers["Cache-Control"]) == (200, "no-store")
    assert [team["code"] for team in told.json()["teams"]] == ["onthaal", "burgerzaken"]
    for wrong in ({}, {"Authorization": f"Bearer {TOKEN[:-1]}"}, {"Authorization": TOKEN}, {"Authorization": "é"}):
        refused = get(front, "/exchange/state", **wrong)
        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert "teams" not in refused.json()


def test_without_tokens_of_their_own_there_is_nothing_for_an_exchange_or_a_dms(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    migrate(url)
    app = build(Settings(database_url=url))

    assert not [route for route in app.router.routes if "exchange" in route.path or "dms" in route.path]


def send(house: House, body: object, token: str = f"Bearer {DMS_TOKEN}") -> requests.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return requests.post(f"{house.front_url}/dms/tasks", content, headers={"Authorization": token}, timeout=10)


@pytest.mark.req("KI-31")
def test_a_dms_has_a_task_made_once_and_reads_how_far_it_is(front: House) -> None:
    letter = {**LETTER, "document": "IN-2"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: send(front, letter), range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    [task] = {answer.json()["task"] for answer in answers}
    told = get(front, answers[0].headers["Location"], Authorization=f"Bearer {DMS_TOKEN}")
    assert (told.status_code, told.json()["task"], told.json()["state"]) == (200, task, "open")
    other = send(front, {**letter, "about": "Iets anders"})
    assert (other.status_code, other.json()["error"]) == (409, "other_content")


@pytest.mark.req("KI-31")
def test_a_dms_hears_what_is_wrong_and_nothing_is_made_of_it(front: House) -> None:
    for token in ("", f"Bearer {DMS_TOKEN[:-1]}", f"Bearer {TOKEN}", DMS_TOKEN):
        assert send(front, LETTER, token).status_code == 401
        assert get(front, "/dms/tasks/IN-1", Authorization=token).status_code == 401
    assert send(front, b"rommel").status_code == 400
    assert send(front, {**LETTER, "about": "a" * 20_000}).status_code == 413
    refused = send(front, {**LETTER, "team": "brandweer"})
    assert (refused.status_code, refused.json()["field"]) == (400, "team")
    assert refused.json()["message"] == "must be one of burgerzaken, onthaal"

    assert get(front, "/dms/tasks/IN-1", Authorization=f"Bearer {DMS_TOKEN}").status_code == 404
    assert get(front, "/dms/tasks/%00", Authorization=f"Bearer {DMS_TOKEN}").status_code == 404


def test_a_file_that_did_not_change_is_not_sent_again(front: House) -> None:
    first = get(front, "/widget/chat.js")
    again = get(front, "/widget/chat.js", **{"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert "max-age" in first.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/widget/..%2fsettings.py", "/widget/%2e%2e/settings.py", "/widget/", "/widget/x.js"])
def test_nothing_but_the_widget_is_served(path: str, front: House) -> None:
    request = requests.Request("GET", front.front_url).prepare()
    request.url = f"{front.front_url}{path}"  # as it stands: requests would tidy it
    with requests.Session() as session:
        assert session.send(request, timeout=10).status_code == 404


@pytest.mark.parametrize("path", ["/", "/widget/chat.js", "/web/config", "/nothing", "/health/live"])
def test_every_answer_carries_the_headers_that_protect(path: str, front: House) -> None:
    headers = get(front, path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy


def test_health_and_figures(front: House) -> None:
    citizen = Citizen(front.front_url)
    citizen.say("hallo")
    citizen.hear("Je zei: hallo")

    assert get(front, "/health/live").json() == {"alive": True}
    assert get(front, "/health/ready").json() == {"ready": True, "database": True, "loops": True, "bot": True}
    figures = get(front, "/metrics").text
    assert re.search(r'balie_messages_received_total\{channel="web",kind="text"\} [1-9]', figures)
    assert re.search(r'balie_turns_total\{outcome="answered"\} [2-9]', figures)
    assert 'balie_waiting{queue="turns"} 0.0' in figures
    assert "balie_bot_answers 1.0" in figures


def test_no_log_line_tells_what_was_said_or_to_whom(front: House) -> None:
    citizen = Citizen(front.front_url)
    citizen.say("mijn geheim is 85.07.30-033.28")
    citizen.hear("Je zei: mijn geheim is [rijksregisternummer]")
    log = (front.folder / "front.log").read_text()

    assert "message.received" in log
    for private in ("geheim", "033.28", citizen.known["token"], citizen.known["conversation"]):
        assert private not in log


def test_an_error_of_the_database_does_not_tell_what_was_said(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/balie.db"
    migrate(url)
    with pytest.raises(SQLAlchemyError) as error, connect(url).begin() as db:
        db.execute(text("INSERT INTO messages (id, text) VALUES ('m', :said)"), {"said": "mijn geheim"})

    assert "geheim" not in str(error.value)


def test_the_front_stays_small(front: House) -> None:
    for _ in range(20):
        citizen = Citizen(front.front_url)
        citizen.say("hallo")
        citizen.hear("Je zei: hallo")

    assert resident_megabytes(front.settings.front_port) < 200


def resident_megabytes(port: int) -> float:
    inode = _listener(port)
    for process in Path("/proc").iterdir():
        try:
            if any(str(link.readlink()) == f"socket:[{inode}]" for link in (process / "fd").iterdir()):
                return int(re.findall(r"VmRSS:\s+(\d+)", (process / "status").read_text())[0]) / 1024
        except (OSError, ValueError):
            continue
    raise AssertionError(f"nobody listens on {port}")


def _listener(port: int) -> str:
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(f":{port:04X}") and fields[3] == "0A":
            return fields[9]
    raise AssertionError(f"nobody listens on {port}")


def start(folder: Path, port: int, **more: str) -> "subprocess.Popen[str]":
    settings = Settings(front_port=port, database_url=f"sqlite:///{folder}/balie.db")
    return subprocess.Popen(
        [sys.executable, "server.py"],
        cwd=ROOT,
        env={**os.environ, **settings.environment(), **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_port_that_is_taken_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start(tmp_path, port)
        _, said = process.communicate(timeout=30)

    assert process.returncode == 1
    assert said.count("\n") == 1
    assert f"cannot listen on 127.0.0.1:{port}" in said
    assert "FRONT_PORT" in said


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("UPLOAD_MEGABYTES", "veel", "UPLOAD_MEGABYTES"),
        ("CITY_FILE", "nowhere.yml", "nowhere.yml"),
        ("DATABASE_URL", "sqlite:////proc/nowhere/balie.db", "proc"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_in_one_line(
    variable: str, value: str, told: str, tmp_path: Path
) -> None:
    process = start(tmp_path, _free_port(), **{variable: value})
    _, said = process.communicate(timeout=30)

    assert process.returncode == 1
    assert told in said
    assert "Traceback" not in said


def test_a_request_to_stop_is_obeyed_at_once(tmp_path: Path) -> None:
    port = _free_port()
    process = start(tmp_path, port, BOT_URL="http://127.0.0.1:1")
    wait_for(lambda: _answers(port))
    citizen = Citizen(f"http://127.0.0.1:{port}")
    stream = citizen.stream()
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=15)

    assert process.returncode == 0
    assert time.monotonic() - began < 5
    assert stream.ended.wait(1)


def test_a_bot_that_hangs_does_not_keep_the_front_from_stopping(tmp_path: Path) -> None:
    port = _free_port()
    with FakeBot() as bot:
        process = start(tmp_path, port, BOT_URL=bot.url)
        wait_for(lambda: _answers(port))
        bot.faults.append(60.0)
        Citizen(f"http://127.0.0.1:{port}")
        wait_for(lambda: bot.asked)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=12)

    assert process.returncode == 0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/health/live", timeout=2).ok
    except requests.ConnectionError:
        return False


@pytest.mark.req("BP1-03", "BP1-04")
def test_the_site_tells_where_else_one_can_chat(front: House) -> None:
    channels = {found["channel"]: found for found in get(front, "/channels").json()["channels"]}
    code = get(front, channels["whatsapp"]["qr"])

    assert channels["whatsapp"]["url"] == "https://wa.me/32456177700"
    assert channels["messenger"]["url"] == "https://m.me/stadleiestad"
    assert (code.status_code, code.headers["Content-Type"]) == (200, "image/svg+xml")
    assert get(front, "/channels/telex.svg").status_code == 404
