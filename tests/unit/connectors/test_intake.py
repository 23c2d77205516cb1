"""Nothing that Meta posts makes it come back for a week."""

from collections.abc import Mapping, Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DataError, OperationalError

from clock import Clock
from connectors.base import Arrival, Capabilities, Unknown
from connectors.intake import Intake, Post
from conversations.database import reading
from conversations.ledger import Ledger
from conversations.model import Control, Holder, Incoming, Moved, Overheard, Receipt, Received, Reply, State
from conversations.tables import unread_payloads
from conversations.unread import Unread


class Line:
    name = "whatsapp"
    capabilities = Capabilities(text=100)

    def __init__(self, *arrivals: Arrival | Exception) -> None:
        self.arrivals = arrivals

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        return True

    def parse(self, body: bytes, address: str = "") -> Sequence[Arrival]:
        for arrival in self.arrivals:
            if isinstance(arrival, Exception):
                raise arrival
        return [arrival for arrival in self.arrivals if not isinstance(arrival, Exception)]


class Fragile(Ledger):
    """Breaks on one word."""

    breaks: Exception = DataError("INSERT", None, ValueError("too much"))

    def receive(self, incoming: Incoming) -> Received:
        if incoming.text == "breek":
            raise self.breaks
        return super().receive(incoming)


@pytest.fixture
def fragile(ledger: Ledger) -> Fragile:
    return Fragile(ledger.engine, ledger.clock, ledger.bell, ledger.vault)


def words(text: str) -> Incoming:
    return Incoming("whatsapp", "3247", f"w-{text}", text=text)


def intake(ledger: Ledger, ended: list[tuple[str, str]] | None = None) -> Intake:
    log = [] if ended is None else ended
    return Intake(ledger, Unread(ledger.engine, Clock()), lambda conversation, why: log.append((conversation, why)))


def kept(ledger: Ledger) -> list[str]:
    return [message.text for message in ledger.messages(ledger.open("whatsapp", "3247").id)]


@pytest.mark.parametrize("error", [DataError("INSERT", None, ValueError()), ValueError(), KeyError("x")])
def test_what_breaks_us_is_passed_over_and_the_rest_is_kept(fragile: Fragile, error: Exception) -> None:
    fragile.breaks = error

    intake(fragile).keep(Post(Line(words("een"), words("breek"), words("twee")), b""))
    assert kept(fragile) == ["een", "twee"]


def test_a_database_that_is_away_makes_meta_come_again(fragile: Fragile) -> None:
    fragile.breaks = OperationalError("INSERT", None, OSError("away"))

    with pytest.raises(OperationalError):
        intake(fragile).keep(Post(Line(words("een"), words("breek"), words("twee")), b""))
    fragile.breaks = ValueError()
    intake(fragile).keep(Post(Line(words("een"), words("breek"), words("twee")), b""))
    assert kept(fragile) == ["een", "twee"]


def test_a_parser_that_breaks_is_written_down(ledger: Ledger) -> None:
    intake(ledger).keep(Post(Line(ZeroDivisionError()), b""))

    with reading(ledger.engine) as db:
        assert list(db.execute(select(unread_payloads.c.reason)).scalars()) == ["parse_broken"]


def test_the_login_of_who_moves_ends(ledger: Ledger) -> None:
    ended: list[tuple[str, str]] = []
    conversation = ledger.open("whatsapp", "3247")
    intake(ledger, ended).keep(Post(Line(Moved("whatsapp", "3247", "3248"), Moved("whatsapp", "1", "2")), b""))

    assert ended == [(conversation.id, "moved")]
    assert ledger.open("whatsapp", "3248").id == conversation.id


def test_what_is_unknown_is_counted(ledger: Ledger) -> None:
    unknown = Unknown("whatsapp", "field:account_update", "{}")
    intake(ledger).keep(Post(Line(unknown, unknown), b""))

    with reading(ledger.engine) as db:
        assert db.execute(select(unread_payloads.c.times)).scalar_one() == 2


def test_the_citizen_hears_once_that_a_colleague_answers_him_in_the_channel_s_own_inbox(ledger: Ledger) -> None:
    told: list[str] = []
    taking = Intake(ledger, Unread(ledger.engine, Clock()), lambda *_: None, tell_elsewhere=told.append)
    echoes = [Overheard("whatsapp", "3247", f"e{number}", "Dag, met Sanne") for number in (1, 2)]
    taking.keep(Post(Line(*echoes), b""))

    assert told == [ledger.open("whatsapp", "3247").id]


@pytest.mark.req("BP1-04")
def test_another_application_that_takes_the_thread_silences_the_bot_and_the_citizen_hears_it(ledger: Ledger) -> None:
    told: list[str] = []
    taking = Intake(ledger, Unread(ledger.engine, Clock()), lambda *_: None, tell_elsewhere=told.append)
    taking.keep(Post(Line(Control("messenger", "71", ours=False), Control("messenger", "71", ours=False)), b""))

    assert told == [ledger.open("messenger", "71").id]
    assert ledger.conversation(told[0]).holder is Holder.EXTERNAL
    taking.keep(Post(Line(Control("messenger", "71", ours=True)), b""))

    assert ledger.conversation(told[0]).holder is Holder.BOT


def test_our_own_words_that_come_back_take_nothing_from_the_bot(ledger: Ledger) -> None:
    told: list[str] = []
    taking = Intake(ledger, Unread(ledger.engine, Clock()), lambda *_: None, tell_elsewhere=told.append)
    conversation = ledger.open("messenger", "71").id
    said = ledger.say(conversation, Reply("Dag!"))
    taking.keep(Post(Line(Receipt("messenger", "m_x", State.SENT, reference=said.id)), b""))

    assert told == []
    assert ledger.conversation(conversation).holder is Holder.BOT


def test_a_post_tells_whose_words_it_brings_under_every_name_that_he_has() -> None:
    mine = Incoming("whatsapp", "BE.99", "w-1", text="dag", alias="3247")
    receipt = Receipt("whatsapp", "w-2", State.READ)

    assert Post(Line(mine, receipt, words("hallo")), b"").citizens == {"BE.99", "3247"}
    assert Post(Line(receipt), b"").citizens == set()
