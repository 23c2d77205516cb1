import pytest
from sqlalchemy import select

from conversations.handover import Handovers
from conversations.handover_model import Request
from conversations.handover_tables import handovers as table
from conversations.model import Reply
from conversations.ratings import rate
from conversations.tables import conversations
from tests.sealing import VAULT
from tests.unit.conversations.setting import words


@pytest.mark.req("CA-05", "WA-05")
def test_the_agent_and_the_bot_are_rated_apart_and_the_last_rating_counts(ledger, engine, clock, bell):
    handovers = Handovers(engine, clock, bell, VAULT, pull={"web"})
    conversation = ledger.receive(words(1)).message.conversation
    assert not rate(engine, conversation, 5, person=True)
    handovers.request(conversation, Request("onthaal", "melding", "asked"))
    handovers.claim(conversation, "sanne")
    handovers.say(conversation, "sanne", Reply("Dag"), client_id="1")
    handovers.close(conversation, "sanne", topic="melding")

    assert rate(engine, conversation, 1, person=True)
    assert rate(engine, conversation, 5, person=True)
    assert rate(engine, conversation, 3, person=False)

    with engine.connect() as db:
        assert db.execute(select(table.c.score)).scalars().all() == [5]
        assert db.execute(select(conversations.c.score)).scalars().all() == [3]
