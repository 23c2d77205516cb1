import pytest

from conversations.handover import Handovers
from conversations.handover_model import Request
from conversations.handover_tables import notes
from conversations.notes import Notes
from tests.sealing import VAULT
from tests.unit.conversations.setting import claimed, words


@pytest.fixture
def written(engine, clock, bell):
    return Notes(engine, clock, bell, VAULT)


@pytest.fixture
def conversation(ledger):
    return ledger.receive(words(1)).message.conversation


def test_notes_are_kept_in_order_with_who_wrote_them(written, conversation, clock):
    written.write(conversation, "sanne", "belt morgen terug")
    clock.passes(5)
    written.write(conversation, "nadia", "is gebeurd")

    assert [(note.agent, note.text) for note in written.of(conversation)] == [
        ("sanne", "belt morgen terug"),
        ("nadia", "is gebeurd"),
    ]


def test_a_note_is_sealed_and_goes_with_the_conversation(written, conversation, ledger, engine, clock):
    written.write(conversation, "sanne", "belt morgen terug")
    with engine.connect() as db:
        assert "morgen" not in str(db.execute(notes.select()).one())

    ledger.answer(claimed(ledger), [], 1)
    ledger.purge(clock.after(1))

    assert written.of(conversation) == []


@pytest.mark.req("KI-02")
def test_a_transfer_brings_its_note_along_or_neither(written, conversation, engine, clock, bell):
    handovers = Handovers(engine, clock, bell, VAULT, pull={"web"})
    handovers.request(conversation, Request("onthaal", "melding", "asked"))
    handovers.claim(conversation, "sanne")

    assert handovers.transfer(conversation, "piet", "burgerzaken", note="niet van mij") is None
    assert written.of(conversation) == []
    moved = handovers.transfer(conversation, "sanne", "burgerzaken", to="nadia", note="graag snel")

    assert moved is not None
    assert (moved.offered_to, [note.text for note in written.of(conversation)]) == ("nadia", ["graag snel"])
