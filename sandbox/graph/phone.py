"""What is on a citizen's phone: the bubbles of one chat with the city, and who the citizen is to Meta."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sandbox.graph.media import Media

SENDS_A_MINUTE = 10  # Meta: one message in six seconds to the same person …
BURST = 45  # … of which so many may be borrowed from the future


class Tap(StrEnum):
    """What happens when a citizen taps it."""

    REPLY = "reply"  # WhatsApp: a reply button
    ROW = "row"  # WhatsApp: a row of a list
    TEMPLATE = "template"  # WhatsApp: a button of a template
    QUICK = "quick"  # Messenger: a quick reply, gone after the next message
    POSTBACK = "postback"  # Messenger: a button that stays
    LINK = "link"  # opens a page; nobody is told


@dataclass(frozen=True)
class Button:
    title: str
    tap: Tap
    payload: str = ""
    url: str = ""
    description: str = ""
    section: str = ""


@dataclass(frozen=True)
class Card:
    """One element of Messenger's generic template."""

    title: str
    subtitle: str
    image_url: str
    buttons: tuple[Button, ...]


@dataclass
class Bubble:
    """One message. `state` is sent, delivered, read or failed."""

    id: str
    is_mine: bool  # the citizen's own
    type: str
    at: datetime
    text: str = ""
    header: str = ""
    footer: str = ""
    buttons: tuple[Button, ...] = ()
    sheet: str = ""  # what the button says that opens a list
    cards: tuple[Card, ...] = ()
    media: Media | None = None
    media_url: str = ""  # instead of `media`: Meta fetches it from there
    place: tuple[float, float] | None = None
    quotes: str = ""
    reference: str = ""  # the city's own mark, which comes back with every status
    author: str = ""  # "HUMAN_AGENT", or "inbox": a civil servant in Meta's own inbox
    state: str = "sent"
    reactions: dict[bool, str] = field(default_factory=dict)  # by whether it is the citizen's
    is_revoked: bool = False


class Allowance:
    """So many at once, and then so many a second."""

    def __init__(self, at_once: float, per_second: float) -> None:
        self._at_once, self._per_second, self._left = at_once, per_second, at_once
        self._counted_at: float | None = None

    def take(self, now: datetime) -> bool:
        """Whether there was one left."""
        moment = now.timestamp()
        passed = max(0.0, moment - (moment if self._counted_at is None else self._counted_at))
        self._counted_at = moment
        self._left = min(self._at_once, self._left + passed * self._per_second)
        if self._left < 1:
            return False
        self._left -= 1
        return True


@dataclass
class Citizen:
    id: str  # ours, for the sandbox's own addresses
    name: str
    address: str  # telephone number, or Messenger's id of this person for this page
    user_id: str = ""  # WhatsApp's id of this person for this business
    hides_number: bool = False  # found by a user name: the city gets the user id alone
    reads: bool = True  # opens the chat as soon as something comes
    is_reachable: bool = True  # False: blocked the city, or left
    bubbles: list[Bubble] = field(default_factory=list)
    wrote_at: datetime | None = None  # opens the window in which the city may answer
    typing_until: datetime | None = None
    pair: Allowance = field(default_factory=lambda: Allowance(BURST, SENDS_A_MINUTE / 60))

    def bubble(self, message_id: str) -> Bubble | None:
        return next((bubble for bubble in self.bubbles if bubble.id == message_id), None)

    def is_within(self, hours: float, now: datetime) -> bool:
        return self.wrote_at is not None and now.timestamp() - self.wrote_at.timestamp() <= hours * 3600

    def sees_typing(self, now: datetime) -> bool:
        return self.typing_until is not None and now < self.typing_until

    @property
    def quick_replies(self) -> tuple[Button, ...]:
        """Those below the last message; a next one takes them away."""
        last = self.bubbles[-1] if self.bubbles else None
        return tuple(button for button in last.buttons if button.tap is Tap.QUICK) if last else ()
