"""What people still have to do for citizens, and how much of it there was."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

MOMENT = sa.DateTime(timezone=True)
MEASURES = ("tasks_bot", "tasks_agent", "done_reached", "done_handled", "done_given_up", "misrouted")


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("conversation", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("handling", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("agent", sa.Text),
        sa.Column("starts", MOMENT, nullable=False),
        sa.Column("due", MOMENT, nullable=False),
        sa.Column("sealed", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("misroutings", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.UniqueConstraint("key", name="uq_tasks_key"),
        sa.UniqueConstraint("reference", name="uq_tasks_reference"),
    )
    op.create_index("ix_tasks_conversation", "tasks", ["conversation"])
    op.create_index("ix_tasks_changed", "tasks", ["changed_at"])
    _partial_index("ix_tasks_due", ["team", "due"], "state <> 'done'")
    _partial_index("uq_tasks_asked", ["conversation"], "source = 'bot' AND state <> 'done'", unique=True)
    op.create_table(
        "task_steps",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("task", sa.Text, sa.ForeignKey("tasks.id"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text),
    )
    op.create_index("ix_task_steps_task", "task_steps", ["task", "id"])
    for measure in MEASURES:
        op.add_column("figures", sa.Column(measure, sa.Integer, nullable=False, server_default="0"))


def _partial_index(name: str, columns: list[str], only: str, *, unique: bool = False) -> None:
    where = sa.text(only)
    op.create_index(name, "tasks", columns, unique=unique, sqlite_where=where, postgresql_where=where)
