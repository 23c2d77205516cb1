"""The words that every room shares: conversation, message, reply, choice, holder.

Plain values without behaviour of their own. A channel makes `Incoming` and
`Receipt` out of what a provider posts; the bot and the agents make `Reply`;
the ledger keeps all of them as `Message` rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

WINDOW = timedelta(hours=24)  # after the citizen's last word, in which Meta's channels take what we like to say

JSON = Any
"""What json.loads gives. Only for data that crosses a border as JSON."""


class Holder(StrEnum):
    """Whoever holds the conversation answers it."""

    BOT = "bot"
    QUEUE = "queue"
    AGENT = "agent"
    WAITING = "waiting"  # an agent holds it and waits for the citizen
    EXTERNAL = "external"  # a colleague answers in the channel's own inbox; no agent of ours has it
    CLOSED = "closed"


class Presence(StrEnum):
    """Whether an agent can be given a conversation."""

    ONLINE = "online"
    AWAY = "away"
    OFFLINE = "offline"


class Author(StrEnum):
    CITIZEN = "citizen"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"  # the house itself, in both directions


class Kind(StrEnum):
    """What a message carries besides its text."""

    TEXT = "text"
    CHOICE = "choice"  # the citizen tapped a choice that was offered
    ATTACHMENT = "attachment"
    LOCATION = "location"
    BEGIN = "begin"  # the chat was opened with a button of the channel, and nothing was said yet
    OTHER = "other"  # something that the bot cannot read, such as a voice message; `name` says what
    EVENT = "event"  # left by the house for the bot, such as gesprek_teruggegeven


class State(StrEnum):
    """Where a message is on its way. Incoming: received → working → answered | held | failed.

    Outgoing: queued → sending → sent → delivered → read, or failed | cancelled; parked → queued again.
    """

    RECEIVED = "received"
    WORKING = "working"
    ANSWERED = "answered"
    HELD = "held"  # a person holds the conversation; the desk shows it
    FAILED = "failed"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    CANCELLED = "cancelled"
    PARKED = "parked"  # the channel lets us speak only after the citizen has written again


@dataclass(frozen=True)
class Choice:
    """One thing that the citizen can tap: what he reads and what the bot gets."""

    title: str
    payload: str


@dataclass(frozen=True)
class Place:
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Incoming:
    """One message as a channel received it, before anybody looked at what it means.

    `external_id` is the provider's id (or the widget's own) and unique within the
    channel; `address` says whose conversation it is in that channel, and `alias` under
    which other name the channel knows him: a phone number beside an id.
    """

    channel: str
    address: str
    external_id: str
    kind: Kind = Kind.TEXT
    text: str = ""
    payload: str | None = None  # of a tapped choice; only what the ledger offered
    place: Place | None = None
    attachment: str | None = None  # id of a stored attachment
    sent_at: datetime | None = None
    alias: str | None = None
    media: Mapping[str, JSON] | None = None  # where its file still has to be fetched, in the channel's own words
    held: bool = False  # kept to be read; somebody else answers it
    name: str | None = None  # what it is, of Kind.OTHER


@dataclass(frozen=True)
class Receipt:
    """What a provider tells about a message that we sent. Never moves a state backwards.

    `reference` is our own id of the message, where the provider gives it back.
    """

    channel: str
    external_id: str
    state: State
    error: str | None = None
    reference: str | None = None


class Change(StrEnum):
    EDITED = "edited"
    REVOKED = "revoked"
    REACTION = "reaction"  # an empty text takes it away


@dataclass(frozen=True)
class Remark:
    """What a citizen did to a message that is there already. `external_id` is that message's."""

    channel: str
    address: str
    external_id: str
    change: Change
    text: str = ""


@dataclass(frozen=True)
class Watermark:
    """Everything that was sent to a citizen until this moment has come so far."""

    channel: str
    address: str
    state: State
    until: datetime


@dataclass(frozen=True)
class Moved:
    """The channel knows a citizen under another address from now on. It may be somebody else's hands by now."""

    channel: str
    before: str
    after: str


@dataclass(frozen=True)
class Overheard:
    """What somebody else said to a citizen in our name, such as a colleague in the page's own inbox."""

    channel: str
    address: str
    external_id: str
    text: str


@dataclass(frozen=True)
class Control:
    """Another application of the city's answers this citizen on the channel from now on, or we do again (`ours`)."""

    channel: str
    address: str
    ours: bool
    at: datetime | None = None


@dataclass(frozen=True)
class Reply:
    """One message to the citizen, in no channel's own form.

    `name` is the response it was made from (utter_…), for tests and reports; of several, with a space between.
    """

    text: str = ""
    choices: tuple[Choice, ...] = ()
    image: str | None = None
    custom: Mapping[str, JSON] = field(default_factory=dict)
    name: str | None = None
    attachment: str | None = None  # id of a stored file that goes along


@dataclass(frozen=True)
class Conversation:
    id: str
    channel: str
    address: str
    holder: Holder
    epoch: int
    last_seq: int
    created_at: datetime
    active_at: datetime  # when something was last said or happened
    ended_at: datetime | None = None
    alias: str | None = None
    heard_at: datetime | None = None  # when the citizen last wrote, by the channel's clock

    @property
    def window_closes_at(self) -> datetime:
        """On a channel of Meta; others have none."""
        return (self.heard_at or self.created_at) + WINDOW


@dataclass(frozen=True)
class Message:
    """One row of the ledger. `seq` counts from 1 within the conversation, without gaps.

    Of a claimed message `epoch` is the conversation's at the moment of the claim, and
    `attempts` counts the claims: together they tell whether the work still counts.
    """

    id: str
    conversation: str
    seq: int
    author: Author
    kind: Kind
    state: State
    text: str
    epoch: int
    created_at: datetime
    choices: tuple[Choice, ...] = ()
    payload: str | None = None
    place: Place | None = None
    attachment: str | None = None
    image: str | None = None
    custom: Mapping[str, JSON] = field(default_factory=dict)
    name: str | None = None
    answers: str | None = None  # id of the message that this one answers
    agent: str | None = None  # who said it, when an agent did
    external_id: str | None = None  # the provider's id, or the widget's own
    trace: Mapping[str, JSON] | None = None  # how the bot came to its answer: intent, ranking, actions
    attempts: int = 0
    error: str | None = None
    channel: str = ""
    sent_at: datetime | None = None  # by the channel's clock
    media: Mapping[str, JSON] | None = None  # its file still has to be fetched


@dataclass(frozen=True)
class Received:
    """What became of an incoming message: its row, and whether it was made just now.

    `frees`: something waited for the citizen to write, and can be sent now.
    """

    message: Message
    is_new: bool
    frees: bool = False


@dataclass(frozen=True)
class Attachment:
    conversation: str
    name: str
    media_type: str
    content: bytes


class Refused(Exception):
    """The ledger does not take this message: it names something that was never offered or sent here."""


class UnknownConversation(LookupError):
    """There is no conversation with this id."""
