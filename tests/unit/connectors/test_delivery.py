import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from clock import Clock
from connectors.base import Capabilities, File, Piece, PushChannel, SendError
from connectors.delivery import TRIES, Delivery
from conversations.bell import Bell
from conversations.ledger import Ledger
from conversations.model import JSON, Attachment, Author, Choice, Holder, Incoming, Message, Receipt, Reply, State
from conversations.ownership import transition
from conversations.tables import messages as messages_table

LATER = SendError("131000", retryable=True, loggable=False)
NEVER = SendError("131026", retryable=False, loggable=False)
TOKEN = SendError("190", retryable=False, loggable=True)


class Telegraph:
    """A push channel: short messages, three buttons, and trouble on demand."""

    name = "telegraph"
    capabilities = Capabilities(text=40, buttons=3, text_with_link=40, window=timedelta(hours=24))

    def __init__(self) -> None:
        self.trouble: list[Exception | Callable[[], object] | None] = []
        self.taken: list[tuple[str, str]] = []
        self.knocks = False
        self.at_once = 0
        self.most_at_once = 0
        self._lock = threading.Lock()

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        return True

    def parse(self, body: bytes, address: str = "") -> Sequence[Incoming | Receipt]:
        return []

    def serialise(self, piece: Piece, message: Message, address: str) -> JSON:
        text = piece.file.media if piece.file else piece.link.url if piece.link else piece.text
        return {"to": address, "text": text, "reference": piece.reference}

    def upload(self, attachment: Attachment) -> File:
        return File(f"uploaded {attachment.name}", attachment.name, attachment.media_type)

    def knock(self, address: str) -> JSON | None:
        return {"to": address, "text": "er is nieuws", "reference": ""} if self.knocks else None

    def send(self, payload: JSON) -> str | None:
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            trouble = self.trouble.pop(0) if self.trouble else None
        try:
            if isinstance(trouble, Exception):
                raise trouble
            if trouble:
                trouble()
            self.taken.append((payload["to"], payload["text"]))
            return f"t{len(self.taken)}"
        finally:
            self.at_once -= 1


class Office:
    def __init__(self, ledger: Ledger, bell: Bell, lease: float, **more: Any) -> None:
        self.ledger, self.telegraph = ledger, Telegraph()
        channels: dict[str, PushChannel] = {"telegraph": self.telegraph}
        self.delivery = Delivery(ledger, bell, channels, Clock(), lease=lease, pause=0.01, **more)
        self.conversation = ledger.open("telegraph", "jan")

    def say(self, text: str, **more: Any) -> Message:
        return self.ledger.say(self.conversation.id, Reply(text, **more))

    def state_of(self, message: Message) -> State:
        return next(m.state for m in self.ledger.messages(self.conversation.id) if m.id == message.id)

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.telegraph.taken]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not condition():  # noqa: ASYNC110  # what is waited for happens in the database
                await asyncio.sleep(0.01)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        loop = asyncio.create_task(self.delivery.run())
        try:
            yield
        finally:
            loop.cancel()
            await self.delivery.close(1)


@pytest.fixture
def office(ledger: Ledger, bell: Bell) -> Office:
    return Office(ledger, bell, lease=30)


def test_the_telegraph_is_a_push_channel() -> None:
    assert isinstance(Telegraph(), PushChannel)


async def test_what_is_queued_is_sent_in_order_one_at_a_time(office: Office) -> None:
    async with office.working():
        messages = [office.say(f"bericht {n}") for n in range(5)]
        await office.until(lambda: office.state_of(messages[-1]) is State.SENT)

    assert office.texts == [f"bericht {n}" for n in range(5)]
    assert office.telegraph.most_at_once == 1


async def test_the_id_of_the_provider_is_kept_for_its_receipts(office: Office) -> None:
    async with office.working():
        message = office.say("hallo")
        await office.until(lambda: office.state_of(message) is State.SENT)

    assert office.ledger.mark(Receipt("telegraph", "t1", State.READ))
    assert office.state_of(message) is State.READ


async def test_trouble_that_passes_delays_and_keeps_the_order(office: Office) -> None:
    office.telegraph.trouble = [LATER, LATER]
    async with office.working():
        office.say("een")
        last = office.say("twee")
        await office.until(lambda: office.state_of(last) is State.SENT)

    assert office.texts == ["een", "twee"]


@pytest.mark.parametrize("trouble", [NEVER, TOKEN])
async def test_trouble_that_stays_fails_the_message_and_not_the_next(trouble: SendError, office: Office) -> None:
    office.telegraph.trouble = [trouble]
    async with office.working():
        first, second = office.say("een"), office.say("twee")
        await office.until(lambda: office.state_of(second) is State.SENT)

    assert office.state_of(first) is State.FAILED
    assert office.texts == ["twee"]


