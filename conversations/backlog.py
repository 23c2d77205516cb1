"""How much there is to do, for whoever watches the house."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, or_, select, text

from conversations.database import reading
from conversations.tables import HAS_MEDIA, OPEN_INBOX, OPEN_OUTBOX, messages


@dataclass(frozen=True)
class Backlog:
    count: int
    oldest: timedelta


def backlog(engine: Engine, now: datetime) -> dict[str, Backlog]:
    """What waits for the bot (`turns`), for a channel (`delivery`), as a file (`media`). Raises as a database does."""
    found = {}
    with reading(engine) as db:
        for queue, condition in (("turns", OPEN_INBOX), ("delivery", OPEN_OUTBOX), ("media", HAS_MEDIA)):
            due = or_(messages.c.due.is_(None), messages.c.due <= now)
            query = select(func.count(), func.min(messages.c.created_at)).where(text(condition), due)
            count, since = db.execute(query).one()
            found[queue] = Backlog(count, max(now - since, timedelta()) if since else timedelta())
    return found
