"""Several at once, on both databases: what the constraints and the claims promise."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from clock import Clock
from conversations.asides import PROGRESS
from conversations.bell import Bell
from conversations.database import writing
from conversations.ledger import Ledger
from conversations.model import Author, Receipt, Reply, State
from conversations.tables import messages
from tests.sealing import VAULT
from tests.unit.conversations.setting import LEASE, claimed, words


def together(number, work):
    """The results of that many threads that begin at the same moment."""
    barrier = Barrier(number)

    def run(n):
        barrier.wait(30)
        return work(n)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def test_the_same_message_from_eight_threads_is_one_row(ledger):
    received = together(8, lambda _: ledger.receive(words(1)))

    assert sorted(one.is_new for one in received) == [False] * 7 + [True]
    assert len({one.message.id for one in received}) == 1
    assert len(ledger.messages(received[0].message.conversation)) == 1


def test_eight_threads_open_one_conversation(ledger):
    assert len({conversation.id for conversation in together(8, lambda _: ledger.open("web", "an"))}) == 1


def test_numbers_have_no_gaps_whoever_writes(ledger):
    conversation = ledger.open("web", "an").id

    def write(n):
        for number in range(10):
            ledger.receive(words(f"{n}-{number}"))
            ledger.receive(words(f"{n}-{number}"))
            ledger.say(conversation, Reply("hoi"))

    together(4, write)

    assert [message.seq for message in ledger.messages(conversation, limit=200)] == list(range(1, 81))


def test_two_workers_claim_each_message_once_and_in_order(engine):
    """200 messages of 20 conversations arrive while two workers answer them."""
    ledger = Ledger(engine, Clock(), Bell(), VAULT)
    answered: dict[str, list[str]] = defaultdict(list)

    def work(worker):
        if worker == 2:
            for number in range(10):
                for address in range(20):
                    ledger.receive(words(number, address=f"a{address}"))
            return
        while sum(len(texts) for texts in answered.values()) < 200:
            message = ledger.claim_turn(str(worker), LEASE)
            if message:
                answered[message.conversation].append(message.text)  # before the answer: nobody else may have it now
                assert ledger.answer(message, [Reply(f"re: {message.text}")], message.epoch)

    together(3, work)

    assert set(map(tuple, answered.values())) == {tuple(f"bericht {number}" for number in range(10))}
    for conversation in answered:
        said = ledger.messages(conversation)
        assert [m.text for m in said if m.author is Author.BOT] == [f"re: bericht {n}" for n in range(10)]
        assert {m.attempts for m in said if m.author is Author.CITIZEN} == {1}


def test_two_workers_send_each_reply_once_and_in_order(engine):
    ledger = Ledger(engine, Clock(), Bell(), VAULT)
    for address in range(10):
        ledger.receive(words(1, address=f"a{address}", channel="whatsapp"))
        message = claimed(ledger)
        ledger.answer(message, [Reply(str(part)) for part in range(20)], message.epoch)
    sent: dict[str, list[int]] = defaultdict(list)

    def work(worker):
        while sum(len(parts) for parts in sent.values()) < 200:
            message = ledger.claim_delivery(str(worker), LEASE, ["whatsapp"])
            if message:
                sent[message.conversation].append(int(message.text))
                ledger.sent(message, f"wamid.{message.id}")

    together(2, work)

    assert list(sent.values()) == [list(range(20))] * 10


def test_of_many_answers_to_one_message_one_is_stored(ledger):
    ledger.receive(words(1))
    message = claimed(ledger)

    stored = together(6, lambda n: ledger.answer(message, [Reply(str(n)), Reply(str(n))], message.epoch))

    assert sorted(stored) == [False] * 5 + [True]
    assert len(ledger.messages(message.conversation)) == 3


def test_many_who_ask_for_patience_say_it_once(ledger):
    conversation = ledger.open("web", "an").id

    assert sum(together(6, lambda _: ledger.ask_patience(conversation, Reply("Even geduld.")))) == 1
    assert len(ledger.messages(conversation)) == 1


def test_receipts_never_move_a_message_backwards(engine, clock):
    ledger = Ledger(engine, clock, Bell(), VAULT)
    conversation = ledger.open("whatsapp", "an").id
    told = st.sampled_from([State.SENT, State.DELIVERED, State.READ, State.FAILED])

    @given(st.lists(told, max_size=8))
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def check(receipts):
        with writing(engine) as db:
            db.execute(delete(messages))
        ledger.say(conversation, Reply("hoi"))
        message = ledger.claim_delivery("w", LEASE, ["whatsapp"])
        assert message is not None
        ledger.sent(message, "wamid.1")
        place = PROGRESS.index(State.SENT)
        for told in receipts:
            changed = ledger.mark(Receipt("whatsapp", "wamid.1", told))
            [now] = ledger.messages(conversation)
            assert PROGRESS.index(now.state) == max(place, PROGRESS.index(told))
            assert changed == (PROGRESS.index(told) > place)
            place = PROGRESS.index(now.state)

    check()
