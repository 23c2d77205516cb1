"""What Messenger posts: every event of all entries. Pure, and raises only Unreadable."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from connectors.base import Arrival, Unreadable
from connectors.meta import reading
from connectors.meta.reading import text, thing, things, word
from conversations.model import JSON, Change, Control, Incoming, Kind, Overheard, Receipt, Remark, State, Watermark
from conversations.typed import harmless

NAME = "messenger"
GET_STARTED = "GET_STARTED"
THOUSANDTHS = 1000
LONGEST_URL = 4000
ANSWERED = {  # what the citizen hears when the bot cannot read it; connectors/without_bot.py has the texts
    "audio": "spraakbericht",
    "video": "video",
    "reel": "video",
    "ig_reel": "video",
    "file": "document",
    "sticker": "sticker",
    "image": "foto_weg",
}
Raw = Mapping[str, JSON]


@dataclass(frozen=True)
class Envelope:
    """Who wrote to whom, and when."""

    event: Raw
    page_id: str
    app_id: str

    @property
    def sender(self) -> str:
        return word(thing(self.event, "sender").get("id"))

    @property
    def recipient(self) -> str:
        return word(thing(self.event, "recipient").get("id"))

    @property
    def sent_at(self) -> datetime | None:
        return reading.moment(self.event.get("timestamp"), per_second=THOUSANDTHS)

    def key(self, *parts: str) -> str:
        """An id for an event to which Meta gives none; the same when it comes again."""
        return ":".join((self.sender, word(self.event.get("timestamp"), 20), *parts))

    def incoming(self, external_id: str, **more: JSON) -> Incoming:
        return Incoming(NAME, self.sender, external_id, sent_at=self.sent_at, **more)


def parse(body: bytes, page_id: str, app_id: str) -> list[Arrival]:
    sent = reading.read(body)
    if thing(sent).get("object") != "page":
        raise Unreadable("not_messenger")
    return [
        arrival
        for entry in things(thing(sent).get("entry"))
        if word(entry.get("id")) == page_id  # another page of the same app has another house behind it
        for arrival in _entry(entry, page_id, app_id)
    ]


def _entry(entry: Raw, page_id: str, app_id: str) -> Iterator[Arrival]:
    for event in things(entry.get("messaging")):
        yield from _event(Envelope(event, page_id, app_id))
    for event in things(entry.get("standby")):  # another app answers this thread at the moment
        for arrival in _event(Envelope(event, page_id, app_id)):
            yield replace(arrival, held=True) if isinstance(arrival, Incoming) else arrival
    for change in things(entry.get("changes")):
        yield reading.unknown(NAME, f"field:{word(change.get('field'))}", change)


def _event(envelope: Envelope) -> Iterable[Arrival]:
    found: list[Arrival] = []
    if envelope.sender and envelope.recipient:
        kind = next((kind for kind in EVENTS if isinstance(envelope.event.get(kind), dict)), None)
        found = EVENTS[kind](envelope, thing(envelope.event, kind)) if kind else []
    return found or [reading.unknown(NAME, _reason(envelope.event), envelope.event)]


def _reason(event: Raw) -> str:
    known = [key for key in event if key not in ("sender", "recipient", "timestamp")]
    return f"event:{known[0]}" if known else "event"


def _message(envelope: Envelope, message: Raw) -> list[Arrival]:
    mid = word(message.get("mid"))
    if not mid:
        return []
    if message.get("is_echo") is True:
        return _echo(envelope, message, mid)
    if envelope.sender == envelope.page_id:
        return []
    parts = [*_said(envelope, message, mid), *_sent_along(envelope, message)]
    if not parts:
        parts = [envelope.incoming(mid, kind=Kind.OTHER, name="niet_ondersteund")]
    # Meta gives one id to a text and all that hangs below it
    return [replace(part, external_id=mid if n == 0 else f"{mid}#{n}") for n, part in enumerate(parts)]


def _said(envelope: Envelope, message: Raw, mid: str) -> list[Incoming]:
    said = harmless(text(message.get("text")) or _shared(message))
    payload = word(thing(message, "quick_reply").get("payload"), 1000)
    tapped = reading.tapped(NAME, envelope.sender, mid, payload, said)
    if tapped:
        return [replace(tapped, sent_at=envelope.sent_at)]
    return [envelope.incoming(mid, text=said)] if said else []


def _shared(message: Raw) -> str:
    """A link that was shared without a word of his own."""
    links = [link for link in things(message.get("attachments")) if link.get("type") == "fallback"]
    return " ".join(part for link in links for part in (text(link.get("title")), text(link.get("url"))) if part)


def _sent_along(envelope: Envelope, message: Raw) -> Iterator[Incoming]:
    for attachment in things(message.get("attachments")):
        kind, payload = word(attachment.get("type")), thing(attachment, "payload")
        url = word(payload.get("url"), LONGEST_URL)
        spot = thing(payload, "coordinates")
        place = reading.place(spot.get("lat"), spot.get("long"))
        if kind == "image" and "sticker_id" in payload:
            yield envelope.incoming("", kind=Kind.OTHER, name="sticker")
        elif kind == "image" and url:
            yield envelope.incoming("", kind=Kind.ATTACHMENT, media={"url": url})
        elif kind == "location" and place:
            told = f"{place.latitude:.5f}, {place.longitude:.5f}"
            yield envelope.incoming("", kind=Kind.LOCATION, text=told, place=place)
        elif kind != "fallback":  # the preview of a link that stands in the text
            yield envelope.incoming("", kind=Kind.OTHER, name=ANSWERED.get(kind, "niet_ondersteund"))


def _echo(envelope: Envelope, message: Raw, mid: str) -> list[Arrival]:
    """What went out in the page's name: our own words come back to us, and those of colleagues in the page's inbox."""
    reference = word(message.get("metadata"))
    if word(message.get("app_id")) == envelope.app_id or reading.is_ours(reference):  # Meta may leave the app out
        receipt = reading.receipt(NAME, mid, State.SENT, reference)
        return [receipt] if receipt else [Receipt(NAME, mid, State.SENT)]
    return [Overheard(NAME, envelope.recipient, mid, text(message.get("text")))]


def _postback(envelope: Envelope, postback: Raw) -> list[Arrival]:
    """Buttons of the page itself (menu, ice breakers) say what stands on them: their payload is no command."""
    payload, title = word(postback.get("payload"), 1000), harmless(text(postback.get("title")))
    mid = word(postback.get("mid")) or envelope.key(payload[:100])
    tapped = reading.tapped(NAME, envelope.sender, mid, payload, title)
    if tapped:
        return [replace(tapped, sent_at=envelope.sent_at)]
    if payload == GET_STARTED:
        return [envelope.incoming(mid, kind=Kind.BEGIN)]
    return [envelope.incoming(mid, text=title)] if title else []


def _delivery(envelope: Envelope, delivery: Raw) -> list[Arrival]:
    mids = delivery.get("mids")
    named = [word(mid) for mid in mids if word(mid)] if isinstance(mids, list) else []
    if named:
        return [Receipt(NAME, mid, State.DELIVERED) for mid in named]
    return _until(envelope, delivery, State.DELIVERED)


def _read(envelope: Envelope, read: Raw) -> list[Arrival]:
    return _until(envelope, read, State.READ)


def _until(envelope: Envelope, mark: Raw, state: State) -> list[Arrival]:
    until = reading.moment(mark.get("watermark"), per_second=THOUSANDTHS)
    return [Watermark(NAME, envelope.sender, state, until.astimezone(UTC))] if until else []


def _edit(envelope: Envelope, edit: Raw) -> list[Arrival]:
    mid = word(edit.get("mid"))
    return [Remark(NAME, envelope.sender, mid, Change.EDITED, text(edit.get("text")))] if mid else []


def _reaction(envelope: Envelope, reaction: Raw) -> list[Arrival]:
    mid = word(reaction.get("mid"))
    emoji = "" if reaction.get("action") == "unreact" else word(reaction.get("emoji"), 20)
    return [Remark(NAME, envelope.sender, mid, Change.REACTION, emoji)] if mid else []


def _taken(envelope: Envelope, change: Raw) -> list[Arrival]:
    """Another application of the page took the thread, or an application that is ours took it back."""
    return _control(envelope, ours=word(change.get("new_owner_app_id")) == envelope.app_id != "")


def _passed(envelope: Envelope, change: Raw) -> list[Arrival]:
    """Meta may leave out to whom; it tells the new owner."""
    return _control(envelope, ours=word(change.get("new_owner_app_id")) in ("", envelope.app_id))


def _control(envelope: Envelope, *, ours: bool) -> list[Arrival]:
    if envelope.sender == envelope.page_id:
        return []
    return [Control(NAME, envelope.sender, ours, envelope.sent_at)]


EVENTS = {
    "message": _message,
    "postback": _postback,
    "delivery": _delivery,
    "read": _read,
    "message_edit": _edit,
    "reaction": _reaction,
    "take_thread_control": _taken,
    "pass_thread_control": _passed,
}
