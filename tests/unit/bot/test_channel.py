"""The bot as a process: `rasa run` with the small model, our channel and our store."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.unit.bot.talking import ROOT

HALLO = {"conversation": "c", "message_id": "1", "channel": "web", "text": "hallo"}
SOON = 120.0


@contextmanager
def action_server(port: int = 0) -> Iterator[int]:
    """Its port; every action is done at once and says nothing."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b'{"events": [], "responses": []}')

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


class Bot:
    """One `rasa run` on a free port. Port 9: there is no action server."""

    def __init__(self, model: Path, folder: Path, actions: int = 9) -> None:
        self.folder = folder
        self._actions = f"http://127.0.0.1:{actions}"
        self._model = model
        self.database = folder / "rasa.db"
        self.url = f"sqlite:///{self.database}?timeout=0.5"
        self.endpoints = ROOT / "endpoints.yml"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Bot":
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        quiet = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(ROOT)}
        command = [
            sys.executable, "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(self._port),
            "--model", str(self._model), "--endpoints", str(self.endpoints),
            "--credentials", str(ROOT / "credentials.yml"),
        ]  # fmt: skip
        with (self.folder / "bot.log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=self.folder,
                env={**os.environ, **quiet, "ACTIONS_URL": self._actions, "RASA_DATABASE_URL": self.url},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return self

    def wait(self) -> "Bot":
        deadline = time.monotonic() + SOON
        while time.monotonic() < deadline:
            try:
                if requests.get(f"{self._base}/ready", timeout=1).status_code == 200:
                    return self
            except requests.ConnectionError:
                pass
            assert self.process is not None
            assert self.process.poll() is None, self.log
            time.sleep(0.2)
        raise AssertionError(f"not ready within {SOON} s\n{self.log}")

    @property
    def _base(self) -> str:
        return f"http://127.0.0.1:{self._port}/webhooks/turn"

    @property
    def log(self) -> str:
        return (self.folder / "bot.log").read_text(errors="replace")[-3000:]

    def get(self, path: str) -> requests.Response:
        return requests.get(f"http://127.0.0.1:{self._port}{path}", timeout=30)

    def post(self, body: Any, raw: bytes | None = None, door: str = "turn") -> requests.Response:
        data = raw if raw is not None else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"}
        return requests.post(f"{self._base}/{door}", data=data, headers=kind, timeout=60)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture(scope="module")
def bot(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with action_server() as actions:
        bot = Bot(trained, tmp_path_factory.mktemp("bot"), actions).start().wait()
        yield bot
        bot.kill()


def test_ready_names_the_model(bot: Bot) -> None:
    assert bot.get("/webhooks/turn/ready").json() == {"model": "small.tar.gz"}


def test_a_turn_is_answered_over_http(bot: Bot) -> None:
    answer = bot.post({**HALLO, "conversation": "http"})

    assert answer.status_code == 200
    assert answer.json()["replies"][0]["name"] == "utter_groet"


@pytest.mark.parametrize("raw", [b"{", b"", b"[]", b'"hallo"', b'{"conversation": "c"}'])
def test_what_is_no_turn_is_refused_with_a_reason(bot: Bot, raw: bytes) -> None:
    answer = bot.post(None, raw=raw)

    assert answer.status_code == 400
    assert answer.json()["error"] == "bad_request"
    assert answer.json()["message"]


@pytest.mark.parametrize("path", ["/status", "/conversations/c/tracker", "/webhooks/rest/", "/domain"])
def test_nothing_of_rasa_but_the_one_door_is_open(bot: Bot, path: str) -> None:
    assert bot.get(path).status_code == 404


def test_what_is_known_in_a_conversation_is_told_and_of_an_unknown_one_nothing(bot: Bot) -> None:
    said = {"conversation": "known", "message_id": "1", "channel": "web", "payload": '/kiezen{"keuze": "afval"}'}
    assert bot.post(said).status_code == 200

    assert bot.post({"conversation": "known"}, door="known").json() == {"form": None, "slots": {"onthouden": "afval"}}
    assert bot.post({"conversation": "nobody"}, door="known").json() == {"form": None, "slots": {}}
    assert bot.post(None, raw=b"{}", door="known").status_code == 400


def test_a_conversation_is_forgotten_and_begins_anew(bot: Bot) -> None:
    bot.post({**HALLO, "conversation": "secret"})
    assert bot.post({"conversation": "secret"}, door="forget").status_code == 200

    assert _turns(bot, "secret") == 0
    assert bot.post({**HALLO, "conversation": "secret", "message_id": "2"}).status_code == 200
    assert _turns(bot, "secret") == 1


@pytest.mark.parametrize("raw", [b"{", b"[]", b"{}", b'{"conversation": 7}'])
def test_what_names_no_conversation_forgets_nothing(bot: Bot, raw: bytes) -> None:
    assert bot.post(None, raw=raw, door="forget").status_code == 400


def test_the_same_message_at_once_over_http_is_one_turn(bot: Bot) -> None:
    same = {**HALLO, "conversation": "parallel"}
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: bot.post(same).json(), range(8)))

    assert all(answer == answers[0] for answer in answers)
    assert _turns(bot, "parallel") == 1


