"""A person takes over, and gives back: what citizens, agents and time may do with a conversation.

    bot ── request ──► queue ── claim ──► agent ◄── the citizen answers ── waiting
     ▲                   │                 │  └──────── say ──────────────► │
     └── leave_queue ────┘   give_back ────┴──────── close ─────► closed ◄──┘
                         ▲                 ▲────────── again ───────┤
                         └──────────────────────────────────────────┘

Each step is one transaction around one conditional UPDATE (`ownership.transition`): of
two that race one wins, and the other is told so by None or False. Nothing here says a
word to the citizen; whoever calls does, when the step happened.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Row, bindparam, insert, select, text, update

from clock import Clock
from conversations import figures, notes, rows
from conversations.bell import Bell
from conversations.citizen_spoke import RETURNED
from conversations.database import reading, writing
from conversations.entries import append, locked
from conversations.handover_model import Handover, Request
from conversations.handover_tables import agents, handovers
from conversations.model import Author, Holder, Message, Reply, State
from conversations.ownership import transition
from conversations.tables import messages
from vault import Vault

ANSWER_WITHIN = timedelta(seconds=30)  # an offer
SILENCE = timedelta(minutes=10)  # after an agent's answer, until he is asked whether he is still there
LONG_SILENCE = timedelta(hours=23)  # on a channel where one answers when it suits, and may be written to for 24 hours
HALF_A_DAY = timedelta(hours=12)  # is what he has at least to answer there
AGAIN = "again"  # why: the citizen writes shortly after an agent closed it
T = TypeVar("T")

SAID = select(messages).where(
    messages.c.conversation == bindparam("of"),
    messages.c.agent == bindparam("agent"),
    messages.c.client_id == bindparam("client_id"),
)


class Handovers:
    def __init__(self, engine: Engine, clock: Clock, bell: Bell, vault: Vault, *, pull: Collection[str]) -> None:
        self.engine = engine
        self.clock = clock
        self.bell = bell
        self.vault = vault
        self.pull = frozenset(pull)

    # --- asking for a person -------------------------------------------------

    def request(self, conversation: str, asked: Request, *, epoch: int | None = None) -> Handover | None:
        """Put the conversation in the team's queue. None when the bot does not hold it, or not since `epoch`."""
        with writing(self.engine) as db:
            made = self.queue(db, conversation, asked, epoch)
        return self._rung(conversation, made)

    def queue(self, db: Connection, conversation: str, asked: Request, epoch: int | None) -> Handover | None:
        """The same inside the caller's transaction; what the bot said just before still goes out."""
        now = self.clock.utc()
        if not self._moves(db, conversation, Holder.QUEUE, {Holder.BOT}, asked.reason, epoch=epoch, interrupts=False):
            return None
        return self._opened(db, conversation, asked, queued_at=now, deadline=now + asked.wait if asked.wait else None)

    def leave_queue(self, conversation: str, reason: str = "citizen") -> bool:
        """The citizen waits no longer: the bot has him again."""
        with writing(self.engine) as db:
            left = self._moves(db, conversation, Holder.BOT, {Holder.QUEUE}, reason)
            if left:
                over = self._change(
                    db, conversation, ended_at=self.clock.utc(), queued_at=None, outcome=f"left:{reason}"
                )
                figures.ended(db, over, "left", self.clock.utc())
        return bool(self._rung(conversation, left))

    # --- agents --------------------------------------------------------------

    def claim(self, conversation: str, agent: str, *, epoch: int | None = None) -> Handover | None:
        """The agent takes it out of the queue. None when somebody else was first, or it is offered to another."""
        with writing(self.engine) as db:
            claimed = self._claim(db, conversation, agent, epoch)
        return self._rung(conversation, claimed)

    def take_over(
        self, conversation: str, agent: str, asked: Request, *, allowed: Collection[Holder] = frozenset(Holder)
    ) -> Handover | None:
        """The agent interrupts the bot, or a supervisor another agent. None when none of the `allowed` has it."""
        with writing(self.engine) as db:
            taken = self._take_over(db, conversation, agent, asked, allowed)
        return self._rung(conversation, taken)

    def say(
        self, conversation: str, agent: str, reply: Reply, *, client_id: str, waits: bool = False
    ) -> Message | None:
        """The agent's words, once per `client_id`. None when he does not have the conversation (any more).

        `waits`: it is the citizen's turn now, and the conversation leaves the agent's view.
        """
        with writing(self.engine) as db:
            said = self._say(db, conversation, reply, {"agent": agent, "client_id": client_id}, waits)
        if said:
            self.bell.ring("delivery")
        return self._rung(conversation, said)

    def give_back(self, conversation: str, agent: str, event: str, *, topic: str) -> bool:
        """The bot goes on; `event` is what it is told (`/gesprek_teruggegeven…`)."""
        with writing(self.engine) as db:
            back = self._ends(db, conversation, agent, Holder.BOT, topic)
            if back:
                append(db, conversation, [rows.event(event, f"handover:{back.id}", None)], self.clock.utc())
        return bool(self._rung(conversation, back))

    def close(self, conversation: str, agent: str, *, topic: str) -> bool:
        with writing(self.engine) as db:
            closed = self._ends(db, conversation, agent, Holder.CLOSED, topic)
        return bool(self._rung(conversation, closed))

    def again(self, closed: Handover, wait: timedelta, *, agent: str | None) -> Handover | None:
        """The citizen writes again: to `agent`, or to the queue of the team. None when it is closed no longer."""
        now, to = self.clock.utc(), Holder.AGENT if agent else Holder.QUEUE
        asked = Request(closed.team, closed.topic, AGAIN, closed.card, RETURNED, closed.sticky)
        waits = {} if agent else {"queued_at": now, "deadline": now + wait}
        with writing(self.engine) as db:
            if not self._moves(db, closed.conversation, to, {Holder.CLOSED}, AGAIN, agent=agent):
                return None
            made = self._opened(db, closed.conversation, asked, agent=agent or closed.agent, **waits)
        return self._rung(closed.conversation, made)

    def transfer(
        self,
        conversation: str,
        agent: str,
        team: str,
        *,
        to: str | None = None,
        note: str = "",
        misrouted: bool = False,
    ) -> Handover | None:
        """Into the queue of a team, his own or another; the one who waits longest goes first there.

        `to`: a colleague to whom it is offered before anybody else. `note`: for whoever takes it.
        `misrouted`: it should never have come to the team that had it.
        """
        offered = {"offered_to": to, "offered_until": self.clock.utc() + ANSWER_WITHIN if to else None}
        with writing(self.engine) as db:
            before = self._current(db, conversation)
            moved = self._requeue(
                db, conversation, f"transferred to {team}", agent, team=team, declined_by=agent, **offered
            )
            if before and moved:
                figures.transferred(db, self._handover(before), self.clock.utc(), misrouted=misrouted)
            if moved and note:
                notes.add(db, self.vault, notes.Note(conversation, agent, note, self.clock.utc()))
        return self._rung(conversation, moved)

    def said(self, conversation: str, agent: str, client_id: str) -> bool:
        """Whether `say` did this already."""
        with reading(self.engine) as db:
            asked = {"of": conversation, "agent": agent, "client_id": client_id}
            return db.execute(SAID, asked).one_or_none() is not None

    def requeue(self, conversation: str, agent: str, reason: str) -> Handover | None:
        """The agent went away: somebody else's turn, before those who never spoke with anybody."""
        with writing(self.engine) as db:
            moved = self._requeue(db, conversation, reason, agent)
        return self._rung(conversation, moved)

    # --- time ----------------------------------------------------------------

    def overdue(self, limit: int = 100) -> list[Handover]:
        """Those for which something must happen because nothing happened."""
        late = select(handovers).where(text("ended_at IS NULL"), handovers.c.deadline <= self.clock.utc())
        with reading(self.engine) as db:
            found = db.execute(late.order_by(handovers.c.deadline).limit(limit)).all()
        return [self._handover(row) for row in found]

    def put_off(self, overdue: Handover, until: datetime | None, *, warned: bool = False) -> bool:
        """Its next deadline. False when somebody else saw to it."""
        same = (handovers.c.id == overdue.id, handovers.c.deadline == overdue.deadline, text("ended_at IS NULL"))
        with writing(self.engine) as db:
            changed = db.execute(update(handovers).where(*same).values(deadline=until, warned=warned))
        return changed.rowcount == 1

    def close_silent(self, overdue: Handover) -> bool:
        """The citizen said nothing any more after the agent's answer."""
        with writing(self.engine) as db:
            closed = self._moves(db, overdue.conversation, Holder.CLOSED, {Holder.WAITING}, "silent")
            if closed:
                now = self.clock.utc()
                over = self._change(db, overdue.conversation, ended_at=now, deadline=None, outcome="silent")
                figures.ended(db, over, "silent", now)
        return bool(self._rung(overdue.conversation, closed))

    # --- reading -------------------------------------------------------------

    def open_one(self, conversation: str) -> Handover | None:
        query = select(handovers).where(handovers.c.conversation == conversation, handovers.c.ended_at.is_(None))
        with reading(self.engine) as db:
            row = db.execute(query).one_or_none()
        return self._handover(row) if row else None

    def of_agent(self, agent: str, limit: int = 100) -> list[Handover]:
        """What he has now, longest first; what waits in the queue for somebody is not his."""
        his = select(handovers).where(text("ended_at IS NULL"), handovers.c.agent == agent)
        with reading(self.engine) as db:
            query = his.where(handovers.c.queued_at.is_(None)).order_by(handovers.c.asked_at).limit(limit)
            return [self._handover(row) for row in db.execute(query).all()]

    def history(self, conversation: str, limit: int = 50) -> list[Handover]:
        """Newest first."""
        query = select(handovers).where(handovers.c.conversation == conversation)
        with reading(self.engine) as db:
            found = db.execute(query.order_by(handovers.c.asked_at.desc()).limit(limit)).all()
        return [self._handover(row) for row in found]

    def over(self, conversations: Collection[str], limit: int = 200) -> list[Handover]:
        """Those of these conversations that are over, newest first."""
        query = select(handovers).where(
            handovers.c.conversation.in_(sorted(conversations)), handovers.c.ended_at.is_not(None)
        )
        with reading(self.engine) as db:
            found = db.execute(query.order_by(handovers.c.asked_at.desc()).limit(limit)).all()
        return [self._handover(row) for row in found]

    # --- inside --------------------------------------------------------------

    def _moves(
        self,
        db: Connection,
        conversation: str,
        to: Holder,
        allowed: Collection[Holder],
        reason: str,
        *,
        epoch: int | None = None,
        agent: str | None = None,
        interrupts: bool = True,
    ) -> bool:
        seen_epoch = locked(db, conversation).epoch if epoch is None else epoch
        change = {"reason": reason, "agent": agent, "interrupts": interrupts}
        now = self.clock.utc()
        return transition(db, conversation, to, allowed=allowed, epoch=seen_epoch, now=now, **change) is not None  # type: ignore[arg-type]

    def _opened(self, db: Connection, conversation: str, asked: Request, **values: object) -> Handover:
        fixed = {
            "id": rows.new_id("h"),
            "conversation": conversation,
            "channel": locked(db, conversation).channel,
            "card": self.vault.seal(json.dumps(dict(asked.card))),
            "asked_at": self.clock.utc(),
        }
        named = {name: getattr(asked, name) for name in ("team", "topic", "reason", "priority", "sticky")}
        made = self._handover(
            db.execute(insert(handovers).values(**fixed, **named, **values).returning(handovers)).one()
        )
        figures.asks_person(db, made, asked.reason, self.clock.utc())
        return made

    def _claim(self, db: Connection, conversation: str, agent: str, epoch: int | None) -> Handover | None:
        now = self.clock.utc()
        waiting = self._current(db, conversation)
        if waiting is None or (waiting.offered_to not in (None, agent) and waiting.offered_until > now):
            return None
        if not self._moves(db, conversation, Holder.AGENT, {Holder.QUEUE}, "claimed", epoch=epoch, agent=agent):
            return None
        db.execute(update(agents).where(agents.c.id == agent).values(misses=0))
        taken = {"agent": agent, "queued_at": None, "deadline": None}
        claimed = self._change(db, conversation, **taken, offered_to=None, offered_until=None, declined_by=None)
        if waiting.agent is None:  # nobody had it before
            figures.claimed(db, claimed, waiting.queued_at, now)
        return claimed

    def _take_over(
        self, db: Connection, conversation: str, agent: str, asked: Request, allowed: Collection[Holder]
    ) -> Handover | None:
        if not self._moves(db, conversation, Holder.AGENT, allowed, "taken over", agent=agent):
            return None
        if self._current(db, conversation) is None:
            return self._opened(db, conversation, asked, agent=agent)
        return self._change(db, conversation, agent=agent, queued_at=None, offered_to=None, deadline=None)

    def _say(
        self, db: Connection, conversation: str, reply: Reply, own: Mapping[str, str], waits: bool
    ) -> Message | None:
        owner = locked(db, conversation)
        if known := db.execute(SAID, {"of": conversation, **own}).one_or_none():
            return rows.message(known)
        current = self._current(db, conversation)
        if owner.holder not in (Holder.AGENT, Holder.WAITING) or current is None or current.agent != own["agent"]:
            return None
        state = State.SENT if owner.channel in self.pull else State.QUEUED
        row = {**rows.outgoing(reply, Author.AGENT, state), **own}
        [said] = append(db, conversation, [row], self.clock.utc())
        self._change(db, conversation, answered_at=current.answered_at or self.clock.utc())
        if waits and owner.holder is Holder.AGENT:
            self._moves(db, conversation, Holder.WAITING, {Holder.AGENT}, "answered", agent=own["agent"])
        if waits:
            self._change(db, conversation, deadline=self._patience(owner), warned=False)
        return said

    def _patience(self, owner: Row[Any]) -> datetime:
        """Until when his answer is waited for; on Meta's channels while he may still be told that it ends."""
        now = self.clock.utc()
        if owner.channel in self.pull:
            return now + SILENCE
        last_chance = (owner.heard_at or now) + LONG_SILENCE
        return last_chance if last_chance - now >= HALF_A_DAY else now + LONG_SILENCE

    def _ends(self, db: Connection, conversation: str, agent: str, to: Holder, topic: str) -> Handover | None:
        outcome = "closed" if to is Holder.CLOSED else "given back"
        current = self._current(db, conversation)
        if current is None or current.agent != agent:
            return None
        if not self._moves(db, conversation, to, {Holder.AGENT, Holder.WAITING}, outcome, agent=agent):
            return None
        now = self.clock.utc()
        over = self._change(db, conversation, ended_at=now, deadline=None, outcome=outcome, closing_topic=topic)
        figures.ended(db, over, outcome.replace(" ", "_"), now)
        return over

    def _requeue(self, db: Connection, conversation: str, reason: str, agent: str, **values: object) -> Handover | None:
        current = self._current(db, conversation)
        if current is None or current.agent != agent:
            return None
        if not self._moves(db, conversation, Holder.QUEUE, {Holder.AGENT, Holder.WAITING}, reason, agent=agent):
            return None
        sooner = min(current.priority, RETURNED)
        return self._change(db, conversation, **{"queued_at": self.clock.utc(), "priority": sooner, **values})

    def _current(self, db: Connection, conversation: str) -> Row[Any] | None:
        open_one = select(handovers).where(handovers.c.conversation == conversation, text("ended_at IS NULL"))
        return db.execute(open_one).one_or_none()

    def _change(self, db: Connection, conversation: str, **values: object) -> Handover:
        open_one = update(handovers).where(handovers.c.conversation == conversation, text("ended_at IS NULL"))
        return self._handover(db.execute(open_one.values(**values).returning(handovers)).one())

    def _handover(self, row: Row[Any]) -> Handover:
        known = {name: getattr(row, name) for name in Handover.__dataclass_fields__ if name != "card"}
        return Handover(**known, card=json.loads(self.vault.open(row.card)))

    def _rung(self, conversation: str, happened: T) -> T:
        """Wakes whoever looks at the conversation, when something happened to it."""
        if happened:
            self.bell.changes_hands(conversation)
        return happened
