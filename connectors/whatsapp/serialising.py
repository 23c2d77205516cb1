"""One message as WhatsApp's Cloud API takes it."""

from connectors.base import Piece, Shape
from connectors.meta.reading import choice_id
from conversations.model import JSON, Message


def payload(piece: Piece, message: Message, address: str, list_button: str) -> dict[str, JSON]:
    return {**_to(address), **_content(piece, message, list_button), "biz_opaque_callback_data": piece.reference}


def template(address: str, name: str, language: str) -> dict[str, JSON]:
    content = {"name": name, "language": {"code": language}}
    return {**_to(address), "type": "template", "template": content}


def _to(address: str) -> dict[str, JSON]:
    """A phone number is `to`; an id of somebody who hides his number is `recipient`."""
    who = {"to": address} if address.lstrip("+").isdigit() else {"recipient": address}
    return {"messaging_product": "whatsapp", "recipient_type": "individual", **who}


def _content(piece: Piece, message: Message, list_button: str) -> dict[str, JSON]:
    if piece.file:
        return _file(piece)
    if piece.image:
        return {"type": "image", "image": {"link": piece.image}}
    if piece.shape is Shape.PLAIN:
        return {"type": "text", "text": {"body": piece.text, "preview_url": False}}
    return {"type": "interactive", "interactive": {"body": {"text": piece.text}, **_below(piece, message, list_button)}}


def _file(piece: Piece) -> dict[str, JSON]:
    assert piece.file
    if piece.file.media_type.startswith("image/"):
        return {"type": "image", "image": {"id": piece.file.media}}
    return {"type": "document", "document": {"id": piece.file.media, "filename": piece.file.name}}


def _below(piece: Piece, message: Message, list_button: str) -> dict[str, JSON]:
    """What hangs below the text: an address, reply buttons, or a list."""
    if piece.link:
        parameters = {"display_text": piece.link.title, "url": piece.link.url}
        return {"type": "cta_url", "action": {"name": "cta_url", "parameters": parameters}}
    options = [(choice_id(message.id, option.number), option) for option in piece.options]
    if piece.shape is Shape.BUTTONS:
        buttons = [{"type": "reply", "reply": {"id": name, "title": option.title}} for name, option in options]
        return {"type": "button", "action": {"buttons": buttons}}
    rows = [
        {"id": name, "title": option.title, **({"description": option.description} if option.description else {})}
        for name, option in options
    ]
    return {"type": "list", "action": {"button": list_button, "sections": [{"rows": rows}]}}
