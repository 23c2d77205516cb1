"""What the house answers by itself, without the bot: to what no bot can read, after an outage, outside the hours.

A person who holds the conversation answers all of it; then nothing is said here.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from babel.dates import format_datetime

from clock import BRUSSELS, Clock
from conversations.model import Conversation, Kind, Message, Reply
from texts import Texts

STALE = timedelta(hours=1)  # older than this by the channel's clock: it was kept somewhere during an outage
AFTER_AN_OUTAGE = "utter_kanaal_na_storing"
CLOSED = "utter_kanaal_gesloten"
ONCE = (AFTER_AN_OUTAGE, CLOSED)  # not again to each of several messages in a row
NOT_READ = {  # by what the message is
    "spraakbericht": "utter_kanaal_spraakbericht",
    "video": "utter_kanaal_video",
    "sticker": "utter_kanaal_sticker",
    "contact": "utter_kanaal_contact",
    "document": "utter_kanaal_document",
    "niet_ondersteund": "utter_kanaal_niet_ondersteund",
    "foto_weg": "utter_kanaal_foto_weg",
    "foto_te_groot": "utter_kanaal_foto_te_groot",
    "foto_verkeerd": "utter_kanaal_foto_verkeerd",
    "foto_genoeg": "utter_kanaal_foto_genoeg",
}


class WithoutBot:
    def __init__(self, texts: Texts, clock: Clock, last_said: Callable[[str], str | None]) -> None:
        """`last_said`: the name of what was last said in a conversation."""
        self._texts, self._clock, self._last_said = texts, clock, last_said

    def answer(self, message: Message, conversation: Conversation) -> tuple[Reply, ...] | None:
        """What is said to it, possibly nothing; None: it is for the bot."""
        name, values = self._name(message, conversation)
        if name is None:
            return None
        if name in ONCE and self._last_said(conversation.id) == name:
            return ()
        return (self._texts.reply(name, conversation.channel, **values),)

    def _name(self, message: Message, conversation: Conversation) -> tuple[str | None, dict[str, str]]:
        if message.kind is Kind.EVENT:
            return None, {}
        if message.sent_at and message.created_at - message.sent_at > STALE:
            return AFTER_AN_OUTAGE, {}
        opens = self._opens(conversation.channel)
        if opens:
            return CLOSED, {"opent": opens}
        if message.kind is Kind.OTHER:
            return NOT_READ.get(message.name or "", NOT_READ["niet_ondersteund"]), {}
        return None, {}

    def _opens(self, channel: str) -> str:
        """When a channel that has hours of its own opens again; empty while it is open."""
        now = self._clock.now()
        opening = self._texts.city.channel_opening(channel, now)
        return _moment(opening) if opening and opening > now else ""


def _moment(moment: datetime) -> str:
    return format_datetime(moment.astimezone(BRUSSELS), "EEEE d MMMM HH:mm", locale="nl")
