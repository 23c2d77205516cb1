"""Meta's side in the hands of a test: a sandbox, whoever its webhooks go to, and a citizen who may be answered."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.contract.running_sandbox import Sandbox

NUMBER, PAGE = "106540352242922", "108540352242900"
TOKENS = {"whatsapp": "sandbox-whatsapp", "messenger": "sandbox-messenger"}
PATIENCE = 20.0


@dataclass
class Front:
    """Takes webhooks: answers 200 unless it is told otherwise, and remembers."""

    url: str = ""
    answers: list[int] = field(default_factory=list)  # of the next ones
    taken: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    verify_token: str = "sandbox-whatsapp-verify"

    def bodies(self, product: str = "whatsapp") -> list[Any]:
        return [json.loads(body) for path, _, body in list(self.taken) if path.endswith(product)]

    def messages(self) -> list[Any]:
        """What citizens said by WhatsApp, in the order in which it came."""
        return [message for value in self.values() for message in value.get("messages", ())]

    def statuses(self) -> list[Any]:
        return [status for value in self.values() for status in value.get("statuses", ())]

    def values(self) -> list[Any]:
        entries = [entry for body in self.bodies() for entry in body["entry"]]
        return [change["value"] for entry in entries for change in entry["changes"]]

    def events(self) -> list[Any]:
        entries = [entry for body in self.bodies("messenger") for entry in body["entry"]]
        return [event for entry in entries for event in entry.get("messaging", ())]

    def wait(self, count: int, what: Any) -> list[Any]:
        """`what()` once it has so many."""
        deadline = time.monotonic() + PATIENCE
        while len(what()) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        found: list[Any] = what()
        assert len(found) >= count, found
        return found


@contextmanager
def listening_front() -> Iterator[Front]:
    front = Front()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            front.taken.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self._answer(front.answers.pop(0) if front.answers else 200, b"")

        def do_GET(self) -> None:
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            fits = query["hub.mode"] == "subscribe" and query["hub.verify_token"] == front.verify_token
            self._answer(200 if fits else 403, query["hub.challenge"].encode() if fits else b"")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    front.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield front
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Phone:
    """A citizen's phone, and the Graph API as it is called about it."""

    sandbox: Sandbox
    product: str
    id: str
    address: str

    def do(self, deed: str, **wanted: Any) -> Any:
        return self.sandbox.tell(f"state/graph/{self.product}/citizens/{self.id}/{deed}", **wanted)

    @property
    def shown(self) -> list[Any]:
        messages: list[Any] = self.sandbox.state(f"graph/{self.product}/citizens/{self.id}")["messages"]
        return messages

    def send(self, kind: str = "text", /, **fields: Any) -> requests.Response:
        """By WhatsApp, a message of this type; by Messenger the whole body is given."""
        if self.product == "messenger":
            body = {"recipient": {"id": self.address}, "messaging_type": "RESPONSE", **fields}
            return call(self.sandbox, "me/messages", body, product="messenger")
        body = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": self.address, "type": kind}
        return call(self.sandbox, f"{NUMBER}/messages", {**body, **fields})


def call(
    sandbox: Sandbox, path: str, body: Any, *, product: str = "whatsapp", version: str = "v25.0", token: str | None = ""
) -> requests.Response:
    given = TOKENS[product] if token == "" else token
    headers = {"Authorization": f"Bearer {given}"} if given else {}
    return requests.post(f"{sandbox.url}/graph/{version}/{path}", json=body, headers=headers, timeout=10)


def phone(sandbox: Sandbox, product: str = "whatsapp", *, wrote: bool = True, **wanted: Any) -> Phone:
    """Somebody new, who has just written so that he may be answered."""
    citizen = sandbox.tell(f"state/graph/{product}/citizens", **wanted)
    found = Phone(sandbox, product, citizen["id"], citizen["address"])
    if wrote:
        found.do("say", text="hallo")
    return found


def refusal(answer: requests.Response) -> tuple[int, int, int | None]:
    """Status, code and subcode of an error in Meta's own shape."""
    error = answer.json()["error"]
    assert error["type"] == "OAuthException"
    assert error["message"]
    assert error["fbtrace_id"]
    return answer.status_code, error["code"], error.get("error_subcode")


def signature(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
