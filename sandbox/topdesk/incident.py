"""One incident, and everything that happened to it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sandbox.topdesk.lookups import Ref


def new_id() -> str:
    return str(uuid4())


@dataclass(frozen=True)
class LogEntry:
    """A text in the request log (what the caller said) or the action log (what the city did)."""

    is_request: bool
    html: str
    plain: str
    at: datetime
    author: Ref
    invisible: bool = False
    id: str = field(default_factory=new_id)


@dataclass(frozen=True)
class Attachment:
    name: str
    media_type: str
    content: bytes
    description: str
    at: datetime
    author: Ref
    invisible: bool = False
    id: str = field(default_factory=new_id)


@dataclass(frozen=True)
class SentMail:
    title: str
    sender: str
    at: datetime
    id: str = field(default_factory=new_id)


@dataclass
class Incident:
    """`values` are the fields that can be set, under TOPdesk's own names."""

    number: str
    created_at: datetime
    creator: Ref
    values: dict[str, Any]
    id: str = field(default_factory=new_id)
    line: str = "firstLine"
    is_archived: bool = False
    modified_at: datetime | None = None
    modifier: Ref | None = None
    escalation: tuple[str, Ref | None] | None = None
    log: list[LogEntry] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    mails: list[SentMail] = field(default_factory=list)

    @property
    def status(self) -> str:
        return f"{self.line}Archived" if self.is_archived else self.line

    @property
    def caller_email(self) -> str:
        person = self.values.get("callerLookup")
        return str(person.email) if person else self.of_caller("email")

    @property
    def caller_name(self) -> str:
        person = self.values.get("callerLookup")
        return str(person.ref.name) if person else self.of_caller("dynamicName")

    def of_caller(self, name: str) -> str:
        return str((self.values.get("caller") or {}).get(name) or "")

    def text(self, name: str) -> str:
        return str(self.values.get(name) or "")

    def chosen(self, name: str) -> str:
        """The name of what was chosen from one of the tenant's lists."""
        return str(self.values[name].name) if self.values.get(name) else ""

    @property
    def state(self) -> str:
        """How far it is, in the one word that the caller gets to hear."""
        if self.values.get("closed"):
            return "Afgesloten"
        if self.values.get("completed"):
            return "Afgehandeld"
        if self.values.get("onHold"):
            return "Wacht op derden"
        return str(self.values["processingStatus"].name)

    def trail(self) -> list[LogEntry | Attachment | SentMail]:
        """Newest first."""
        everything: list[LogEntry | Attachment | SentMail] = [*self.log, *self.attachments, *self.mails]
        return sorted(everything, key=lambda item: item.at, reverse=True)

    def texts(self, *, requests: bool) -> list[LogEntry]:
        return [entry for entry in reversed(self.log) if entry.is_request is requests]
