"""Each kind of message that may be sent by Messenger, with the limits that Meta sets on it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sandbox.graph.fields import Fields
from sandbox.graph.phone import Bubble, Button, Card, Tap

if TYPE_CHECKING:
    from sandbox.graph.messenger import Messenger

TEXT, METADATA, PAYLOAD = 2000, 1000, 1000
QUICK_REPLIES, TITLE = 13, 20
TEMPLATE_TEXT, BUTTONS = 640, 3
ELEMENTS, ELEMENT_TEXT = 10, 80
FILES = ("image", "file", "audio", "video")


def read(message: Fields, bubble: Bubble, network: "Messenger") -> None:
    """Fills the bubble with what the message says. Raises GraphError."""
    message.only("text", "attachment", "quick_replies", "metadata")
    if ("text" in message) == ("attachment" in message):
        raise message.refusal.invalid("message", "must have either a text or an attachment.")
    if "text" in message:
        bubble.text = message.text("text", TEXT)
    else:
        _attachment(message.inside("attachment"), bubble, network)
    if "quick_replies" in message:
        if bubble.buttons:
            raise message.refusal.invalid("message['quick_replies']", "cannot hang below buttons.")
        bubble.buttons = tuple(_quick_reply(each) for each in message.items("quick_replies", QUICK_REPLIES))


def _quick_reply(reply: Fields) -> Button:
    reply.only("content_type", "title", "payload", "image_url").one_of("content_type", "text")
    return Button(reply.text("title", TITLE), Tap.QUICK, reply.text("payload", PAYLOAD))


def _attachment(attachment: Fields, bubble: Bubble, network: "Messenger") -> None:
    kind = attachment.only("type", "payload").one_of("type", "template", *FILES)
    payload = attachment.inside("payload")
    bubble.type = kind
    if kind == "template":
        _TEMPLATES[payload.one_of("template_type", *_TEMPLATES)](payload, bubble)
    else:
        attach(payload, bubble, network)


def attach(payload: Fields, bubble: Bubble, network: "Messenger") -> None:
    payload.only("url", "is_reusable", "attachment_id").flag("is_reusable")
    if ("url" in payload) == ("attachment_id" in payload):
        raise payload.refusal.missing(f"{payload.path('url')} or {payload.path('attachment_id')}")
    if "url" in payload:
        bubble.media_url = payload.address("url")
        return
    bubble.media = network.media.with_id(payload.text("attachment_id", 100))
    if bubble.media is None:
        raise payload.refusal.invalid(payload.path("attachment_id"), "is not an attachment that was uploaded.")


def _button_template(payload: Fields, bubble: Bubble) -> None:
    payload.only("template_type", "text", "buttons", "sharable")
    bubble.text = payload.text("text", TEMPLATE_TEXT)
    bubble.buttons = buttons(payload, BUTTONS)


def _generic_template(payload: Fields, bubble: Bubble) -> None:
    payload.only("template_type", "elements", "image_aspect_ratio", "sharable")
    bubble.cards = tuple(_card(element) for element in payload.items("elements", ELEMENTS))


def _card(element: Fields) -> Card:
    element.only("title", "subtitle", "image_url", "buttons", "default_action")
    if not any(name in element for name in ("subtitle", "image_url", "buttons")):
        raise element.refusal.missing(f"{element.path('subtitle')}, image_url or buttons")
    return Card(
        element.text("title", ELEMENT_TEXT),
        element.text_or_empty("subtitle", ELEMENT_TEXT),
        element.address("image_url") if "image_url" in element else "",
        buttons(element, BUTTONS) if "buttons" in element else (),
    )


_TEMPLATES: Mapping[str, Callable[[Fields, Bubble], None]] = {
    "button": _button_template,
    "generic": _generic_template,
}


def buttons(holder: Fields, most: int, name: str = "buttons") -> tuple[Button, ...]:
    return tuple(_button(button) for button in holder.items(name, most))


def _button(button: Fields) -> Button:
    kind = button.one_of("type", "postback", "web_url")
    title = button.text("title", TITLE)
    if kind == "postback":
        button.only("type", "title", "payload")
        return Button(title, Tap.POSTBACK, button.text("payload", PAYLOAD))
    button.only("type", "title", "url", "webview_height_ratio")
    return Button(title, Tap.LINK, url=button.address("url"))
