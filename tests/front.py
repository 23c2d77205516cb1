"""A citizen, and a bot that does as it is told, for tests of the front alone.

with FakeBot() as bot:
    house = House(tmp_path, parts=("front",), environment={"BOT_URL": bot.url})
    house.start()
    citizen = Citizen(house.front_url)
    citizen.say("hallo")
    citizen.hear("Je zei: hallo")
"""

import json
import os
import socket
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from tests.ports import free_ports

PATIENCE = 20.0  # seconds until a test gives up on something that has to happen


@dataclass
class Event:
    name: str
    data: dict[str, Any]
    id: int | None = None


class Citizen:
    """Speaks the web protocol (docs/web-protocol.md)."""

    def __init__(self, front_url: str, known: Mapping[str, Any] | None = None) -> None:
        self.url = f"{front_url}/web"
        self.http = requests.Session()
        self.http.trust_env = False
        self.known = dict(known or self.post("session", {}, expect=201))
        self.http.headers["Authorization"] = f"Bearer {self.known['token']}"

    def second_tab(self) -> "Citizen":
        return Citizen(self.url.removesuffix("/web"), self.known)

    def post(self, path: str, body: Any, expect: int | None = None) -> Any:
        answer = self.http.post(f"{self.url}/{path}", json=body, timeout=PATIENCE)
        if expect is not None:
            assert answer.status_code == expect, answer.text
            return answer.json()
        return answer

    def say(self, text: str, client_msg_id: str | None = None) -> dict[str, Any]:
        answer = self.send(type="text", text=text, client_msg_id=client_msg_id or uuid.uuid4().hex)
        return dict(answer.json())

    def send(self, **body: Any) -> requests.Response:
        return self.http.post(
            f"{self.url}/messages", json={"client_msg_id": uuid.uuid4().hex, **body}, timeout=PATIENCE
        )

    def upload(self, content: bytes, name: str = "put.jpg") -> requests.Response:
        return self.http.post(f"{self.url}/attachments", files={"file": (name, content)}, timeout=PATIENCE)

    def get(self, path: str, **parameters: Any) -> requests.Response:
        return self.http.get(f"{self.url}/{path}", params=parameters, timeout=PATIENCE)

    def history(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = self.get("messages").json()["messages"]
        return messages

    def said(self) -> list[tuple[str, str]]:
        """Who said what, in order."""
        return [(message["from"], message["text"]) for message in self.history()]

    def heard(self) -> list[str]:
        return [text for who, text in self.said() if who != "citizen"]

    def hear(self, text: str, times: int = 1) -> None:
        """Waits until this was said to him so many times."""
        wait_for(lambda: self.heard().count(text) >= times, lambda: f"{text!r} was not said: {self.said()}")
        assert self.heard().count(text) == times, self.said()

    def stream(self, after: int | None = None) -> "Stream":
        return Stream(self, after)


class Stream:
    """An open event stream, read in the background. `events` grows."""

    def __init__(self, citizen: Citizen, after: int | None = None) -> None:
        headers = {**citizen.http.headers, "Accept": "text/event-stream"}
        if after is not None:
            headers["Last-Event-ID"] = str(after)
        self.response = requests.get(f"{citizen.url}/stream", headers=headers, stream=True, timeout=60)
        assert self.response.status_code == 200, self.response.text
        descriptor = os.dup(self.response.raw.fileno())  # what requests leads to, and keeps to itself
        self._socket = socket.socket(fileno=descriptor)
        self.events: list[Event] = []
        self.comments = 0
        self.ended = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            for block in self._blocks():
                fields = dict(line.split(": ", 1) for line in block if not line.startswith(":"))
                if "event" in fields:
                    number = int(fields["id"]) if "id" in fields else None
                    self.events.append(Event(fields["event"], json.loads(fields["data"]), number))
                else:
                    self.comments += 1
        except (requests.RequestException, OSError, AttributeError):
            pass  # the line was cut, by the test or by the front
        finally:
            self.ended.set()
            self.response.close()
            self._socket.close()

    def _blocks(self) -> Iterator[list[str]]:
        block: list[str] = []
        for raw in self.response.iter_lines(chunk_size=1):
            if raw:
                block.append(raw.decode())
            elif block:
                yield block
                block = []

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [event.data for event in self.events if event.name == "message"]

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.messages]

    def named(self, name: str) -> list[dict[str, Any]]:
        return [event.data for event in self.events if event.name == name]

    def wait_for(self, text: str) -> None:
        wait_for(lambda: text in self.texts, lambda: f"{text!r} did not come: {self.texts}")

    def cut(self) -> None:
        """As a phone in a tunnel would."""
        with suppress(OSError):  # it ended by itself
            self._socket.shutdown(socket.SHUT_RDWR)


