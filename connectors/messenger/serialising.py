"""One message as the Send API of Messenger takes it."""

import json

from connectors.base import Piece, Shape
from connectors.meta.reading import choice_id
from conversations.model import JSON, Message


def payload(piece: Piece, message: Message, address: str) -> dict[str, JSON]:
    content = {**_content(piece, message), "metadata": piece.reference}
    return {"recipient": {"id": address}, "messaging_type": "RESPONSE", "message": content}


def upload(media_type: str) -> str:
    """The description that goes along with a file, as JSON in a form field."""
    kind = _kind(media_type)
    return json.dumps({"attachment": {"type": kind, "payload": {"is_reusable": False}}})


def _content(piece: Piece, message: Message) -> dict[str, JSON]:
    if piece.file:
        return {"attachment": {"type": _kind(piece.file.media_type), "payload": {"attachment_id": piece.file.media}}}
    if piece.image:
        return {"attachment": {"type": "image", "payload": {"url": piece.image}}}
    if piece.link:
        button = {"type": "web_url", "title": piece.link.title, "url": piece.link.url}
        template = {"template_type": "button", "text": piece.text, "buttons": [button]}
        return {"attachment": {"type": "template", "payload": template}}
    if piece.shape is Shape.PLAIN:
        return {"text": piece.text}
    replies = [
        {"content_type": "text", "title": option.title, "payload": choice_id(message.id, option.number)}
        for option in piece.options
    ]
    return {"text": piece.text, "quick_replies": replies}


def _kind(media_type: str) -> str:
    return "image" if media_type.startswith("image/") else "file"
