"""Files that are still at the channel, and what nobody could read."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from conversations.database import reading, writing
from conversations.media import PendingMedia
from conversations.model import Holder, Incoming, Kind, State
from conversations.ownership import transition
from conversations.tables import unread_payloads
from conversations.unread import Unread
from tests.unit.conversations.setting import LEASE, claimed


@pytest.fixture
def pending(engine, clock, bell):
    return PendingMedia(engine, clock, bell)


def photo(ledger, name="w1", media="id1"):
    incoming = Incoming("whatsapp", "an", name, Kind.ATTACHMENT, media={"id": media})
    return ledger.receive(incoming).message


def test_the_bot_hears_of_a_photo_when_it_is_here_and_not_before(ledger, pending):
    message = photo(ledger)
    ledger.receive(Incoming("whatsapp", "an", "w2", text="zie foto"))
    assert ledger.claim_turn("w", LEASE) is None

    fetched = pending.claim("f", LEASE)
    assert fetched.media == {"id": "id1"}
    kept = ledger.keep_attachment(message.conversation, "put.jpg", "image/jpeg", b"x")
    assert pending.keep(fetched, kept)

    turn = claimed(ledger)
    assert (turn.id, turn.attachment, turn.attempts) == (message.id, kept, 1)
    assert pending.claim("f", LEASE) is None


def test_a_photo_that_does_not_come_is_told(ledger, pending):
    photo(ledger)
    assert pending.give_up(pending.claim("f", LEASE), "foto_weg")

    turn = claimed(ledger)
    assert (turn.kind, turn.name, turn.media) == (Kind.OTHER, "foto_weg", None)


def test_a_fetch_is_tried_again_after_its_pause_or_its_lease(ledger, pending, clock):
    photo(ledger)
    pending.retry(pending.claim("f", LEASE), clock.after(30), "slow")
    assert pending.claim("f", LEASE) is None
    clock.passes(31)
    dead = pending.claim("f", LEASE)
    assert pending.claim("g", LEASE) is None
    clock.passes(LEASE + 1)
    alive = pending.claim("g", LEASE)

    assert not pending.give_up(dead, "foto_weg")
    assert pending.give_up(alive, "foto_weg")


def test_a_photo_is_fetched_also_when_a_person_has_the_conversation(ledger, engine, pending, clock):
    conversation = ledger.open("whatsapp", "an").id
    with writing(engine) as db:
        transition(db, conversation, Holder.QUEUE, allowed=set(Holder), epoch=1, now=clock.now(), reason="test")
    message = photo(ledger)
    assert message.state is State.HELD

    kept = ledger.keep_attachment(conversation, "put.jpg", "image/jpeg", b"x")
    assert pending.keep(pending.claim("f", LEASE), kept)
    [held] = [m for m in ledger.messages(conversation) if m.id == message.id]
    assert (held.state, held.attachment) == (State.HELD, kept)


def test_several_workers_fetch_each_file_once(ledger, pending):
    for number in range(12):
        photo(ledger, f"w{number}")
    with ThreadPoolExecutor(6) as threads:
        found = [m.id for m in threads.map(lambda n: pending.claim(f"f{n}", LEASE), range(12)) if m]

    assert len(found) == len(set(found))
    assert len(found) + sum(1 for _ in iter(lambda: pending.claim("late", LEASE), None)) == 12


def test_the_same_shape_is_one_row_that_counts(engine, clock):
    unread = Unread(engine, clock)
    for shape in ("{}", "{}", "[]"):
        unread.keep("whatsapp", "type:hologram", shape)

    with reading(engine) as db:
        rows = db.execute(select(unread_payloads).order_by(unread_payloads.c.times.desc())).all()
    assert [(row.shape, row.times) for row in rows] == [("{}", 2), ("[]", 1)]


def test_there_are_never_many_shapes(engine, clock, monkeypatch):
    monkeypatch.setattr("conversations.unread.MOST", 5)
    unread = Unread(engine, clock)
    for number in range(12):
        clock.passes(1)
        unread.keep("whatsapp", "type:hologram", f"[{number}]" * 3000)

    with reading(engine) as db:
        kept = list(db.execute(select(unread_payloads.c.shape)).scalars())
    assert len(kept) == 5
    assert max(map(len, kept)) <= 4000
