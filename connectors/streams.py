"""What a browser hears: its conversation as server-sent events, and who is typing.

The ledger is the truth and the bell only says when to look, so a stream that begins
after a dropped line, on whichever front, tells what was missed and nothing twice.
Typing is known only to the process that works on the turn: it is decoration.
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress

from connectors.transcript import Page, Transcript
from conversations.bell import Bell, Rings
from conversations.database import reading_together
from conversations.ledger import Ledger
from conversations.model import JSON, UnknownConversation

LOOK = 2.0  # seconds: how often a stream reads without having heard the bell
KEEP_ALIVE = 15.0
MOST_STREAMS = 3  # of one conversation


class Listener:
    """One open stream."""

    def __init__(self, conversation: str, after: int, rings: Rings) -> None:
        self.conversation = conversation
        self.seq = after
        self.rings = rings
        self.state: Mapping[str, JSON] = {}
        self.typing: deque[tuple[str, bool]] = deque()
        self.bye: str | None = None
        self.spoke_at = time.monotonic()

    def hear(self, who: str, on: bool) -> None:
        self.typing.append((who, on))
        self.rings.wake()

    def typed(self) -> bytes:
        """Who began or stopped typing since it was last asked."""
        told = b"".join(event("typing", {"from": who, "on": on}) for who, on in self.typing)
        self.typing.clear()
        return told

    def end(self, reason: str) -> None:
        self.bye = self.bye or reason
        self.rings.ring()

    def has_news_of(self, state: Mapping[str, JSON]) -> bool:
        """A conversation that can be continued for longer is no news."""
        return {**state, "expires_at": None} != {**self.state, "expires_at": None}


class Streams:
    def __init__(self, ledger: Ledger, bell: Bell, transcript: Transcript) -> None:
        self._ledger, self._bell, self._transcript = ledger, bell, transcript
        self._listeners: dict[str, list[Listener]] = {}
        self._typing: dict[str, str] = {}  # who, in which conversation
        self._stopping = False

    def __len__(self) -> int:
        return sum(map(len, self._listeners.values()))

    def typing(self, conversation: str, on: bool, who: str = "bot") -> None:
        self._typing.pop(conversation, None)
        if on:
            self._typing[conversation] = who
        for listener in self._listeners.get(conversation, ()):
            listener.hear(who, on)

    def close(self) -> None:
        """The process stops: every browser has to go elsewhere."""
        self._stopping = True
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.end("shutdown")

    async def events(self, conversation: str, after: int) -> AsyncGenerator[bytes]:
        """Everything after the message with seq `after`, until the stream has to end."""
        with self._bell.listen(f"conversation:{conversation}") as rings:
            listener = self._join(Listener(conversation, after, rings))
            try:
                rang = True
                while listener.bye is None:
                    # somebody who types is no news in the ledger; after a silence it is looked at all the same
                    is_read = rang or not listener.typing
                    said, more = await self._news(listener) if is_read else (listener.typed(), False)
                    if said:
                        listener.spoke_at = time.monotonic()
                        yield said
                    rang = more or await rings.wait(LOOK)
                yield event("bye", {"reason": listener.bye})
            finally:
                self._leave(listener)

    def _join(self, listener: Listener) -> Listener:
        others = self._listeners.setdefault(listener.conversation, [])
        for oldest in others[: len(others) + 1 - MOST_STREAMS]:
            oldest.end("streams")
        others.append(listener)
        if listener.conversation in self._typing:
            listener.hear(self._typing[listener.conversation], on=True)
        if self._stopping:
            listener.end("shutdown")
        return listener

    def _leave(self, listener: Listener) -> None:
        others = self._listeners[listener.conversation]
        others.remove(listener)
        if not others:
            del self._listeners[listener.conversation]

    async def _news(self, listener: Listener) -> tuple[bytes, bool]:
        """What to say now, and whether to look again at once."""
        typed = listener.typed()
        page = await asyncio.to_thread(self._read, listener)
        if page is None:
            listener.end("expired")
            return b"", True
        parts = [event("state", page.state)] if listener.has_news_of(page.state) else []
        parts += [event("message", message, message["seq"]) for message in page.messages]
        parts += [typed] if typed else []
        listener.state, listener.seq = page.state, page.last_seq
        if not parts and time.monotonic() - listener.spoke_at >= KEEP_ALIVE:
            parts.append(b": keep-alive\n\n")
        return b"".join(parts), page.more

    def _read(self, listener: Listener) -> Page | None:
        """None when the conversation is over for good."""
        with suppress(UnknownConversation), reading_together(self._ledger.engine):
            conversation = self._ledger.conversation(listener.conversation)
            if not self._transcript.is_expired(conversation):
                return self._transcript.page(conversation, listener.seq)
        return None


def event(name: str, data: JSON, position: int | None = None) -> bytes:
    number = "" if position is None else f"id: {position}\n"
    return f"event: {name}\n{number}data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
