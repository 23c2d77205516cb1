"""Each type of message that may be sent by WhatsApp, with the limits that Meta sets on it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sandbox.graph.errors import whatsapp
from sandbox.graph.fields import Fields
from sandbox.graph.phone import Bubble, Button, Tap
from sandbox.graph.templates import fill

if TYPE_CHECKING:
    from sandbox.graph.whatsapp import WhatsApp

TEXT, BODY, CAPTION, SMALL = 4096, 1024, 1024, 60  # SMALL: a header and a footer
BUTTONS, BUTTON_TITLE, BUTTON_ID = 3, 20, 256
ROWS, SECTIONS, ROW_TITLE, ROW_ID, DESCRIPTION, SECTION_TITLE = 10, 10, 24, 200, 72, 24
FILE_NAME = 240

Reader = Callable[[Fields, Bubble, "WhatsApp"], None]


def _text(fields: Fields, bubble: Bubble, network: "WhatsApp") -> None:
    fields.only("body", "preview_url").flag("preview_url")
    bubble.text = fields.text("body", TEXT)


def _interactive(fields: Fields, bubble: Bubble, network: "WhatsApp") -> None:
    fields.only("type", "header", "body", "footer", "action")
    kind = fields.one_of("type", *_ACTIONS)
    bubble.text = fields.inside("body").only("text").text("text", BODY)
    if "footer" in fields:
        bubble.footer = fields.inside("footer").only("text").text("text", SMALL)
    if "header" in fields:
        _header(fields.inside("header"), bubble, network, only_text=kind == "list")
    _ACTIONS[kind](fields.inside("action"), bubble)


def _header(fields: Fields, bubble: Bubble, network: "WhatsApp", *, only_text: bool) -> None:
    kind = fields.one_of("type", "text") if only_text else fields.one_of("type", "text", "image", "document")
    fields.only("type", kind)
    if kind == "text":
        bubble.header = fields.text("text", SMALL)
    else:
        _attach(fields.inside(kind), bubble, network, "id", "link", "filename")


def _buttons(action: Fields, bubble: Bubble) -> None:
    replies = [_reply(button) for button in action.only("buttons").items("buttons", BUTTONS)]
    action.unique("buttons[].reply['title']", (button.title for button in replies))
    action.unique("buttons[].reply['id']", (button.payload for button in replies))
    bubble.buttons = tuple(replies)


def _reply(button: Fields) -> Button:
    button.only("type", "reply").one_of("type", "reply")
    reply = button.inside("reply").only("id", "title")
    return Button(reply.text("title", BUTTON_TITLE), Tap.REPLY, reply.text("id", BUTTON_ID))


def _list(action: Fields, bubble: Bubble) -> None:
    bubble.sheet = action.only("button", "sections").text("button", BUTTON_TITLE)
    sections = action.items("sections", SECTIONS)
    rows: list[Button] = []
    for section in sections:
        section.only("title", "rows")
        title = section.text("title", SECTION_TITLE) if len(sections) > 1 or "title" in section else ""
        rows += [_row(row, title) for row in section.items("rows", ROWS)]
    if len(rows) > ROWS:
        raise action.refusal.invalid(action.path("sections"), f"Total row count exceed max allowed count: {ROWS}.")
    action.unique("sections[].rows[].id", (row.payload for row in rows))
    bubble.buttons = tuple(rows)


def _row(row: Fields, section: str) -> Button:
    row.only("id", "title", "description")
    title, identifier = row.text("title", ROW_TITLE), row.text("id", ROW_ID)
    description = row.text_or_empty("description", DESCRIPTION)
    return Button(title, Tap.ROW, identifier, description=description, section=section)


def _link(action: Fields, bubble: Bubble) -> None:
    action.only("name", "parameters").one_of("name", "cta_url")
    parameters = action.inside("parameters").only("display_text", "url")
    bubble.buttons = (Button(parameters.text("display_text", BUTTON_TITLE), Tap.LINK, url=parameters.address("url")),)


_ACTIONS: Mapping[str, Callable[[Fields, Bubble], None]] = {"button": _buttons, "list": _list, "cta_url": _link}


def _image(fields: Fields, bubble: Bubble, network: "WhatsApp") -> None:
    bubble.text = fields.text_or_empty("caption", CAPTION)
    _attach(fields, bubble, network, "id", "link", "caption")
    if bubble.media and not bubble.media.declared_type.startswith("image/"):
        raise whatsapp(131053, "The uploaded media is no image.")


def _document(fields: Fields, bubble: Bubble, network: "WhatsApp") -> None:
    bubble.text = fields.text_or_empty("caption", CAPTION)
    _attach(fields, bubble, network, "id", "link", "caption", "filename")


def _attach(fields: Fields, bubble: Bubble, network: "WhatsApp", *allowed: str) -> None:
    fields.only(*allowed)
    if ("id" in fields) == ("link" in fields):
        raise fields.refusal.missing(f"{fields.path('id')} or {fields.path('link')}")
    if "link" in fields:
        bubble.media_url = fields.address("link")
        return
    bubble.media = network.media.with_id(fields.text("id", 100))
    if bubble.media is None:
        raise fields.refusal.invalid(fields.path("id"), "is not a media id that was uploaded, or it has expired.")
    if "filename" in fields:
        bubble.media.name = fields.text("filename", FILE_NAME)


def _template(fields: Fields, bubble: Bubble, network: "WhatsApp") -> None:
    bubble.text, bubble.buttons = fill(fields, network.templates)


READERS: Mapping[str, Reader] = {
    "text": _text,
    "interactive": _interactive,
    "image": _image,
    "document": _document,
    "template": _template,
}
