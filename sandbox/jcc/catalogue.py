"""What one can have an appointment for, and where: the products and locations of city.yml in JCC's words."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any, TypeVar

from sandbox.city import City, Location, Product
from sandbox.ids import stable_id
from sandbox.jcc.errors import BadInput

# 0 is optional, 1 hidden, 2 required; JCC leaves out what is 0. A last name is always required and never listed.
HIDDEN, REQUIRED = 1, 2
REQUIRED_FIELDS: dict[str, int] = {
    "initials": HIDDEN,
    "birthDate": HIDDEN,
    "socialSecurityNumber": HIDDEN,
    "nationality": HIDDEN,
    "language": HIDDEN,
    "emailAddress": REQUIRED,
    "mainPhoneNumber": HIDDEN,
    "streetName": HIDDEN,
    "houseNumber": HIDDEN,
    "houseNumberSuffix": HIDDEN,
    "postalCode": HIDDEN,
    "city": HIDDEN,
    "country": HIDDEN,
}
_T = TypeVar("_T")
_COUNTRY = {"id": stable_id("jcc", "country", "BE"), "isoCode": "BE", "name": "België"}


@dataclass(frozen=True)
class Activity:
    id: str
    number: int
    product: Product

    @property
    def group(self) -> str:
        """Activities that are done at the same counters can be combined."""
        return stable_id("jcc", "group", *sorted(self.product.locations))

    def brief_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "number": self.number,
            "description": self.product.name,
            "appointmentDuration": self.product.minutes * 60,  # seconds here, minutes in calculateduration
            "maxCountForEvent": 0,
            "activityGroupId": self.group,
        }

    def to_json(self) -> dict[str, Any]:
        things = "".join(f"<li>{escape(thing)}</li>" for thing in self.product.bring)
        optional: dict[str, Any] = {"code": self.product.code}
        if things:
            optional["necessities"] = f"<p>Breng mee:</p><ul>{things}</ul>"
        if self.product.synonyms:
            optional["synonyms"] = list(self.product.synonyms)
        return {**self.brief_json(), **optional}


@dataclass(frozen=True)
class Place:
    id: str
    number: int
    location: Location
    city: City

    def to_json(self) -> dict[str, Any]:
        def own(*parts: str) -> str:
            return stable_id("jcc", "location", self.location.code, *parts)

        place: dict[str, Any] = {
            "id": self.id,
            "auditId": own("audit"),
            "isActive": True,
            "locationNumber": self.number,
            "code": self.location.code,
            "description": self.location.name,
            "address": {
                "id": own("address"),
                "auditId": own("address", "audit"),
                "streetName": self.location.street,
                "houseNumber": self.location.number,
                "postalCode": self.location.postcode,
                "city": self.location.town,
                "country": _COUNTRY,
            },
            "phoneNumberList": [self._phone(own)] if self.location.phone else [],
        }
        return {**place, "isDefault": True} if self.number == 1 else place  # left out when it would be false

    def _phone(self, own: Any) -> dict[str, Any]:
        return {
            "id": own("phone"),
            "auditId": own("phone", "audit"),
            "phoneNumber": {"id": own("number"), "auditId": own("number", "audit"), "value": self.location.phone},
            "phoneNumberType": {
                "id": stable_id("jcc", "phone-type"),
                "auditId": stable_id("jcc", "phone-type", "audit"),
                "name": "WorkPhoneNumber",
            },
        }


class Catalogue:
    def __init__(self, city: City) -> None:
        self.activities = [
            Activity(stable_id("jcc", "activity", product.code), number, product)
            for number, product in enumerate(city.products, start=9)
        ]
        self.places = [
            Place(stable_id("jcc", "location", location.code), number, location, city)
            for number, location in enumerate(city.locations, start=1)
        ]
        # What a product wants to know about the customer besides the usual; a test may change it
        self.more_fields: dict[str, dict[str, int]] = {}

    def activity(self, identifier: str) -> Activity:
        return _first((a for a in self.activities if a.id == identifier), "activity")

    def place(self, identifier: str) -> Place:
        return _first((p for p in self.places if p.id == identifier), "location")

    def place_with_code(self, code: str) -> Place:
        return _first((p for p in self.places if p.location.code == code), "location")

    def activities_at(self, place: Place | None) -> list[Activity]:
        return [a for a in self.activities if place is None or place.location.code in a.product.locations]

    def places_for(self, activities: Iterable[Activity]) -> list[Place]:
        wanted = list(activities)
        return [p for p in self.places if all(p.location.code in a.product.locations for a in wanted)]

    def additional(self, selected: list[Activity], place: Place | None, *, include_selected: bool) -> list[Activity]:
        groups = {activity.group for activity in selected}
        return [
            activity
            for activity in self.activities_at(place)
            if activity.group in groups and (include_selected or activity not in selected)
        ]

    def fields_for(self, activities: Iterable[Activity]) -> dict[str, int]:
        """The strictest of what the activities ask. Only what is hidden or required."""
        fields = dict(REQUIRED_FIELDS)
        for activity in activities:
            fields.update(self.more_fields.get(activity.product.code, {}))
        return {name: state for name, state in fields.items() if state}


def _first(found: Iterable[_T], what: str) -> _T:
    for item in found:
        return item
    raise BadInput(f"unknown {what}")
