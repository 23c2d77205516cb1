"""Follows what was filed in the city's systems, and leaves word for the bot when a citizen can see that it changed.

Those systems tell nobody by themselves (their mails are for the citizen), so they are
asked, ever more rarely as long as nothing changes. What a citizen can see of a report is
how far it is, that others took it over, and the notes that are meant for him. Several changes between
two looks are told as one.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import structlog

from actions.accounts import Work, activity_of, on_behalf_of
from actions.background import keep_doing
from actions.clients.errors import BackendError, NotFound
from actions.clients.ports import Incident, Incidents, Progress
from conversations.ledger import Ledger
from conversations.model import JSON, UnknownConversation
from filings.follows import Follows
from filings.model import Change, Follow

log = structlog.get_logger()

MOST = 20  # looks in one round


class News(StrEnum):
    """What can be new to a citizen. The first four are how far his report is, as he understands it."""

    OPEN = "open"  # then the city's own word says how far
    PAUSED = "paused"
    COMPLETED = "completed"
    CLOSED = "closed"
    PASSED_ON = "passed_on"  # to other people, who can do more about it
    NOTE = "note"


@dataclass(frozen=True)
class Look:
    """What a look found: how it stands now, what is new to the citizen ({}: nothing), and whether it is over."""

    standing: Mapping[str, JSON]
    news: Mapping[str, JSON]
    is_over: bool


class Watch(Protocol):
    """Looks at filings of one kind, and names the event that tells the bot what it found."""

    @property
    def event(self) -> str: ...

    async def look(self, follow: Follow) -> Look:
        """Raises NotFound when the thing is gone."""


class Followups:
    def __init__(self, watches: Mapping[str, Watch], follows: Follows, ledger: Ledger) -> None:
        """`watches`: who looks, for each kind of filing."""
        self.watches = watches
        self.follows = follows
        self.ledger = ledger

    async def run(self) -> None:
        await keep_doing("followups", self.round)

    async def round(self) -> None:
        """Looks at what is due, and tells what was found; then the city's system gets a rest."""
        for _ in range(MOST):
            follow = await asyncio.to_thread(self.follows.claim_due)
            if follow is None or not await self.look(follow):
                break
        await asyncio.to_thread(self.tell)

    async def look(self, follow: Follow) -> bool:
        """False when the system cannot be reached: then the others can wait as well."""
        try:
            found = await self._look(follow)
        except NotFound:
            log.warning("followup.gone", filing=follow.filing.id)
            await asyncio.to_thread(self.follows.unfollow, follow.filing)
            return True
        except BackendError as error:
            log.warning("followup.postponed", filing=follow.filing.id, error=type(error).__name__)
            return False
        await asyncio.to_thread(self._keep, follow, found)
        return True

    async def _look(self, follow: Follow) -> Look:
        filing = follow.filing
        work = Work(filing.conversation, activity_of(filing.kind), at=filing.created_at, actor="assistent")
        with on_behalf_of(work):
            return await self.watches[filing.kind].look(follow)

    def _keep(self, follow: Follow, found: Look) -> None:
        if found.news:
            self.follows.changed(follow, found.standing, found.news)
        if found.is_over:
            self.follows.unfollow(follow.filing)

    def tell(self) -> None:
        """Leaves word for the bot of every change that the citizen does not know of."""
        for change in self.follows.untold():
            self._leave(change)
            self.follows.told(change)

    def _leave(self, change: Change) -> None:
        event = self.watches[change.filing.kind].event
        payload = f'/{event}{{"keuze": "{change.filing.reference}:{change.number}"}}'
        external_id = f"change:{change.filing.id}:{change.number}"
        try:
            self.ledger.leave(change.filing.conversation, payload, external_id=external_id)
        except UnknownConversation:
            log.warning("followup.nobody_to_tell", filing=change.filing.id)


class IncidentWatch:
    event = "melding_gewijzigd"

    def __init__(self, incidents: Incidents) -> None:
        self.incidents = incidents

    async def look(self, follow: Follow) -> Look:
        """By its number, as long as that is still the same incident: nobody must hear of another one's report."""
        incident = await self.incidents.find(str(follow.filing.external_reference))
        if incident.id != follow.filing.external_id:
            raise NotFound("followup", "find")
        return Look(standing(incident), news_in(follow.seen, incident), incident.closed)


def standing(incident: Incident) -> dict[str, JSON]:
    """What a citizen knows who knows how it stands. Once it no longer runs, the city's word for a step says nothing."""
    stage = stage_of(incident)
    return {
        "stage": stage,
        "status": incident.status if stage is News.OPEN else "",
        "team": incident.team,
        "escalated": incident.escalated,
        "notes": [note.id for note in incident.progress],
    }


def news_in(seen: Mapping[str, JSON], incident: Incident) -> dict[str, JSON]:
    """What is new to a citizen who saw that: one thing and perhaps a note; {} when there is nothing."""
    now = standing(incident)
    notes = [note.text for note in _unseen(seen, incident) if note.text]
    if now["stage"] != seen.get("stage") or now["status"] != seen.get("status"):
        what = now["stage"]
        if incident.closed and incident.outcome:
            notes.insert(0, incident.outcome)
    elif _passed_on(seen, incident):
        what = News.PASSED_ON
    elif notes:
        what = News.NOTE
    else:
        return {}
    return {"what": what, "status": now["status"], "note": "\n\n".join(notes)}


def _passed_on(seen: Mapping[str, JSON], incident: Incident) -> bool:
    """Taking it back, or away from everybody, is no news."""
    other_team = incident.team not in ("", seen.get("team"))
    return other_team or (incident.escalated and not seen.get("escalated"))


def _unseen(seen: Mapping[str, JSON], incident: Incident) -> list[Progress]:
    known = set(seen.get("notes") or ())
    return sorted((note for note in incident.progress if note.id not in known), key=lambda note: note.at)


def stage_of(incident: Incident) -> News:
    """How far his report is, as a citizen understands it."""
    if incident.closed:
        return News.CLOSED
    if incident.completed:
        return News.COMPLETED
    return News.PAUSED if incident.on_hold else News.OPEN
