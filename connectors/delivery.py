"""Sends what is queued for the channels that have to be sent to.

A row is claimed and committed first, then sent: nothing goes out without a row, and
one conversation has one message on its way at a time, so the order stays. When a
process dies between the sending and its note of it, the lease runs out and the
message is sent again, under the same id of ours: a double is less harmful than
silence, and a receipt that came meanwhile prevents it.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog

from clock import Clock
from connectors import metrics
from connectors.base import LINK, Link, Piece, PushChannel, SendError
from connectors.rendering import fit
from connectors.way import Way
from connectors.workers import LEASE, RENEW, Workers, renewed
from conversations.asides import has_parked
from conversations.bell import Bell
from conversations.ledger import Ledger
from conversations.model import Conversation, Message, Reply

TRIES = 9
LONGEST_PAUSE = 600.0  # seconds; nine tries take about three quarters of an hour
LONGEST_TROUBLE = timedelta(hours=24)  # of a whole channel, before what could not be sent is given up
MARGIN = timedelta(minutes=5)  # before the end of a channel's window: its clock is not ours
WRITE_FIRST = "write_first"

log = structlog.get_logger()


class Delivery:
    def __init__(
        self,
        ledger: Ledger,
        bell: Bell,
        channels: Mapping[str, PushChannel],
        clock: Clock,
        *,
        workers: int = 4,
        way: Way | None = None,
        lease: float = LEASE,
        renew: float = RENEW,
        pause: float = 2.0,
        address_of: Callable[[str], str | None] = lambda link: None,
    ) -> None:
        """`pause`: seconds before the second try; each later one waits four times as long.

        `address_of`: the address of a login link while it lives; only what goes out has it.
        """
        self._ledger, self._channels, self._clock, self._pause = ledger, channels, clock, pause
        self._address_of, self._lease, self._renew = address_of, lease, renew
        self._name = f"delivery-{secrets.token_hex(4)}"
        self._quiet: dict[str, float] = {}  # channel → until when nothing is sent through it
        self._workers = Workers(bell, "delivery", self._claim, self._deliver, workers, way=way)
        self._threads = ThreadPoolExecutor(workers, "delivery")
        self._pieces_sent: dict[str, int] = {}

    async def run(self) -> None:
        if self._channels:
            await self._workers.run()
        else:
            await asyncio.Event().wait()  # only channels that fetch for themselves

    async def close(self, seconds: float) -> None:
        await self._workers.close(seconds)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _claim(self) -> Message | None:
        now = time.monotonic()
        open_ones = [name for name in self._channels if self._quiet.get(name, 0.0) <= now]
        return self._ledger.claim_delivery(self._name, self._lease, open_ones) if open_ones else None

    async def _deliver(self, message: Message) -> None:
        async with renewed(partial(self._ledger.renew, message, self._lease), self._renew):
            pause = await asyncio.get_running_loop().run_in_executor(self._threads, self._send, message)
        if pause is not None:
            self._workers.look_again(pause)

    def _send(self, message: Message) -> float | None:
        """Gives the seconds until the next try when there has to be one."""
        conversation = self._ledger.conversation(message.conversation)
        try:
            external_id = self._send_pieces(message, conversation)
        except SendError as error:
            if not error.window:
                return self._put_off(message, conversation, error)
            self._wait_for_citizen(message, conversation, error.code)
            return None
        except Exception:  # whether it went out is unknown: it goes again
            log.exception("delivery.broken", message=message.id, channel=conversation.channel)
            return self._put_off(message, conversation, SendError("unknown", retryable=True, loggable=True))
        self._pieces_sent.pop(message.id, None)
        self._ledger.sent(message, external_id)
        metrics.SENT.labels(conversation.channel, "sent").inc()
        log.info("message.sent", message=message.id, channel=conversation.channel)
        return None

    def _send_pieces(self, message: Message, conversation: Conversation) -> str | None:
        """The provider's id of the last piece. After an error the next try goes on where this one stopped."""
        channel = self._channels[conversation.channel]
        if not self._may_speak(conversation):
            raise SendError(WRITE_FIRST, retryable=False, loggable=False, window=True)
        address, external_id = conversation.alias or conversation.address, None
        pieces = fit(_reply(message), channel.capabilities, self._link(message))
        for n, piece in enumerate(pieces):
            if n < self._pieces_sent.get(message.id, 0):
                continue
            reference = message.id if n == len(pieces) - 1 else f"{message.id}.{n}"
            ready = self._with_file(replace(piece, reference=reference), channel)
            external_id = channel.send(channel.serialise(ready, message, address)) if ready else external_id
            self._pieces_sent[message.id] = n + 1
        return external_id

    def _link(self, message: Message) -> Link | None:
        if message.custom.get("type") != LINK:
            return None
        url = self._address_of(str(message.custom.get("link")))
        return Link(str(message.custom.get("title")), url) if url else None

    def _with_file(self, piece: Piece, channel: PushChannel) -> Piece | None:
        """The piece with its file in the provider's hands; None when the file was forgotten meanwhile."""
        if piece.attachment is None:
            return piece
        stored = self._ledger.attachment(piece.attachment)
        return replace(piece, file=channel.upload(stored)) if stored else None

    def _may_speak(self, conversation: Conversation) -> bool:
        window = self._channels[conversation.channel].capabilities.window
        if window is None or conversation.heard_at is None:
            return True
        return self._clock.utc() < conversation.heard_at + window - MARGIN

    def _wait_for_citizen(self, message: Message, conversation: Conversation, why: str) -> None:
        """He hears once that there is news, where the channel has a way to say so, and gets it when he writes."""
        channel = self._channels[conversation.channel]
        knock = channel.knock(conversation.alias or conversation.address)
        if knock is not None and not has_parked(self._ledger.engine, conversation.id):
            try:
                channel.send(knock)
            except SendError as error:
                log.warning("message.not_announced", message=message.id, channel=channel.name, error=error.code)
        self._pieces_sent.pop(message.id, None)
        self._ledger.park(message, why)
        metrics.SENT.labels(channel.name, "parked").inc()
        log.info("message.parked", message=message.id, channel=channel.name, error=why)

    def _put_off(self, message: Message, conversation: Conversation, error: SendError) -> float | None:
        if error.whole_channel:
            self._quiet[conversation.channel] = time.monotonic() + error.pause
            age = self._clock.utc() - message.created_at
            again = error.retryable and age < LONGEST_TROUBLE
        else:
            again = error.retryable and message.attempts < TRIES
        tell = log.error if error.loggable else log.warning
        tell("message.not_sent", message=message.id, channel=conversation.channel, error=error.code, again=again)
        metrics.SENT.labels(conversation.channel, "retried" if again else "failed").inc()
        if not again:
            self._pieces_sent.pop(message.id, None)
            self._ledger.fail_delivery(message, error.code)
            return None
        pause = error.pause or 0.0
        if not error.whole_channel:
            pause = max(pause, min(LONGEST_PAUSE, self._pause * 4 ** (message.attempts - 1)))
        until = self._clock.utc() + timedelta(seconds=pause)
        self._ledger.retry_delivery(message, until, error.code, counts=not error.whole_channel)
        return pause


def _reply(message: Message) -> Reply:
    return Reply(message.text, message.choices, message.image, message.custom, message.name, message.attachment)
