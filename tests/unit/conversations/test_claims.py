"""A claim looks only at what is still to be done, however much was done before."""

import re
import sqlite3

import pytest
from sqlalchemy import event, insert, text

from conversations.asides import unpark
from conversations.database import writing
from conversations.model import Author, Kind, Receipt, Reply, State
from conversations.tables import messages
from tests.unit.conversations.setting import LEASE, words

DONE = 20_000


@pytest.fixture(params=["counted", "uncounted"])
def busy(engine, ledger, clock, request):
    """20 conversations with 1000 answered messages each, and a few that wait; the database knows so, or not."""
    with writing(engine) as db:
        for number in range(20):
            conversation = ledger_row(db, number, clock)
            db.execute(insert(messages), [row(conversation, seq, clock) for seq in range(1, DONE // 20 + 1)])
        if request.param == "counted" or engine.dialect.name == "postgresql":  # which counts by itself, later
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
    in_sqlite = re.match("(SCAN|SEARCH) candidate", line) and "SCAN candidate USING INDEX ix_messages_" not in line
    return in_sqlite or "Seq Scan on messages" in line  # 20 conversations fit on a page, which PostgreSQL reads


def test_what_waits_for_the_citizen_is_found_without_walking_through_what_was_said(busy, plans, engine, clock):
    with writing(engine) as db:
        assert unpark(db, "c_0", clock.now()) is False

    [plan] = plans
    assert "ix_messages_parked" in plan


@pytest.fixture
def planned(engine):
    """What SQLite plans, statement by statement: it asks leave for each thing that a new plan will do."""
    if engine.dialect.name != "sqlite":
        pytest.skip("only SQLite plans a statement anew for other values")
    asked = []
    engine.dispose()  # connections from before are not watched

    @event.listens_for(engine, "connect")
    def watch(connection, _record):
        connection.set_authorizer(leave)

    def leave(action, *_):
        asked.append(action)
        return sqlite3.SQLITE_OK

    return asked


def turn(ledger, number):
    """Everything that the ledger does for one message on WhatsApp, and once for nothing."""
    ledger.receive(words(number, channel="whatsapp"))
    message = ledger.claim_turn("w", LEASE)
    ledger.renew(message, LEASE)
    assert ledger.claim_turn("w", LEASE) is None
    ledger.answer(message, [Reply("dag")], message.epoch)
    message = ledger.claim_delivery("w", LEASE, ["whatsapp"])
    ledger.sent(message, f"wamid.out.{number}")
    ledger.mark(Receipt("whatsapp", f"wamid.out.{number}", State.DELIVERED))
    ledger.messages(message.conversation)


def test_what_is_done_for_every_message_is_planned_once(ledger, planned):
    turn(ledger, 1)
    turn(ledger, 2)
    planned.clear()

    turn(ledger, 3)

    assert [action for action in planned if action != sqlite3.SQLITE_TRANSACTION] == []
