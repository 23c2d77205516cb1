"""Signs webhooks and posts them, as Meta does: at least once, in no promised order, again while nobody says 200.

What a test may make worse: several copies at the same moment, later, held back and
let go in another order or as one batch, the same bytes again, a wrong signature.
"""

import asyncio
import hashlib
import hmac
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import requests

TIMEOUT = 20.0  # seconds that Meta waits for an answer
LONGEST_PAUSE = 3600.0
GIVES_UP = 7 * 24 * 3600.0  # seconds after which Meta stops trying
THREADS = 32
KEPT = 2000  # webhooks that are remembered for whoever looks
SIGNATURES = ("right", "wrong", "missing", "sha1", "other_hash")
ORDERS = ("forwards", "backwards")
STATUSES = ("after", "before", "backwards", "read_only", "none")

JSON = Any


class HandlingError(Exception):
    """A way of posting that does not exist. The message says which do."""


@dataclass(frozen=True)
class Handling:
    """How webhooks are posted from now on."""

    copies: int = 1  # at the same moment
    delay: float = 0.0  # seconds before the first try
    hold: bool = False  # kept until they are let go
    retry: float = 2.0  # seconds before the second try; each later pause is four times as long
    signature: str = "right"
    statuses: str = "after"  # when and in which order what became of a message is told
    status_pause: float = 0.15  # seconds between two statuses

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def changed(self, wanted: Mapping[str, Any]) -> "Handling":
        """Raises HandlingError."""
        values: dict[str, Any] = {}
        for name, value in wanted.items():
            if name not in _KINDS:
                raise HandlingError(f"unknown: {name}; known are {', '.join(_KINDS)}")
            try:
                values[name] = value in (True, "true") if _KINDS[name] is bool else _KINDS[name](value)
            except (TypeError, ValueError) as error:
                raise HandlingError(f"{name}={value!r}") from error
        for name, allowed in (("signature", SIGNATURES), ("statuses", STATUSES)):
            if name in values and values[name] not in allowed:
                raise HandlingError(f"{name} must be one of {', '.join(allowed)}")
        return replace(self, **values)


_KINDS: dict[str, type] = {name: type(value) for name, value in asdict(Handling()).items()}


@dataclass
class Webhook:
    id: str
    body: bytes
    lane: str
    signature: str
    tries: list[int] = field(default_factory=list)  # what was answered; 0: nothing
    state: str = "waiting"  # waiting, held, taken, retrying, given_up

    def to_json(self) -> dict[str, JSON]:
        return {
            "id": self.id,
            "state": self.state,
            "tries": list(self.tries),
            "body": self.body.decode(errors="replace"),
        }


