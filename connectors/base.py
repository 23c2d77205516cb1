"""What every channel can do, and what the rest of this room may ask of it.

A channel is two pure functions around the ledger: `parse` makes `Incoming` and
`Receipt` out of what arrives, `serialise` makes a payload out of what goes out.
A pull channel (the web) stops there: its clients read the ledger. A push channel
also sends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from conversations.model import (
    JSON,
    Attachment,
    Control,
    Incoming,
    Message,
    Moved,
    Overheard,
    Receipt,
    Remark,
    Watermark,
)

LINK = "link"  # the type of a reply's custom content that carries an address


class Markup(StrEnum):
    """How a channel writes bold and links. Ours is a little Markdown."""

    MARKDOWN = "markdown"
    WHATSAPP = "whatsapp"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a channel can show. Lengths are characters; zero buttons or rows: it has none."""

    text: int  # longest text of one message
    text_with_choices: int | None = None  # when buttons or a list hang below it; None: as long as any
    buttons: int = 0
    button_title: int = 20
    list_rows: int = 0
    row_title: int = 24
    row_description: int = 72
    images: bool = False
    text_with_link: int = 0  # longest text above a button that opens an address; zero: it has no such button
    merges: bool = False  # few messages are taken in a short time, so what one turn says goes in as few as can be
    markup: Markup = Markup.MARKDOWN
    window: timedelta | None = None  # how long after the citizen's last message it takes one of ours


class Shape(StrEnum):
    """How the choices of a piece are shown."""

    PLAIN = "plain"
    BUTTONS = "buttons"
    LIST = "list"
    LINK = "link"


@dataclass(frozen=True)
class Option:
    """A choice as it fits on the channel. `number` is its place among the choices of the message."""

    number: int
    title: str
    description: str = ""


@dataclass(frozen=True)
class Link:
    """An address to open, behind a word."""

    title: str
    url: str


@dataclass(frozen=True)
class File:
    """A file as the provider knows it: its own id, for what we uploaded."""

    media: str
    name: str
    media_type: str


@dataclass(frozen=True)
class Piece:
    """One message of the provider. A reply of ours takes one or more.

    `reference` is what the provider shall give back with its receipts. Of a stored
    file there is first our id, `attachment`, and once it was uploaded the `file`.
    """

    text: str = ""
    shape: Shape = Shape.PLAIN
    options: tuple[Option, ...] = ()
    image: str | None = None
    link: Link | None = None
    attachment: str | None = None
    file: File | None = None
    reference: str = ""


@dataclass(frozen=True)
class Tapped(Incoming):
    """A tapped choice, before the ledger said what it stands for."""

    message: str = ""
    number: int = -1


@dataclass(frozen=True)
class Unknown:
    """Something that arrived and means nothing to us. `shape` has no words of citizens in it."""

    channel: str
    reason: str
    shape: str


Arrival = Incoming | Receipt | Watermark | Remark | Moved | Overheard | Control | Unknown


class Unreadable(Exception):
    """What arrived cannot be read. `code` is for programs, no sentence for a citizen."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SendError(Exception):
    """The provider did not take a message.

    `retryable`: the same message may succeed later. `loggable`: a colleague should
    know (a refused token), as opposed to what belongs to life (a blocked number).
    `pause`: seconds that the next try waits at least. `whole_channel`: it is not this
    message's fault, and no other will pass either. `window`: the citizen has to write first.
    """

    def __init__(
        self,
        code: str,
        *,
        retryable: bool,
        loggable: bool,
        pause: float = 0.0,
        whole_channel: bool = False,
        window: bool = False,
    ) -> None:
        super().__init__(code)
        self.code, self.retryable, self.loggable = code, retryable, loggable
        self.pause, self.whole_channel, self.window = pause, whole_channel, window


class NotFetched(Exception):
    """A citizen's file is not here. `name`: what he hears of it, when trying again is of no use."""

    def __init__(self, name: str, *, retryable: bool) -> None:
        super().__init__(name)
        self.name, self.retryable = name, retryable


class Channel(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether this request may speak for the channel. Header names are lower case."""
        ...

    def parse(self, body: bytes, address: str = "") -> Sequence[Arrival]:
        """`address` is whose conversation it is, where the body does not tell. Raises Unreadable."""
        ...


@runtime_checkable
class PushChannel(Channel, Protocol):
    def serialise(self, piece: Piece, message: Message, address: str) -> JSON: ...

    def send(self, payload: JSON) -> str | None:
        """Blocks until the provider answered; gives its id of the message. Raises SendError."""
        ...

    def upload(self, attachment: Attachment) -> File:
        """Blocks too, and raises SendError."""
        ...

    def knock(self, address: str) -> JSON | None:
        """What may be sent to a citizen to whom nothing else may: that there is news. None: not even that."""
        ...


class Webhook(PushChannel, Protocol):
    """A push channel of which the provider calls us, and whose files and receipts are fetched and shown apart."""

    def handshake(self, asked: Mapping[str, str]) -> str | None:
        """What the provider wants to hear when it asks whether this address is ours. None: it may not know."""
        ...

    def fetch(self, media: Mapping[str, JSON], most: int) -> bytes:
        """A citizen's file of at most so many bytes. Blocks; raises NotFetched."""
        ...

    def attend(self, address: str, external_id: str) -> None:
        """Show that his message was read and that somebody writes. Blocks; never raises."""
        ...
