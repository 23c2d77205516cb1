"""Whom an appointment is for: JCC's customer fields, their lengths, and which are required."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sandbox.jcc.catalogue import REQUIRED
from sandbox.jcc.errors import NO_NAME, BadInput, Refusal, missing_fields
from sandbox.mail import is_address

_LENGTHS = {
    "firstName": 128,
    "initials": 128,
    "lastName": 128,
    "lastNamePrefix": 128,
    "nationality": 128,
    "customNationality": 128,
    "language": 128,
    "socialSecurityNumber": 16,
    "emailAddress": 254,
    "phoneNumber": 16,
    "mobilePhoneNumber": 16,
    "streetName": 64,
    "houseNumberSuffix": 16,
    "postalCode": 16,
    "city": 80,
    "country": 80,
    "customCountryIso": 2,
    "ssnCountryId": 36,
    "nationalityId": 36,
    "languageId": 36,
    "addressCountryId": 36,
}
_OTHERS = frozenset({"id", "isMainCustomer", "gender", "birthDate", "houseNumber"})
_ON_THE_WIRE = {"mainPhoneNumber": "phoneNumber"}  # called otherwise in the list of required fields


@dataclass(frozen=True)
class Customer:
    id: str
    values: Mapping[str, Any]

    @property
    def email(self) -> str:
        return str(self.values.get("emailAddress") or "")

    @property
    def name(self) -> str:
        parts = (self.values.get(name) for name in ("firstName", "lastNamePrefix", "lastName"))
        return " ".join(str(part) for part in parts if part)

    def refusal(self, required: Mapping[str, int]) -> Refusal | None:
        if not self.values.get("lastName"):
            return NO_NAME
        wanted = [_ON_THE_WIRE.get(name, name) for name, state in required.items() if state == REQUIRED]
        absent = [name for name in wanted if self.values.get(name) in (None, "")]
        return missing_fields(absent) if absent else None

    def to_json(self) -> dict[str, Any]:
        given = {name: value for name, value in self.values.items() if value not in (None, "")}
        if "birthDate" in given:
            given["birthDate"] = f"{given['birthDate'][:10]}T00:00:00"
        return {**given, "id": self.id}


def read_customer(raw: object) -> Customer:
    """Raises BadInput for what JCC stumbles over."""
    if not isinstance(raw, dict) or "id" not in raw or raw["id"] is not None:
        raise BadInput("a new customer has id null")
    if set(raw) - set(_LENGTHS) - _OTHERS:
        raise BadInput("unknown customer field")
    if raw.get("isMainCustomer") is not True:
        raise BadInput("the first customer is the main one")
    if isinstance(raw.get("gender"), bool) or raw.get("gender") not in (0, 1, 2):
        raise BadInput("gender is 0, 1 or 2")
    for name, longest in _LENGTHS.items():
        value = raw.get(name)
        if value is not None and (not isinstance(value, str) or len(value) > longest):
            raise BadInput(f"{name} does not fit")
    if raw.get("emailAddress") and not is_address(raw["emailAddress"]):
        raise BadInput("emailAddress is none")
    if raw.get("houseNumber") is not None and not isinstance(raw["houseNumber"], int):
        raise BadInput("houseNumber is a number")
    if raw.get("birthDate") is not None:
        _date(raw["birthDate"])
    return Customer(str(uuid4()), {name: value for name, value in raw.items() if name != "id"})


def _date(value: object) -> date:
    try:
        return datetime.fromisoformat(str(value)).date()
    except ValueError as error:
        raise BadInput("birthDate is no date") from error
