import pytest
from sqlalchemy import func, select

from conversations.bell import Bell
from conversations.database import reading
from conversations.ledger import Ledger
from conversations.model import Holder, Incoming, Kind, Reply, UnknownConversation
from conversations.retention import forget_early
from conversations.tables import attachments, conversations, messages
from tests.sealing import VAULT
from tests.unit.conversations.setting import claimed, migrated, to_send, words

DAY = 86_400


def talk(ledger, address):
    """A conversation with a photo, answered and rated."""
    conversation = ledger.open("whatsapp", address, token_hash=f"h-{address}").id
    photo = ledger.keep_attachment(conversation, "put.jpg", "image/jpeg", b"x")
    ledger.receive(Incoming("whatsapp", address, f"{address}-1", Kind.ATTACHMENT, attachment=photo))
    ledger.answer(claimed(ledger), [], 1)
    ledger.rate(conversation, 4, "mijn naam is An")
    return conversation


def kept(engine):
    with reading(engine) as db:
        return [db.execute(select(func.count()).select_from(table)).scalar() for table in (messages, attachments)]


def test_what_was_said_is_forgotten_and_the_figures_stay(engine, ledger, clock):
    conversation = talk(ledger, "+32470123456")
    clock.passes(30 * DAY)

    assert ledger.purge(clock.after(-29 * DAY)) == 1
    assert ledger.purge(clock.after(-29 * DAY)) == 0

    assert kept(engine) == [0, 0]
    with reading(engine) as db:
        row = db.execute(select(conversations)).one()
    assert (row.id, row.score, row.purged_at) == (conversation, 4, clock.now())
    assert "+32470123456" not in str(row)
    assert "An" not in str(row)
    assert ledger.conversation_for_token("h-+32470123456") is None


def test_who_comes_back_begins_anew(ledger, clock):
    before = talk(ledger, "an")
    clock.passes(30 * DAY)
    ledger.purge(clock.now())

    again = ledger.receive(words(1, address="an", channel="whatsapp")).message

    assert again.conversation != before
    assert again.seq == 1


def test_a_conversation_in_which_something_was_said_since_stays(engine, ledger, clock):
    talk(ledger, "an")

    assert ledger.purge(clock.after(-1)) == 0
    assert kept(engine) == [1, 1]


def test_a_conversation_in_which_something_must_still_happen_stays(engine, ledger, clock):
    waiting, sending = talk(ledger, "an"), talk(ledger, "piet")
    ledger.leave(waiting, "/herinnering", external_id="r", due=clock.after(90 * DAY))
    ledger.say(sending, Reply("Nog te versturen."))
    clock.passes(30 * DAY)

    assert ledger.purge(clock.now()) == 0
    assert kept(engine) == [4, 2]


def test_it_forgets_so_many_at_a_time_the_oldest_first(ledger, clock):
    talks = []
    for number in range(5):
        talks.append(talk(ledger, f"a{number}"))
        clock.passes(1)
    clock.passes(DAY)

    assert [ledger.purge(clock.now(), limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_a_forgotten_conversation_is_still_known_but_empty(ledger, clock):
    conversation = talk(ledger, "an")
    clock.passes(DAY)
    ledger.purge(clock.now())

    assert ledger.messages(conversation) == []
    assert ledger.conversation(conversation).holder is Holder.BOT
    with pytest.raises(UnknownConversation):
        ledger.conversation("c_x")


def test_what_the_house_still_said_afterwards_is_forgotten_in_its_turn(engine, ledger, clock):
    conversation = talk(ledger, "an")
    clock.passes(30 * DAY)
    ledger.purge(clock.now())
    ledger.say(conversation, Reply("Je melding is afgehandeld."))
    ledger.sent(to_send(ledger))
    clock.passes(30 * DAY)

    assert ledger.purge(clock.now()) == 1
    assert kept(engine) == [0, 0]


def test_what_was_forgotten_is_wiped_from_the_file(tmp_path, clock):
    file = tmp_path / "balie.db"
    with migrated(f"sqlite:///{file}") as engine:
        ledger = Ledger(engine, clock, Bell(), VAULT)
        ledger.receive(words(1, text="ik woon nu alleen"))
        ledger.answer(claimed(ledger), [], 1)
    assert b"ik woon nu alleen" in file.read_bytes()

    clock.passes(DAY)
    with migrated(f"sqlite:///{file}") as engine:
        Ledger(engine, clock, Bell(), VAULT).purge(clock.now())

    assert b"ik woon nu alleen" not in file.read_bytes()


def test_what_was_said_long_ago_is_forgotten_also_where_people_still_talk(engine, ledger, clock):
    conversation = talk(ledger, "an")
    ledger.leave(conversation, "/herinnering", external_id="r", due=clock.after(90 * DAY))
    clock.passes(30 * DAY)
    ledger.receive(words("nieuw", address="an", channel="whatsapp", text="daar ben ik weer"))
    other = talk(ledger, "piet")

    assert forget_early(engine, clock.after(-DAY), 10) == 1
    assert forget_early(engine, clock.after(-DAY), 10) == 0

    assert [message.text for message in ledger.messages(conversation)] == ["", "daar ben ik weer"]
    assert len(ledger.messages(other)) == 1
    assert kept(engine)[1] == 1
    again = ledger.receive(words("later", address="an", channel="whatsapp")).message
    assert (again.conversation, again.seq) == (conversation, 4)
