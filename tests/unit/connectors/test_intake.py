"""Nothing that Meta posts makes it come back for a week."""

from collections.abc import Mapping, Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DataError, OperationalError

from clock import Clock
from connectors import metrics
from connectors.base import Arrival, Capabilities, Unknown
from connectors.intake import Intake, Post
from conversations.database import reading
from conversations.ledger import Ledger
from conversations.model import Control, Holder, Incoming, Moved, Overheard, Receipt, Reply, State
from conversations.receiving import Arrived, Became
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

    def take_in(self, arrived: Sequence[Arrived]) -> list[Became]:
        if any(isinstance(one, Incoming) and one.text == "breek" for one in arrived):
            raise self.breaks
        return super().take_in(arrived)


def posted(*arrivals: Arrival | Exception) -> list[Post]:
    return [Post(Line(*arrivals), b"")]


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

    intake(fragile).keep(posted(words("een"), words("breek"), words("twee")))
    assert kept(fragile) == ["een", "twee"]


def test_a_database_that_is_away_makes_meta_come_again(fragile: Fragile) -> None:
    fragile.breaks = OperationalError("INSERT", None, OSError("away"))

    with pytest.raises(OperationalError):
        intake(fragile).keep(posted(words("een"), words("breek"), words("twee")))
    fragile.breaks = ValueError()
    intake(fragile).keep(posted(words("een"), words("breek"), words("twee")))
    assert kept(fragile) == ["een", "twee"]


def test_a_parser_that_breaks_is_written_down(ledger: Ledger) -> None:
    intake(ledger).keep(posted(ZeroDivisionError()))

    with reading(ledger.engine) as db:
        assert list(db.execute(select(unread_payloads.c.reason)).scalars()) == ["parse_broken"]


def test_the_login_of_who_moves_ends(ledger: Ledger) -> None:
    ended: list[tuple[str, str]] = []
    conversation = ledger.open("whatsapp", "3247")
    intake(ledger, ended).keep(posted(Moved("whatsapp", "3247", "3248"), Moved("whatsapp", "1", "2")))

    assert ended == [(conversation.id, "moved")]
    assert ledger.open("whatsapp", "3248").id == conversation.id


def test_what_is_unknown_is_counted(ledger: Ledger) -> None:
    unknown = Unknown("whatsapp", "field:account_update", "{}")
    intake(ledger).keep(posted(unknown, unknown))

    with reading(ledger.engine) as db:
        assert db.execute(select(unread_payloads.c.times)).scalar_one() == 2


def test_the_citizen_hears_once_that_a_colleague_answers_him_in_the_channel_s_own_inbox(ledger: Ledger) -> None:
    told: list[str] = []
    taking = Intake(ledger, Unread(ledger.engine, Clock()), lambda *_: None, tell_elsewhere=told.append)
    echoes = [Overheard("whatsapp", "3247", f"e{number}", "Dag, met Sanne") for number in (1, 2)]
    taking.keep(posted(*echoes))

    assert told == [ledger.open("whatsapp", "3247").id]


@pytest.mark.req("BP1-04")
def test_another_application_that_takes_the_thread_silences_the_bot_and_the_citizen_hears_it(ledger: Ledger) -> None:
    told: list[str] = []
    taking = Intake(ledger, Unread(ledger.engine, Clock()), lambda *_: None, tell_elsewhere=told.append)
    taking.keep(posted(Control("messenger", "71", ours=False), Control("messenger", "71", ours=False)))

    assert told == [ledger.open("messenger", "71").id]
    assert ledger.conversation(told[0]).holder is Holder.EXTERNAL
    taking.keep(posted(Control("messenger", "71", ours=True)))

    assert ledger.conversation(told[0]).holder is Holder.BOT


def test_our_own_words_that_come_back_take_nothing_from_the_bot(ledger: Ledger) -> None:
    told: list[str] = []
    taking = Intake(ledger, Unread(ledger.engine, Clock()), lambda *_: None, tell_elsewhere=told.append)
    conversation = ledger.open("messenger", "71").id
    said = ledger.say(conversation, Reply("Dag!"))
    taking.keep(posted(Receipt("messenger", "m_x", State.SENT, reference=said.id)))

    assert told == []
    assert ledger.conversation(conversation).holder is Holder.BOT


def test_posts_that_come_together_are_kept_in_their_order_and_each_once(ledger: Ledger) -> None:
    told = intake(ledger)
    told.keep([*posted(words("een"), words("twee")), *posted(words("twee"), words("drie")), *posted(words("een"))])

    assert kept(ledger) == ["een", "twee", "drie"]


def test_a_post_that_breaks_us_takes_nothing_from_those_that_came_with_it(fragile: Fragile) -> None:
    fragile.breaks = KeyError("x")
    intake(fragile).keep([*posted(words("een")), *posted(words("breek")), *posted(words("twee"))])

    assert kept(fragile) == ["een", "twee"]


def test_what_a_citizen_says_before_and_after_he_moves_stays_in_its_order(ledger: Ledger) -> None:
    after = Incoming("whatsapp", "3248", "w-na", text="na")
    intake(ledger).keep([*posted(words("voor")), *posted(Moved("whatsapp", "3247", "3248")), *posted(after)])

    assert [message.text for message in ledger.messages(ledger.open("whatsapp", "3248").id)] == ["voor", "na"]


def test_what_is_written_up_of_a_message_is_written_once_for_each_that_is_new(ledger: Ledger) -> None:
    before = metrics.RECEIVED.labels("whatsapp", "text")._value.get()
    intake(ledger).keep([*posted(words("een")), *posted(words("een")), *posted(words("twee"))])

    assert metrics.RECEIVED.labels("whatsapp", "text")._value.get() - before == 2
