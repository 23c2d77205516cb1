"""The website's channel: the widget's JSON in, the ledger's messages out as JSON.

A pull channel: nothing is sent, the widget reads the ledger (docs/web-protocol.md).
"""

import json
import math
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from connectors.base import Capabilities, Tapped, Unreadable
from conversations.model import JSON, Author, Conversation, Incoming, Kind, Message, Place, State
from conversations.typed import LONGEST_TEXT, harmless, keepable

NAME = "web"
PLACE_NAME_LENGTH = 200
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class WebChannel:
    name = NAME
    capabilities = Capabilities(text=LONGEST_TEXT * 5, buttons=20, button_title=200, images=True)

    def __init__(self, origins: Collection[str]) -> None:
        """`origins`: scheme, host and port of the pages that may embed the widget."""
        self._origins = frozenset(origins)

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether the page that asks is one of ours. Whoever it speaks for, the token tells."""
        origin = headers.get("origin")
        return origin is None or origin in self._origins or _is_own(origin, headers.get("host", ""))

    def parse(self, body: bytes, address: str = "") -> list[Incoming]:
        """The one message of this body. Raises Unreadable."""
        sent = read_object(body)
        external_id = sent.get("client_msg_id")
        if not isinstance(external_id, str) or not _CLIENT_ID.fullmatch(external_id):
            raise Unreadable("invalid")
        kinds = {"text": _text, "choice": _choice, "attachment": _attachment, "location": _location}
        read = kinds.get(sent["type"]) if isinstance(sent.get("type"), str) else None
        if read is None:
            raise Unreadable("invalid")
        # Ids are unique within a channel, and here every browser makes its own.
        return [read(sent, address, f"{address}:{external_id}")]


def _is_own(origin: str, host: str) -> bool:
    """A page that the front served itself, under whatever name the browser knows it."""
    try:
        return bool(host) and urlsplit(origin).netloc == host and urlsplit(origin).scheme in {"http", "https"}
    except ValueError:
        return False


def read_object(body: bytes) -> Mapping[str, JSON]:
    """Raises Unreadable when this is no JSON object."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("broken_json") from error
    if not isinstance(sent, dict):
        raise Unreadable("invalid")
    return sent


def whole_number(value: JSON) -> int:
    """Raises Unreadable for anything that is no small number from 0 on; True is none."""
    if type(value) is not int or not 0 <= value < 2**31:
        raise Unreadable("invalid")
    return value


def short_text(value: JSON, limit: int = LONGEST_TEXT) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable("invalid")
    if len(value) > limit:
        raise Unreadable("text_too_long")
    return keepable(value).strip()


def _text(sent: Mapping[str, JSON], address: str, external_id: str) -> Incoming:
    text = harmless(short_text(sent.get("text")))
    if not text:
        raise Unreadable("empty_text")
    return Incoming(NAME, address, external_id, text=text)


def _choice(sent: Mapping[str, JSON], address: str, external_id: str) -> Tapped:
    message, number = short_text(sent.get("message_id"), 100), whole_number(sent.get("choice"))
    return Tapped(NAME, address, external_id, kind=Kind.CHOICE, message=message, number=number)


def _attachment(sent: Mapping[str, JSON], address: str, external_id: str) -> Incoming:
    attachment = short_text(sent.get("attachment"), 100)
    if not attachment:
        raise Unreadable("unknown_attachment")
    return Incoming(NAME, address, external_id, kind=Kind.ATTACHMENT, attachment=attachment)


def _location(sent: Mapping[str, JSON], address: str, external_id: str) -> Incoming:
    place = Place(_degrees(sent.get("latitude"), 90), _degrees(sent.get("longitude"), 180))
    text = harmless(short_text(sent.get("text"), PLACE_NAME_LENGTH)) or f"{place.latitude:.5f}, {place.longitude:.5f}"
    return Incoming(NAME, address, external_id, kind=Kind.LOCATION, text=text, place=place)


def _degrees(value: JSON, most: int) -> float:
    if type(value) not in (int, float) or not abs(value) <= most or not math.isfinite(value):
        raise Unreadable("invalid")
    return float(value)


def is_shown(message: Message) -> bool:
    """What the house tells the bot stays inside, and so does what was taken back."""
    return message.kind is not Kind.EVENT and message.state is not State.CANCELLED


def message_json(message: Message) -> dict[str, JSON]:
    shown: dict[str, JSON] = {
        "seq": message.seq,
        "id": message.id,
        "from": message.author,
        "at": message.created_at.isoformat(timespec="milliseconds"),
        "type": message.kind,
        "text": message.text,
        "choices": [{"n": n, "title": choice.title} for n, choice in enumerate(message.choices)],
    }
    if message.image:
        shown["image"] = message.image
    if message.custom:
        shown["custom"] = dict(message.custom)
    if message.author is Author.CITIZEN and message.external_id:
        shown["client_msg_id"] = message.external_id.rpartition(":")[2]
    return shown


def state_json(conversation: Conversation, expires_at: datetime, online: bool) -> dict[str, JSON]:
    """`online`: whether somebody answers at this moment."""
    return {
        "owner": conversation.holder,
        "queue": None,
        "agent": None,
        "online": online,
        "expires_at": expires_at.isoformat(timespec="seconds"),
    }
