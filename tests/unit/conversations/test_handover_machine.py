"""A citizen, the bot, two agents and bad luck, in any order.

There are never two who speak: what the bot says reaches the citizen only while the bot
holds the conversation, and what an agent says only while that agent does. No message is
lost or doubled, and whoever holds the conversation can go on with it.
"""

from datetime import timedelta
from functools import partial
from itertools import pairwise

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, func, select

from conversations.bell import Bell
from conversations.cards import HandoverCards
from conversations.citizen_spoke import LEAVE_QUEUE
from conversations.claims import ORDER
from conversations.database import reading, writing
from conversations.elsewhere import Elsewhere
from conversations.figure_tables import BECAUSE, BEGUN, ENDINGS, MEASURES, contacts, figures
from conversations.handover import Handovers
from conversations.handover_model import Request
from conversations.handover_tables import handovers
from conversations.ledger import Ledger
from conversations.model import Author, Choice, Holder, Incoming, Kind, Overheard, Reply, State
from conversations.tables import conversations, messages, ownership
from conversations.typed import TO_BOT
from tests.sealing import VAULT
from tests.unit.conversations.setting import LEASE, StoppedClock, words

ASKED = Request("burgerzaken", "reispas", "asked", card={"answers": {}})
AGENTS = st.sampled_from(["sanne", "piet"])
AT_THE_DESK = (Holder.QUEUE, Holder.AGENT, Holder.WAITING)
HELD_BY_PEOPLE = (*AT_THE_DESK, Holder.EXTERNAL)
SILENCE = timedelta(hours=24)


def is_order(message):
    return (message.payload or "").startswith(ORDER)


