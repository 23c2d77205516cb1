"""Sends what is queued for the channels that have to be sent to.

A row is claimed and committed first, then sent: nothing goes out without a row, and
one conversation has one message on its way at a time, so the order stays. When a
process dies between the sending and its note of it, the lease runs out and the
message is sent again, under the same id of ours: a double is less harmful than
silence, and a receipt that came meanwhile prevents it.
"""

import asyncio
import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import structlog

from clock import Clock
from connectors import metrics
from connectors.base import PushChannel, SendError
from connectors.rendering import fit
from connectors.workers import Workers
from conversations.bell import Bell
from conversations.ledger import Ledger
from conversations.model import Conversation, Message, Reply

LEASE = 60.0  # seconds; longer than a channel's own time-outs for all pieces of a message
TRIES = 9
LONGEST_PAUSE = 600.0  # seconds; nine tries take about three quarters of an hour

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
        lease: float = LEASE,
        pause: float = 2.0,
    ) -> None:
        """`pause`: seconds before the second try; each later one waits four times as long."""
        self._ledger, self._channels, self._clock, self._pause = ledger, channels, clock, pause
        name = f"delivery-{secrets.token_hex(4)}"
        names = frozenset(channels)
        self._workers = Workers(
            bell, "delivery", lambda: ledger.claim_delivery(name, lease, names), self._deliver, workers
        )
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

    async def _deliver(self, message: Message) -> None:
        pause = await asyncio.get_running_loop().run_in_executor(self._threads, self._send, message)
        if pause is not None:
            self._workers.look_again(pause)

    def _send(self, message: Message) -> float | None:
        """Gives the seconds until the next try when there has to be one."""
        conversation = self._ledger.conversation(message.conversation)
        try:
            external_id = self._send_pieces(message, conversation)
        except SendError as error:
            return self._put_off(message, conversation, error)
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
        reply = Reply(message.text, message.choices, message.image, message.custom, message.name)
        external_id = None
        for piece in fit(reply, channel.capabilities)[self._pieces_sent.get(message.id, 0) :]:
            external_id = channel.send(channel.serialise(piece, message, conversation.address))
            self._pieces_sent[message.id] = self._pieces_sent.get(message.id, 0) + 1
        return external_id

    def _put_off(self, message: Message, conversation: Conversation, error: SendError) -> float | None:
        again = error.retryable and message.attempts < TRIES
        tell = log.error if error.loggable else log.warning
        tell("message.not_sent", message=message.id, channel=conversation.channel, error=error.code, again=again)
        metrics.SENT.labels(conversation.channel, "retried" if again else "failed").inc()
        if not again:
            self._pieces_sent.pop(message.id, None)
            self._ledger.fail_delivery(message, error.code)
            return None
        pause = float(min(LONGEST_PAUSE, self._pause * 4 ** (message.attempts - 1)))
        self._ledger.retry_delivery(message, self._clock.utc() + timedelta(seconds=pause), error.code)
        return pause
