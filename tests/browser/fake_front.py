"""A front that says what a test tells it to: the web protocol over HTTP, without a bot behind it.

It keeps one list of messages per conversation and can be made to fail, to be slow
and to drop its streams, so that every state of the widget is within reach.
"""

from __future__ import annotations

import json
import mimetypes
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from tests.front import wait_for
from yaml_file import read_yaml

ROOT = Path(__file__).resolve().parents[2]
BRUSSELS = ZoneInfo("Europe/Brussels")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
Answer = Callable[[dict[str, Any]], Sequence[dict[str, Any]]]


def config() -> dict[str, Any]:
    """What GET /web/config gives for the demo city."""
    city = read_yaml(ROOT / "city.yml")
    responses = read_yaml(ROOT / "data/widget/responses.yml")["responses"]
    privacy = city["links"]["privacy"]
    values = {"stad_naam": city["naam"], "stad_telefoon": city["telefoon"], "stad_links_privacy": privacy}
    texts = {name.removeprefix("utter_widget_"): variants[0]["text"] for name, variants in responses.items()}
    for name, value in values.items():
        texts = {key: text.replace(f"{{{name}}}", value) for key, text in texts.items()}
    return {
        "city": {"name": city["naam"], "phone": city["telefoon"], "email": city["email"], "colours": city["kleuren"]},
        "texts": texts,
        "hours": {"open": True, "text": "Het stadhuis is vandaag open tot 16.30 uur."},
        "limits": {"text": 2000, "upload_megabytes": 8, "media_types": ["image/jpeg", "image/png", "image/webp"]},
        "map": {"streets": [{"name": s["naam"], "lat": s["lat"], "lon": s["lon"]} for s in city["straten"]]},
    }


@dataclass
class Talk:
    """One conversation."""

    token: str = field(default_factory=lambda: secrets.token_hex(16))
    messages: list[dict[str, Any]] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=lambda: {"owner": "bot", "queue": None, "agent": None})
    passing: list[tuple[str, dict[str, Any]]] = field(default_factory=list)  # events that are not kept


@dataclass
class Failure:
    path: str
    status: int
    times: int
    headers: dict[str, str]


class FakeFront:
    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.talks: dict[str, Talk] = {}
        self.welcome: list[dict[str, Any]] = [{"text": "Welkom bij Leiestad. Waarmee kan ik je helpen?"}]
        self.answer: Answer = lambda message: [{"text": f"Je zei: {message['text']}"}]
        self.config = config()
        self.files: dict[str, tuple[str, bytes]] = {}  # media type and content, by the id of an attachment
        self.failures: list[Failure] = []
        self.delays: dict[str, float] = {}
        self.requests: list[tuple[str, str, Any]] = []
        self.generation = 0  # streams of an earlier generation end
        self.page = (ROOT / "widget/demo.html").read_bytes()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"front": self}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.drop_streams()
        self._server.shutdown()
        self._server.server_close()

    # --- what a test makes happen ------------------------------------------------

    @property
    def talk(self) -> Talk:
        """The conversation that was begun last."""
        return list(self.talks.values())[-1]

    def say(self, text: str, talk: Talk | None = None, **more: Any) -> dict[str, Any]:
        return self._add(talk or self.talk, {"from": "bot", "text": text, **more})

    def hide(self) -> None:
        """A message that the citizen does not get to see: a hole in the numbering."""
        self._add(self.talk, {"from": "hidden", "text": ""})

    def event(self, name: str, data: dict[str, Any]) -> None:
        with self.changed:
            self.talk.passing.append((name, data))
            self.changed.notify_all()

    def state(self, **changes: Any) -> None:
        self.talk.state = {**self.talk.state, **changes}
        self.event("state", self.talk.state)

    def fail(self, path: str, status: int, times: int = 1, **headers: str) -> None:
        self.failures.append(Failure(path, status, times, headers))

    def drop_streams(self) -> None:
        with self.changed:
            self.generation += 1
            self.changed.notify_all()

    def sent(self, path: str, least: int = 1) -> list[Any]:
        """The bodies that were posted there and accepted; the page shows a message sooner than it sends it."""

        def arrived() -> list[Any]:
            return [body for method, at, body in self.requests if method == "POST" and at == path]

        wait_for(lambda: len(arrived()) >= least, lambda: f"nothing came at {path}: {self.requests}")
        return arrived()

    # --- what the handler asks -----------------------------------------------------

    def begin(self) -> Talk:
        talk = Talk()
        self.talks[talk.token] = talk
        for reply in self.welcome:
            self._add(talk, {"from": "bot", **reply})
        return talk

    def receive(self, talk: Talk, body: dict[str, Any]) -> dict[str, Any]:
        for message in talk.messages:
            if message.get("client_msg_id") == body["client_msg_id"]:
                return message
        message = self._add(talk, {"from": "citizen", "text": self._text(talk, body), **_own(body)})
        if talk.state["owner"] == "closed":
            self.state(owner="bot")
        if talk.state["owner"] == "bot":
            threading.Thread(target=self._reply, args=(talk, message), daemon=True).start()
        return message

    def _reply(self, talk: Talk, message: dict[str, Any]) -> None:
        time.sleep(self.delays.get("answer", 0))
        for reply in self.answer(message):
            self._add(talk, {"from": "bot", **reply})

    def _text(self, talk: Talk, body: dict[str, Any]) -> str:
        if body["type"] != "choice":
            return str(body.get("text", ""))
        offered = next(message for message in talk.messages if message["id"] == body["message_id"])
        return str(offered["choices"][body["choice"]]["title"])

    def _add(self, talk: Talk, message: dict[str, Any]) -> dict[str, Any]:
        with self.changed:
            seq = len(talk.messages) + 1
            at = datetime.now(BRUSSELS).isoformat(timespec="milliseconds")
            titles = message.pop("choices", ())
            choices = [{"n": n, "title": title} for n, title in enumerate(titles)]
            row = {
                "seq": seq,
                "id": f"m_{talk.token[:6]}_{seq}",
                "at": at,
                "type": "text",
                "choices": choices,
                **message,
            }
            talk.messages.append(row)
            self.changed.notify_all()
        return row


