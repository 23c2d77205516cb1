"""What comes in together: kept in its order, each once, and nobody woken for nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from conversations.ledger import Ledger
from conversations.model import Incoming, Kind, Receipt, Received, Refused, Reply, State
from tests.unit.conversations.setting import HeardBell, to_send, words


def texts(ledger: Ledger, address: str, channel: str = "web") -> list[str]:
    return [message.text for message in ledger.messages(ledger.open(channel, address).id)]


@contextmanager
def commits(engine: Engine) -> Iterator[list[str]]:
    seen = list[str]()

    def note(_: object) -> None:
        seen.append("commit")

    event.listen(engine, "commit", note)
    yield seen
    event.remove(engine, "commit", note)


def test_what_several_say_is_kept_in_its_order_and_each_once(ledger: Ledger) -> None:
    said = [words(1), words(1, address="bert"), words(2), words(1), words(3)]
    became = ledger.take_in(said)

    assert [isinstance(one, Received) and one.is_new for one in became] == [True, True, True, False, True]
    assert texts(ledger, "an") == ["bericht 1", "bericht 2", "bericht 3"]
    assert texts(ledger, "bert") == ["bericht 1"]


def test_what_came_with_something_that_is_refused_can_be_given_again(ledger: Ledger) -> None:
    never_offered = Incoming("web", "an", "an-x", kind=Kind.CHOICE, text="Ja", payload="/bevestigen")
    with pytest.raises(Refused):
        ledger.take_in([words(1), never_offered, words(2)])
    ledger.take_in([words(1), words(2)])

    assert texts(ledger, "an") == ["bericht 1", "bericht 2"]


def test_sqlite_writes_it_all_at_once(ledger: Ledger) -> None:
    if ledger.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has many writers, each with the rows of one message")

    with commits(ledger.engine) as seen:
        ledger.take_in([words(number, address=who) for number in range(5) for who in ("an", "bert")])

    assert len(seen) == 1


def test_a_message_wakes_the_turns_and_sending_only_when_something_waited_for_it(
    ledger: Ledger, bell: HeardBell
) -> None:
    hello = words(1, channel="whatsapp")
    conversation = ledger.open("whatsapp", "an").id
    ledger.take_in([hello])
    assert set(bell.heard) == {"turns", f"conversation:{conversation}"}

    ledger.say(conversation, Reply("nieuws"))
    ledger.park(to_send(ledger), "write_first")
    bell.heard.clear()
    ledger.take_in([words(2, channel="whatsapp")])

    assert set(bell.heard) == {"turns", "delivery", f"conversation:{conversation}"}


def test_what_is_no_news_wakes_nobody(ledger: Ledger, bell: HeardBell) -> None:
    ledger.take_in([words(1)])
    bell.heard.clear()
    ledger.take_in([words(1), Receipt("whatsapp", "unknown", State.READ)])

    assert bell.heard == []
