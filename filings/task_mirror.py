"""Leaves a filing for every task that the register of contacts must hear of: that it was made, that it is done.

A task tells when it changed; whether the register was told stands in the key of the filing, so
that nothing is told twice, whoever looks. A filing belongs to its task and names nobody, so it
may outlive whoever the task was for: what was begun in the register is finished there.
"""

from sqlalchemy import Engine, case, exists, select
from sqlalchemy.exc import IntegrityError

from clock import Clock
from conversations.database import writing
from filings.book import Filings
from filings.contacts import OLDEST, new_number
from filings.model import TASK
from filings.tables import filings
from filings.task_model import TaskState
from filings.task_tables import tasks

MADE, FINISHED = "te_verwerken", "verwerkt"


class TaskMirror:
    def __init__(self, engine: Engine, clock: Clock, book: Filings) -> None:
        self.engine = engine
        self.clock = clock
        self.book = book

    def file_one(self) -> bool:
        """False when there is nothing new."""
        status = case((tasks.c.state == TaskState.DONE, FINISHED), else_=MADE)
        told = exists().where(filings.c.key == f"{TASK}:" + tasks.c.id + ":" + status)
        untold = (
            select(tasks.c.id, status.label("status"))
            .where(tasks.c.changed_at >= self.clock.utc() - OLDEST, ~told)
            .order_by(tasks.c.changed_at)
            .limit(1)
        )
        try:
            with writing(self.engine) as db:
                row = db.execute(untold).one_or_none()
                if row is None:
                    return False
                payload = {"task": row.id, "status": row.status, "numbers": [new_number()]}
                self.book.leave(db, row.id, TASK, payload, f"{TASK}:{row.id}:{row.status}")
        except IntegrityError:  # another process was first
            return True
        return True
