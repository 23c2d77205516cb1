"""Forgets for whom a task was and who had it, once it is over for so long, or at once when he wants to be forgotten.

The row stays, for the figures: what had to be done, by which team, how it ended.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, or_, select, update

from conversations.database import writing
from filings.task_model import Outcome, Step, TaskState
from filings.task_tables import task_steps, tasks
from filings.tasks import BOT, CITIZEN, DMS


def forget(engine: Engine, before: datetime, limit: int) -> int:
    """Empty at most `limit` tasks that did not change since `before`; how many it were.

    One that nobody ever did is given up then: that it was late, its team and their supervisor saw all that time.
    """
    is_over = or_(tasks.c.state == TaskState.DONE, tasks.c.due < before)
    old = tasks.c.sealed.is_not(None) & (tasks.c.changed_at < before) & is_over
    with writing(engine) as db:
        found = (
            select(tasks.c.id).where(old).order_by(tasks.c.changed_at).limit(limit).with_for_update(skip_locked=True)
        )
        ids = list(db.execute(found).scalars())
        undone = update(tasks).where(tasks.c.id.in_(ids), tasks.c.state != TaskState.DONE)
        db.execute(undone.values(state=TaskState.DONE, outcome=Outcome.GIVEN_UP))
        empty(db, ids)
    return len(ids)


def withdraw(db: Connection, which: ColumnElement[bool], now: datetime) -> None:
    """Whoever asked for these wants to be forgotten: nobody calls him any more."""
    ids = list(db.execute(select(tasks.c.id).where(which).with_for_update()).scalars())
    over = {"state": TaskState.DONE, "outcome": Outcome.WITHDRAWN, "changed_at": now}
    db.execute(update(tasks).where(tasks.c.id.in_(ids), tasks.c.state != TaskState.DONE).values(**over))
    empty(db, ids)


def empty(db: Connection, old: Collection[str]) -> None:
    nobody = "purged:" + tasks.c.id
    gone = {"conversation": nobody, "key": nobody, "reference": nobody, "sealed": None, "agent": None}
    db.execute(update(tasks).where(tasks.c.id.in_(old)).values(**gone))
    steps = update(task_steps).where(task_steps.c.task.in_(old))
    db.execute(steps.values(sealed=None))
    db.execute(steps.where(task_steps.c.actor.not_in((CITIZEN, BOT, DMS))).values(actor=""))
    db.execute(steps.where(task_steps.c.step == Step.ASSIGNED).values(detail=""))
