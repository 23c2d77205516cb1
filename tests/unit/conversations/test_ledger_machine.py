"""Anything in any order: people write, workers claim, answer, try again and die, people take over and leave.

Whatever happens, nothing is lost, nothing is answered twice, and the order holds.
"""

from collections import defaultdict

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from conversations.bell import Bell
from conversations.database import writing
from conversations.figure_tables import contacts
from conversations.ledger import Ledger
from conversations.model import Author, Holder, Kind, Reply, State
from conversations.ownership import transition
from conversations.tables import conversations, messages, ownership
from tests.sealing import VAULT
from tests.unit.conversations.setting import LEASE, StoppedClock, words

PEOPLE = ["an", "piet"]
OPEN = (State.RECEIVED, State.WORKING)


class Machine(RuleBasedStateMachine):
    claims = Bundle("claims")
    numbers = st.integers(0, 30)

    def __init__(self, engine):
        super().__init__()
        self.engine = engine
        with writing(engine) as db:
            for table in (messages, ownership, contacts, conversations):
                db.execute(table.delete())
        self.clock = StoppedClock()
        self.ledger = Ledger(engine, self.clock, Bell(), VAULT)
        self.received = defaultdict(list)  # conversation → message ids, in the order of arrival
        self.held_by = {}  # message id → (worker's claim, until when), as long as nobody ended it
        self.due = {}

    # --- what happens --------------------------------------------------------

    @rule(address=st.sampled_from(PEOPLE), number=numbers)
    def somebody_writes_or_the_channel_tries_again(self, address, number):
        self.clock.passes(0.001)  # so that no two messages are equally old, and a run can be repeated
        received = self.ledger.receive(words(number, address=address))
        if received.is_new:
            self.received[received.message.conversation].append(received.message.id)
        assert received.message.id in self.received[received.message.conversation]

    @rule(address=st.sampled_from(PEOPLE), number=numbers, seconds=st.sampled_from([None, 30, 90]))
    def the_house_leaves_an_event(self, address, number, seconds):
        self.clock.passes(0.001)
        conversation = self.ledger.open("web", address).id
        due = None if seconds is None else self.clock.after(seconds)
        left = self.ledger.leave(conversation, "/iets", external_id=f"{conversation}:{number}", due=due)
        if left.is_new:
            self.received[conversation].append(left.message.id)
            self.due[left.message.id] = due

    @rule(target=claims, worker=st.sampled_from("ab"))
    def a_worker_claims(self, worker):
        message = self.ledger.claim_turn(worker, LEASE)
        if message is None:
            return multiple()
        now = self.clock.now()
        others = self.ledger.messages(message.conversation, limit=1000)
        for other in others:
            if other.id != message.id and other.state is State.WORKING:
                raise AssertionError("two messages of one conversation are worked on")
            waits = other.state in OPEN and (self.due.get(other.id) or now) <= now
            if waits and other.seq < message.seq:
                assert message.attempts > 1, "a later message went first"  # it had begun before the other was due
        if message.id in self.held_by:
            assert self.held_by[message.id][1] <= now, "claimed while somebody else held it"
        self.held_by[message.id] = (message, self.clock.after(LEASE))
        return message

    @rule(message=claims, replies=st.integers(0, 2))
    def a_worker_answers(self, message, replies):
        counts = self.held_by.get(message.id, (None,))[0] is message
        current = self.ledger.conversation(message.conversation).epoch == message.epoch
        said = [Reply(f"{message.id}:{part}") for part in range(replies)]

        assert self.ledger.answer(message, said, message.epoch) == (counts and current)
        if counts:
            del self.held_by[message.id]

    @rule(message=claims, seconds=st.sampled_from([0, 30]))
    def a_worker_puts_it_back(self, message, seconds):
        counts = self.held_by.get(message.id, (None,))[0] is message

        assert self.ledger.retry(message, self.clock.after(seconds), "even niet") == counts
        if counts:
            del self.held_by[message.id]

    @rule(message=consumes(claims))
    def a_worker_dies(self, message):
        pass

    @rule(seconds=st.sampled_from([1, 31, LEASE]))
    def time_passes(self, seconds):
        self.clock.passes(seconds)

    @rule(address=st.sampled_from(PEOPLE), to=st.sampled_from([Holder.BOT, Holder.AGENT, Holder.CLOSED]))
    def a_conversation_changes_hands(self, address, to):
        conversation = self.ledger.open("web", address).id
        with writing(self.engine) as db:
            epoch = db.execute(select(conversations.c.epoch).where(conversations.c.id == conversation)).scalar_one()
            now = self.clock.now()
            transition(db, conversation, to, allowed=set(Holder) - {to}, epoch=epoch, now=now)
        for message in self.ledger.messages(conversation, limit=1000):
            if message.state is State.HELD:
                self.held_by.pop(message.id, None)

    # --- what must hold ------------------------------------------------------

    @invariant()
    def numbers_follow_each_other(self):
        for conversation, ids in self.received.items():
            said = self.ledger.messages(conversation, limit=1000)
            assert [message.seq for message in said] == list(range(1, len(said) + 1))
            assert [m.id for m in said if m.author is Author.CITIZEN or m.kind is Kind.EVENT] == ids

    def teardown(self):
        """Let it all come to rest, and count."""
        for conversation in self.received:
            with writing(self.engine) as db:
                row = db.execute(select(conversations).where(conversations.c.id == conversation)).one()
                allowed = set(Holder) - {Holder.BOT}
                transition(db, conversation, Holder.BOT, allowed=allowed, epoch=row.epoch, now=self.clock.now())
        self.clock.passes(1000)
        order = defaultdict(list)
        while message := self.ledger.claim_turn("z", LEASE):
            order[message.conversation].append(message.seq)
            assert self.ledger.answer(message, [Reply(f"{message.id}:0")], message.epoch)
        assert all(seqs == sorted(seqs) for seqs in order.values() if not self.due)
        for conversation, ids in self.received.items():
            said = self.ledger.messages(conversation, limit=1000)
            assert {m.state for m in said if m.id in ids} <= {State.ANSWERED, State.HELD}
            replies = [m.text for m in said if m.author is Author.BOT]
            assert len(replies) == len(set(replies)), "answered twice"


def test_nothing_is_lost_or_answered_twice_and_the_order_holds(engine):
    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much]

    class OnThisDatabase(Machine):
        def __init__(self):
            super().__init__(engine)

    run_state_machine_as_test(
        OnThisDatabase,
        settings=settings(max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=quiet),
    )
