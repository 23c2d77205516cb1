"""Accounts to a citizen for every use of his data: one row in the processing log for each call to a backend.

Whoever starts work says once on whose behalf (`on_behalf_of`: an action, a filing that is
carried out, a report that is followed); whoever calls says what with (`Accounts.enter`).
So an action thinks of neither.

The row is written before the call, so a crash in between leaves a row too many and never
one too few. A row that cannot be written waits as a file in `outbox` and is written later:
the citizen does not wait for it.
"""

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import structlog

from citizens.identities import Identities
from citizens.processing import CITIZEN, ProcessingLog
from clock import Clock
from conversations.model import JSON

log = structlog.get_logger()

MOST = 100  # rows of the outbox that are written in one go


@dataclass(frozen=True)
class Work:
    """What is done, and for whom: whoever was logged in in this conversation at that moment (None: now)."""

    conversation: str
    activity: str
    at: datetime | None = None
    actor: str = CITIZEN


_work: ContextVar[Work | None] = ContextVar("work", default=None)


@contextmanager
def on_behalf_of(work: Work) -> Iterator[None]:
    token = _work.set(work)
    try:
        yield
    finally:
        _work.reset(token)


@contextmanager
def what_for(activity: str) -> Iterator[None]:
    """On behalf of the same citizen, for something else than what the rest of the work is for."""
    work = _work.get()
    token = _work.set(replace(work, activity=activity) if work else None)
    try:
        yield
    finally:
        _work.reset(token)


def activity_of(name: str) -> str:
    """What for, as the register calls it: the topic in "action_ask_afspraak_dag" or "validate_melding_form"."""
    return name.removeprefix("action_").removeprefix("ask_").removeprefix("validate_").partition("_")[0]


class Accounts:
    def __init__(self, processing: ProcessingLog, identities: Identities, clock: Clock, outbox: Path) -> None:
        self.processing = processing
        self.identities = identities
        self.clock = clock
        self.outbox = outbox

    async def enter(self, action: str, *, source: str, kinds: Sequence[str]) -> None:
        """One call: what is done in which system, with which kinds of data."""
        work = _work.get()
        if work is None:
            log.error("processing.for_nobody", action=action, source=source)
            return
        row = {
            "at": self.clock.utc().isoformat(),
            "since": (work.at or self.clock.utc()).isoformat(),
            "conversation": work.conversation,
            "activity": work.activity,
            "actor": work.actor,
            "action": action,
            "source": source,
            "kinds": list(kinds),
        }
        await asyncio.to_thread(self._enter, row)

    async def step(self) -> bool:
        """Writes what had to wait; False when nothing is left."""
        return await asyncio.to_thread(self._empty_outbox)

    def _enter(self, row: JSON) -> None:
        try:
            self._write(row)
        except Exception:
            log.exception("processing.postponed", action=row["action"])
            self._put_aside(row)

    def _write(self, row: JSON) -> None:
        since = datetime.fromisoformat(row["since"])
        self.processing.write(
            person=self.identities.person_at(row["conversation"], since),
            conversation=row["conversation"],
            action=row["action"],
            activity=row["activity"],
            source=row["source"],
            kinds=row["kinds"],
            actor=row["actor"],
            at=datetime.fromisoformat(row["at"]),
        )

    def _put_aside(self, row: JSON) -> None:
        """A whole file or none: it appears under its name when it is complete."""
        try:
            self.outbox.mkdir(parents=True, exist_ok=True)
            name = f"{row['at']}-{uuid4().hex}"
            unfinished = self.outbox / f"{name}.new"
            unfinished.write_text(json.dumps(row), encoding="utf-8")
            unfinished.rename(self.outbox / f"{name}.json")
        except OSError:
            log.exception("processing.lost", **{key: row[key] for key in ("at", "action", "source", "activity")})

    def _empty_outbox(self) -> bool:
        """In the order in which it happened; stops at the first that still cannot be written."""
        waiting = sorted(self.outbox.glob("*.json"))[:MOST]
        for file in waiting:
            self._write(json.loads(file.read_text(encoding="utf-8")))
            file.unlink()
        return len(waiting) == MOST
