"""Leaves a filing for every session that is over: the contact that must still be registered.

The session is taken and the filing written in one transaction, so that of several processes
one does it and a crash loses nothing. How it is carried out is in `actions/contacts.py`.
"""

import secrets
from datetime import timedelta

from sqlalchemy import Engine

from clock import Clock
from conversations.database import writing
from conversations.sessions import take_ended
from filings.book import Filings
from filings.model import CONTACT

OLDEST = timedelta(days=7)  # what was over longer ago was said while nothing was registered


class Sessions:
    """`silence`: after which a conversation that nobody closed is over."""

    def __init__(self, engine: Engine, clock: Clock, filings: Filings, silence: timedelta) -> None:
        self.engine = engine
        self.clock = clock
        self.filings = filings
        self.silence = silence

    def file_one(self) -> bool:
        """False when none was over."""
        now = self.clock.utc()
        with writing(self.engine) as db:
            session = take_ended(db, now - self.silence, now)
            if session is None:
                return False
            if now - session.active_at <= OLDEST:
                payload = {"first": session.first, "last": session.last, "numbers": [new_number(), new_number()]}
                key = f"{CONTACT}:{session.conversation}:{session.first}"
                self.filings.leave(db, session.conversation, CONTACT, payload, key)
        return True


def new_number() -> str:
    """Ten digits, the most that a register of contacts takes for a reference."""
    return f"{secrets.randbelow(10**10):010}"
