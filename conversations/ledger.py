"""The ledger: every message in and out, in order, and who still has to do something about it.

A message that came in is `received` until the bot answered it or a person took it;
a message that goes out is `queued` until the channel took it. Workers claim a row
under a lease and finish it; a worker that dies leaves the row, and the next one gets
it when the lease ran out. The late worker's result no longer counts then.

No transaction here waits for anybody outside the database.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Update, select
from sqlalchemy.exc import IntegrityError

from clock import Clock
from conversations import addresses, asides, attachments, claims, figures, retention, rows, statements
from conversations.bell import Bell
from conversations.citizen_spoke import ends
from conversations.database import RACES, racing, reading, writing
from conversations.elsewhere import answers_elsewhere
from conversations.entries import append, change, finish, locked, renew, seen
from conversations.model import (
    JSON,
    Attachment,
    Author,
    Choice,
    Conversation,
    Holder,
    Incoming,
    Kind,
    Message,
    Moved,
    Overheard,
    Receipt,
    Received,
    Remark,
    Reply,
    State,
    UnknownConversation,
    Watermark,
)
from conversations.ownership import PEOPLE, transition
from conversations.receiving import Arrived, Became, concerned, opened, receive, take_in
from conversations.tables import messages
from conversations.typed import harmless
from vault import Vault

PULL = frozenset({"web", "telefoon"})  # nobody fetches what is said on the telephone, and nothing is sent there


class Ledger:
    """`pull` names the channels that fetch their messages, so that nothing has to be delivered."""

    def __init__(self, engine: Engine, clock: Clock, bell: Bell, vault: Vault, *, pull: Collection[str] = PULL) -> None:
        self.engine = engine
        self.clock = clock
        self.bell = bell
        self.vault = vault
        self.pull = frozenset(pull)

    # --- conversations -------------------------------------------------------

    def open(self, channel: str, address: str, **known: str | None) -> Conversation:
        """The conversation with this address, made if there is none yet. `known`: as in `opened`."""
        return racing(self.engine, lambda db: opened(db, channel, address, self.clock.utc(), **known))

    def conversation(self, conversation: str) -> Conversation:
        """Raises UnknownConversation."""
        with reading(self.engine) as db:
            row = db.execute(statements.CONVERSATION, {"of": conversation}).one_or_none()
        if row is None:
            raise UnknownConversation(conversation)
        return rows.conversation(row)

    def conversation_for_token(self, token_hash: str) -> Conversation | None:
        with reading(self.engine) as db:
            row = db.execute(statements.CONVERSATION_WITH_TOKEN, {"hashed": token_hash}).one_or_none()
        return rows.conversation(row) if row else None

    def end(self, conversation: str, *, epoch: int | None = None, reason: str = "ended") -> bool:
        """Close it; what is queued is still sent. False when it was closed, or has moved on since `epoch`."""
        return self._move(conversation, Holder.CLOSED, set(Holder) - {Holder.CLOSED}, epoch, reason)

    def reopen(self, conversation: str, *, reason: str = "spoke again") -> Conversation:
        """Give a closed conversation back to the bot; any other stays as it is."""
        self._move(conversation, Holder.BOT, {Holder.CLOSED}, None, reason)
        return self.conversation(conversation)

    def rate(self, conversation: str, score: int, text: str = "") -> None:
        """Keep what the citizen thought of it; a later rating replaces an earlier one."""
        with writing(self.engine) as db:
            change(db, conversation, score=score, remark=harmless(text) or None)
            figures.rated(db, conversation, score)

    # --- from the citizen, and from the house, to the bot --------------------

    def receive(self, incoming: Incoming) -> Received:
        """Store one message of a citizen. The same external id again gives the row of the first time.

        Raises Refused for a choice, an attachment or an id that is not this conversation's.
        """
        received = racing(
            self.engine, lambda db: receive(db, incoming, self.clock.utc(), pushed=self._pushed(incoming))
        )
        self._tell([received])
        return received

    def take_in(self, arrived: Sequence[Arrived]) -> list[Became]:
        """Store what came, in this order, and what became of each. Raises Refused, as `receive`.

        Where it raises, all can be given again: what was stored already is not stored twice.
        """
        if self.engine.dialect.name == "sqlite":
            return self._take_in(arrived)  # its only writer is begun and ended once for all
        # here writers wait for each other's rows, and many rows in any order would be a deadlock
        return [became for one in arrived for became in self._take_in([one])]

    def leave(self, conversation: str, payload: str, *, external_id: str, due: datetime | None = None) -> Received:
        """Leave an event for the bot, once per external id. Before `due` it holds nothing up."""
        received = racing(self.engine, lambda db: self._leave(db, conversation, payload, external_id, due))
        if received.is_new:
            self._ring(conversation, "turns")
        return received

    def choice(self, conversation: str, message: str, n: int) -> Choice | None:
        """The nth choice (from 0) that this message offered in this conversation."""
        query = select(messages.c.choices).where(messages.c.id == message, messages.c.conversation == conversation)
        with reading(self.engine) as db:
            offered = rows.choices(db.execute(query).scalar())
        return offered[n] if 0 <= n < len(offered) else None

    # --- the turn ------------------------------------------------------------

    def claim_turn(self, worker: str, lease_s: float) -> Message | None:
        """The oldest message that the bot must answer, of a conversation that nobody works on."""
        return self._claim(claims.TURN, worker, lease_s)

    def renew(self, message: Message, lease_s: float) -> bool:
        """Keep a claimed message for so much longer. False when the lease was lost."""
        until = self.clock.utc() + timedelta(seconds=lease_s)
        with writing(self.engine) as db:
            return renew(db, message, until)

    def answer(
        self,
        message: Message,
        replies: Sequence[Reply],
        epoch: int,
        trace: Mapping[str, JSON] | None = None,
        then: Callable[[Connection], object] = lambda db: None,
        *,
        author: Author = Author.BOT,
    ) -> bool:
        """Store the replies and mark the message answered, in one transaction; what follows from it is done in `then`.

        False, and nothing stored, when the lease was lost or the holder changed since
        `epoch`: then a person has the message now, or it waits for a new turn.
        """
        with writing(self.engine) as db:
            conversation = locked(db, message.conversation)
            current = conversation.epoch == epoch
            aside = State.HELD if conversation.holder in PEOPLE and message.kind is not Kind.EVENT else State.RECEIVED
            finished = finish(db, message, State.ANSWERED if current else aside, trace=trace)
            if current and finished:
                said = [rows.outgoing(reply, author, self._ready(conversation.channel)) for reply in replies]
                parts = [{**row, "answers": message.id, "part": part} for part, row in enumerate(said)]
                append(db, message.conversation, parts, self.clock.utc(), asked_patience=False)
                then(db)
        self._ring(message.conversation, *self._fetches(conversation.channel))
        return bool(current and finished)

    def hold(self, message: Message) -> bool:
        """Leave a claimed message to a person. False, as with all that end a claim, when the lease was lost."""
        held = self._end_claim(message, State.HELD)
        self._ring(message.conversation, "desk")
        return held

    def retry(self, message: Message, at: datetime, error: str) -> bool:
        """Put a claimed message back until `at`; what the citizen said after it waits too."""
        return self._end_claim(message, State.RECEIVED, retry_at=at, error=error)

    def fail(self, message: Message, error: str) -> bool:
        """Give a claimed message up. The next one of the conversation goes on."""
        return self._end_claim(message, State.FAILED, error=error)

    # --- to the citizen ------------------------------------------------------

    def say(self, conversation: str, reply: Reply, author: Author = Author.SYSTEM) -> Message:
        """Say something that answers no message. What the house itself says no change of holder cancels."""
        with writing(self.engine) as db:
            said = self.say_in(db, conversation, reply, author)
        self._ring(conversation, "delivery")
        return said

    def say_in(self, db: Connection, conversation: str, reply: Reply, author: Author = Author.SYSTEM) -> Message:
        """Say it inside the caller's transaction, who lets it be heard (`woken`) when that is over."""
        state = self._ready(locked(db, conversation).channel)
        [said] = append(db, conversation, [rows.outgoing(reply, author, state)], self.clock.utc())
        return said

    def leave_in(self, db: Connection, conversation: str, payload: str, *, external_id: str) -> Received:
        """Leave an event for the bot inside the caller's transaction; the rest as for `say_in`."""
        return self._leave(db, conversation, payload, external_id, None)

    def woken(self, conversation: str) -> None:
        """Somebody said or left something here, in a transaction of his own."""
        self._ring(conversation, "turns", "delivery")

    def ask_patience(self, conversation: str, reply: Reply) -> bool:
        """Say that the answer is late: once, and not again before the bot has answered something."""
        with writing(self.engine) as db:
            asked: bool = locked(db, conversation).asked_patience
            if not asked:
                self.say_in(db, conversation, reply)
                change(db, conversation, asked_patience=True)
        if not asked:
            self._ring(conversation, "delivery")
        return not asked

    def claim_delivery(self, worker: str, lease_s: float, channels: Collection[str]) -> Message | None:
        """The oldest message to send, of a conversation in which nothing is being sent."""
        while True:
            message = self._claim(claims.DELIVERY, worker, lease_s, through=list(channels))
            if message is None or message.author is not Author.BOT:
                return message
            if message.epoch == self.conversation(message.conversation).epoch:
                return message
            self._end_claim(message, State.CANCELLED)  # somebody else speaks now

    def sent(self, message: Message, external_id: str | None = None) -> None:
        """The channel took it, and knows it by this id from now on."""
        with writing(self.engine) as db:
            db.execute(statements.SENT, {"taken": message.id, "external_id": external_id})
        self._ring(message.conversation)

    def retry_delivery(self, message: Message, at: datetime, error: str, *, counts: bool = True) -> bool:
        """Send it again at `at`; what comes after it waits too, so that the order stays.

        An attempt that the message is not to blame for does not count.
        """
        attempts = message.attempts if counts else message.attempts - 1
        return self._end_claim(message, State.QUEUED, retry_at=at, error=error, attempts=attempts)

    def park(self, message: Message, error: str) -> bool:
        """Send it once the citizen has written again: only then the channel allows it."""
        return self._end_claim(message, State.PARKED, error=error)

    def fail_delivery(self, message: Message, error: str) -> bool:
        """Give it up. The next message of the conversation goes on."""
        return self._end_claim(message, State.FAILED, error=error)

    def mark(self, told: Receipt | Watermark | Remark) -> bool:
        """Note what became of a message, or was done to it. False when that is no news."""
        return self._take_in([told]) != [None]

    def move(self, moved: Moved) -> str | None:
        """The citizen has another address; gives the conversation, if there was one."""
        with writing(self.engine) as db:
            return addresses.move(db, moved.channel, moved.before, moved.after)

    def overhear(self, said: Overheard, silence: timedelta) -> str | None:
        """Keep what somebody else said to a citizen in our name; the bot is silent until he has been for so long.

        Gives the conversation when the bot lost it just now.
        """
        conversation, lost = racing(self.engine, lambda db: self._overhear(db, said, silence))
        self._ring(conversation, "desk")
        return conversation if lost else None

    def mark_read(self, conversation: str, up_to: int) -> None:
        """The citizen saw what was sent, up to and including this seq."""
        with writing(self.engine) as db:
            db.execute(statements.READ, {"of": conversation, "up_to": up_to})
        self._ring(conversation)

    # --- what was said -------------------------------------------------------

    def messages(self, conversation: str, after: int = 0, limit: int = 100) -> list[Message]:
        """What comes after this seq, in order; events for the bot are among it."""
        page = {"of": conversation, "last_seen": after, "most": limit}
        with reading(self.engine) as db:
            found = db.execute(statements.AFTER, page).all()
        return [rows.message(row) for row in found]

    def keep_attachment(self, conversation: str, name: str, media_type: str, content: bytes) -> str:
        """Store a file that somebody sends; a message with this id will bring it. Raises Refused after many."""
        file = Attachment(conversation, name, media_type, content)
        return attachments.keep(self.engine, self.vault, file, self.clock.utc())

    def attachment(self, attachment: str) -> Attachment | None:
        return attachments.find(self.engine, self.vault, attachment)

    def purge(self, before: datetime, limit: int = 100) -> int:
        """Forget what was said in conversations silent since `before`, at most `limit` of them; how many it were."""
        with writing(self.engine) as db:
            return retention.forget(db, self.vault, before, limit, self.clock.utc())

    # --- inside --------------------------------------------------------------

    def _move(self, conversation: str, to: Holder, allowed: Collection[Holder], epoch: int | None, why: str) -> bool:
        with writing(self.engine) as db:
            seen_epoch = locked(db, conversation).epoch if epoch is None else epoch
            now = self.clock.utc()
            moved = transition(db, conversation, to, allowed=allowed, epoch=seen_epoch, now=now, reason=why)
            if moved and to is Holder.CLOSED:
                ends(db, conversation, now)
        self._ring(conversation, "turns", "desk")
        return moved is not None

    def _take_in(self, arrived: Sequence[Arrived]) -> list[Became]:
        def store(db: Connection) -> list[Became]:
            return [take_in(db, one, self.clock.utc(), pushed=self._pushed(one)) for one in arrived]

        became = racing(self.engine, store)
        self._tell(became)
        return became

    def _tell(self, became: Collection[Became]) -> None:
        for topic in {topic for one in became for topic in concerned(one)}:
            self.bell.ring(topic)

    def _overhear(self, db: Connection, said: Overheard, silence: timedelta) -> tuple[str, bool]:
        now = self.clock.utc()
        conversation = opened(db, said.channel, said.address, now).id
        is_new = asides.overhear(db, conversation, said, now)
        return conversation, is_new and answers_elsewhere(db, conversation, now, silence)

    def _leave(self, db: Connection, conversation: str, payload: str, key: str, due: datetime | None) -> Received:
        known = seen(db, locked(db, conversation).channel, key)
        if known is None:
            [known] = append(db, conversation, [rows.event(payload, key, due)], self.clock.utc())
            return Received(known, is_new=True)
        return Received(known, is_new=False)

    def _pushed(self, arrived: Arrived) -> bool:
        """Whether what is said to whom it came from must be sent."""
        return arrived.channel not in self.pull

    def _ready(self, channel: str) -> State:
        return State.SENT if channel in self.pull else State.QUEUED

    def _fetches(self, channel: str) -> tuple[str, ...]:
        """Who must wake to send it; nobody where the citizen's side fetches for itself."""
        return () if channel in self.pull else ("delivery",)

    def _claim(self, statement: Update, worker: str, lease_s: float, **where: object) -> Message | None:
        now = self.clock.utc()
        lease = {"by": worker, "now": now, "until": now + timedelta(seconds=lease_s)}
        for _ in range(RACES):
            try:
                with writing(self.engine) as db:
                    row = db.execute(statement, {**lease, **where}).one_or_none()
            except IntegrityError:  # another worker began in the same conversation at the same moment
                continue
            return rows.message(row) if row else None
        return None

    def _end_claim(self, message: Message, state: State, **values: object) -> bool:
        with writing(self.engine) as db:
            finished = finish(db, message, state, **values)
        self._ring(message.conversation)
        return finished

    def _ring(self, conversation: str, *topics: str) -> None:
        for topic in (*topics, f"conversation:{conversation}"):
            self.bell.ring(topic)
