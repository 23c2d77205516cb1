"""What every channel can do, and what the rest of this room may ask of it.

A channel is two pure functions around the ledger: `parse` makes `Incoming` and
`Receipt` out of what arrives, `serialise` makes a payload out of what goes out.
A pull channel (the web) stops there: its clients read the ledger. A push channel
also sends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from conversations.model import JSON, Incoming, Message, Receipt


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


class Shape(StrEnum):
    """How the choices of a piece are shown."""

    PLAIN = "plain"
    BUTTONS = "buttons"
    LIST = "list"


@dataclass(frozen=True)
class Option:
    """A choice as it fits on the channel. `number` is its place among the choices of the message."""

    number: int
    title: str
    description: str = ""


@dataclass(frozen=True)
class Piece:
    """One message of the provider. A reply of ours takes one or more."""

    text: str = ""
    shape: Shape = Shape.PLAIN
    options: tuple[Option, ...] = ()
    image: str | None = None


@dataclass(frozen=True)
class Tapped(Incoming):
    """A tapped choice, before the ledger said what it stands for."""

    message: str = ""
    number: int = -1


class Unreadable(Exception):
    """What arrived cannot be read. `code` is for programs, no sentence for a citizen."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SendError(Exception):
    """The provider did not take a message.

    `retryable`: the same message may succeed later. `loggable`: a colleague should
    know (a refused token), as opposed to what belongs to life (a blocked number).
    """

    def __init__(self, code: str, *, retryable: bool, loggable: bool) -> None:
        super().__init__(code)
        self.code, self.retryable, self.loggable = code, retryable, loggable


class Channel(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether this request may speak for the channel. Header names are lower case."""
        ...

    def parse(self, body: bytes, address: str = "") -> Sequence[Incoming | Receipt]:
        """`address` is whose conversation it is, where the body does not tell. Raises Unreadable."""
        ...


@runtime_checkable
class PushChannel(Channel, Protocol):
    def serialise(self, piece: Piece, message: Message, address: str) -> JSON: ...

    def send(self, payload: JSON) -> str | None:
        """Blocks until the provider answered; gives its id of the message. Raises SendError."""
        ...
