"""The appointments: what may be booked, what is, and what was cancelled."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sandbox.clock import BRUSSELS
from sandbox.jcc.agenda import Agenda
from sandbox.jcc.catalogue import Activity, Catalogue, Place
from sandbox.jcc.customers import Customer
from sandbox.jcc.errors import BadInput, Refusal

FIRST_NUMBER = 4632
MOVED_WITHIN = timedelta(minutes=15)

Chosen = tuple[tuple[Activity, int], ...]  # activities with how many times each


@dataclass(frozen=True)
class BookingRequest:
    chosen: Chosen
    customer: Customer
    start: datetime
    end: datetime
    place: Place
    message: str


@dataclass
class Appointment:
    number: int
    chosen: Chosen
    customer: Customer
    start: datetime
    end: datetime
    place: Place
    message: str
    created_at: datetime
    counter: int
    id: str
    qr_code: str = field(default_factory=lambda: secrets.token_hex(7))
    cancelled_at: datetime | None = None
    replaces: str | None = None

    @property
    def activities(self) -> list[Activity]:
        return [activity for activity, _ in self.chosen]

    @property
    def minutes(self) -> int:
        return minutes_for(self.chosen)

    @property
    def title(self) -> str:
        return " + ".join(activity.product.name for activity in self.activities)

    def to_json(self) -> dict[str, Any]:
        optional = {"message": self.message} if self.message else {}
        return {
            "id": self.id,
            "number": self.number,
            "startDateTime": naive(self.start),
            "endDateTime": naive(self.end),
            "activityList": [{"amount": n, "activity": activity.brief_json()} for activity, n in self.chosen],
            "customerList": [self.customer.to_json()],
            "location": {"id": self.place.id, "description": self.place.location.name},
            "fieldList": [],
            "creationDateTime": naive(self.created_at, "milliseconds"),
            **optional,
        }


def naive(moment: datetime, precision: str = "seconds") -> str:
    """JCC writes local time without a zone."""
    return moment.astimezone(BRUSSELS).replace(tzinfo=None).isoformat("T", precision)


def minutes_for(chosen: Chosen) -> int:
    return sum(activity.product.minutes * amount for activity, amount in chosen)


@dataclass
class Bookings:
    catalogue: Catalogue
    agenda: Agenda
    now: Callable[[], datetime]
    all: list[Appointment] = field(default_factory=list)

    @property
    def valid(self) -> list[Appointment]:
        return [appointment for appointment in self.all if appointment.cancelled_at is None]

    def book(self, wanted: BookingRequest) -> Appointment | Refusal:
        required = self.catalogue.fields_for(activity for activity, _ in wanted.chosen)
        refusal = wanted.customer.refusal(required)
        if wanted.place not in self.catalogue.places_for(activity for activity, _ in wanted.chosen):
            raise BadInput("this location does not do that")
        if wanted.end - wanted.start != timedelta(minutes=minutes_for(wanted.chosen)):
            raise BadInput("toDateTime does not fit the duration")
        refusal = refusal or self.agenda.refusal(wanted.place.location, wanted.start, wanted.end)
        if refusal:
            return refusal
        identifier = str(uuid4())
        appointment = Appointment(
            id=identifier,
            number=FIRST_NUMBER + len(self.all),
            chosen=wanted.chosen,
            customer=wanted.customer,
            start=wanted.start,
            end=wanted.end,
            place=wanted.place,
            message=wanted.message,
            created_at=self.now(),
            counter=self.agenda.take(identifier, wanted.place.location, wanted.start, wanted.end),
        )
        self.all.append(appointment)
        return appointment

    def find(self, identifier: str) -> Appointment:
        found = next((a for a in self.valid if a.id == identifier), None)
        if found is None:
            raise BadInput("unknown appointment")
        return found

    def cancel(self, appointment: Appointment) -> None:
        appointment.cancelled_at = self.now()
        self.agenda.release(appointment.id)

    def moved_to(self, old: Appointment) -> Appointment | None:
        """The appointment that takes the old one's place: the same customer booked the same thing just now.

        JCC knows no moving; whoever moves an appointment books a new one and cancels
        the old. One booking can take the place of one other.
        """
        for new in reversed(self.valid):
            if (
                new.replaces is None
                and new.created_at > old.created_at
                and self.now() - new.created_at <= MOVED_WITHIN
                and new.customer.email.lower() == old.customer.email.lower()
                and new.activities == old.activities
            ):
                return new
        return None

    def on(self, place: Place, day: date) -> dict[str, Appointment]:
        return {a.id: a for a in self.valid if a.place == place and a.start.date() == day}
