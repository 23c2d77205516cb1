"""Asks the bot for one turn over HTTP (bot/channel.py is the other side).

The same message id gives the same replies, so asking again is always safe.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import requests
from urllib3.exceptions import NewConnectionError

from conversations.cards import card_of
from conversations.model import JSON, Choice, Kind, Message, Reply

CONNECT_TIMEOUT = 3.0  # seconds
UNDERSTAND_TIMEOUT = 5.0
FORGET_TIMEOUT = 10.0  # seconds; it waits for a turn that is busy
EVENT_OF = {  # domain.yml: events of the house
    Kind.ATTACHMENT: "/bijlage_gestuurd",
    Kind.LOCATION: "/plaats_gedeeld",
    Kind.BEGIN: "/gesprek_begonnen",
}


class BotAway(Exception):
    """The bot is not there, or not yet: it did not look at the message, which can wait."""


class BotDropped(BotAway):
    """The line broke while the bot had the message."""


class BotFailed(Exception):
    """The bot had the message and gave no usable answer."""


class BotRefused(BotFailed):
    """The bot cannot read the message; asking again gives the same."""


@dataclass(frozen=True)
class Answer:
    replies: tuple[Reply, ...] = ()
    trace: Mapping[str, JSON] = field(default_factory=dict)


class Bot(Protocol):
    def turn(
        self, message: Message, channel: str, *, new_session: bool, timeout: float, is_known: bool = False
    ) -> Answer:
        """Blocks. Raises BotAway, BotFailed, BotRefused."""
        ...

    def intent(self, text: str) -> str | None:
        """What these words want, outside any dialogue. Blocks; None when the bot cannot tell now."""
        ...


class HttpBot:
    def __init__(self, url: str) -> None:
        self._url = f"{url}/webhooks/turn"
        self._threads = threading.local()

    def turn(
        self, message: Message, channel: str, *, new_session: bool, timeout: float, is_known: bool = False
    ) -> Answer:
        response = self._post("turn", _request(message, channel, new_session, is_known), timeout)
        if response.status_code == 503:
            raise BotAway("http_503")  # no model yet, or no dialogue store
        if response.status_code == 400:
            raise BotRefused("http_400")
        if response.status_code != 200:
            raise BotFailed(f"http_{response.status_code}")
        try:
            return _answer(response.json())
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BotFailed("unreadable") from error

    def forget(self, conversation: str) -> bool:
        """Whether the bot forgot what was said in this conversation."""
        asked = {"conversation": conversation}
        try:
            return self._session().post(f"{self._url}/forget", json=asked, timeout=FORGET_TIMEOUT).status_code == 200
        except requests.RequestException:
            return False

    def intent(self, text: str) -> str | None:
        try:
            answer = self._post("understand", {"text": text}, UNDERSTAND_TIMEOUT)
            return str(answer.json()["intent"]) if answer.status_code == 200 else None
        except (BotAway, BotFailed, ValueError, KeyError):
            return None

    def known(self, conversation: str) -> Mapping[str, JSON]:
        """What the bot knows in this conversation, as the card of a hand-over; empty when it cannot tell now."""
        asked = {"conversation": conversation}
        try:
            answer = self._session().post(f"{self._url}/known", json=asked, timeout=UNDERSTAND_TIMEOUT)
            found = answer.json() if answer.status_code == 200 else {"slots": {}}
            return card_of(found.get("form"), found["slots"])
        except (requests.RequestException, ValueError, KeyError, AttributeError):
            return {}

    def is_ready(self) -> bool:
        try:
            return self._session().get(f"{self._url}/ready", timeout=1.0).status_code == 200
        except requests.RequestException:
            return False

    def _post(self, door: str, body: JSON, timeout: float) -> requests.Response:
        """Once more at once when the line was closed: the bot drops lines that were idle for a while."""
        try:
            return self._try(door, body, timeout)
        except BotAway:
            return self._try(door, body, timeout)

    def _try(self, door: str, body: JSON, timeout: float) -> requests.Response:
        try:
            return self._session().post(
                f"{self._url}/{door}", json=body, timeout=(CONNECT_TIMEOUT, timeout), allow_redirects=False
            )
        except requests.ConnectTimeout as error:
            raise BotAway("connect_timeout") from error
        except requests.ConnectionError as error:
            reached = not _is_refusal(error)
            raise (BotDropped("dropped") if reached else BotAway("refused")) from error
        except requests.RequestException as error:  # read time-outs among them
            raise BotFailed(type(error).__name__) from error

    def _session(self) -> requests.Session:
        """One open line for each thread."""
        if not hasattr(self._threads, "session"):
            session = requests.Session()
            session.trust_env = False  # no proxy between us and the bot, and no look at .netrc at every turn
            self._threads.session = session
        found: requests.Session = self._threads.session
        return found


def _is_refusal(error: requests.ConnectionError) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)


def _request(message: Message, channel: str, new_session: bool, is_known: bool = False) -> dict[str, JSON]:
    place = message.place
    payload = message.payload or EVENT_OF.get(message.kind)
    return {
        "conversation": message.conversation,
        "message_id": message.id,
        "channel": channel,
        **({"payload": payload} if payload else {"text": message.text}),
        "new_session": new_session,
        "metadata": {
            "attachment": message.attachment,
            "place": {"latitude": place.latitude, "longitude": place.longitude} if place else None,
            "event": message.kind is Kind.EVENT,
            "is_known": is_known,  # all that the bot learns of who it is
        },
    }


def _answer(body: JSON) -> Answer:
    return Answer(tuple(_reply(reply) for reply in body["replies"]), dict(body.get("trace") or {}))


def _reply(said: JSON) -> Reply:
    return Reply(
        text=_text(said.get("text")) or "",
        choices=tuple(Choice(str(c["title"]), str(c["payload"])) for c in said.get("choices") or ()),
        image=_text(said.get("image")),
        custom=dict(said.get("custom") or {}),
        name=_text(said.get("name")),
    )


def _text(value: JSON) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError("a text is expected")
    return value
