"""What the dialogue needs of the city's systems, whatever product the city runs.

A backend is replaced by another class with these methods and one line in
`actions/wiring.py`. Every method may raise the errors of `errors.py`; an empty
list means that there is nothing, never that nobody answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class Photo:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Report:
    """What a citizen reports. `key` is ours and makes creating it twice impossible."""

    key: str
    summary: str
    description: str
    category: str
    subcategory: str
    place: str
    channel: str
    name: str | None = None
    email: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Progress:
    id: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Incident:
    id: str
    number: str
    status: str  # the backend's own word
    closed: bool
    completed: bool = False
    on_hold: bool = False
    outcome: str = ""  # why it was closed, in the backend's own words
    team: str = ""  # who it was given to
    escalated: bool = False
    due: date | None = None  # when the city means to be ready
    progress: Sequence[Progress] = ()


class Incidents(Protocol):
    async def create(self, report: Report) -> Incident:
        """The incident with the report's key, made if there is none yet."""

    async def attach(self, incident: str, photo: Photo) -> None:
        """Once per file name."""

    async def find(self, number: str) -> Incident:
        """With the progress that a citizen may see."""


@dataclass(frozen=True)
class Activity:
    """What an appointment can be for, as the calendar knows it."""

    id: str
    code: str
    name: str


@dataclass(frozen=True)
class Office:
    id: str
    name: str


@dataclass(frozen=True)
class Slot:
    """A free moment; aware, Europe/Brussels."""

    starts_at: datetime


@dataclass(frozen=True)
class Customer:
    name: str
    email: str
    phone: str | None = None


@dataclass(frozen=True)
class Appointment:
    id: str
    number: str
    starts_at: datetime
    activity: str
    office: str
    extra: Mapping[str, str] = field(default_factory=dict)


class Appointments(Protocol):
    async def activities(self) -> list[Activity]: ...

    async def offices(self, activity: Activity) -> list[Office]: ...

    async def free_slots(self, activity: Activity, office: Office, first: date, last: date) -> list[Slot]:
        """From the first day up to and including the last."""

    async def required(self, activity: Activity) -> frozenset[str]:
        """Which of "phone" and "email" the calendar demands besides a name."""

    async def book(self, activity: Activity, office: Office, slot: Slot, customer: Customer) -> Appointment:
        """Raises Rejected("slot_taken") when it is no longer free, Uncertain when the outcome is unknown."""

    async def read(self, appointment: str) -> Appointment:
        """Raises NotFound when it was cancelled."""

    async def cancel(self, appointment: str) -> None:
        """Cancelling what is not there any more is fine."""


@dataclass(frozen=True)
class DossierStep:
    """How far a dossier was from that moment on; phase and code are those of the Flemish code list."""

    phase: str
    code: str
    changed_at: datetime
    detail: str = ""
    needs_action: bool = False
    action: str = ""  # what the citizen must do


@dataclass(frozen=True)
class Dossier:
    """What some administration has to decide or to pay for a citizen. Source and number together are its key."""

    source: str
    number: str
    name: str
    step: DossierStep
    organisation: str
    link: str = ""


class DossierStatuses(Protocol):
    """Both want the rijksregisternummer of a citizen who logged in, and give only what he may see."""

    async def list_for(self, rrn: str) -> list[Dossier]:
        """Latest change first."""

    async def history(self, rrn: str, dossier: Dossier) -> list[DossierStep]:
        """Every step that it took, latest first. Raises NotFound when it is not his."""


@dataclass(frozen=True)
class Applicant:
    """Who asks, as his login proved it. For no log and no slot."""

    rrn: str
    level: str  # how strongly he logged in


@dataclass(frozen=True)
class Relative:
    """Somebody of the applicant's household; `id` means something to the backend only."""

    id: str
    name: str
    relation: str  # the backend's own word
    born: date


@dataclass(frozen=True)
class Resident:
    """What the city's register knows of the applicant."""

    email: str | None
    address: str
    family: Sequence[Relative] = ()


@dataclass(frozen=True)
class AttestRequest:
    """What a citizen orders. `key` is ours and makes ordering it twice impossible; `details` are what the type asks."""

    key: str
    type: str
    delivery: str  # "email" or "post"
    details: Mapping[str, str | bool]
    relative: str | None = None  # id of whom it is for; None: the applicant himself
    email: str | None = None


class AttestState(StrEnum):
    RECEIVED = "received"
    BY_HAND = "by_hand"  # an official must look at it
    DELIVERED = "delivered"
    REFUSED = "refused"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class AttestOrder:
    id: str
    state: AttestState
    expected_at: datetime | None = None
    reason: str = ""  # why it was refused, in the official's words


@dataclass(frozen=True)
class Certificate:
    """An attest that was delivered; `link` is where it can be fetched."""

    id: str
    name: str
    language: str
    year: int
    link: str


@dataclass(frozen=True)
class AttestType:
    code: str
    name: str
    fields: Sequence[str]
    delivery: Sequence[str]


class Attests(Protocol):
    async def types(self) -> list[AttestType]: ...

    async def resident(self, applicant: Applicant) -> Resident:
        """Raises NotFound for somebody who does not live in this city."""

    async def order(self, applicant: Applicant, request: AttestRequest) -> AttestOrder:
        """The order with the request's key, placed if there is none yet."""

    async def status(self, applicant: Applicant, order: str) -> AttestOrder: ...

    async def cancel(self, applicant: Applicant, order: str) -> None:
        """Raises Rejected("too_late") once it was delivered."""

    async def delivered(self, applicant: Applicant) -> list[Certificate]:
        """All of them, the latest last."""

    async def download(self, applicant: Applicant, certificate: Certificate) -> bytes:
        """The PDF."""


class Mailer(Protocol):
    async def send(self, to: str, subject: str, text: str) -> None:
        """Raises Unavailable or Misconfigured when it did not go."""
