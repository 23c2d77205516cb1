"""What an incoming message means: plain words, or one of the choices that were offered."""

from sqlalchemy import Connection, bindparam, null, select

from conversations import rows
from conversations.entries import Values
from conversations.model import Author, Choice, Incoming, Kind, Refused, State
from conversations.tables import attachments, messages
from conversations.typed import chosen, harmless

LOOKED_BACK = 20  # messages in which a typed number or title finds its choices
REMEMBERED = 200  # messages whose choices can still be tapped

LATEST = (
    select(messages.c.author, messages.c.choices)
    .where(messages.c.conversation == bindparam("of"))
    .order_by(messages.c.seq.desc())
    .limit(bindparam("most"))
)


def citizens_row(db: Connection, conversation: str, incoming: Incoming) -> Values:
    """The columns of what a citizen sent. Raises Refused for what was never offered to him or sent by him."""
    _check_attachment(db, conversation, incoming.attachment)
    place = incoming.place
    return {
        "id": rows.new_id("m"),
        "external_id": incoming.external_id,
        "author": Author.CITIZEN,
        "state": State.HELD if incoming.held else State.RECEIVED,
        "place": {"latitude": place.latitude, "longitude": place.longitude} if place else None,
        "attachment": incoming.attachment,
        "media": dict(incoming.media) if incoming.media else None,
        "sent_at": incoming.sent_at,
        "name": incoming.name,
        **_meaning(db, conversation, incoming),
    }


def _meaning(db: Connection, conversation: str, incoming: Incoming) -> Values:
    if incoming.kind is Kind.EVENT:
        raise Refused("an event comes from the house, never through a channel")
    if incoming.kind is Kind.CHOICE:
        tapped = _tapped(db, conversation, incoming.payload)
        return _picked(tapped, harmless(incoming.text) or tapped.title)
    meant = _typed(db, conversation, incoming.text) if incoming.kind is Kind.TEXT else None
    if meant:
        return _picked(meant, harmless(incoming.text))
    return {"kind": incoming.kind, "text": harmless(incoming.text), "payload": None}


def _picked(choice: Choice, text: str) -> Values:
    """A choice that carries its own title, as an agent's does, is words to whoever answers, also for a typed number."""
    if choice.payload == choice.title:
        return {"kind": Kind.TEXT, "text": harmless(choice.title), "payload": None}
    return {"kind": Kind.CHOICE, "text": text, "payload": choice.payload}


def _tapped(db: Connection, conversation: str, payload: str | None) -> Choice:
    query = (
        select(messages.c.choices)
        .where(messages.c.conversation == conversation, messages.c.choices.is_not(null()))
        .order_by(messages.c.seq.desc())
        .limit(REMEMBERED)
    )
    for stored in db.execute(query).scalars():
        for choice in rows.choices(stored):
            if choice.payload == payload:
                return choice
    raise Refused("this choice was not offered in this conversation")


def _typed(db: Connection, conversation: str, text: str) -> Choice | None:
    offers = []
    for author, stored in db.execute(LATEST, {"of": conversation, "most": LOOKED_BACK}):
        if author is Author.CITIZEN:
            break
        offers.append(rows.choices(stored))
    return chosen(text, offers)


def _check_attachment(db: Connection, conversation: str, attachment: str | None) -> None:
    if attachment is None:
        return
    query = select(attachments.c.id).where(attachments.c.id == attachment, attachments.c.conversation == conversation)
    if db.execute(query).scalar() is None:
        raise Refused("this attachment was not sent in this conversation")
