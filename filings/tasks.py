"""The tasks of people: written down once, taken by one, and kept until somebody says how it ended.

Every change is one conditional UPDATE and a step beside it, in one transaction: of two
agents who take the same task one gets it, and whoever dies with a task in his hands
leaves a row that his colleagues see. Nothing here says a word to the citizen; who does
says it in `then`, so that it is said if and only if it is so.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, case, func, insert, select, text, update

from clock import BRUSSELS, Clock
from conversations import figure_tables as measures
from conversations import figures
from conversations.bell import Bell
from conversations.database import racing, reading, writing
from conversations.rows import new_id
from filings.reference import new_reference, read_reference
from filings.task_model import CALL_BACK, Contact, Happened, Outcome, Source, Step, Task, TaskState, Wish
from filings.task_tables import UNDONE, task_steps, tasks
from filings.windows import Window
from vault import Vault

CITIZEN, BOT, DMS = "burger", "bot", "dms"
"""Who did something to a task, when it was no agent."""
MOST = 500
HANDFUL = 5
COUNTED = {
    Outcome.REACHED: measures.DONE_REACHED,
    Outcome.HANDLED: measures.DONE_HANDLED,
    Outcome.GIVEN_UP: measures.DONE_GIVEN_UP,
}
MADE_BY = dict(zip((Source.BOT, Source.AGENT, Source.DMS), measures.TASKS, strict=True))
_UNDONE = text(UNDONE)
_PLAIN = [name for name in Task.__dataclass_fields__ if name in tasks.c]

Clause = ColumnElement[bool]
Then = Callable[[Connection, Task], object]
"""What follows from a change, in the same transaction."""


def nothing(_: Connection, __: Task) -> None:
    """For who changes it and is done."""


class Tasks:
    def __init__(self, engine: Engine, clock: Clock, bell: Bell, vault: Vault) -> None:
        self.engine, self.clock, self.bell, self.vault = engine, clock, bell, vault

    # --- writing down --------------------------------------------------------

    def make(self, wish: Wish, key: str, actor: str, then: Then = nothing) -> Task:
        """Once per key. A citizen who asks the bot again while his task is not done changes it.

        `then`: what follows when it is new.
        """

        def work(db: Connection) -> Task:
            made = self._make(db, wish, key, actor)
            if made.is_new:
                then(db, made)
            return made

        made = racing(self.engine, work)
        self.bell.ring("desk")
        return made

    # --- people --------------------------------------------------------------

    def claim(self, task: str, agent: str) -> Task | None:
        """None when it is no longer open: a colleague was first."""
        return self._change(task, Step.CLAIMED, agent, [_is(TaskState.OPEN)], state=TaskState.CLAIMED, agent=agent)

    def release(self, task: str, agent: str) -> Task | None:
        """Back for the whole team. None when it is not his."""
        return self._change(task, Step.RELEASED, agent, _has(agent), state=TaskState.OPEN, agent=None)

    def assign(self, task: str, agent: str, by: str) -> Task | None:
        """Whoever has it now. None when it is done."""
        return self._change(task, Step.ASSIGNED, by, [_UNDONE], detail=agent, state=TaskState.CLAIMED, agent=agent)

    def not_reached(self, task: str, agent: str, again: Window, note: str = "", then: Then = nothing) -> Task | None:
        """Nobody answered: it is open again, for another moment. None when it is not his."""
        later: dict[str, Any] = {
            "state": TaskState.OPEN,
            "agent": None,
            "attempts": tasks.c.attempts + 1,
            **_when(again),
        }
        return self._change(task, Step.NOT_REACHED, agent, _has(agent), then, note=note, **later)

    def finish(self, task: str, agent: str, outcome: Outcome, note: str = "", then: Then = nothing) -> Task | None:
        """None when it is not his (any more)."""
        tried = {"attempts": tasks.c.attempts + 1} if outcome is Outcome.GIVEN_UP else {}
        return self._end(task, agent, _has(agent), outcome, then, note=note, **tried)

    def withdraw(self, task: str) -> Task | None:
        """The citizen no longer wants it. None when somebody is at it, or it is done."""
        return self._end(task, CITIZEN, [_is(TaskState.OPEN)], Outcome.WITHDRAWN)

    def forward(
        self, task: str, by: str, team: str, window: Window, note: str, *, misrouted: bool, then: Then = nothing
    ) -> Task | None:
        """To another team, which must do it within `window`. `misrouted`: it should never have come here."""
        before = self.find(task)
        if before is None or before.team == team:
            return None
        free: dict[str, Any] = {"team": team, "state": TaskState.OPEN, "agent": None, **_when(window)}
        allowed = [_UNDONE, tasks.c.team == before.team]
        if not misrouted:
            return self._change(task, Step.FORWARDED, by, allowed, then, detail=team, note=note, **free)
        free["misroutings"] = tasks.c.misroutings + 1

        def count(db: Connection, changed: Task) -> None:
            self._count(db, before, measures.MISROUTED)
            then(db, changed)

        return self._change(task, Step.MISROUTED, by, allowed, count, detail=team, note=note, **free)

    # --- looking -------------------------------------------------------------

    def undone(self, teams: Collection[str], *, misrouted: int = 0) -> list[Task]:
        """What these teams still have to do, the most urgent first; only what came to the wrong team so often."""
        his = (_UNDONE, tasks.c.team.in_(sorted(teams)), tasks.c.misroutings >= misrouted)
        query = select(tasks).where(*his).order_by(tasks.c.due, tasks.c.id)
        with reading(self.engine) as db:
            return [self._read(row) for row in db.execute(query.limit(MOST))]

    def undone_of(self, conversations: Collection[str]) -> list[Task]:
        """What still has to be done for who had these conversations, at most a handful."""
        query = select(tasks).where(_UNDONE, tasks.c.conversation.in_(sorted(conversations))).order_by(tasks.c.due)
        with reading(self.engine) as db:
            return [self._read(row) for row in db.execute(query.limit(HANDFUL))]

    def open_ones(self, teams: Collection[str]) -> int:
        """How many wait for somebody to take them."""
        count = select(func.count()).select_from(tasks)
        with reading(self.engine) as db:
            return db.execute(count.where(_is(TaskState.OPEN), tasks.c.team.in_(sorted(teams)))).scalar_one()

    def find(self, task: str) -> Task | None:
        return self._one(tasks.c.id == task)

    def by_key(self, key: str) -> Task | None:
        return self._one(tasks.c.key == key)

    def by_reference(self, reference: str) -> Task | None:
        """However it was typed."""
        return self._one(tasks.c.reference == (read_reference(reference) or ""))

    def asked(self, conversation: str) -> Task | None:
        """The call that is planned in this conversation, by himself or by an agent, and that is not done."""
        with reading(self.engine) as db:
            row = db.execute(_planned(conversation)).one_or_none()
        return self._read(row) if row else None

    def of(self, conversation: str) -> list[Task]:
        """Newest first."""
        query = select(tasks).where(tasks.c.conversation == conversation).order_by(tasks.c.created_at.desc())
        with reading(self.engine) as db:
            return [self._read(row) for row in db.execute(query.limit(MOST))]

    def history(self, task: str) -> list[Happened]:
        """Oldest first."""
        query = select(task_steps).where(task_steps.c.task == task).order_by(task_steps.c.id)
        with reading(self.engine) as db:
            found = db.execute(query.limit(MOST)).all()
        opened = (self.vault.open(row.sealed) if row.sealed else "" for row in found)
        return [
            Happened(row.at, row.actor, row.step, row.detail, note) for row, note in zip(found, opened, strict=True)
        ]

    # --- inside --------------------------------------------------------------

    def _make(self, db: Connection, wish: Wish, key: str, actor: str) -> Task:
        known = db.execute(select(tasks).where(tasks.c.key == key)).one_or_none()
        if known is not None:
            return self._read(known)
        now = self.clock.utc()
        if wish.source is Source.BOT and (changed := self._replan(db, wish, key, actor)):
            return changed
        told = {**_told(wish), "key": key, "sealed": self._sealed(wish.contact), "changed_at": now}
        fresh = {"id": new_id("t"), "reference": new_reference("taak"), "state": TaskState.OPEN}
        counts = {"attempts": 0, "misroutings": 0, "created_at": now}
        row = db.execute(insert(tasks).values(**told, **fresh, **counts).returning(tasks)).one()
        self._note(db, row.id, Step.MADE, actor)
        self._count(db, row, MADE_BY[wish.source])
        return replace(self._read(row), is_new=True)

    def _replan(self, db: Connection, wish: Wish, key: str, actor: str) -> Task | None:
        """The call that was planned becomes what he wants now; None when there is none. An agent's stays an agent's."""
        planned = db.execute(_planned(wish.conversation).with_for_update()).one_or_none()
        if planned is None:
            return None
        before = self._read(planned)
        contact = replace(wish.contact, name=wish.contact.name or before.contact.name)
        told = {**_told(wish), "source": before.source, "key": key, "sealed": self._sealed(contact)}
        goes_on = tasks.c.team == wish.team  # an agent of another team could not even see what he has
        his = {
            "state": case((goes_on, tasks.c.state), else_=TaskState.OPEN),
            "agent": case((goes_on, tasks.c.agent), else_=None),
        }
        change = update(tasks).where(tasks.c.id == before.id, _UNDONE)
        changed = change.values(**told, **his, changed_at=self.clock.utc()).returning(tasks)
        row = db.execute(changed).one_or_none()
        if row is None:
            return None
        self._note(db, row.id, Step.CHANGED, actor)
        return self._read(row)

    def _end(
        self,
        task: str,
        by: str,
        allowed: Collection[Any],
        outcome: Outcome,
        then: Then = nothing,
        *,
        note: str = "",
        **values: object,
    ) -> Task | None:
        over = {"state": TaskState.DONE, "outcome": outcome, **values}

        def count(db: Connection, ended: Task) -> None:
            if outcome in COUNTED:
                self._count(db, ended, COUNTED[outcome])
            then(db, ended)

        return self._change(task, Step.DONE, by, allowed, count, detail=outcome, note=note, **over)

    def _change(
        self,
        task: str,
        step: Step,
        actor: str,
        allowed: Collection[Any],
        then: Then = nothing,
        *,
        detail: str = "",
        note: str = "",
        **values: object,
    ) -> Task | None:
        """The task after this step; None when it was not in one of these states."""
        change = update(tasks).where(tasks.c.id == task, *allowed).values(**values, changed_at=self.clock.utc())
        with writing(self.engine) as db:
            row = db.execute(change.returning(tasks)).one_or_none()
            if row is None:
                return None
            self._note(db, task, step, actor, detail=detail, note=note)
            changed = self._read(row)
            then(db, changed)
        self.bell.ring("desk")
        return changed

    def _note(self, db: Connection, task: str, step: Step, actor: str, *, detail: str = "", note: str = "") -> None:
        told = {"task": task, "at": self.clock.utc(), "actor": actor, "step": step, "detail": detail}
        db.execute(insert(task_steps).values(**told, sealed=self.vault.seal(note) if note else None))

    def _count(self, db: Connection, of: Task | Row[Any], measure: str) -> None:
        """With the team that has it."""
        day = self.clock.now().astimezone(BRUSSELS).date()
        figures.count(db, figures.Cell(day, of.channel, of.team, of.topic), [measure])

    def _one(self, *which: Any) -> Task | None:
        with reading(self.engine) as db:
            row = db.execute(select(tasks).where(*which)).one_or_none()
        return self._read(row) if row else None

    def _opened(self, sealed: str | None) -> str:
        return self.vault.open(sealed) if sealed else ""

    def _sealed(self, contact: Contact) -> str:
        return self.vault.seal(json.dumps(asdict(contact)))

    def _read(self, row: Row[Any]) -> Task:
        same = {name: getattr(row, name) for name in _PLAIN}
        contact = Contact(**json.loads(self.vault.open(row.sealed))) if row.sealed else Contact()
        return Task(**same, window=Window(_local(row.starts), _local(row.due)), contact=contact)


def _is(state: TaskState) -> Clause:
    return tasks.c.state == state


def _planned(conversation: str) -> Select[Any]:
    """His own before an agent's, else the newest."""
    own = case((tasks.c.source == Source.BOT, 0), else_=1)
    calls = (tasks.c.conversation == conversation, tasks.c.handling == CALL_BACK, _UNDONE)
    return select(tasks).where(*calls).order_by(own, tasks.c.created_at.desc()).limit(1)


def _has(agent: str) -> list[Clause]:
    return [_is(TaskState.CLAIMED), tasks.c.agent == agent]


def _when(window: Window) -> dict[str, datetime]:
    return {"starts": window.start, "due": window.end}


def _told(wish: Wish) -> dict[str, object]:
    plain = ("conversation", "channel", "team", "topic", "handling", "source")
    return {**{name: getattr(wish, name) for name in plain}, **_when(wish.window)}


def _local(moment: datetime) -> datetime:
    return moment.astimezone(BRUSSELS)
