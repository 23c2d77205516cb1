"""A citizen at the widget, the same citizen at Rasa's own `rest` channel, and one at our bot's door.

All say the same lines and wait for the answer as a person sees it: on the web that is
the first message on the stream after what he said (all of a turn arrive together), at
the others the answer to the request.
"""

import asyncio
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, Protocol

from bench.talk import Line
from bench.wire import PATIENCE, Broken
from bench.wire import Line as Connection
from conversations.model import Choice

BEGUN = "/gesprek_begonnen"  # what the front leaves for the bot when a conversation is opened


@dataclass(frozen=True)
class Heard:
    """What came back, and after how many seconds."""

    texts: list[str]
    seconds: float
    acknowledged: float  # seconds until we knew that the message had arrived


class Citizen(Protocol):
    async def begin(self) -> Heard:
        """Opens a conversation and waits for the welcome."""
        ...

    async def say(self, line: Line) -> Heard: ...

    def leave(self) -> None: ...


@dataclass
class _Message:
    seq: int
    at: float
    id: str
    text: str
    choices: list[Choice]


@dataclass
class WebCitizen:
    """Speaks docs/web-protocol.md, with an open stream."""

    url: str
    _line: Connection = field(init=False)
    _stream: Connection = field(init=False)
    token: str = ""
    _reading: asyncio.Task[None] | None = None
    _messages: list[_Message] = field(default_factory=list)
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _latest: list[_Message] = field(default_factory=list)

    async def begin(self) -> Heard:
        self._line, self._stream = Connection(self.url), Connection(self.url)
        started = time.perf_counter()
        known = (await self._line.post("/web/session", {})).json(201)
        acknowledged = time.perf_counter() - started
        self.token = self._line.token = self._stream.token = str(known["token"])
        self._reading = asyncio.create_task(self._read())
        return await self.hear(0, started, acknowledged)

    async def say(self, line: Line) -> Heard:
        started = time.perf_counter()
        seq = await self.send(line)
        return await self.hear(seq, started, time.perf_counter() - started)

    async def send(self, line: Line) -> int:
        """The position of the message, once the front has taken it."""
        said = (await self._line.post("/web/messages", self._body(line))).json(202)
        return int(said["seq"])

    async def hear(self, after: int, started: float, acknowledged: float = 0.0, answers: int = 1) -> Heard:
        """Waits for so many messages of the bot after this position."""
        try:
            async with asyncio.timeout(PATIENCE):
                while len(self._after(after)) < answers:
                    self._came.clear()
                    await self._came.wait()
        except TimeoutError as error:
            raise Broken(f"no answer on the stream in {PATIENCE:.0f} s") from error
        self._latest = self._after(after)
        seconds = self._latest[answers - 1].at - started
        return Heard([message.text for message in self._latest], seconds, acknowledged)

    def leave(self) -> None:
        if self._reading:
            self._reading.cancel()
        self._line.close()
        self._stream.close()

    def _after(self, seq: int) -> list[_Message]:
        return [message for message in self._messages if message.seq > seq]

    def _body(self, line: Line) -> dict[str, Any]:
        body: dict[str, Any] = {"client_msg_id": uuid.uuid4().hex}
        offered = [(message.id, n, choice) for message in self._latest for n, choice in enumerate(message.choices)]
        tapped = line.tapped([choice for _, _, choice in offered])
        if tapped is None:
            return {**body, "type": "text", "text": line.text}
        message, n, _ = offered[tapped]
        return {**body, "type": "choice", "message_id": message, "choice": n}

    async def _read(self) -> None:
        async for name, data in self._stream.events("/web/stream"):
            if name == "message" and data["from"] != "citizen":
                choices = [Choice(choice["title"], "") for choice in data["choices"]]
                self._messages.append(_Message(data["seq"], time.perf_counter(), data["id"], data["text"], choices))
                self._came.set()


@dataclass
class RestCitizen:
    """Speaks Rasa's own REST channel, whatever model is behind it."""

    url: str
    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    _offered: list[Choice] = field(default_factory=list)
    _line: Connection = field(init=False)

    def __post_init__(self) -> None:
        self._line = Connection(self.url)

    async def begin(self) -> Heard:
        return await self._send(BEGUN)

    async def say(self, line: Line) -> Heard:
        tapped = line.tapped(self._offered)
        return await self._send(line.text if tapped is None else self._offered[tapped].payload)

    def leave(self) -> None:
        self._line.close()

    async def warm(self) -> None:
        """Opens the connection."""
        await self._line.get("/")

    async def _send(self, message: str) -> Heard:
        started = time.perf_counter()
        answer = await self._line.post("/webhooks/rest/webhook", {"sender": self.name, "message": message})
        seconds = time.perf_counter() - started
        replies = answer.json(200)
        buttons = [button for reply in replies for button in reply.get("buttons") or ()]
        self._offered = [Choice(button["title"], button["payload"]) for button in buttons]
        return Heard([reply.get("text") or "" for reply in replies], seconds, seconds)


@dataclass
class TurnCitizen:
    """Speaks to the door of our bot as the front does: no ledger, no stream."""

    url: str
    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    _offered: list[Choice] = field(default_factory=list)
    _line: Connection = field(init=False)

    def __post_init__(self) -> None:
        self._line = Connection(self.url)

    async def begin(self) -> Heard:
        return await self._send({"payload": BEGUN})

    async def say(self, line: Line) -> Heard:
        tapped = line.tapped(self._offered)
        return await self._send({"text": line.text} if tapped is None else {"payload": self._offered[tapped].payload})

    def leave(self) -> None:
        self._line.close()

    async def _send(self, said: dict[str, str]) -> Heard:
        started = time.perf_counter()
        turn = {"conversation": self.name, "message_id": uuid.uuid4().hex, "channel": "web", **said}
        replies = (await self._line.post("/webhooks/turn/turn", turn)).json(200)["replies"]
        seconds = time.perf_counter() - started
        self._offered = [Choice(**choice) for reply in replies for choice in reply["choices"]]
        return Heard([reply["text"] for reply in replies], seconds, seconds)
