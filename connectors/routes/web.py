"""The web API of docs/web-protocol.md as a Sanic blueprint."""

import asyncio
import hashlib
import secrets
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import aclosing, closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty, json, raw, text

from citizens.browsers import Browsers, new_key
from clock import Clock
from connectors import metrics
from connectors.base import Tapped, Unreadable
from connectors.config import widget_config
from connectors.limits import Limit
from connectors.routes.browser_cookie import BrowserCookie
from connectors.routes.door import Door, Rejected, body, json_body, pieces
from connectors.streams import Streams
from connectors.transcript import PAGE, Transcript
from connectors.uploads import Upload, UploadReader, tidy
from connectors.way import Way
from connectors.web import NAME, WebChannel, short_text, whole_number
from conversations.ledger import Ledger
from conversations.model import JSON, Conversation, Received, Refused
from conversations.ownership import PEOPLE
from conversations.photos import media_type, without_position
from texts import Texts

BEGUN = "/gesprek_begonnen"  # domain.yml: an event of the house; the bot welcomes
FRAME = 16 * 1024  # bytes that multipart may add around a photo
UPLOAD_COST = 4  # an upload counts for so many messages
UPLOADS = 8  # at once; each may be in memory as a whole
UPLOAD_SECONDS = 120  # a large photo over a bad line; longer would keep others waiting
BUSY = 5  # seconds after which another may be tried
MEGABYTE = 1024 * 1024

Handler = Callable[[Request], Coroutine[Any, Any, HTTPResponse | None]]

log = structlog.get_logger()


