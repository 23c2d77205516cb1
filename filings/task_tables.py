"""The tables of what people still have to do. Whose it is and what it is about stands in columns called `sealed`.

Where a task stands, and since when, can be read here by whoever mirrors it elsewhere:
`state`, `outcome` and `changed_at` change together, and each change is a row of `task_steps`.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from conversations.tables import Moment, Word, metadata, partial
from filings.task_model import Outcome, Source, Step, TaskState

UNDONE = "state <> 'done'"

tasks = Table(
    "tasks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("conversation", Text, nullable=False),  # no foreign key: a task outlives what was said
    Column("channel", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("handling", Text, nullable=False),
    Column("source", Word(Source), nullable=False),
    Column("state", Word(TaskState), nullable=False),
    Column("outcome", Word(Outcome)),
    Column("agent", Text),  # who has it, or who finished it
    Column("starts", Moment, nullable=False),
    Column("due", Moment, nullable=False),
    Column("sealed", Text),  # name, phone, about; NULL: forgotten
    Column("attempts", Integer, nullable=False),
    Column("misroutings", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("key", name="uq_tasks_key"),
    UniqueConstraint("reference", name="uq_tasks_reference"),
    Index("ix_tasks_conversation", "conversation"),
    Index("ix_tasks_changed", "changed_at"),
    partial("ix_tasks_due", "team", "due", only=UNDONE),
    partial("uq_tasks_asked", "conversation", only="source = 'bot' AND state <> 'done'", unique=True),
)

task_steps = Table(
    "task_steps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("task", Text, ForeignKey("tasks.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("step", Word(Step), nullable=False),
    Column("detail", Text, nullable=False),  # to which team, or to whom
    Column("sealed", Text),  # what somebody noted with it
    Index("ix_task_steps_task", "task", "id"),
)
