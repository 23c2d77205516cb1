"""The citizens: who is bound to which conversation, what is known of them, and who looked at it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)
REFUSED = "the processing log is append-only"


def upgrade() -> None:
    _people()
    _facts()
    _processing_log()
    _append_only()


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("pseudonym", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.UniqueConstraint("pseudonym", name="uq_people_pseudonym"),
    )
    _partial("ix_people_seen", "people", "seen_at", "sealed IS NOT NULL")
    op.create_table(
        "bindings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.Text, nullable=False),
        sa.Column("person", sa.Text, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("bound_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("reason", sa.Text),
    )
    _partial("uq_bindings_active", "bindings", "conversation", "ended_at IS NULL", unique=True)
    _partial("ix_bindings_until", "bindings", "until", "ended_at IS NULL")
    op.create_index("ix_bindings_person", "bindings", ["person"])
    op.create_index("ix_bindings_ended", "bindings", ["ended_at"])


def _facts() -> None:
    op.create_table(
        "facts",
        sa.Column("person", sa.Text, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT),
    )
    op.create_index("ix_facts_seen", "facts", ["seen_at"])
    op.create_table(
        "dossier_reads",
        sa.Column("person", sa.Text, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("number", sa.Text, primary_key=True),
        sa.Column("changed_at", MOMENT, nullable=False),
    )


def _processing_log() -> None:
    op.create_table(
        "processing_log",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("person", sa.Text),
        sa.Column("conversation", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("activity", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("kinds", sa.JSON),
        sa.Column("confidential", sa.Boolean, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.UniqueConstraint("id", name="uq_processing_log_id"),
    )
    op.create_index("ix_processing_log_person", "processing_log", ["person", "seq"])
    op.create_table(
        "processing_anchors",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )


def _append_only() -> None:
    """Refuse to change what was written; only what an anchor declared old may be deleted."""
    old = "OLD.seq <= (SELECT coalesce(max(seq), 0) FROM processing_anchors)"
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        op.execute(f"CREATE TRIGGER processing_log_update BEFORE UPDATE ON processing_log {refuse}")
        op.execute(f"CREATE TRIGGER processing_log_delete BEFORE DELETE ON processing_log WHEN NOT ({old}) {refuse}")
        for event in ("UPDATE", "DELETE"):
            name = f"processing_anchors_{event.lower()}"
            op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON processing_anchors {refuse}")
        return
    op.execute(
        "CREATE FUNCTION processing_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'processing_log' THEN IF {old} THEN RETURN OLD; END IF; END IF;"
        f" RAISE EXCEPTION '{REFUSED}'; END $$"
    )
    for table in ("processing_log", "processing_anchors"):
        op.execute(
            f"CREATE TRIGGER {table}_refuse BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION processing_log_refuse()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION processing_log_refuse()"
        )


def _partial(name: str, table: str, column: str, where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, [column], unique=unique, sqlite_where=condition, postgresql_where=condition)