class Machine(RuleBasedStateMachine):
    turns = Bundle("turns")

    def __init__(self, engine):
        super().__init__()
        self.engine = engine
        with writing(engine) as db:
            for table in (handovers, messages, ownership, contacts, figures, conversations):
                db.execute(delete(table))
        self.clock = StoppedClock()
        self.ledger = Ledger(engine, self.clock, Bell(), VAULT)
        self.handovers = Handovers(engine, self.clock, Bell(), VAULT, pull={"web"})
        self.conversation = self.ledger.open("web", "an").id
        self.elsewhere = Elsewhere(engine, self.clock, Bell())
        welcome = (Choice("Weg", LEAVE_QUEUE), Choice("Naar de assistent", TO_BOT))
        self.ledger.say(self.conversation, Reply("Welkom", welcome))
        self.cards = HandoverCards(engine, self.clock, Bell(), VAULT)
        self.written = self.ordered = self.carried_out = 0
        self.agents_words = []
        self.elsewhere_said = 0

    @property
    def now(self):
        return self.ledger.conversation(self.conversation)

    @property
    def agent(self):
        current = self.handovers.open_one(self.conversation)
        return current.agent if current and self.now.holder in (Holder.AGENT, Holder.WAITING) else None

    # --- the citizen ---------------------------------------------------------

    @rule()
    def the_citizen_writes(self):
        self.clock.passes(0.001)
        before = self.now.holder
        self.written += 1
        message = self.ledger.receive(words(self.written)).message
        assert (message.state is State.HELD) == (before in HELD_BY_PEOPLE)
        assert self.now.holder is (Holder.QUEUE if before is Holder.WAITING else before)

    @rule()
    def the_citizen_taps_that_he_waits_no_longer(self):
        self.clock.passes(0.001)
        before = self.now.holder
        self.written += 1
        self.ledger.receive(Incoming("web", "an", f"an-{self.written}", Kind.CHOICE, payload=LEAVE_QUEUE, text="Weg"))
        assert before is not Holder.QUEUE or self.now.holder is Holder.BOT

    @rule()
    def the_citizen_wants_the_bot_again(self):
        self.clock.passes(0.001)
        before = self.now.holder
        self.written += 1
        self.ledger.receive(Incoming("web", "an", f"an-{self.written}", Kind.CHOICE, payload=TO_BOT, text="Naar"))
        assert before is not Holder.EXTERNAL or self.now.holder is Holder.BOT

    @rule()
    def the_citizen_ends_it(self):
        self.ledger.end(self.conversation)
        assert self.now.holder is Holder.CLOSED

    # --- the bot -------------------------------------------------------------

    @rule(target=turns)
    def the_bot_begins(self):
        message = self.ledger.claim_turn("w", LEASE)
        return message if message else multiple()

    @rule(message=consumes(turns), asks=st.booleans())
    def the_bot_answers(self, message, asks):
        holder, epoch = self.now.holder, self.now.epoch

        def then(db):
            return asks and self.handovers.queue(db, message.conversation, ASKED, message.epoch)

        if is_order(message):
            self.the_bot_carries_out(message)
            return
        kept = self.ledger.answer(message, [Reply(f"bot op {message.id}")], message.epoch, then=then)
        assert not kept or (holder in (Holder.BOT, Holder.CLOSED) and epoch == message.epoch)
        if kept and asks and holder is Holder.BOT:
            assert self.now.holder is Holder.QUEUE

    def the_bot_carries_out(self, message):
        """Whoever holds the conversation now: the citizen hears it once, and the card says the same."""
        epoch, said = self.now.epoch, [Reply(f"bot op {message.id}")]
        tell = partial(self.cards.carried_out, event=message, outcome={"state": "done"})
        kept = self.ledger.answer(message, said, message.epoch, then=tell, author=Author.SYSTEM)
        assert not kept or epoch == message.epoch
        self.carried_out += kept

    @rule(message=consumes(turns))
    def the_bot_s_worker_dies(self, message):
        self.clock.passes(LEASE + 1)

    # --- agents --------------------------------------------------------------

    @rule(agent=AGENTS)
    def an_agent_claims(self, agent):
        holder = self.now.holder
        assert bool(self.handovers.claim(self.conversation, agent)) == (holder is Holder.QUEUE)

    @rule(agent=AGENTS, waits=st.booleans(), number=st.integers(0, 5))
    def an_agent_speaks(self, agent, waits, number):
        has_it, text = self.agent == agent, f"{agent} {number}"
        said = self.handovers.say(self.conversation, agent, Reply(text), client_id=str(number), waits=waits)
        assert bool(said) == (has_it or text in self.agents_words)
        if said and text not in self.agents_words:
            self.agents_words.append(text)

    @rule(agent=AGENTS)
    def an_agent_orders_to_file(self, agent):
        has_it, current = self.agent == agent, self.handovers.open_one(self.conversation)
        card = current.card if current else {}
        runs = (card.get("filing") or {}).get("state") == "runs"
        ordered = self.cards.order(self.conversation, agent, ORDER, version=card.get("version") or 0)
        assert ordered == (has_it and not runs)
        assert not ordered or self.now.holder is Holder.AGENT
        self.ordered += ordered

    @rule(agent=AGENTS, back=st.booleans())
    def an_agent_ends_it(self, agent, back):
        has_it = self.agent == agent
        if back:
            ended = self.handovers.give_back(self.conversation, agent, "/gesprek_teruggegeven", topic="iets")
        else:
            ended = self.handovers.close(self.conversation, agent, topic="iets")
        assert ended == has_it
        assert not ended or self.now.holder is (Holder.BOT if back else Holder.CLOSED)

    @rule(agent=AGENTS)
    def an_agent_takes_over(self, agent):
        assert self.handovers.take_over(self.conversation, agent, ASKED)
        assert self.agent == agent

    @precondition(lambda self: self.agent)
    @rule(transfer=st.booleans())
    def an_agent_s_line_breaks_or_he_passes_it_on(self, transfer):
        agent = self.agent
        if transfer:
            assert self.handovers.transfer(self.conversation, agent, "omgeving")
        else:
            assert self.handovers.requeue(self.conversation, agent, "away")
        assert self.now.holder is Holder.QUEUE

    @rule()
    def the_house_takes_him_out_of_the_queue(self):
        was = self.now.holder
        assert self.handovers.leave_queue(self.conversation, "closing time") == (was is Holder.QUEUE)

    # --- a colleague in the channel's own inbox ---------------------------------

    @rule(again=st.booleans())
    def a_colleague_answers_elsewhere(self, again):
        before, epoch = self.now.holder, self.now.epoch
        number = max(1, self.elsewhere_said + (not again))
        lost = self.ledger.overhear(Overheard("web", "an", f"echo-{number}", f"elders {number}"), SILENCE)
        is_new = number > self.elsewhere_said
        if is_new:
            self.elsewhere_said = number
            self.agents_words.append(f"elders {number}")
        assert bool(lost) == (is_new and before in (Holder.BOT, Holder.CLOSED))
        assert (self.now.epoch > epoch) == bool(lost)
        assert not lost or self.now.holder is Holder.EXTERNAL

    @rule()
    def an_agent_gives_the_bot_what_is_elsewhere(self):
        was = self.now.holder
        assert self.elsewhere.give_back(self.conversation, "sanne") == (was is Holder.EXTERNAL)

    @rule()
    def he_is_silent_for_a_day(self):
        was = self.now.holder
        self.clock.passes(SILENCE.total_seconds() + 1)
        self.elsewhere.come_back()
        assert self.now.holder is (Holder.BOT if was is Holder.EXTERNAL else was)

    @rule(agent=AGENTS, present=st.booleans())
    def the_citizen_comes_back_to_people(self, agent, present):
        """Shortly after it was closed."""
        before, closed = self.now.holder, self.handovers.history(self.conversation, limit=1)
        if not closed:
            return
        again = self.handovers.again(closed[0], timedelta(minutes=5), agent=agent if present else None)
        assert bool(again) == (before is Holder.CLOSED)
        assert not again or self.now.holder is (Holder.AGENT if present else Holder.QUEUE)

    @rule()
    def a_closed_conversation_opens_again(self):
        self.ledger.reopen(self.conversation)

    # --- what must hold ------------------------------------------------------

    @invariant()
    def there_is_a_request_exactly_while_the_desk_has_it(self):
        assert bool(self.handovers.open_one(self.conversation)) == (self.now.holder in AT_THE_DESK)

    @invariant()
    def who_is_in_the_queue_waits_and_no_other(self):
        current = self.handovers.open_one(self.conversation)
        assert current is None or bool(current.queued_at) == (self.now.holder is Holder.QUEUE)

    @invariant()
    def nothing_is_lost_or_doubled(self):
        said = self.ledger.messages(self.conversation, limit=1000)
        assert len([m for m in said if m.author is Author.CITIZEN]) == self.written
        assert [m.text for m in said if m.author is Author.AGENT] == self.agents_words
        bots = [m.text for m in said if m.author in (Author.BOT, Author.SYSTEM) and m.kind is not Kind.EVENT]
        assert len(bots) == len(set(bots))
        assert len([m for m in said if is_order(m)]) == self.ordered
        assert len([m for m in said if is_order(m) and m.state is State.ANSWERED]) == self.carried_out

    @invariant()
    def the_log_tells_every_change(self):
        query = select(ownership).where(ownership.c.conversation == self.conversation).order_by(ownership.c.epoch)
        with reading(self.engine) as db:
            log = db.execute(query).all()
        assert [row.epoch for row in log] == list(range(2, self.now.epoch + 1))
        assert all(earlier.holder_after == later.holder_before for earlier, later in pairwise(log))
        assert not log or log[-1].holder_after is self.now.holder

    @invariant()
    def what_is_counted_is_what_happened(self):
        with reading(self.engine) as db:
            counted = db.execute(select(*(func.sum(figures.c[name]).label(name) for name in MEASURES))).one()
            lowest = db.execute(select(*(func.min(figures.c[name]) for name in MEASURES))).one()
        times = {name: getattr(counted, name) or 0 for name in MEASURES}
        over = [each for each in self.handovers.history(self.conversation, limit=1000) if each.ended_at]
        assert sum(times[name] for name in ENDINGS) == len(over)
        assert sum(times[name] for name in BECAUSE) <= times[BEGUN]
        assert all((least or 0) >= 0 for least in lowest)

    def teardown(self):
        """Given back to the bot, all that is still open is answered."""
        self.handovers.take_over(self.conversation, "baas", ASKED)
        self.handovers.give_back(self.conversation, "baas", "/gesprek_teruggegeven", topic="iets")
        self.clock.passes(1000)
        while message := self.ledger.claim_turn("z", LEASE):
            assert self.ledger.answer(message, [Reply(f"bot op {message.id}")], message.epoch)
            self.carried_out += is_order(message)
        assert self.carried_out == self.ordered
        states = {m.state for m in self.ledger.messages(self.conversation, limit=1000) if m.author is Author.CITIZEN}
        assert states <= {State.ANSWERED, State.HELD}


def test_there_are_never_two_who_speak_and_no_word_is_lost(engine):
    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much]

    class OnThisDatabase(Machine):
        def __init__(self):
            super().__init__(engine)

    run_state_machine_as_test(
        OnThisDatabase,
        settings=settings(max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=quiet),
    )