class Courier:
    """Posts the webhooks of one product."""

    def __init__(self, url: str, secret: str, verify_token: str, name_next: Callable[[], str]) -> None:
        self.url, self._secret, self._verify_token, self._name_next = url, secret, verify_token, name_next
        self.handling = Handling()
        self.log: list[Webhook] = []
        self._held: list[Webhook] = []
        self._lanes: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._threads = ThreadPoolExecutor(THREADS, "graph")
        self._sessions = threading.local()

    def post(self, payload: JSON, lane: str, taken: Callable[[], None] | None = None) -> Webhook:
        """Posts a payload after those of the same lane. `taken` is called when somebody said 200."""
        return self.post_raw(encode(payload), lane, taken)

    def post_raw(self, body: bytes, lane: str, taken: Callable[[], None] | None = None) -> Webhook:
        webhook = Webhook(self._name_next(), body, lane, self.handling.signature)
        self.log = [*self.log[-KEPT:], webhook]
        if self.handling.hold:
            webhook.state = "held"
            self._held.append(webhook)
        else:
            self.later(self._carry(webhook, taken))
        return webhook

    def release(self, order: str, *, batch: bool) -> int:
        """Lets go what was held, as one POST with many entries or one by one. Gives how many webhooks there were."""
        if order not in ORDERS:
            raise HandlingError(f"order must be one of {', '.join(ORDERS)}")
        held, self._held = self._held, []
        if order == "backwards":
            held.reverse()
        self.handling = replace(self.handling, hold=False)
        if batch and held:
            self.post(_batch([json.loads(webhook.body) for webhook in held]), "batch")
            for webhook in held:
                webhook.state = "batched"
        else:
            # One after the other, whoever they are from: the order is the point
            for webhook in held:
                webhook.lane = "released"
                self.later(self._carry(webhook, None))
        return len(held)

    def replay(self, identifiers: Sequence[str]) -> int:
        """The same bytes once more."""
        again = [webhook for webhook in self.log if webhook.id in identifiers]
        for webhook in again:
            self.later(self._carry(webhook, None))
        return len(again)

    async def handshake(self, token: str | None = None, mode: str = "subscribe") -> dict[str, JSON]:
        """Asks whether the webhook is ours, as Meta does when its address is filled in."""
        challenge = str(int(hashlib.sha256(self._name_next().encode()).hexdigest()[:8], 16))
        query = {"hub.mode": mode, "hub.challenge": challenge, "hub.verify_token": token or self._verify_token}

        def ask() -> dict[str, JSON]:
            try:
                answer = self._session().get(self.url, params=query, timeout=TIMEOUT)
            except requests.RequestException as error:
                return {"ok": False, "status": 0, "error": type(error).__name__}
            return {"ok": answer.status_code == 200 and answer.text == challenge, "status": answer.status_code}

        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def reset(self) -> None:
        self.handling = Handling()
        self.log, self._held = [], []
        self._lanes.clear()
        for task in self._tasks:
            task.cancel()

    def close(self) -> None:
        """No more tries; whoever stops the sandbox does not wait for them."""
        self.reset()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _carry(self, webhook: Webhook, taken: Callable[[], None] | None) -> None:
        handling, begun = self.handling, time.monotonic()
        async with self._lanes[webhook.lane]:
            if handling.delay:
                await asyncio.sleep(handling.delay)
            is_taken = await self._try(webhook, handling.copies)
        pause = handling.retry
        while not is_taken:
            webhook.state = "retrying"
            if time.monotonic() - begun + pause > GIVES_UP:
                webhook.state = "given_up"
                return
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 4)
            is_taken = await self._try(webhook, 1)
        webhook.state = "taken"
        if taken:
            taken()

    async def _try(self, webhook: Webhook, copies: int) -> bool:
        loop = asyncio.get_running_loop()
        tries = [loop.run_in_executor(self._threads, self._send, webhook) for _ in range(max(1, copies))]
        answers = await asyncio.gather(*tries)
        webhook.tries += answers
        return 200 in answers

    def _send(self, webhook: Webhook) -> int:
        headers = {"content-type": "application/json", "user-agent": "facebookexternalua"}
        headers |= signatures(self._secret, webhook.body, webhook.signature)
        try:
            answer = self._session().post(self.url, data=webhook.body, headers=headers, timeout=TIMEOUT)
        except requests.RequestException:
            return 0
        return answer.status_code

    def _session(self) -> requests.Session:
        """One in each thread, for a session is no thing to share."""
        if not hasattr(self._sessions, "session"):
            self._sessions.session = requests.Session()
            self._sessions.session.trust_env = False  # whoever listens is never behind a proxy
        session: requests.Session = self._sessions.session
        return session


def encode(payload: JSON) -> bytes:
    """Meta escapes all that is not ASCII, and signs what it posts."""
    return json.dumps(payload, ensure_ascii=True, separators=(",", ":")).encode()


def signatures(secret: str, body: bytes, kind: str = "right") -> dict[str, str]:
    """The headers in which Meta signs, or one of the ways in which somebody else would try."""

    def digest(name: str) -> str:
        return hmac.new(secret.encode(), body, name).hexdigest()

    sha1 = {"x-hub-signature": f"sha1={digest('sha1')}"}
    kinds = {
        "right": {"x-hub-signature-256": f"sha256={digest('sha256')}", **sha1},
        "wrong": {"x-hub-signature-256": f"sha256={'0' * 64}"},
        "missing": {},
        "sha1": sha1,
        "other_hash": {"x-hub-signature-256": f"md5={digest('md5')}"},
    }
    return kinds[kind]


def _batch(payloads: list[JSON]) -> JSON:
    return {"object": payloads[0]["object"], "entry": [entry for payload in payloads for entry in payload["entry"]]}
