"""A claim looks only at what is still to be done, however much was done before."""

import pytest
from sqlalchemy import event, insert, text

from conversations.asides import unpark
from conversations.database import writing
from conversations.model import Author, Kind, State
from conversations.tables import messages
from tests.unit.conversations.setting import LEASE, words

DONE = 20_000


@pytest.fixture
def busy(engine, ledger, clock):
    """20 conversations with 1000 answered messages each, and a few that wait."""
    with writing(engine) as db:
        for number in range(20):
            conversation = ledger_row(db, number, clock)
            db.execute(insert(messages), [row(conversation, seq, clock) for seq in range(1, DONE // 20 + 1)])
        db.execute(text("ANALYZE"))
    for number in range(3):
        ledger.receive(words("nieuw", address=f"a{number}"))
    return ledger


def ledger_row(db, number, clock):
    conversation = f"c_{number}"
    db.execute(
        text(
            "INSERT INTO conversations (id, channel, address, holder, epoch, last_seq, asked_patience, created_at,"
            " active_at) VALUES (:id, 'web', :address, 'bot', 1, 1000, false, :at, :at)"
        ),
        {"id": conversation, "address": f"a{number}", "at": clock.now()},
    )
    return conversation


def row(conversation, seq, clock):
    done = {"state": State.ANSWERED if seq % 2 else State.SENT, "author": Author.CITIZEN, "kind": Kind.TEXT}
    place = {"id": f"m_{conversation}_{seq}", "conversation": conversation, "seq": seq, "channel": "web"}
    return {**place, **done, "epoch": 1, "text": "hallo", "created_at": clock.now(), "attempts": 1}


@pytest.fixture
def plans(engine):
    """How the database goes about each UPDATE of messages."""
    found = []

    @event.listens_for(engine, "before_cursor_execute")
    def explain(_connection, cursor, statement, parameters, _context, _many):
        if statement.startswith("UPDATE messages"):
            cursor.execute(f"EXPLAIN {'QUERY PLAN ' if engine.dialect.name == 'sqlite' else ''}{statement}", parameters)
            found.append("\n".join(str(line[-1]) for line in cursor.fetchall()))

    return found


def test_no_claim_walks_through_what_is_done(busy, plans):
    claimed = [busy.claim_turn("w", LEASE), busy.claim_delivery("w", LEASE, ["whatsapp"])]

    assert [message is not None for message in claimed] == [True, False]
    assert len(plans) == 2
    for plan in plans:
        assert [line for line in plan.splitlines() if walks_through_a_table(line)] == [], plan


def walks_through_a_table(line):
    in_sqlite = line.startswith("SCAN") and "USING INDEX ix_messages_" not in line
    return in_sqlite or "Seq Scan on messages" in line  # 20 conversations fit on a page, which PostgreSQL reads


def test_what_waits_for_the_citizen_is_found_without_walking_through_what_was_said(busy, plans, engine, clock):
    with writing(engine) as db:
        assert unpark(db, "c_0", clock.now()) is False

    [plan] = plans
    assert "ix_messages_parked" in plan
