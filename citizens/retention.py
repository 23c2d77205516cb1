"""Forgets what is known of citizens once it is old: logins that ended, facts, and who they are.

Each function forgets at most `limit` rows and says how many. Whoever is forgotten leaves
a row with our own id and a pseudonym while the processing log still tells of him, so
that he can ask for it when he logs in again; then that row goes too.
"""

from datetime import datetime

from sqlalchemy import Engine, Exists, Table, delete, exists, or_, select, text, update

from citizens.identities import EXPIRED
from citizens.tables import ACTIVE, bindings, dossier_follows, dossier_reads, facts, parties, people, processing_log
from conversations.database import writing


def end_logins(engine: Engine, now: datetime, limit: int) -> int:
    """What no longer holds gets its end, at the moment it had."""
    found = select(bindings.c.id).where(text(ACTIVE), bindings.c.until <= now).limit(limit)
    ended = update(bindings).where(bindings.c.id.in_(found))
    with writing(engine) as db:
        return db.execute(ended.values(ended_at=bindings.c.until, reason=EXPIRED)).rowcount


def forget_logins(engine: Engine, before: datetime, limit: int) -> int:
    found = select(bindings.c.id).where(bindings.c.ended_at < before).limit(limit)
    with writing(engine) as db:
        return db.execute(delete(bindings).where(bindings.c.id.in_(found))).rowcount


def forget_facts(engine: Engine, now: datetime, before: datetime, limit: int) -> int:
    """What was last heard before then, or no longer counts."""
    old = or_(facts.c.seen_at < before, facts.c.until <= now)
    with writing(engine) as db:
        found = db.execute(select(facts.c.person, facts.c.key).where(old).limit(limit)).all()
        for person, key in found:
            db.execute(delete(facts).where(facts.c.person == person, facts.c.key == key))
    return len(found)


def forget_people(engine: Engine, before: datetime, limit: int) -> int:
    """Who last logged in before then, and is nowhere logged in now."""
    logged_in = exists().where(bindings.c.person == people.c.id, text(ACTIVE))
    old = select(people.c.id).where(people.c.sealed.is_not(None), people.c.seen_at < before, ~logged_in)
    with writing(engine) as db:
        found = list(db.execute(old.limit(limit).with_for_update(skip_locked=True)).scalars())
        for table in (dossier_reads, dossier_follows, parties):
            db.execute(delete(table).where(table.c.person.in_(found)))
        db.execute(update(people).where(people.c.id.in_(found)).values(sealed=None))
    return len(found)


def drop_people(engine: Engine, limit: int) -> int:
    """The rows of forgotten citizens of whom nothing else tells any more."""
    told_of = [_tells_of(table) for table in (bindings, facts, dossier_reads, dossier_follows, parties, processing_log)]
    found = select(people.c.id).where(people.c.sealed.is_(None), *(~tells for tells in told_of)).limit(limit)
    with writing(engine) as db:
        return db.execute(delete(people).where(people.c.id.in_(found))).rowcount


def _tells_of(table: Table) -> Exists:
    return exists().where(table.c.person == people.c.id)
