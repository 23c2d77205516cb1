"""Meta as a test needs it: posts signed webhooks, takes what we send, and has files to fetch. It checks nothing;
the sandbox does.

    with FakeGraph() as graph:
        house = House(tmp_path, parts=("front",), environment=graph.environment)
        phone = Phone(house.front_url)
        phone.say("hallo")
        graph.wait_for("Je zei: hallo")
"""

import hashlib
import hmac
import itertools
import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from settings import Settings
from tests.front import wait_for
from tests.ports import free_ports

KEYS = Settings()
WHATSAPP, MESSENGER = "whatsapp", "messenger"
_numbers = itertools.count(1)


def post(front_url: str, channel: str, body: bytes, signature: str | None = None) -> requests.Response:
    secret = KEYS.whatsapp_app_secret if channel == WHATSAPP else KEYS.messenger_app_secret
    signed = signature or "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": signed, "Content-Type": "application/json"}
    return requests.post(f"{front_url}/webhooks/{channel}", data=body, headers=headers, timeout=20)


def whatsapp_body(*messages: Any, statuses: Any = ()) -> bytes:
    value: dict[str, Any] = {"metadata": {"phone_number_id": KEYS.whatsapp_phone_number_id}}
    value |= {"messages": list(messages), "statuses": list(statuses)}
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def messenger_body(*events: Any) -> bytes:
    return json.dumps({"object": "page", "entry": [{"id": KEYS.messenger_page_id, "messaging": list(events)}]}).encode()


@dataclass
class Phone:
    """A citizen with WhatsApp or Messenger."""

    front_url: str
    channel: str = WHATSAPP
    address: str = field(default_factory=lambda: f"3247{next(_numbers):07}")

    def say(self, text: str, **more: Any) -> requests.Response:
        return self.send(self.message("text", text={"body": text}, **more))

    def message(self, kind: str, **body: Any) -> dict[str, Any]:
        """As the channel has it; for Messenger a text only."""
        key = f"{self.channel}.{next(_numbers)}"
        if self.channel == MESSENGER:
            said = {"mid": key, "text": body["text"]["body"]} if kind == "text" else {"mid": key, **body}
            return self.event(message=said)
        stamp = str(int(time.time()))
        return {"id": f"wamid.{key}", "from": self.address, "timestamp": stamp, "type": kind, **body}

    def event(self, **body: Any) -> dict[str, Any]:
        who = {"sender": {"id": self.address}, "recipient": {"id": KEYS.messenger_page_id}}
        return {**who, "timestamp": int(time.time() * 1000), **body}

    def send(self, *things: Any) -> requests.Response:
        body = messenger_body(*things) if self.channel == MESSENGER else whatsapp_body(*things)
        return post(self.front_url, self.channel, body)


@dataclass
class FakeGraph:
    """`faults` says what to do with the next message: (status, error body), seconds to wait first, or "die"."""

    faults: deque[Any] = field(default_factory=deque)
    taken: list[dict[str, Any]] = field(default_factory=list)  # messages
    shown: list[dict[str, Any]] = field(default_factory=list)  # read marks and typing
    files: dict[str, bytes] = field(default_factory=dict)  # what can be fetched, by id
    uploads: list[bytes] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)  # path and token of every request

    def __post_init__(self) -> None:
        with free_ports(1) as (port,):
            self.port: int = port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graph"

    @property
    def environment(self) -> dict[str, str]:
        return {"GRAPH_URL": self.url}

    def __enter__(self) -> "FakeGraph":
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def texts(self, address: str | None = None) -> list[str]:
        """What was said to this citizen, or to all."""
        return [text_of(sent) for sent in self.taken if address in (None, recipient_of(sent))]

    def wait_for(self, text: str, address: str | None = None) -> None:
        wait_for(lambda: text in self.texts(address), lambda: f"{text!r} was not sent: {self.texts(address)}")


def recipient_of(sent: dict[str, Any]) -> str:
    return str(sent.get("to") or sent.get("recipient", {}).get("id"))


def text_of(sent: dict[str, Any]) -> str:
    if "message" in sent:
        return str(sent["message"].get("text") or "")
    kind = sent.get("type", "")
    return str(sent[kind]["body"]["text"] if kind == "interactive" else sent[kind].get("body", kind))


def _handler(graph: FakeGraph) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._note()
            if not self.path.endswith("/messages"):
                graph.uploads.append(body)
                self._answer(200, {"id": "uploaded", "attachment_id": "uploaded"})
                return
            sent = json.loads(body)
            if "status" in sent or "sender_action" in sent:
                graph.shown.append(sent)
                self._answer(200, {"success": True})
                return
            fault = graph.faults.popleft() if graph.faults else None
            if fault == "die":
                self.close_connection = True
                return
            if isinstance(fault, tuple):
                self._answer(*fault)
                return
            if isinstance(fault, float):
                time.sleep(fault)
            graph.taken.append(sent)
            name = f"wamid.sent{len(graph.taken)}"
            self._answer(200, {"messages": [{"id": name}], "message_id": name})

        def do_GET(self) -> None:
            self._note()
            name = self.path.partition("?")[0].rsplit("/", 1)[-1]
            if name not in graph.files:
                self._answer(404, {"error": {"code": 100, "message": "gone"}})
            elif "/bytes/" in self.path:
                self._send(200, graph.files[name])
            else:
                self._answer(200, {"url": f"{graph.url}/bytes/{name}", "file_size": str(len(graph.files[name]))})

        def _note(self) -> None:
            graph.asked.append((self.path, self.headers.get("Authorization", "")))

        def _answer(self, status: int, body: Any) -> None:
            self._send(status, json.dumps(body).encode())

        def _send(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing: a test prints what it needs."""

    return Handler
