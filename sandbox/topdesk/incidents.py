"""The register of incidents: numbers them, keeps them, and applies changes as TOPdesk does."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.topdesk.errors import TopdeskError, forbidden, missing, not_found, unparsable
from sandbox.topdesk.incident import Attachment, Incident, LogEntry
from sandbox.topdesk.lookups import Lookups, Ref
from sandbox.topdesk.richtext import clean

FIRST_NUMBER = 41  # of every month; a city does not begin at 1
MANDATORY = ("briefDescription", "caller")
_NOT_KEPT = frozenset({"request", "action", "actionInvisibleForCaller", "status", "mainIncident", "externalLink"})
_DATED = {"responded": "responseDate", "completed": "completedDate", "closed": "closedDate", "onHold": "onHoldDate"}
_REFUSED_ENDINGS = (".exe", ".bat", ".cmd", ".com", ".js", ".msi", ".ps1", ".sh", ".vbs")


@dataclass(frozen=True)
class Change:
    """What a change meant to the caller: another state, and what the city said about it."""

    state: str | None
    note: str


@dataclass
class Incidents:
    lookups: Lookups
    now: Callable[[], datetime]
    mandatory: tuple[str, ...] = MANDATORY
    all: list[Incident] = field(default_factory=list)

    def create(self, values: dict[str, Any], author: Ref) -> Incident:
        """Raises TopdeskError when a mandatory field is missing."""
        self._check_mandatory(values)
        if values.get("feedbackRating") is not None and not values.get("closed"):
            raise unparsable("feedbackRating")
        now = self.now()
        incident = Incident(
            number=self._next_number(now),
            created_at=now,
            creator=author,
            line=values.get("status") or "firstLine",
            values={"processingStatus": self.lookups.default_status},
        )
        self._apply(incident, values, author)
        self.all.append(incident)
        return incident

    def change(self, incident: Incident, values: dict[str, Any], author: Ref) -> Change:
        if incident.is_archived:
            raise forbidden()
        closed = values["closed"] if "closed" in values else incident.values.get("closed")
        if values.get("feedbackRating") is not None and not closed:
            raise unparsable("feedbackRating")
        for name in self.mandatory:
            if name in values and not values[name]:
                raise missing(name)
        before = incident.state
        note = self._apply(incident, values, author)
        return Change(incident.state if incident.state != before else None, note)

    def attach(self, incident: Incident, attachment: Attachment) -> None:
        if incident.is_archived:
            raise forbidden()
        if attachment.name.lower().endswith(_REFUSED_ENDINGS):
            raise TopdeskError(400, "The file type is not allowed", "file")
        incident.attachments.append(attachment)
        self._touch(incident, attachment.author)

    def move(self, incident: Incident, line: str, reason: Ref | None, author: Ref) -> None:
        """Escalates to the second line, or de-escalates to the first."""
        if incident.is_archived:
            raise forbidden()
        if incident.line == line:
            raise unparsable("status")
        incident.line = line
        incident.escalation = ("Escalated" if line == "secondLine" else "Deescalated", reason)
        self._touch(incident, author)

    def archive(self, incident: Incident, archived: bool, author: Ref) -> None:
        incident.is_archived = archived
        self._touch(incident, author)

    def with_id(self, identifier: str) -> Incident:
        return self._first(incident for incident in self.all if incident.id == identifier)

    def with_number(self, number: str) -> Incident:
        return self._first(incident for incident in self.all if incident.number.lower() == number.lower())

    def _first(self, found: Iterable[Incident]) -> Incident:
        incident = next(iter(found), None)
        if incident is None:
            raise not_found("The incident")
        return incident

    def _next_number(self, now: datetime) -> str:
        month = f"I {now:%y%m} "
        return f"{month}{FIRST_NUMBER + sum(i.number.startswith(month) for i in self.all):03d}"

    def _check_mandatory(self, values: dict[str, Any]) -> None:
        for name in self.mandatory:
            given = values.get(name)
            if name == "caller":
                given = values.get("callerLookup") or (given or {}).get("dynamicName")
            if not given:
                raise missing(name)

    def _apply(self, incident: Incident, values: dict[str, Any], author: Ref) -> str:
        """Sets the fields, appends to the logs, and returns what was said to the caller."""
        now, kept = self.now(), incident.values
        if values.get("caller") and kept.get("caller"):
            values = {**values, "caller": {**kept["caller"], **values["caller"]}}
        if "category" in values and not values.get("subcategory"):
            kept["subcategory"] = None
        kept.update({name: value for name, value in values.items() if name not in _NOT_KEPT})
        if values.get("externalLink"):
            kept.setdefault("externalLinks", []).append(values["externalLink"])
        self._follow_status(kept, values)
        for name, moment in _DATED.items():
            if name in values or kept.get(name):
                kept[moment] = (kept.get(moment) or now) if kept.get(name) else None
        if "priority" not in values and ("impact" in values or "urgency" in values):
            kept["priority"] = self.lookups.priority(kept.get("impact"), kept.get("urgency"))
        self._touch(incident, author)
        return self._write_log(incident, values, author, now)

    def _follow_status(self, kept: dict[str, Any], values: dict[str, Any]) -> None:
        """The tenant's settings: a status decides about on hold and completed; closing completes."""
        if values.get("processingStatus"):
            kept["onHold"] = values.get("onHold", self.lookups.is_on_hold(values["processingStatus"]))
            kept["completed"] = values.get("completed", self.lookups.is_completed(values["processingStatus"]))
            if not kept["completed"] and "closed" not in values:
                kept["closed"] = False
        if kept.get("closed"):
            kept["completed"] = True

    def _write_log(self, incident: Incident, values: dict[str, Any], author: Ref, now: datetime) -> str:
        said = ""
        for name in ("request", "action"):
            if not values.get(name):
                continue
            html, plain = clean(values[name])
            invisible = name == "action" and bool(values.get("actionInvisibleForCaller"))
            incident.log.append(LogEntry(name == "request", html, plain, now, author, invisible))
            if name == "action" and not invisible:
                said = plain
        return said

    def _touch(self, incident: Incident, author: Ref) -> None:
        incident.modified_at, incident.modifier = self.now(), author
