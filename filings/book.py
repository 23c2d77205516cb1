"""The book of filings: written down first, carried out then, never twice.

Whoever carries a filing out holds a lease on it: the action that filed it, right
away, or a retry that claimed it later. A lease that ended without a word leaves the
filing `uncertain`, for the call may have come through: look before trying again.

Whoever filed hears the end at once, as the answer to his question, or else it is
`promised` to him: such a filing stays among the `untold` until he was told.
"""

import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Row, case, insert, or_, select, text, update
from sqlalchemy.exc import IntegrityError

from clock import Clock
from conversations.database import reading, writing
from conversations.model import JSON
from conversations.rows import new_id
from filings.model import Filing, FilingState
from filings.reference import new_reference, read_reference
from filings.sealing import opened, seal
from filings.tables import UNTOLD, filings
from vault import Vault

log = structlog.get_logger()

RACES = 5  # how often a key or a reference may be somebody else's
FIRST_LEASE = 40.0  # seconds for the action that files, which renews it for as long as its calls take
FIRST_PAUSE = 15.0  # seconds; doubles with every attempt
LONGEST_PAUSE = 1800.0
MAX_AGE = timedelta(days=3)
MOST = 100  # filings that a conversation shows
UNDONE = (FilingState.OPEN, FilingState.UNCERTAIN)


