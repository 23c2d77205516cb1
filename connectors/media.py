"""Fetches the photos that citizens sent through a channel, and looks at what they are.

The webhook only tells that there is one; it is fetched here, from the channel that
has it, and checked as an upload on the website is. Only then the message goes on.
"""

import asyncio
import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Protocol

import structlog

from clock import Clock
from connectors.base import NotFetched
from connectors.workers import LEASE, Workers, renewed
from conversations.bell import Bell
from conversations.ledger import Ledger
from conversations.media import TOPIC, PendingMedia
from conversations.model import JSON, Message, Refused
from conversations.photos import media_type, without_position

TRIES = 6
LONGEST_PAUSE = 120.0  # seconds between two tries; Meta throttles who fails too often

log = structlog.get_logger()


class Source(Protocol):
    def fetch(self, media: Mapping[str, JSON], most: int) -> bytes:
        """Raises NotFetched."""
        ...


class Fetcher:
    def __init__(
        self,
        ledger: Ledger,
        bell: Bell,
        sources: Mapping[str, Source],
        clock: Clock,
        *,
        most: int,
        workers: int = 2,
        pause: float = 2.0,
    ) -> None:
        """`most`: bytes of the largest photo. `pause`: seconds before the second try; each later one waits longer."""
        self._ledger, self._sources, self._clock, self._most, self._pause = ledger, sources, clock, most, pause
        self._pending = PendingMedia(ledger.engine, clock, bell)
        name = f"media-{secrets.token_hex(4)}"
        self._workers = Workers(bell, TOPIC, lambda: self._pending.claim(name, LEASE), self._fetch, workers)
        self._threads = ThreadPoolExecutor(workers, TOPIC)

    async def run(self) -> None:
        await self._workers.run()

    async def close(self, seconds: float) -> None:
        await self._workers.close(seconds)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _fetch(self, message: Message) -> None:
        async with renewed(partial(self._ledger.renew, message, LEASE)):
            pause = await asyncio.get_running_loop().run_in_executor(self._threads, self._take, message)
        if pause is not None:
            self._workers.look_again(pause)

    def _take(self, message: Message) -> float | None:
        """Gives the seconds until the next try when there has to be one."""
        try:
            self._pending.keep(message, self._kept(message))
            log.info("media.fetched", message=message.id)
        except NotFetched as error:
            return self._without(message, error)
        except Exception:
            log.exception("media.broken", message=message.id)
            return self._without(message, NotFetched("foto_weg", retryable=True))
        return None

    def _kept(self, message: Message) -> str:
        """The id under which the photo is stored. Raises NotFetched."""
        source = self._sources.get(self._ledger.conversation(message.conversation).channel)
        if source is None:  # the channel was switched off meanwhile
            raise NotFetched("foto_weg", retryable=False)
        content = bytearray(source.fetch(message.media or {}, self._most))
        kind = media_type(content)
        if kind is None:
            raise NotFetched("foto_verkeerd", retryable=False)
        try:
            photo = bytes(without_position(content))
            return self._ledger.keep_attachment(message.conversation, kind.replace("/", "."), kind, photo)
        except Refused as refusal:
            raise NotFetched("foto_genoeg", retryable=False) from refusal

    def _without(self, message: Message, error: NotFetched) -> float | None:
        again = error.retryable and message.attempts < TRIES
        log.warning("media.not_fetched", message=message.id, error=error.name, again=again)
        if not again:
            self._pending.give_up(message, error.name)
            return None
        pause = float(min(LONGEST_PAUSE, self._pause * 3 ** (message.attempts - 1)))
        self._pending.retry(message, self._clock.utc() + timedelta(seconds=pause), error.name)
        return pause
