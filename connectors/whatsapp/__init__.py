"""WhatsApp, through Meta's Cloud API (docs/whatsapp.md)."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from connectors.base import Arrival, Capabilities, File, Markup, NotFetched, Piece, SendError
from connectors.meta import signature
from connectors.meta.graph import Graph
from connectors.meta.reading import thing, things, word
from connectors.whatsapp import parsing, serialising
from connectors.whatsapp.parsing import NAME
from conversations.model import JSON, WINDOW, Attachment, Message

IMAGES = ("image/jpeg", "image/png")
LARGEST_IMAGE = 5 * 1024 * 1024


@dataclass(frozen=True)
class Account:
    """The number that citizens write to, and the app that Meta calls. `template` may be sent when nothing else may."""

    phone_number_id: str
    app_secret: str
    verify_token: str
    template: str = ""
    template_language: str = "nl"


class WhatsApp:
    name = NAME
    capabilities = Capabilities(
        text=4096,
        text_with_choices=1024,
        text_with_link=1024,
        buttons=3,
        list_rows=10,
        images=True,
        markup=Markup.WHATSAPP,
        window=WINDOW,
        merges=True,  # Meta: one message to a citizen in six seconds, and a burst is paid back later
    )

    def __init__(self, account: Account, graph: Graph, list_button: Callable[[], str]) -> None:
        """`list_button`: what stands on the button that opens a list."""
        self._account, self._graph, self._list_button = account, graph, list_button

    def handshake(self, asked: Mapping[str, str]) -> str | None:
        return signature.handshake(asked, self._account.verify_token)

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        return signature.signed(body, headers, self._account.app_secret)

    def parse(self, body: bytes, address: str = "") -> Sequence[Arrival]:
        return parsing.parse(body, self._account.phone_number_id)

    def serialise(self, piece: Piece, message: Message, address: str) -> JSON:
        return serialising.payload(piece, message, address, self._list_button())

    def knock(self, address: str) -> JSON | None:
        if not self._account.template:
            return None
        return serialising.template(address, self._account.template, self._account.template_language)

    def send(self, payload: JSON) -> str | None:
        answer = self._graph.post(f"{self._account.phone_number_id}/messages", payload)
        sent = next(things(answer.get("messages")), {})
        return word(sent.get("id")) or None

    def upload(self, attachment: Attachment) -> File:
        fields = {"messaging_product": "whatsapp", "type": attachment.media_type}
        file = (attachment.name, attachment.content, attachment.media_type)
        media = word(self._graph.upload(f"{self._account.phone_number_id}/media", fields, file).get("id"))
        if not media:
            raise SendError("no_media_id", retryable=True, loggable=False)
        is_image = attachment.media_type in IMAGES and len(attachment.content) <= LARGEST_IMAGE
        return File(media, attachment.name, attachment.media_type if is_image else "application/octet-stream")

    def attend(self, address: str, external_id: str) -> None:
        shown = {"status": "read", "message_id": external_id, "typing_indicator": {"type": "text"}}
        self._graph.aside(f"{self._account.phone_number_id}/messages", {"messaging_product": "whatsapp", **shown})

    def fetch(self, media: Mapping[str, JSON], most: int) -> bytes:
        """Meta gives the file's address for five minutes, so it is asked right before."""
        found = thing(self._graph.look_up(word(media.get("id")), {"phone_number_id": self._account.phone_number_id}))
        size = word(found.get("file_size"))
        if size.isdigit() and int(size) > most:
            raise NotFetched("foto_te_groot", retryable=False)
        content = self._graph.download(word(found.get("url"), 4000), most, with_token=True)
        if not _is_whole(content, word(media.get("sha256")) or word(found.get("sha256"))):
            raise NotFetched("foto_weg", retryable=True)
        return content


def _is_whole(content: bytes, digest: str) -> bool:
    """Meta writes the digest in base64; its page shows a hexadecimal one too."""
    actual = hashlib.sha256(content).digest()
    try:
        return not digest or digest.lower() == actual.hex() or base64.b64decode(digest, validate=True) == actual
    except (binascii.Error, ValueError):
        return True  # no digest that we know: nothing to compare with