def _own(body: dict[str, Any]) -> dict[str, Any]:
    kept = {"type": body["type"], "client_msg_id": body["client_msg_id"]}
    if body["type"] == "attachment":
        kept["attachment"] = {"id": body["attachment"], "name": "stoep.png", "media_type": "image/png"}
    return kept


class _Handler(BaseHTTPRequestHandler):
    front: FakeFront
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if self._fails(path):
            return
        if path.startswith("/web/"):
            self._api(path)
        elif path == "/channels":
            self._json(200, {"channels": []})
        elif path == "/":
            self._give(200, self.front.page, "text/html; charset=utf-8", {"Content-Security-Policy": CSP})
        else:
            self._file(ROOT / path.lstrip("/"))

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        time.sleep(self.front.delays.get(path, 0))
        if self._fails(path):
            return
        is_json = self.headers.get("Content-Type", "").startswith("application/json")
        body = json.loads(raw) if is_json else raw
        if path != "/web/session" and self._talk() is None:
            self._json(401, {"error": "session"})
            return
        self.front.requests.append(("POST", path, body))
        self._post(path, body)

    def _post(self, path: str, body: Any) -> None:
        if path == "/web/session":
            talk = self.front.begin()
            expires = (datetime.now(BRUSSELS) + timedelta(days=1)).isoformat()
            self._json(201, {"conversation": "c_1", "token": talk.token, "expires_at": expires, "last_seq": 0})
            return
        talk = self.front.talks[self._token()]
        if path == "/web/messages":
            message = self.front.receive(talk, body)
            self._json(202, {"seq": message["seq"], "id": message["id"]})
        elif path == "/web/attachments":
            self._json(201, {"attachment": "a_1", "name": "stoep.png", "media_type": "image/png", "size": len(body)})
        else:
            if path == "/web/end":
                self.front.state(owner="closed")
            self._json(204, None)

    def _api(self, path: str) -> None:
        if path == "/web/config":
            self._json(200, self.front.config)
            return
        talk = self._talk()
        if talk is None:
            self._json(401, {"error": "session"})
        elif path == "/web/stream":
            self._stream(talk)
        elif path == "/web/transcript":
            lines = [f"{message['from']}: {message['text']}" for message in talk.messages]
            self._give(200, "\n".join(lines).encode(), "text/plain; charset=utf-8")
        elif path.startswith("/web/attachments/"):
            kind, content = self.front.files[path.rpartition("/")[2]]
            self._give(200, content, kind)
        else:
            self._messages(talk)

    def _messages(self, talk: Talk) -> None:
        query = {name: int(values[0]) for name, values in parse_qs(urlsplit(self.path).query).items()}
        page = talk.messages[query["after"] :][: query["limit"]]
        shown = [message for message in page if message["from"] != "hidden"]
        last = page[-1]["seq"] if page else query["after"]
        self._json(200, {"messages": shown, "state": talk.state, "last_seq": last})

    def _stream(self, talk: Talk) -> None:
        front, generation = self.front, self.front.generation
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        seq, passed = int(self.headers.get("Last-Event-ID") or 0), len(talk.passing)
        self._event("state", talk.state)
        while front.generation == generation:
            with front.changed:
                news = [message for message in talk.messages[seq:] if message["from"] != "hidden"]
                seq, passing, passed = len(talk.messages), talk.passing[passed:], len(talk.passing)
                if not news and not passing:
                    front.changed.wait(1)
            try:
                for message in news:
                    self._event("message", message)
                for name, data in passing:
                    self._event(name, data)
            except OSError:
                return

    def _event(self, name: str, data: dict[str, Any]) -> None:
        number = f"id: {data['seq']}\n" if name == "message" else ""
        self.wfile.write(f"event: {name}\n{number}data: {json.dumps(data)}\n\n".encode())
        self.wfile.flush()

    def _talk(self) -> Talk | None:
        return self.front.talks.get(self._token())

    def _token(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def _fails(self, path: str) -> bool:
        for failure in self.front.failures:
            if failure.path == path and failure.times:
                failure.times -= 1
                self._give(failure.status, b"", "text/plain", failure.headers)
                return True
        return False

    def _file(self, path: Path) -> None:
        if not path.is_file() or ROOT / "widget" not in path.resolve().parents:
            self._give(404, b"", "text/plain")
            return
        self._give(200, path.read_bytes(), mimetypes.guess_type(path.name)[0] or "application/octet-stream")

    def _json(self, status: int, data: Any) -> None:
        body = b"" if data is None else json.dumps(data).encode()
        self._give(status, body, "application/json")

    def _give(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        for name, value in (headers or {}).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
