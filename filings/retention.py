"""Forgets who asked for what, once it is over for so long.

The row stays, for the figures: what kind of request it was, when, how it ended. Whose
it was, what it said and its numbers go. What still runs, or is still followed, stays.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, exists, select, update

from conversations.database import writing
from filings.model import CONTACT, FilingState
from filings.tables import filings, follow_changes, follows

OVER = (FilingState.DONE, FilingState.REFUSED, FilingState.FAILED)


def forget(engine: Engine, before: datetime, limit: int) -> int:
    """Empty at most `limit` filings that ended, and did not change since `before`; how many it were."""
    followed = exists().where(follows.c.filing == filings.c.id, follows.c.due.is_not(None))
    found = (
        select(filings.c.id)
        .where(filings.c.payload.is_not(None), filings.c.state.in_(OVER), filings.c.changed_at < before, ~followed)
        .order_by(filings.c.changed_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    with writing(engine) as db:
        old = list(db.execute(found).scalars())
        empty(db, old)
    return len(old)


def empty(db: Connection, old: Collection[str]) -> None:
    """Forget whose these filings were and what they said; nobody follows them any more.

    Contacts, one for each conversation, tell the figures nothing: those go whole.
    """
    nobody = "purged:" + filings.c.id
    db.execute(delete(follow_changes).where(follow_changes.c.filing.in_(old)))
    db.execute(delete(follows).where(follows.c.filing.in_(old)))
    db.execute(delete(filings).where(filings.c.id.in_(old), filings.c.kind == CONTACT))
    db.execute(
        update(filings)
        .where(filings.c.id.in_(old))
        .values(
            conversation=nobody,
            key=nobody,
            reference=nobody,
            payload=None,
            external_id=None,
            external_reference=None,
            result=None,
            promised=False,
        )
    )
