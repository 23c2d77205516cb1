"""Files that still have to be fetched from a channel: who fetches them, and what became of them.

A message whose file is still elsewhere holds up the bot, so that it never hears of
half a message; whoever holds the conversation, it is fetched.
"""

from datetime import datetime, timedelta

from sqlalchemy import Engine, bindparam, or_, select, text, update

from clock import Clock
from conversations import rows
from conversations.bell import Bell
from conversations.database import writing
from conversations.model import Kind, Message
from conversations.tables import HAS_MEDIA, Moment, messages

TOPIC = "media"

_candidate = messages.alias("candidate")
_now = bindparam("now", type_=Moment())
_found = (
    select(_candidate.c.id)
    .where(
        text(f"candidate.{HAS_MEDIA}"),
        or_(_candidate.c.lease_until.is_(None), _candidate.c.lease_until <= _now),
        or_(_candidate.c.retry_at.is_(None), _candidate.c.retry_at <= _now),
    )
    .order_by(_candidate.c.created_at)
    .limit(1)
    .with_for_update(skip_locked=True)
)
CLAIM = (
    update(messages)
    .where(messages.c.id == _found.scalar_subquery())
    .values(worker=bindparam("by"), lease_until=bindparam("until"), attempts=messages.c.attempts + 1)
    .returning(*messages.c)
)


class PendingMedia:
    def __init__(self, engine: Engine, clock: Clock, bell: Bell) -> None:
        self._engine, self._clock, self._bell = engine, clock, bell

    def claim(self, worker: str, lease_s: float) -> Message | None:
        """The oldest message whose file nobody is fetching."""
        now = self._clock.utc()
        lease = {"by": worker, "now": now, "until": now + timedelta(seconds=lease_s)}
        with writing(self._engine) as db:
            row = db.execute(CLAIM, lease).one_or_none()
        return rows.message(row) if row else None

    def keep(self, message: Message, attachment: str) -> bool:
        """The file is here, and the message goes on. False, as below, when somebody else has it by now."""
        return self._end(message, attachment=attachment, media=None, attempts=0, retry_at=None)

    def give_up(self, message: Message, name: str) -> bool:
        """There will be no file; `name` says why."""
        return self._end(message, kind=Kind.OTHER, name=name, media=None, attempts=0, retry_at=None)

    def retry(self, message: Message, at: datetime, error: str) -> bool:
        return self._end(message, retry_at=at, error=error)

    def _end(self, message: Message, **values: object) -> bool:
        claimed = (messages.c.id == message.id, messages.c.attempts == message.attempts, text(HAS_MEDIA))
        with writing(self._engine) as db:
            ended = db.execute(update(messages).where(*claimed).values(worker=None, lease_until=None, **values))
        for topic in ("turns", f"conversation:{message.conversation}"):
            self._bell.ring(topic)
        return ended.rowcount == 1
