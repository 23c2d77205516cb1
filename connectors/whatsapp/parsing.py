"""What WhatsApp posts: every message and status of all changes of all entries. Pure, and raises only Unreadable.

Whoever has a user name may write without a phone number, under an id that begins with
his country ("BE.1349…"). That id is his address where there is one; the number is
its alias.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.base import Arrival, Unknown, Unreadable
from connectors.meta import reading
from connectors.meta.reading import text, thing, things, word
from conversations.model import JSON, Change, Incoming, Kind, Moved, Receipt, Remark, State
from conversations.typed import harmless

NAME = "whatsapp"
WRITE_FIRST = "131047"  # Meta: more than 24 hours have passed since the customer last replied
STATES = {
    "sent": State.SENT,
    "delivered": State.DELIVERED,
    "read": State.READ,
    "played": State.READ,
    "failed": State.FAILED,
}
ANSWERED = {  # what the citizen hears when the bot cannot read it; connectors/without_bot.py has the texts
    "audio": "spraakbericht",
    "video": "video",
    "sticker": "sticker",
    "contacts": "contact",
    "document": "document",
    "order": "niet_ondersteund",
    "unsupported": "niet_ondersteund",
    "interactive": "niet_ondersteund",
    "button": "niet_ondersteund",
    "text": "niet_ondersteund",
    "location": "niet_ondersteund",
    "image": "foto_weg",
}
Raw = Mapping[str, JSON]


@dataclass(frozen=True)
class Sender:
    address: str
    alias: str | None
    external_id: str
    sent_at: datetime | None

    def incoming(self, **more: JSON) -> Incoming:
        return Incoming(NAME, self.address, self.external_id, sent_at=self.sent_at, alias=self.alias, **more)


def parse(body: bytes, phone_number_id: str) -> list[Arrival]:
    sent = reading.read(body)
    if thing(sent).get("object") != "whatsapp_business_account":
        raise Unreadable("not_whatsapp")
    return [
        arrival
        for entry in things(thing(sent).get("entry"))
        for change in things(entry.get("changes"))
        for arrival in _change(change, phone_number_id)
    ]


def _change(change: Raw, phone_number_id: str) -> Iterator[Arrival]:
    value = thing(change, "value")
    if change.get("field") != "messages":
        yield reading.unknown(NAME, f"field:{word(change.get('field'))}", change)
        return
    if word(thing(value, "metadata").get("phone_number_id")) != phone_number_id:
        return  # another number of the same account, with another house behind it
    contacts = list(things(value.get("contacts")))
    for message in things(value.get("messages")):
        yield from _message(message, contacts)
    for status in things(value.get("statuses")):
        yield from _status(status)
    for error in things(value.get("errors")):
        yield reading.unknown(NAME, f"error:{word(error.get('code'))}", error)


def _message(message: Raw, contacts: list[Raw]) -> Iterable[Arrival]:
    kind = word(message.get("type"))
    sender = _sender(message, contacts)
    if sender is None:
        return [reading.unknown(NAME, "no_sender", message)]
    if kind in BESIDE:
        return BESIDE[kind](message, sender)
    if kind in READ:
        found = READ[kind](message, sender)
        if found:
            return found
    if kind in ANSWERED:
        return [sender.incoming(kind=Kind.OTHER, name=ANSWERED[kind])]
    return [reading.unknown(NAME, f"type:{kind}", message)]


def _sender(message: Raw, contacts: list[Raw]) -> Sender | None:
    """`contacts` has no order of its own, and may be missing; so may the number, or the id."""
    number, user = word(message.get("from")), word(message.get("from_user_id"))
    for contact in contacts:
        names = (word(contact.get("wa_id")), word(contact.get("user_id")))
        if (number and names[0] == number) or (user and names[1] == user) or (not number and not user):
            number, user = number or names[0], user or names[1]
            break
    external_id, address = word(message.get("id")), user or number
    if not external_id or not address:
        return None
    alias = number if user and number else None
    return Sender(address, alias, external_id, reading.moment(message.get("timestamp")))


def _text(message: Raw, sender: Sender) -> list[Arrival]:
    said = harmless(text(thing(message, "text").get("body")))
    return [sender.incoming(text=said)] if said else []


def _interactive(message: Raw, sender: Sender) -> list[Arrival]:
    answer = thing(message, "interactive")
    reply = thing(answer, word(answer.get("type")))
    if answer.get("type") not in ("button_reply", "list_reply"):
        return []
    return _chosen(sender, word(reply.get("id")), text(reply.get("title")))


def _button(message: Raw, sender: Sender) -> list[Arrival]:
    """A button of a template, which knows no message of ours."""
    button = thing(message, "button")
    return _chosen(sender, word(button.get("payload")), text(button.get("text")))


def _chosen(sender: Sender, payload: str, title: str) -> list[Arrival]:
    tapped = reading.tapped(NAME, sender.address, sender.external_id, payload, harmless(title))
    if tapped:
        return [replace(tapped, sent_at=sender.sent_at, alias=sender.alias)]
    return [sender.incoming(text=harmless(title))] if harmless(title) else []


def _image(message: Raw, sender: Sender) -> list[Arrival]:
    """What is written below it goes first: the bot then knows what the photo is of."""
    file = thing(message, word(message.get("type")))
    if not word(file.get("id")) or not word(file.get("mime_type")).startswith("image/"):
        return []
    media = {"id": word(file.get("id")), "sha256": word(file.get("sha256"))}
    photo = sender.incoming(kind=Kind.ATTACHMENT, media=media)
    caption = harmless(text(file.get("caption")))
    if not caption:
        return [photo]
    return [sender.incoming(text=caption), replace(photo, external_id=f"{sender.external_id}#1")]


def _location(message: Raw, sender: Sender) -> list[Arrival]:
    pin = thing(message, "location")
    place = reading.place(pin.get("latitude"), pin.get("longitude"))
    if place is None:
        return []
    called = ", ".join(filter(None, (word(pin.get("name"), 100), word(pin.get("address"), 200))))
    told = harmless(called) or f"{place.latitude:.5f}, {place.longitude:.5f}"
    return [sender.incoming(kind=Kind.LOCATION, text=told, place=place)]


def _reaction(message: Raw, sender: Sender) -> list[Arrival]:
    reaction = thing(message, "reaction")
    about = word(reaction.get("message_id"))
    return [Remark(NAME, sender.address, about, Change.REACTION, word(reaction.get("emoji"), 20))] if about else []


def _edit(message: Raw, sender: Sender) -> list[Arrival]:
    edit = thing(message, "edit")
    now = thing(edit, "message")
    said = text(thing(now, "text").get("body")) or text(thing(now, word(now.get("type"))).get("caption"))
    about = word(edit.get("original_message_id"))
    return [Remark(NAME, sender.address, about, Change.EDITED, said)] if about else []


def _revoke(message: Raw, sender: Sender) -> list[Arrival]:
    about = word(thing(message, "revoke").get("original_message_id"))
    return [Remark(NAME, sender.address, about, Change.REVOKED)] if about else []


def _system(message: Raw, sender: Sender) -> list[Arrival]:
    """Another number, or another telephone under the same one: it may be somebody else who holds it now."""
    system = thing(message, "system")
    after = word(system.get("wa_id")) or word(system.get("new_wa_id"))
    before = sender.alias or sender.address
    match word(system.get("type")):
        case "user_changed_number" | "customer_changed_number" if after:
            return [Moved(NAME, before, after)]
        case "customer_identity_changed" | "user_identity_changed":
            return [Moved(NAME, before, before)]
    return [reading.unknown(NAME, "system", message)]


def _status(status: Raw) -> Iterator[Receipt | Unknown]:
    state, external_id = STATES.get(word(status.get("status"))), word(status.get("id"))
    if state is None or not external_id:
        yield reading.unknown(NAME, "status", status)
        return
    code = next((word(error.get("code")) for error in things(status.get("errors"))), None)
    if state is State.FAILED and code == WRITE_FIRST:
        state = State.PARKED
    reference = word(status.get("biz_opaque_callback_data"))
    receipt = reading.receipt(
        NAME, external_id, state, reference, code if state.value in ("failed", "parked") else None
    )
    if receipt:
        yield receipt


READ = {  # gives nothing when it is not as it should be
    "text": _text,
    "interactive": _interactive,
    "button": _button,
    "image": _image,
    "document": _image,
    "location": _location,
}
BESIDE = {"reaction": _reaction, "edit": _edit, "revoke": _revoke, "system": _system}
