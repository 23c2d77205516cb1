"""Rasa's memory of a dialogue: one row per turn, and the recent dialogues kept at hand.

Rasa's own SQL store takes about 60 % of a turn: it reads every event of the session twice,
writes a row per event and waits for the disk. Here a turn is one small read of a version
number and one short transaction; a dialogue that this process told last is not read again.
The version is checked both times, so another process or a restart is never out of date.

The ledger holds what was said and filed. Losing this memory costs a citizen the thread of
the talk and nothing else, hence `synchronous=NORMAL`: a turn survives the death of the
process, the last moments before a power cut may not.
"""

import asyncio
import json
import logging
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker

from bot import database

log = logging.getLogger(__name__)

KEPT = 500  # dialogues held in memory; about 0.2 MB each when they are long
HOUR = 3600.0


class StaleDialogue(Exception):
    """Somebody else told this dialogue further since it was read. The turn has to be done again."""


@dataclass(frozen=True)
class Position:
    """How far a dialogue is stored: its version, the version its session began at, its number of events."""

    version: int = 0
    session: int = 1
    events: int = 0


class DialogueStore(TrackerStore):  # type: ignore[misc]
    """Named in endpoints.yml; `url` is an SQLAlchemy URL of SQLite or PostgreSQL."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        host: str | None = None,
        *,
        keep_days: float = 30,
        kept: int = KEPT,
        patience: float = 30,
        **_: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self._engine = database.open_or_stop(host, patience)
        self._threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="dialogue-store")
        self._keep_days = keep_days
        self._kept: OrderedDict[str, DialogueStateTracker] = OrderedDict()
        self._max_kept = kept
        self._purged_at = 0.0

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The latest session, or None. A tracker is lent: `save` brings it back, a turn that fails does not."""
        at_hand = self._kept.pop(sender_id, None)
        version = at_hand.position.version if at_hand is not None else 0
        stored = await self._in_thread(self._read, sender_id, version)
        if stored is None:
            return None
        position, events = stored
        if at_hand is not None and position.version == version:
            return at_hand
        return self._tracker(sender_id, position, events)

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """All sessions. Rasa asks this for reports only."""
        events = await self._in_thread(self._read_all, conversation_id)
        return DialogueStateTracker.from_dict(conversation_id, events, self.domain.slots) if events else None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Adds what is new since the dialogue was lent. Raises StaleDialogue when another process was first."""
        position: Position = getattr(tracker, "position", Position())
        new = [event.as_dict() for event in list(tracker.events)[position.events :]]
        if not new:
            return
        begins = any(event["event"] == SessionStarted.type_name for event in new)
        version = position.version + 1
        after = Position(version, version if begins else position.session, len(tracker.events))
        await self._in_thread(self._write, tracker.sender_id, after, new)
        if not begins:  # a tracker drags the events of its former session along; read afresh it does not
            tracker.position = after
            self._keep(tracker)
        await self._purge_now_and_then()

    async def keys(self) -> list[str]:
        return await self._in_thread(self._read_keys)

    async def purge(self, days: float) -> int:
        """Forgets every dialogue that was silent for so many days, and says how many; of the others the sessions before
        the latest, which nobody reads any more."""
        return await self._in_thread(self._delete_before, time.time() - days * 24 * HOUR)

    async def forget(self, sender_id: str) -> None:
        """Forgets this dialogue at once. Not during one of its turns, which would bring it back."""
        self._kept.pop(sender_id, None)
        await self._in_thread(self._delete, sender_id)

    def _tracker(self, sender_id: str, position: Position, events: list[dict[str, Any]]) -> DialogueStateTracker:
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        tracker.position = Position(position.version, position.session, len(tracker.events))
        return tracker

    def _keep(self, tracker: DialogueStateTracker) -> None:
        self._kept[tracker.sender_id] = tracker
        while len(self._kept) > self._max_kept:
            self._kept.popitem(last=False)

    async def _purge_now_and_then(self) -> None:
        if time.monotonic() - self._purged_at > HOUR:
            self._purged_at = time.monotonic()
            forgotten = await self.purge(self._keep_days)
            log.info("dialogues.purged number=%d", forgotten)

    async def _in_thread(self, work: Any, *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)

    def _read(self, sender_id: str, known: int) -> tuple[Position, list[dict[str, Any]]] | None:
        with self._engine.connect() as connection:
            row = connection.execute(database.POSITION, {"sender": sender_id}).first()
            if row is None:
                return None
            position = Position(row.version, row.session)
            if row.version == known:
                return position, []
            rows = connection.execute(database.SESSION, {"sender": sender_id, "session": row.session})
            return position, _latest_session(_events(rows))

    def _read_all(self, sender_id: str) -> list[dict[str, Any]]:
        with self._engine.connect() as connection:
            return _events(connection.execute(database.SESSION, {"sender": sender_id, "session": 0}))

    def _read_keys(self) -> list[str]:
        with self._engine.connect() as connection:
            return list(connection.execute(sa.select(database.dialogue.c.sender_id)).scalars())

    def _write(self, sender_id: str, after: Position, events: list[dict[str, Any]]) -> None:
        values = {"sender": sender_id, "version": after.version, "session": after.session, "at": time.time()}
        try:
            with self._engine.begin() as connection:
                claim = database.CREATE if after.version == 1 else database.ADVANCE
                if connection.execute(claim, values).rowcount != 1:
                    raise StaleDialogue(sender_id)
                connection.execute(database.TELL, {**values, "events": json.dumps(events)})
        except sa.exc.IntegrityError as error:
            raise StaleDialogue(sender_id) from error

    def _delete_before(self, moment: float) -> int:
        with self._engine.begin() as connection:
            connection.execute(database.FORGET_TURNS, {"moment": moment})
            connection.execute(database.FORGET_SESSIONS)
            return int(connection.execute(database.FORGET, {"moment": moment}).rowcount)

    def _delete(self, sender_id: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(database.FORGET_TURNS_OF, {"sender": sender_id})
            connection.execute(database.FORGET_ONE, {"sender": sender_id})
        database.wipe(self._engine)


def _events(rows: Any) -> list[dict[str, Any]]:
    return [event for row in rows for event in json.loads(row.events)]


def _latest_session(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    starts = [index for index, event in enumerate(events) if event["event"] == SessionStarted.type_name]
    return events[starts[-1] :] if starts else events
