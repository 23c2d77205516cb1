"""What a citizen may read of his own conversation: as JSON for the widget, as a text to keep."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from clock import BRUSSELS, Clock
from connectors.base import LINK
from connectors.web import is_shown, message_json, state_json
from conversations.ledger import Ledger
from conversations.model import JSON, Conversation, Message
from texts import Texts

PAGE = 100

Address = Callable[[str], str | None]


@dataclass(frozen=True)
class Page:
    """`last_seq` is the last one looked at, hidden messages included; `more`: there may be others after it."""

    messages: list[Mapping[str, JSON]]
    state: Mapping[str, JSON]
    last_seq: int
    more: bool


@dataclass(frozen=True)
class _File:
    name: str = ""
    media_type: str = ""


class Transcript:
    def __init__(
        self, ledger: Ledger, clock: Clock, texts: Texts, days: int, address: Address = lambda link: None
    ) -> None:
        """`address`: where a link leads, while it works."""
        self._ledger, self._clock, self._texts = ledger, clock, texts
        self._address = address
        self._lifetime = timedelta(days=days)
        self._file = lru_cache(maxsize=1000)(self._file_of)
        self.online = True  # whether the bot answers, as far as this process knows

    def expires_at(self, conversation: Conversation) -> datetime:
        """A citizen can come back so long after something was last said."""
        return conversation.active_at.astimezone(BRUSSELS) + self._lifetime

    def is_expired(self, conversation: Conversation) -> bool:
        return self._clock.now() >= self.expires_at(conversation)

    def state(self, conversation: Conversation) -> Mapping[str, JSON]:
        return state_json(conversation, self.expires_at(conversation), self.online)

    def page(self, conversation: Conversation, after: int, limit: int = PAGE) -> Page:
        found = self._ledger.messages(conversation.id, after, limit) if conversation.last_seq > after else []
        return Page(
            messages=[self._shown(message) for message in found if is_shown(message)],
            state=self.state(conversation),
            last_seq=found[-1].seq if found else after,
            more=len(found) == limit,
        )

    def as_text(self, conversation: Conversation) -> str:
        """The whole conversation, one line of who and when above each message."""
        return "\n".join(self._lines(conversation))

    def _lines(self, conversation: Conversation) -> Iterator[str]:
        yield f"{self._texts.text('utter_widget_titel')} – {conversation.created_at.astimezone(BRUSSELS):%d/%m/%Y}\n"
        for message in self._all(conversation):
            name = self._texts.text(f"utter_widget_afzender_{message.author}") or message.author
            yield f"[{message.created_at.astimezone(BRUSSELS):%H:%M}] {name}"
            yield message.text or (self._file(message.attachment).name if message.attachment else "")
            yield from (f"  {n}. {choice.title}" for n, choice in enumerate(message.choices, start=1))
            yield ""

    def _all(self, conversation: Conversation) -> Iterator[Message]:
        after = 0
        while found := self._ledger.messages(conversation.id, after, PAGE):
            yield from filter(is_shown, found)
            after = found[-1].seq

    def _shown(self, message: Message) -> Mapping[str, JSON]:
        if message.custom.get("type") == LINK:
            message = self._linked(message)
        if message.attachment is None:
            return message_json(message)
        file = self._file(message.attachment)
        attachment = {"id": message.attachment, "name": file.name, "media_type": file.media_type}
        return {**message_json(message), "attachment": attachment}

    def _linked(self, message: Message) -> Message:
        """With the address that its link has now. It is secret, so it is kept nowhere else and is in no download."""
        address = self._address(str(message.custom.get("link")))
        title = message.custom.get("title")
        shown = f"[{title}]({address})" if address else self._texts.text("utter_aanmeldcode_link_vervallen")
        return replace(message, text=f"{message.text}\n\n{shown}".strip(), custom={})

    def _file_of(self, attachment: str) -> _File:
        """Reads the whole photo for its name, so it is remembered."""
        found = self._ledger.attachment(attachment)
        return _File(found.name, found.media_type) if found else _File()
