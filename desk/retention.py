"""Forgets what supervisors did and how much agents worked, when it is old, and what settings were before that."""

from datetime import datetime

from sqlalchemy import Engine, delete, func, select, tuple_

from conversations.database import writing
from conversations.figure_tables import agent_figures
from conversations.overrides import desk_settings
from desk.tables import desk_audit

KEPT = 2  # versions of a setting that are never too old: what counts, and what undoing it brings back


def forget_acts(engine: Engine, before: datetime, limit: int) -> int:
    old = select(desk_audit.c.id).where(desk_audit.c.at < before).order_by(desk_audit.c.id).limit(limit)
    with writing(engine) as db:
        return db.execute(delete(desk_audit).where(desk_audit.c.id.in_(old))).rowcount


def forget_versions(engine: Engine, before: datetime, limit: int) -> int:
    """What no longer counts and cannot be gone back to."""
    later = desk_settings.alias()
    newer = select(func.count()).where(later.c.key == desk_settings.c.key, later.c.version > desk_settings.c.version)
    old = (
        select(desk_settings.c.id)
        .where(desk_settings.c.at < before, newer.scalar_subquery() >= KEPT)
        .order_by(desk_settings.c.id)
        .limit(limit)
    )
    with writing(engine) as db:
        return db.execute(delete(desk_settings).where(desk_settings.c.id.in_(old))).rowcount


def forget_workload(engine: Engine, before: datetime, limit: int) -> int:
    """Months that began before then."""
    key = list(agent_figures.primary_key)
    old = select(*key).where(agent_figures.c.month < before.date()).limit(limit)
    with writing(engine) as db:
        return db.execute(delete(agent_figures).where(tuple_(*key).in_(old))).rowcount
