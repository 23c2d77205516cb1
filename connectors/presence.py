"""Shows a citizen on his own channel that his message was read and that somebody writes. Decoration: best effort."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Protocol

from conversations.ledger import Ledger
from conversations.model import Author, Message

WAITING = 50  # at most; what comes on top shows nothing


class Attentive(Protocol):
    def attend(self, address: str, external_id: str) -> None:
        """Blocks; never raises."""
        ...


class Presence:
    """`elsewhere`: who shows it for channels that are not among these."""

    def __init__(
        self, ledger: Ledger, channels: Mapping[str, Attentive], elsewhere: Callable[[str, bool], None]
    ) -> None:
        self._ledger, self._channels, self._elsewhere = ledger, channels, elsewhere
        self._threads = ThreadPoolExecutor(2, "presence")
        self._waiting = 0

    def __call__(self, message: Message, on: bool) -> None:
        channel = self._channels.get(message.channel)
        if channel is None:
            self._elsewhere(message.conversation, on)
        elif on and message.author is Author.CITIZEN and message.external_id and self._waiting < WAITING:
            self._waiting += 1
            with suppress(RuntimeError):  # the process stops
                self._threads.submit(self._attend, channel, message.conversation, message.external_id)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _attend(self, channel: Attentive, conversation: str, external_id: str) -> None:
        try:
            found = self._ledger.conversation(conversation)
            channel.attend(found.alias or found.address, external_id.partition("#")[0])
        finally:
            self._waiting -= 1