class Filings:
    def __init__(self, engine: Engine, clock: Clock, vault: Vault, *, max_age: timedelta = MAX_AGE) -> None:
        self.engine = engine
        self.clock = clock
        self.vault = vault
        self.max_age = max_age

    # --- writing down --------------------------------------------------------

    def file(
        self,
        conversation: str,
        kind: str,
        payload: Mapping[str, JSON],
        key: str,
        *,
        lease_s: float = FIRST_LEASE,
        promised: bool = False,
    ) -> Filing:
        """Write a request down, once per key, and take the first lease on it.

        Look at the result: `claimed` means carry it out; else it was filed before, and it
        is done, refused or still in somebody else's hands: then its end is promised.
        `promised`: from the beginning, by who files for somebody else.
        """
        sealed = seal(self.vault, payload)
        asked = {"conversation": conversation, "kind": kind, "payload": sealed, "key": key, "promised": promised}
        for _ in range(RACES):
            try:
                with writing(self.engine) as db:
                    return self._file(db, {**asked, "reference": new_reference(kind)}, lease_s)
            except IntegrityError:  # the same key at the same moment, or a reference that exists
                continue
        raise RuntimeError("no free reference found")

    def leave(self, db: Connection, conversation: str, kind: str, payload: Mapping[str, JSON], key: str) -> None:
        """Write down, inside the caller's transaction, what a loop shall carry out; nobody waits to hear of it."""
        asked = {"conversation": conversation, "kind": kind, "payload": seal(self.vault, payload), "key": key}
        self._insert(db, {**asked, "reference": new_reference(kind)})

    def update_payload(self, filing: str, payload: Mapping[str, JSON]) -> Filing:
        """Replace what was filed, for instance by how far a request in several steps has come."""
        return self._change(filing, set(FilingState), payload=seal(self.vault, payload))

    # --- carrying out --------------------------------------------------------

    def claim_due(self, worker: str, lease_s: float, kinds: Collection[str], *, promised: bool = True) -> Filing | None:
        """The filing of these kinds that is due longest and that nobody carries out.

        `promised`: whoever asked shall hear its end.
        """
        now = self.clock.utc()
        due = (
            select(filings.c.id)
            .where(text("filings.state IN ('open', 'uncertain')"), filings.c.due <= now, _is_free(now))
            .where(filings.c.kind.in_(kinds))
            .order_by(filings.c.due)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with writing(self.engine) as db:
            found = db.execute(due).scalar()
            return None if found is None else self._lease(db, found, worker, lease_s, promised=promised)

    def extend(self, filing: Filing, lease_s: float) -> bool:
        """Hold on to a lease while the calls take long. False when it ended, or somebody else has it now."""
        mine = (filings.c.id == filing.id, filings.c.attempts == filing.attempts, filings.c.lease_until.is_not(None))
        until = self.clock.utc() + timedelta(seconds=lease_s)
        with writing(self.engine) as db:
            return db.execute(update(filings).where(*mine).values(lease_until=until)).rowcount == 1

    def done(
        self,
        filing: str,
        external_id: str | None = None,
        external_reference: str | None = None,
        result: Mapping[str, JSON] | None = None,
    ) -> Filing:
        """The backend has it. The first to say so is believed."""
        numbers = {"external_id": external_id, "external_reference": external_reference}
        values = {**numbers, "result": seal(self.vault, result or {})}
        return self._change(filing, {*UNDONE, FilingState.FAILED}, state=FilingState.DONE, error=None, **values)

    def refused(self, filing: str, code: str) -> Filing:
        """The backend will never take it like this."""
        return self._change(filing, set(UNDONE), state=FilingState.REFUSED, code=code)

    def postpone(self, filing: str, at: datetime | None, error: str) -> Filing:
        """It was not done now: try again at `at`, or later and later. An uncertain filing stays uncertain."""
        return self._later(filing, at, error)

    def uncertain(self, filing: str, error: str) -> Filing:
        """It may have been done: look before trying again."""
        return self._later(filing, None, error, state=FilingState.UNCERTAIN)

    def failed(self, filing: str, error: str) -> Filing:
        """No retry can help: a person must look at it."""
        ended = self._change(filing, set(UNDONE), state=FilingState.FAILED, error=error)
        if ended.state is FilingState.FAILED:
            log.error("filing.failed", reference=ended.reference, kind=ended.kind, attempts=ended.attempts, error=error)
        return ended

    # --- telling -------------------------------------------------------------

    def untold(self) -> list[Filing]:
        """What came to its end without a word to whoever was promised one, oldest first."""
        query = select(filings).where(text(UNTOLD)).order_by(filings.c.changed_at).limit(MOST)
        with reading(self.engine) as db:
            return [self._read(row) for row in db.execute(query)]

    def told(self, filing: Filing, tell: Callable[[Connection], object]) -> bool:
        """Tells this end, in one transaction with the note that he knows it. False when he knew."""
        untold = (filings.c.id == filing.id, filings.c.state == filing.state, filings.c.promised)
        with writing(self.engine) as db:
            is_news = db.execute(update(filings).where(*untold).values(promised=False)).rowcount == 1
            if is_news:
                tell(db)
        return is_news

    # --- looking up ----------------------------------------------------------

    def get(self, filing: str) -> Filing:
        with reading(self.engine) as db:
            return self._read(db.execute(select(filings).where(filings.c.id == filing)).one())

    def of(self, conversation: str, kind: str | None = None) -> list[Filing]:
        """What was filed in this conversation, the latest first."""
        query = select(filings).where(filings.c.conversation == conversation)
        if kind is not None:
            query = query.where(filings.c.kind == kind)
        with reading(self.engine) as db:
            found = db.execute(query.order_by(filings.c.created_at.desc(), filings.c.id).limit(MOST)).all()
        return [self._read(row) for row in found]

    def by_reference(self, reference: str) -> Filing | None:
        """However it was typed."""
        with reading(self.engine) as db:
            query = select(filings).where(filings.c.reference == read_reference(reference))
            row = db.execute(query).one_or_none()
        return self._read(row) if row else None

    # --- inside --------------------------------------------------------------

    def _file(self, db: Connection, asked: Mapping[str, object], lease_s: float) -> Filing:
        now = self.clock.utc()
        known = db.execute(select(filings).where(filings.c.key == asked["key"]).with_for_update()).one_or_none()
        if known is None:
            known = self._insert(db, asked)
        is_free = known.lease_until is None or known.lease_until <= now
        if known.state not in UNDONE:
            return self._read(known)
        if is_free:
            return self._lease(db, known.id, "action", lease_s)
        db.execute(update(filings).where(filings.c.id == known.id).values(promised=True))
        return self._read(known)

    def _insert(self, db: Connection, asked: Mapping[str, object]) -> Row[Any]:
        now = self.clock.utc()
        fresh = {"id": new_id("f"), "state": FilingState.OPEN, "attempts": 0, "promised": False}
        statement = insert(filings).values(**{**fresh, **asked}, due=now, created_at=now, changed_at=now)
        return db.execute(statement.returning(*filings.c)).one()

    def _lease(self, db: Connection, filing: str, worker: str, lease_s: float, **values: object) -> Filing:
        """Whoever had a lease before and never ended it may have done it."""
        now = self.clock.utc()
        unended = filings.c.lease_until.is_not(None)
        row = db.execute(
            update(filings)
            .where(filings.c.id == filing)
            .values(
                state=case((unended, FilingState.UNCERTAIN.value), else_=filings.c.state),
                worker=worker,
                lease_until=now + timedelta(seconds=lease_s),
                attempts=filings.c.attempts + 1,
                **values,
            )
            .returning(*filings.c)
        ).one()
        return replace(self._read(row), claimed=True)

    def _later(self, filing: str, at: datetime | None, error: str, **values: object) -> Filing:
        seen = self.get(filing)
        now = self.clock.utc()
        if now - seen.created_at >= self.max_age:
            return self.failed(filing, error)
        due = at or now + timedelta(seconds=pause_after(seen.attempts))
        return self._change(filing, set(UNDONE), due=due, error=error, **values)

    def _change(self, filing: str, allowed: set[FilingState], **values: object) -> Filing:
        """The filing after this change, or as it is when it was not in one of these states."""
        lease = {} if "payload" in values else {"worker": None, "lease_until": None}
        with writing(self.engine) as db:
            db.execute(
                update(filings)
                .where(filings.c.id == filing, filings.c.state.in_(allowed))
                .values(**values, **lease, changed_at=self.clock.utc())
            )
            return self._read(db.execute(select(filings).where(filings.c.id == filing)).one())

    def _read(self, row: Row[Any]) -> Filing:
        return read_filing(row, self.vault)


def pause_after(attempts: int) -> float:
    """Seconds until the next attempt: longer each time, and never the same for all who wait."""
    pause = min(FIRST_PAUSE * 2.0 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return pause * random.uniform(0.5, 1.0)


def _is_free(now: datetime) -> Any:
    return or_(filings.c.lease_until.is_(None), filings.c.lease_until <= now)


def read_filing(row: Row[Any], vault: Vault) -> Filing:
    return Filing(
        id=row.id,
        conversation=row.conversation,
        kind=row.kind,
        key=row.key,
        reference=row.reference,
        state=row.state,
        payload=opened(vault, row.payload),
        created_at=row.created_at,
        attempts=row.attempts,
        external_id=row.external_id,
        external_reference=row.external_reference,
        result=opened(vault, row.result),
        code=row.code,
        error=row.error,
        due=row.due,
    )