@dataclass(frozen=True)
class WebRoutes:
    channel: WebChannel
    ledger: Ledger
    transcript: Transcript
    streams: Streams
    texts: Texts
    clock: Clock
    browsers: Browsers
    browser_cookie: BrowserCookie
    forget_who: Callable[[str, str], object]  # whoever is bound to the conversation no longer is, for this reason
    upload_megabytes: int
    per_conversation: Limit
    per_address: Limit
    reading: Limit
    streams_per_address: int
    way: Way = field(default_factory=Way)
    open_streams: Counter[str] = field(default_factory=Counter)
    uploads: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(UPLOADS))

    def blueprint(self) -> Blueprint:
        routes, door = Blueprint("web", url_prefix="/web"), Door(self.channel, self.texts)
        routes.middleware("request")(door.check_origin)
        routes.middleware("response")(door.tell_origin)
        for path, handler, streams_body in (
            ("session", self.session, True),
            ("messages", self.say, True),
            ("attachments", self.attach, True),
            ("typing", self.typing, True),
            ("read", self.read, True),
            ("end", self.end, True),
            ("rating", self.rate, True),
            ("messages", self.history, False),
            ("stream", self.stream, False),
            ("config", self.config, False),
            ("transcript", self.download, False),
            ("attachments/<attachment:str>", self.photo, False),
        ):
            method = "POST" if streams_body else "GET"
            routes.add_route(_function(handler), path, [method], name=handler.__name__, stream=streams_body)
            if path != "messages" or method == "POST":
                routes.add_route(_preflight, path, ["OPTIONS"], name=f"{handler.__name__}_preflight")
        return routes

    # --- a conversation ------------------------------------------------------

    async def session(self, request: Request) -> HTTPResponse:
        self._slow_down(request)
        await json_body(request)
        token = secrets.token_urlsafe(32)
        key = self.browser_cookie.key(request) or new_key()
        conversation = await asyncio.to_thread(self._begin, _hash(token), key)
        log.info("conversation.opened", channel=NAME, conversation=conversation.id)
        expires_at = self.transcript.expires_at(conversation).isoformat(timespec="seconds")
        known = {"conversation": conversation.address, "token": token, "expires_at": expires_at, "last_seq": 0}
        return self.browser_cookie.set(json(known, 201), key)

    def _begin(self, token_hash: str, key: str) -> Conversation:
        address = f"c_{secrets.token_urlsafe(16)}"
        conversation = self.ledger.open(NAME, address, token_hash=token_hash)
        self.browsers.know(conversation.id, key)
        self.ledger.leave(conversation.id, BEGUN, external_id=f"{address}:begun")
        return conversation

    async def end(self, request: Request) -> HTTPResponse:
        conversation = await self._citizen(request)
        await json_body(request)
        await asyncio.to_thread(self.ledger.end, conversation.id, reason="citizen")
        await asyncio.to_thread(
            self.forget_who, conversation.id, "conversation_ended"
        )  # somebody else may sit here next
        now = await asyncio.to_thread(self.ledger.conversation, conversation.id)
        return json({"state": self.transcript.state(now)})

    async def rate(self, request: Request) -> HTTPResponse:
        conversation = await self._citizen(request)
        sent = await json_body(request)
        score, remark = whole_number(sent.get("score")), short_text(sent.get("text"))
        if not 1 <= score <= 5:
            raise Rejected("invalid")
        await asyncio.to_thread(self.ledger.rate, conversation.id, score, remark)
        return empty()

    # --- what the citizen says -----------------------------------------------

    async def say(self, request: Request) -> HTTPResponse:
        token = _token(request)
        self._slow_down(request, token)
        sent = await body(request)
        with self.way.first():
            received = await asyncio.to_thread(self._receive, token, sent)
        message = received.message
        if received.is_new:
            metrics.RECEIVED.labels(NAME, message.kind).inc()
            log.info("message.received", channel=NAME, message=message.id, kind=message.kind)
        return json({"seq": message.seq, "id": message.id}, 202 if received.is_new else 200)

    def _receive(self, token: str, sent: bytes) -> Received:
        """All in one thread: a citizen waits for this."""
        conversation = self._conversation(token)
        [incoming] = self.channel.parse(sent, conversation.address)
        if isinstance(incoming, Tapped):
            choice = self.ledger.choice(conversation.id, incoming.message, incoming.number)
            if choice is None:
                raise Rejected("unknown_choice")
            incoming = replace(incoming, text=choice.title, payload=choice.payload)
        try:
            return self.ledger.receive(incoming)
        except Refused as refusal:
            raise Rejected("unknown_attachment" if incoming.attachment else "unknown_choice") from refusal

    async def attach(self, request: Request) -> HTTPResponse:
        self._slow_down(request, _token(request), UPLOAD_COST)
        conversation = await self._citizen(request)
        if self.uploads.locked():
            raise Rejected("too_many", retry_after=BUSY)
        async with self.uploads:
            try:
                async with asyncio.timeout(UPLOAD_SECONDS):
                    upload = await self._upload(request)
            except TimeoutError as error:
                raise Rejected("too_slow") from error
            return json(await asyncio.to_thread(self._store, conversation, upload), 201)

    async def _upload(self, request: Request) -> Upload:
        with closing(UploadReader(request.headers.get("content-type", ""))) as reader:
            async for piece in pieces(request, self.upload_megabytes * MEGABYTE + FRAME):
                reader.feed(piece)
            return reader.finish()

    def _store(self, conversation: Conversation, upload: Upload) -> dict[str, JSON]:
        if len(upload.content) > self.upload_megabytes * MEGABYTE:
            raise Rejected("too_large")
        kind = media_type(upload.content)
        if kind is None:
            raise Rejected("unsupported_media")
        name = upload.name or kind.replace("/", ".")
        content = bytes(without_position(upload.content))
        try:
            kept = self.ledger.keep_attachment(conversation.id, name, kind, content)
        except Refused as refusal:
            raise Rejected("enough_photos") from refusal
        return {"attachment": kept, "name": name, "media_type": kind, "size": len(content)}

    async def typing(self, request: Request) -> HTTPResponse:
        """Of use to a person only; the bot does not wait for it."""
        conversation = await self._citizen(request)
        on = (await json_body(request)).get("on")
        if not isinstance(on, bool):
            raise Rejected("invalid")
        if on and conversation.holder in PEOPLE:
            await asyncio.to_thread(self.ledger.bell.ring, f"typing:{conversation.id}")
        return empty()

    async def read(self, request: Request) -> HTTPResponse:
        conversation = await self._citizen(request)
        seq = whole_number((await json_body(request)).get("seq"))
        await asyncio.to_thread(self.ledger.mark_read, conversation.id, seq)
        return empty()

    # --- what the citizen reads ----------------------------------------------

    async def history(self, request: Request) -> HTTPResponse:
        conversation = await self._citizen(request)
        after, limit = _number(request.args.get("after", "0")), _number(request.args.get("limit", str(PAGE)))
        page = await asyncio.to_thread(self.transcript.page, conversation, after, max(1, min(limit, PAGE)))
        shown = {"messages": page.messages, "state": page.state, "last_seq": page.last_seq, "more": page.more}
        key = await asyncio.to_thread(self._know_again, conversation, self.browser_cookie.key(request))
        return self.browser_cookie.set(json(shown), key)

    def _know_again(self, conversation: Conversation, key: str | None) -> str:
        """Whoever has the token of a conversation has the conversation: its browser is the one that he sits at."""
        if key is None or not self.browsers.knows(conversation.id, key):
            key = key or new_key()
            self.browsers.know(conversation.id, key)
        return key

    async def stream(self, request: Request) -> None:
        conversation = await self._citizen(request)
        after = _number(request.headers.get("last-event-id") or "0")
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        with self._one_more_stream(request.client_ip):
            response = await request.respond(content_type="text/event-stream; charset=utf-8", headers=headers)
            async with aclosing(self.streams.events(conversation.id, after)) as events:
                async for event in events:
                    await response.send(event)
            await response.eof()

    @contextmanager
    def _one_more_stream(self, address: str) -> Iterator[None]:
        if self.open_streams[address] >= self.streams_per_address:
            raise Rejected("too_many", retry_after=BUSY)
        self.open_streams[address] += 1
        try:
            yield
        finally:
            self.open_streams[address] -= 1
            if not self.open_streams[address]:
                del self.open_streams[address]

    async def photo(self, request: Request) -> HTTPResponse:
        """A file of his own conversation."""
        conversation = await self._citizen(request)
        found = await asyncio.to_thread(self.ledger.attachment, request.match_info["attachment"])
        if found is None or found.conversation != conversation.id:
            raise Rejected("not_found")
        return raw(found.content, content_type=found.media_type)

    async def download(self, request: Request) -> HTTPResponse:
        conversation = await self._citizen(request)
        said = await asyncio.to_thread(self.transcript.as_text, conversation)
        name = tidy(self.texts.text("utter_widget_bestand")).encode("ascii", "ignore").decode().replace('"', "")
        return text(said, headers={"Content-Disposition": f'attachment; filename="{name}"'})

    async def config(self, request: Request) -> HTTPResponse:
        self._slow_down_reading(request)
        shown = json(widget_config(self.texts, self.clock.now(), self.upload_megabytes))
        etag = f'"{hashlib.sha256(shown.body or b"").hexdigest()[:16]}"'
        headers = {"ETag": etag, "Cache-Control": "max-age=60"}
        if request.headers.get("if-none-match") == etag:
            return empty(304, headers)
        shown.headers.update(headers)
        return shown

    # --- who is it, and not too often ----------------------------------------

    async def _citizen(self, request: Request) -> Conversation:
        """Whose token this is. Raises Rejected."""
        self._slow_down_reading(request)
        return await asyncio.to_thread(self._conversation, _token(request))

    def _conversation(self, token: str) -> Conversation:
        conversation = self.ledger.conversation_for_token(token)
        if conversation is None or self.transcript.is_expired(conversation):
            raise Rejected("unauthorized")
        return conversation

    def _slow_down_reading(self, request: Request) -> None:
        """Raises Rejected. What only reads may come far oftener than what is said."""
        if wait := self.reading.wait(request.client_ip):
            raise Rejected("too_many", retry_after=wait)

    def _slow_down(self, request: Request, token: str | None = None, cost: int = 1) -> None:
        """Raises Rejected. A token stands for its conversation, so a flood does not reach the database."""
        wait = self.per_address.wait(request.client_ip, cost)
        if token and not wait:
            wait = self.per_conversation.wait(token, cost)
        if wait:
            raise Rejected("too_many", retry_after=wait)


def _function(handler: Handler) -> Handler:
    """Sanic marks its handlers, which a bound method does not allow."""

    async def handle(request: Request, **_: str) -> HTTPResponse | None:
        return await handler(request)

    return handle


async def _preflight(_: Request, **__: str) -> HTTPResponse:
    """The door has looked at the origin, and adds what the browser asks for."""
    return empty()


def _token(request: Request) -> str:
    """The hash of the token, which is all that we know of it. Raises Rejected."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Rejected("unauthorized")
    return _hash(token.strip())


def _hash(token: str) -> str:
    """Tokens are long and random, so a plain hash tells nothing about them."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _number(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise Unreadable("invalid")
    return int(value)