@dataclass
class FakeBot:
    """Answers a turn with `Je zei: …`, unless `faults` says what to do with the next request.

    A fault is a status code, a number of seconds to be silent before the answer, "die"
    (the line breaks), "rubbish", "nothing" (no replies), or a list of replies.
    """

    faults: deque[Any] = field(default_factory=deque)
    asked: list[dict[str, Any]] = field(default_factory=list)  # every request, repetitions included
    forgotten: list[str] = field(default_factory=list)
    known: dict[str, Any] = field(default_factory=lambda: {"form": None, "slots": {}})
    runs: Counter[str] = field(default_factory=Counter)  # message id → how often it was really run
    ready: bool = True
    _answers: dict[str, Any] = field(default_factory=dict)
    _server: ThreadingHTTPServer | None = None

    def __post_init__(self) -> None:
        with free_ports(1) as (port,):
            self.port: int = port
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "FakeBot":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        bot = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # the head and the body of an answer in one piece

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if bot._server is not self.server:  # stopped, and this line was still open
                    self.close_connection = True
                    return
                if self.path.endswith("/forget"):
                    bot.forgotten.append(body["conversation"])
                    self._answer(200 if bot.ready else 503, b"{}")
                    return
                if self.path.endswith("/known"):
                    self._answer(200 if bot.ready else 503, json.dumps(bot.known).encode())
                    return
                bot.asked.append(body)
                fault = bot.faults.popleft() if bot.faults else None
                if fault == "die":
                    self.close_connection = True
                elif isinstance(fault, int) and not isinstance(fault, bool):
                    self._answer(fault, b'{"error":"not_ready"}')
                elif fault == "rubbish":
                    self._answer(200, b"<html>")
                else:
                    if isinstance(fault, float):
                        time.sleep(fault)
                    replies = [] if fault == "nothing" else fault if isinstance(fault, list) else None
                    self._answer(200, json.dumps(bot.answer(body, replies)).encode())

            def do_GET(self) -> None:
                if bot._server is not self.server:
                    self.close_connection = True
                    return
                self._answer(200 if bot.ready else 503, b"{}")

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing: a test prints what it needs."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_: object) -> None:
                """The front hung up: it was killed, or lost its patience."""

        self._server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def answer(self, body: dict[str, Any], replies: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        """The same message gets the same answer, and is run once. Words outside any dialogue only want something."""
        if "message_id" not in body:
            return {"intent": "groeten"}
        with self._lock:
            if body["message_id"] not in self._answers:
                self.runs[body["message_id"]] += 1
                said = [{"text": f"Je zei: {body.get('text') or body.get('payload')}"}] if replies is None else replies
                self._answers[body["message_id"]] = {"replies": said, "trace": {"intent": "groeten"}}
            return dict(self._answers[body["message_id"]])

    @property
    def texts(self) -> list[str]:
        return [body.get("text") or body["payload"] for body in self.asked]


def wait_for(condition: Any, complaint: Any = lambda: "it did not happen", seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, complaint()
        time.sleep(0.02)
