"""A citizen wants to be forgotten: what is known of him goes at once, what was said as soon as it can.

At once: who he is, his facts, what he was told of his dossiers and whether he wants
to hear more of them, and where he logged in.
What was said waits for the turn in which he asks it, whose answer he must still get;
`erasing.py` does it within a minute. The processing log stays, with our own id of him.

Where somebody else logged in too, only what was said during his own logins is his.
"""

from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, delete, insert, select, update

from citizens.tables import bindings, dossier_follows, dossier_reads, erasures, facts, parties, people
from clock import Clock
from conversations.database import writing

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Forgetting:
    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock

    def person(self, person: str) -> None:
        """Forget this citizen, on every channel."""
        now = self.clock.utc()
        with writing(self.engine) as db:
            for span in _spans(db, person, now):
                db.execute(insert(erasures).values(**span, bot_forgot=False))
            for table in (facts, dossier_reads, dossier_follows, parties, bindings):
                db.execute(delete(table).where(table.c.person == person))
            db.execute(update(people).where(people.c.id == person).values(sealed=None))

    def conversation(self, conversation: str) -> None:
        """Forget what was said here by somebody who never logged in."""
        span = {"conversation": conversation, "since": BEGINNING, "until": self.clock.utc(), "whole": True}
        with writing(self.engine) as db:
            db.execute(insert(erasures).values(**span, bot_forgot=False))


def _spans(db: Connection, person: str, now: datetime) -> list[dict[str, object]]:
    """What was said by him: where, from when to when."""
    his = select(bindings.c.conversation).where(bindings.c.person == person)
    logins = db.execute(select(bindings).where(bindings.c.conversation.in_(his))).all()
    shared = {login.conversation for login in logins if login.person != person}
    spans: list[dict[str, object]] = [
        {
            "conversation": login.conversation,
            "since": login.bound_at,
            "until": login.ended_at or now,
            "whole": False,
        }
        for login in logins
        if login.person == person and login.conversation in shared
    ]
    for conversation in {login.conversation for login in logins} - shared:
        spans.append({"conversation": conversation, "since": BEGINNING, "until": now, "whole": True})
    return spans
