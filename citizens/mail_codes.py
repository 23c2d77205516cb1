"""Proves that an e-mail address is the citizen's: a code that we mailed there, typed back in the chat.

Only a keyed hash of the code is kept. It holds for ten minutes and three tries, and a
conversation gets a few codes an hour: enough for who mistyped, too few for guessing or
for filling a stranger's mailbox.
"""

import hmac
import secrets
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from citizens.tables import mail_codes
from clock import Clock
from conversations.database import alone, writing
from vault import Vault

LIFE = timedelta(minutes=10)
TRIES = 3
MOST = 5
WINDOW = timedelta(hours=1)  # in which a conversation gets at most so many codes
DIGITS = 6


class Verdict(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    TOO_OFTEN = "too_often"  # this code is spent
    EXPIRED = "expired"  # too old, used already, or never made


class MailCodes:
    def __init__(self, engine: Engine, clock: Clock, vault: Vault) -> None:
        self.engine = engine
        self.clock = clock
        self.vault = vault

    def make(self, conversation: str, email: str) -> str | None:
        """A code to mail to this address; an earlier one no longer counts. None: there were too many of late."""
        now, code = self.clock.utc(), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        with writing(self.engine) as db:
            alone(db, f"mail code {conversation}")
            db.execute(delete(mail_codes).where(mail_codes.c.made_at < now - WINDOW))
            made = select(func.count()).where(mail_codes.c.conversation == conversation)
            if db.execute(made.select_from(mail_codes)).scalar_one() >= MOST:
                return None
            self._spend(db, conversation)
            fresh = {"hash": self._hash(conversation, email, code), "made_at": now, "tries": 0}
            db.execute(insert(mail_codes).values(conversation=conversation, **fresh))
        return code

    def check(self, conversation: str, email: str, code: str) -> Verdict:
        """Whether this is the code that was mailed to that address. A right one counts once."""
        with writing(self.engine) as db:
            alone(db, f"mail code {conversation}")
            live = (mail_codes.c.conversation == conversation, mail_codes.c.tries < TRIES)
            row = db.execute(select(mail_codes).where(*live)).one_or_none()
            if row is None or self.clock.utc() - row.made_at > LIFE:
                return Verdict.EXPIRED
            if hmac.compare_digest(row.hash, self._hash(conversation, email, code)):
                self._spend(db, conversation)
                return Verdict.RIGHT
            db.execute(update(mail_codes).where(*live).values(tries=row.tries + 1))
            return Verdict.WRONG if row.tries + 1 < TRIES else Verdict.TOO_OFTEN

    def _spend(self, db: Connection, conversation: str) -> None:
        """What was made stays counted, and opens nothing any more."""
        db.execute(update(mail_codes).where(mail_codes.c.conversation == conversation).values(tries=TRIES))

    def _hash(self, conversation: str, email: str, code: str) -> str:
        return self.vault.pseudonym(f"mail code|{conversation}|{email}|{code}")
