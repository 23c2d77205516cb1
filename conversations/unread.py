"""What a channel sent and nobody could read: its shape, for whoever extends the channel.

A shape has no words of citizens in it. The same shape is one row that counts, and
there are never more than a few hundred rows, however much rubbish comes.
"""

import hashlib
from contextlib import suppress

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from clock import Clock
from conversations.database import writing
from conversations.tables import unread_payloads as table

MOST = 500
LONGEST = 4000


class Unread:
    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def keep(self, channel: str, reason: str, shape: str) -> None:
        shape = shape[:LONGEST]
        digest = hashlib.sha256(f"{channel} {reason} {shape}".encode()).hexdigest()[:32]
        now = self._clock.utc()
        again = update(table).where(table.c.digest == digest).values(times=table.c.times + 1, last_at=now)
        first = {"digest": digest, "channel": channel, "reason": reason, "shape": shape, "times": 1}
        with suppress(IntegrityError), writing(self._engine) as db:  # another front was first: it is stored
            if db.execute(again).rowcount == 0:
                db.execute(insert(table).values(**first, first_at=now, last_at=now))
                _forget_oldest(db)


def _forget_oldest(db: Connection) -> None:
    latest = select(table.c.digest).order_by(table.c.last_at.desc(), table.c.digest).limit(MOST)
    db.execute(delete(table).where(table.c.digest.not_in(latest)))