def test_five_quick_messages_do_not_wait_for_a_poll(bot: Bot) -> None:
    bot.post({**HALLO, "conversation": "quick", "message_id": "first"})
    before = time.monotonic()
    with ThreadPoolExecutor(5) as many:
        quick = [{**HALLO, "conversation": "quick", "message_id": f"q{number}"} for number in range(5)]
        answers = [answer.status_code for answer in many.map(bot.post, quick)]

    assert answers == [200] * 5
    assert _turns(bot, "quick") == 6
    assert time.monotonic() - before < 4  # Rasa's own lock looks once a second, so it takes five


def test_a_locked_database_is_503_and_the_message_can_come_again(bot: Bot) -> None:
    bot.post({**HALLO, "conversation": "locked"})
    somebody = sqlite3.connect(bot.database, isolation_level=None)
    somebody.execute("BEGIN IMMEDIATE")
    refused = bot.post({**HALLO, "conversation": "locked", "message_id": "2"})
    not_forgotten = bot.post({"conversation": "locked"}, door="forget")
    somebody.execute("ROLLBACK")

    assert not_forgotten.status_code == 503
    assert (refused.status_code, refused.json()) == (503, {"error": "tracker_store"})
    assert bot.post({**HALLO, "conversation": "locked", "message_id": "2"}).status_code == 200
    assert _turns(bot, "locked") == 2


def test_a_killed_bot_remembers_what_it_answered(bot: Bot) -> None:
    said = bot.post({**HALLO, "conversation": "killed"}).json()
    bot.kill()
    bot.start().wait()

    assert bot.post({**HALLO, "conversation": "killed"}).json() == said
    assert _turns(bot, "killed") == 1


def test_a_message_without_action_server_is_503_and_can_come_again(trained: Path, tmp_path: Path) -> None:
    with action_server() as port:
        bot = Bot(trained, tmp_path, port).start().wait()
    refused = bot.post(HALLO)
    with action_server(port):
        answer = bot.post(HALLO)
    bot.kill()

    assert (refused.status_code, refused.json()) == (503, {"error": "actions"})
    assert answer.json()["replies"][0]["name"] == "utter_groet"
    assert _turns(bot, "c") == 1


def test_a_wrong_address_of_the_memory_stops_the_bot(trained: Path, tmp_path: Path) -> None:
    bot = Bot(trained, tmp_path)
    bot.url = "mysql://nowhere/rasa"

    assert _ends(bot) != 0
    assert "RASA_DATABASE_URL mysql://nowhere/rasa cannot be used" in bot.log


def test_an_unknown_tracker_store_stops_the_bot_where_rasa_would_go_on_and_forget(
    trained: Path, tmp_path: Path
) -> None:
    bot = Bot(trained, tmp_path)
    bot.endpoints = tmp_path / "endpoints.yml"
    bot.endpoints.write_text("tracker_store:\n  type: bot.tracker_store.Misspelt\n")

    assert _ends(bot) != 0
    assert "the tracker store is InMemoryTrackerStore" in bot.log


def test_a_model_that_cannot_be_loaded_stops_the_bot_where_rasa_would_stay_up_and_be_silent(tmp_path: Path) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"half a model")

    bot = Bot(broken, tmp_path)

    assert _ends(bot) != 0
    assert "the bot's model cannot be loaded" in bot.log


def _turns(bot: Bot, conversation: str) -> int:
    with sqlite3.connect(bot.database) as database:
        query = "SELECT count(*) FROM dialogue_turn WHERE sender_id = ?"
        return int(database.execute(query, (conversation,)).fetchone()[0])


def _ends(bot: Bot) -> int:
    process = bot.start().process
    assert process is not None
    try:
        return process.wait(timeout=SOON)
    finally:
        process.kill()
