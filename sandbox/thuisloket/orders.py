"""The orders of attests and how far each of them is.

An order for which the register knows everything is ready at once; the others wait
for an official. The same idempotency key with the same body is the same order.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sandbox.people import People, Person, Relative
from sandbox.thuisloket.catalogue import AttestType
from sandbox.thuisloket.errors import ThuisloketError, forbidden, invalid, not_found

AT_ONCE, BY_HAND = timedelta(minutes=15), timedelta(days=2)
OF_AGE = 18


class Status(StrEnum):
    RECEIVED = "ontvangen"
    IN_HAND = "in_behandeling"
    DELIVERED = "afgeleverd"
    REFUSED = "geweigerd"
    CANCELLED = "geannuleerd"


OPEN = (Status.RECEIVED, Status.IN_HAND)


@dataclass
class Order:
    id: str
    kind: AttestType
    applicant: Person
    member: Relative | None
    body: Mapping[str, Any]
    ordered_at: datetime
    expected_at: datetime
    status: Status
    missing: tuple[str, ...] = ()  # what the register does not know, so that an official must look
    reason: str = ""  # why it was refused
    certificate: "Certificate | None" = None

    @property
    def subject(self) -> str:
        return self.member.name if self.member else self.applicant.name

    @property
    def delivery(self) -> str:
        return str(self.body["levering"]["wijze"])

    @property
    def email(self) -> str:
        return str(self.body["levering"].get("email") or "")


@dataclass(frozen=True)
class Certificate:
    """What was delivered. `id` counts from 1 for each citizen."""

    id: int
    owner: str
    year: str
    language: str
    name: str
    pdf: bytes


@dataclass
class Orders:
    people: People
    now: Callable[[], datetime]
    all: list[Order] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    paused: bool = False  # nothing goes out by itself: an official must press the button
    _keys: dict[tuple[str, str], tuple[str, Order]] = field(default_factory=dict)

    def place(self, rrn: str, key: str, kind: AttestType, body: Mapping[str, Any]) -> tuple[Order, bool]:
        """The order, and whether it is new. Raises ThuisloketError: 409 when the key was used for another body."""
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        known = self._keys.get((rrn, key))
        if known:
            if known[0] != digest:
                raise ThuisloketError(409, "This Idempotency-Key was used for another request.")
            return known[1], False
        order = self._new(self.person(rrn), kind, body)
        self._keys[rrn, key] = digest, order
        self.all.append(order)
        return order, True

    def person(self, rrn: str) -> Person:
        person = self.people.with_rrn(rrn)
        if person is None:
            raise invalid(("aanvrager", "niet ingeschreven in deze gemeente"))
        return person

    def of(self, rrn: str, order_id: str) -> Order:
        """Raises ThuisloketError: 404 when it is not there, 403 when it is somebody else's."""
        order = self.with_id(order_id)
        if order.applicant.rrn != rrn:
            raise forbidden()
        return order

    def with_id(self, order_id: str) -> Order:
        found = next((order for order in self.all if order.id == order_id), None)
        if found is None:
            raise not_found("request")
        return found

    def with_reference(self, rrn: str, reference: str) -> list[Order]:
        return [o for o in self.all if o.applicant.rrn == rrn and o.body["referentie"] == reference]

    def cancel(self, order: Order) -> None:
        if order.status not in OPEN:
            raise ThuisloketError(409, f"The request is {order.status}.")
        order.status = Status.CANCELLED

    def delivered(self, order: Order, pdf: bytes) -> Certificate:
        owner = str(order.applicant.rrn)
        number = 1 + sum(certificate.owner == owner for certificate in self.certificates)
        year, language = str(self.now().year), str(order.body["taal"])
        order.certificate = Certificate(number, owner, year, language, order.kind.name, pdf)
        order.status = Status.DELIVERED
        self.certificates.append(order.certificate)
        return order.certificate

    def _new(self, applicant: Person, kind: AttestType, body: Mapping[str, Any]) -> Order:
        member = self._member(applicant, body.get("gezinslid"))
        missing = tuple(name for name in kind.needs if name in applicant.unknown)
        now = self.now()
        return Order(
            id=str(uuid.uuid4()),
            kind=kind,
            applicant=applicant,
            member=member,
            body=body,
            ordered_at=now,
            expected_at=now + (BY_HAND if missing else AT_ONCE),
            status=Status.IN_HAND if missing else Status.RECEIVED,
            missing=missing,
        )

    def _member(self, applicant: Person, member_id: str | None) -> Relative | None:
        """A parent may order for his own child while it is a minor, and for nobody else."""
        if member_id is None:
            return None
        for relative in applicant.family:
            if family_id(relative) == member_id and self._is_minor(relative) and relative.relation == "kind":
                return relative
        raise forbidden()

    def _is_minor(self, relative: Relative) -> bool:
        today, born = self.now().date(), relative.birth_date
        return age(born, today) < OF_AGE


def age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def family_id(relative: Relative) -> str:
    """Names a member of a household without telling his number."""
    return hashlib.sha256(f"{relative.rrn}{relative.name}{relative.birth_date}".encode()).hexdigest()[:16]
