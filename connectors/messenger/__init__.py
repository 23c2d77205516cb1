"""Messenger, through Meta's Messenger Platform (docs/messenger.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.base import Arrival, Capabilities, File, Markup, Piece, SendError
from connectors.messenger import parsing, serialising
from connectors.messenger.parsing import NAME
from connectors.meta import signature
from connectors.meta.graph import Graph
from connectors.meta.reading import word
from conversations.model import JSON, WINDOW, Attachment, Message


@dataclass(frozen=True)
class Page:
    """The page that citizens write to, and the app that Meta calls."""

    page_id: str
    app_id: str
    app_secret: str
    verify_token: str


class Messenger:
    name = NAME
    capabilities = Capabilities(
        text=2000, text_with_link=640, buttons=13, images=True, markup=Markup.NONE, window=WINDOW
    )

    def __init__(self, page: Page, graph: Graph) -> None:
        self._page, self._graph = page, graph

    def handshake(self, asked: Mapping[str, str]) -> str | None:
        return signature.handshake(asked, self._page.verify_token)

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        return signature.signed(body, headers, self._page.app_secret)

    def parse(self, body: bytes, address: str = "") -> Sequence[Arrival]:
        return parsing.parse(body, self._page.page_id, self._page.app_id)

    def serialise(self, piece: Piece, message: Message, address: str) -> JSON:
        return serialising.payload(piece, message, address)

    def knock(self, address: str) -> JSON | None:
        return None  # Meta took away the tags that allowed it

    def send(self, payload: JSON) -> str | None:
        return word(self._graph.post(f"{self._page.page_id}/messages", payload).get("message_id")) or None

    def upload(self, attachment: Attachment) -> File:
        fields = {"message": serialising.upload(attachment.media_type)}
        file = (attachment.name, attachment.content, attachment.media_type)
        media = word(self._graph.upload(f"{self._page.page_id}/message_attachments", fields, file).get("attachment_id"))
        if not media:
            raise SendError("no_attachment_id", retryable=True, loggable=False)
        return File(media, attachment.name, attachment.media_type)

    def attend(self, address: str, external_id: str) -> None:
        for action in ("mark_seen", "typing_on"):
            shown = {"recipient": {"id": address}, "sender_action": action}
            self._graph.aside(f"{self._page.page_id}/messages", shown)

    def fetch(self, media: Mapping[str, JSON], most: int) -> bytes:
        return self._graph.download(word(media.get("url"), 4000), most, with_token=False)