async def test_it_is_not_tried_for_ever(ledger: Ledger, bell: Bell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.delivery.LONGEST_PAUSE", 0.01)
    office = Office(ledger, bell, lease=30)
    office.telegraph.trouble = [LATER] * TRIES
    async with office.working():
        message = office.say("een")
        await office.until(lambda: office.state_of(message) is State.FAILED)

    assert office.texts == []


async def test_an_unknown_outcome_is_sent_again(office: Office) -> None:
    office.telegraph.trouble = [OSError("the line broke while it was being sent")]
    async with office.working():
        message = office.say("hallo")
        await office.until(lambda: office.state_of(message) is State.SENT)

    assert office.texts == ["hallo"]


async def test_a_receipt_that_comes_first_prevents_a_second_sending(office: Office) -> None:
    """The process died after the provider took it; the provider's receipt names our id."""
    message = office.say("hallo")
    claimed = office.ledger.claim_delivery("a process that died", 0.2, {"telegraph"})
    assert claimed is not None
    office.ledger.sent(claimed, "t9")
    async with office.working():
        await asyncio.sleep(0.5)

    assert office.texts == []
    assert office.state_of(message) is State.SENT


async def test_a_lease_of_a_process_that_died_is_taken_up(office: Office) -> None:
    message = office.say("hallo")
    office.ledger.claim_delivery("a process that died", 0.2, {"telegraph"})
    async with office.working():
        await office.until(lambda: office.state_of(message) is State.SENT)

    assert office.texts == ["hallo"]


async def test_a_slow_channel_keeps_its_lease_for_as_long_as_it_takes(ledger: Ledger, bell: Bell) -> None:
    office = Office(ledger, bell, lease=0.3, renew=0.05)
    office.telegraph.trouble = [lambda: time.sleep(1.0)]
    async with office.working():
        message = office.say("hallo")
        await office.until(lambda: office.state_of(message) is State.SENT)

    assert office.texts == ["hallo"]


async def test_a_long_text_goes_in_pieces_and_a_retry_goes_on_where_it_stopped(office: Office) -> None:
    office.telegraph.trouble = [None, LATER]
    text = "Dit is de eerste zin van het bericht. Dit is de tweede zin van het bericht."
    async with office.working():
        message = office.say(text, choices=(Choice("Ja", "/ja"),))
        await office.until(lambda: office.state_of(message) is State.SENT)

    assert office.texts == ["Dit is de eerste zin van het bericht.", "Dit is de tweede zin van het bericht."]


async def test_what_the_bot_had_not_yet_said_is_dropped_when_a_person_takes_over(office: Office) -> None:
    ledger = office.ledger
    said = ledger.say(office.conversation.id, Reply("van de bot"), Author.BOT)
    with ledger.engine.begin() as db:
        now = ledger.clock.now()
        transition(db, office.conversation.id, Holder.AGENT, allowed=set(Holder), epoch=1, now=now, reason="test")
    async with office.working():
        hello = ledger.say(office.conversation.id, Reply("Dag, met Sanne"), Author.AGENT)
        await office.until(lambda: office.state_of(hello) is State.SENT)

    assert office.texts == ["Dag, met Sanne"]
    assert office.state_of(said) is State.CANCELLED


async def test_different_conversations_do_not_wait_for_each_other(office: Office) -> None:
    both = threading.Barrier(2, timeout=5)
    office.telegraph.trouble = [both.wait] * 2
    other = office.ledger.open("telegraph", "piet")
    async with office.working():
        office.say("een")
        office.ledger.say(other.id, Reply("twee"))
        await office.until(lambda: len(office.texts) == 2)

    assert sorted(office.telegraph.taken) == [("jan", "een"), ("piet", "twee")]


async def test_the_web_fetches_for_itself(ledger: Ledger, bell: Bell) -> None:
    delivery = Delivery(ledger, bell, {}, Clock())
    loop = asyncio.create_task(delivery.run())
    said = ledger.say(ledger.open("web", "c_1").id, Reply("hallo"))
    await asyncio.sleep(0.05)
    loop.cancel()

    assert said.state is State.SENT


# --- what only some channels have ------------------------------------------------


def hear(office: Office, text: str = "hallo", hours_ago: float = 0) -> None:
    sent_at = office.ledger.clock.utc() - timedelta(hours=hours_ago)
    office.ledger.receive(Incoming("telegraph", "jan", f"in:{text}", text=text, sent_at=sent_at))


async def test_after_the_window_a_message_waits_until_the_citizen_writes(office: Office) -> None:
    hear(office, hours_ago=25)
    async with office.working():
        messages = [office.say("je melding is klaar"), office.say("nog nieuws")]
        await office.until(lambda: office.state_of(messages[1]) is State.PARKED)
        assert office.texts == []

        hear(office, "ik ben er weer")
        await office.until(lambda: office.state_of(messages[1]) is State.SENT)

    assert office.texts == ["je melding is klaar", "nog nieuws"]


async def test_a_citizen_hears_once_that_there_is_news(office: Office) -> None:
    office.telegraph.knocks = True
    hear(office, hours_ago=25)
    async with office.working():
        messages = [office.say("een"), office.say("twee")]
        await office.until(lambda: office.state_of(messages[1]) is State.PARKED)

    assert office.texts == ["er is nieuws"]


async def test_what_waited_for_a_week_is_no_news_any_more(office: Office) -> None:
    hear(office, hours_ago=25)
    async with office.working():
        old = office.say("oud")
        await office.until(lambda: office.state_of(old) is State.PARKED)
    with office.ledger.engine.begin() as db:
        week_ago = office.ledger.clock.utc() - timedelta(days=8)
        db.execute(messages_table.update().where(messages_table.c.id == old.id).values(created_at=week_ago))
    hear(office, "ik ben er weer")

    assert office.state_of(old) is State.FAILED


async def test_a_channel_that_is_shut_is_left_alone_and_nothing_is_given_up(office: Office) -> None:
    refused = SendError("190", retryable=True, loggable=True, whole_channel=True, pause=0.05)
    office.telegraph.trouble = [refused] * (TRIES + 3)
    async with office.working():
        message = office.say("hallo")
        await office.until(lambda: office.state_of(message) is State.SENT)

    assert office.texts == ["hallo"]


async def test_while_a_channel_is_shut_no_message_tries_it(office: Office) -> None:
    refused = SendError("190", retryable=True, loggable=True, whole_channel=True, pause=30)
    office.telegraph.trouble = [refused] * 2
    async with office.working():
        office.say("een")
        await office.until(lambda: len(office.telegraph.trouble) == 1)
        office.ledger.say(office.ledger.open("telegraph", "piet").id, Reply("twee"))
        await asyncio.sleep(0.3)

    assert len(office.telegraph.trouble) == 1
    assert office.texts == []


async def test_a_receipt_that_names_our_message_ends_an_unknown_outcome(office: Office) -> None:
    office.telegraph.trouble = [SendError("ReadTimeout", retryable=True, loggable=False, pause=30)]
    async with office.working():
        message = office.say("hallo")
        await office.until(lambda: office.telegraph.trouble == [] and office.state_of(message) is State.QUEUED)
        office.ledger.mark(Receipt("telegraph", "t7", State.DELIVERED, reference=message.id))

    assert office.state_of(message) is State.DELIVERED
    assert office.ledger.mark(Receipt("telegraph", "t7", State.READ))


async def test_a_receipt_that_comes_before_the_answer_is_not_taken_back(office: Office) -> None:
    message = office.say("hallo")
    office.telegraph.trouble = [
        lambda: office.ledger.mark(Receipt("telegraph", "t1", State.DELIVERED, reference=message.id))
    ]
    async with office.working():
        await office.until(lambda: office.texts == ["hallo"])
        await asyncio.sleep(0.1)

    assert office.state_of(message) is State.DELIVERED


async def test_only_the_last_of_several_pieces_speaks_for_the_message(office: Office) -> None:
    references: list[str] = []
    serialise = office.telegraph.serialise

    def noted(piece: Piece, message: Message, address: str) -> JSON:
        references.append(piece.reference)
        return serialise(piece, message, address)

    office.telegraph.serialise = noted  # type: ignore[method-assign]
    async with office.working():
        message = office.say("Dit is de eerste zin van het bericht. Dit is de tweede zin van het bericht.")
        await office.until(lambda: office.state_of(message) is State.SENT)

    assert references == [f"{message.id}.0", message.id]


async def test_the_address_of_a_login_link_is_known_on_the_way_out_only(ledger: Ledger, bell: Bell) -> None:
    office = Office(ledger, bell, lease=30, address_of={"l_1": "https://leiestad.example/login/geheim"}.get)
    async with office.working():
        custom = {"type": "link", "link": "l_1", "title": "Aanmelden"}
        message = office.say("Meld je aan.", custom=custom)
        gone = office.say("Te laat.", custom={**custom, "link": "l_2"})
        await office.until(lambda: office.state_of(gone) is State.SENT)

    assert office.texts == ["https://leiestad.example/login/geheim", "Te laat."]
    assert "geheim" not in str(message)


async def test_a_stored_file_is_uploaded_and_sent(office: Office) -> None:
    kept = office.ledger.keep_attachment(office.conversation.id, "attest.pdf", "application/pdf", b"%PDF")
    async with office.working():
        message = office.say("Hier is je attest.", attachment=kept)
        await office.until(lambda: office.state_of(message) is State.SENT)

    assert office.texts == ["uploaded attest.pdf", "Hier is je attest."]


async def test_a_phone_number_goes_before_the_id_of_the_same_citizen(office: Office) -> None:
    conversation = office.ledger.open("telegraph", "BE.1", alias="3247")
    async with office.working():
        office.ledger.say(conversation.id, Reply("hallo"))
        await office.until(lambda: bool(office.texts))

    assert office.telegraph.taken == [("3247", "hallo")]
