"""What GGS2's operations answer, from the same catalogue, agenda and bookings that the REST interface has.

JCC counts its products, locations and appointments, and that number is their id
here; the REST interface has uuids for the same things.
"""

import base64
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from typing import Any

from sandbox.jcc import desk
from sandbox.jcc.bookings import Appointment, minutes_for, naive
from sandbox.jcc.catalogue import REQUIRED
from sandbox.jcc.errors import TAKEN, Refusal
from sandbox.jcc.soap import shapes
from sandbox.jcc.soap.booking import NotBooked, booking, chosen, place
from sandbox.jcc.soap.messages import Content, Malformed, SoapFault
from sandbox.world import World

DONE = 0
NOT_DELETED, NOT_THERE = 1, 2  # of deleteGovAppointment
NO_DATE = date.min
_REQUIRED_NAMES = {
    "birthDate": "Birthday",
    "initials": "Initials",
    "gender": "Sex",
    "streetName": "Address",
    "postalCode": "PostalCode",
    "city": "City",
    "emailAddress": "Email",
    "mainPhoneNumber": "MainTel",
    "mobilePhoneNumber": "MobileTel",
    "socialSecurityNumber": "ID",
}
Values = Mapping[str, Any]
Answer = Callable[[World, Values], Coroutine[Any, Any, Content]]


@dataclass(frozen=True)
class Operation:
    """`method` is that of the REST call that does the same: a fault is limited to it."""

    name: str
    shape: shapes.Shape
    answer: Answer
    method: str = "GET"

    @property
    def request(self) -> str:
        return f"{self.name}Request"

    @property
    def response(self) -> str:
        return f"{self.name}Response"

    @property
    def refusal(self) -> Content:
        """What a write answers that is turned down for a reason of business."""
        if self.method == "DELETE":
            return [("updateStatus", str(NOT_DELETED))]
        return _not_booked(TAKEN.code)


async def _products(world: World, values: Values) -> Content:
    return [
        (
            "products",
            [
                ("productId", str(activity.number)),
                ("productCode", activity.product.code),
                ("productDesc", activity.product.name),
            ],
        )
        for activity in world.bookings.catalogue.activities
    ]


async def _product(world: World, values: Values) -> Content:
    wanted = chosen(values.get("productID", ""), world.bookings.catalogue)
    things = "".join(f"<li>{escape(thing)}</li>" for activity, _ in wanted for thing in activity.product.bring)
    bring = f"<html><body><p>Breng mee:</p><ul>{things}</ul></body></html>"
    requisites = [("requisites", base64.b64encode(bring.encode()).decode())] if things else []
    described = ", ".join(activity.product.name for activity, _ in wanted)
    return [("out", [("description", described), ("appDuration", str(minutes_for(wanted))), *requisites])]


async def _locations_for(world: World, values: Values) -> Content:
    catalogue = world.bookings.catalogue
    wanted = [activity for activity, _ in chosen(values.get("productID", ""), catalogue)]
    return [
        ("location", [("locationID", str(found.number)), ("locationDesc", found.location.name)])
        for found in catalogue.places_for(wanted)
    ]


async def _location(world: World, values: Values) -> Content:
    location = place(values.get("locationID", ""), world.bookings.catalogue).location
    details: Content = [
        ("locationDesc", location.name),
        ("address", f"{location.street} {location.number}"),
        ("postalcode", location.postcode),
        ("city", location.town),
        ("telephone", location.phone),
    ]
    return [("locaties", details)]


async def _latest_date(world: World, values: Values) -> Content:
    chosen(values.get("productId", ""), world.bookings.catalogue)
    return [("latestPlanDate", world.bookings.agenda.last_day.isoformat())]


async def _days(world: World, values: Values) -> Content:
    starts = _starts(world, values, values["startDate"], values["endDate"])
    return [("dates", day.isoformat()) for day in dict.fromkeys(start.date() for start in starts)]


async def _times(world: World, values: Values) -> Content:
    return [("times", naive(start)) for start in _starts(world, values, values["date"], values["date"])]


def _starts(world: World, values: Values, first: date, last: date) -> list[datetime]:
    catalogue = world.bookings.catalogue
    where, wanted = place(values.get("locationID", ""), catalogue), chosen(values.get("productID", ""), catalogue)
    if first > last:
        raise Malformed("endDate comes before startDate")
    if where not in catalogue.places_for(activity for activity, _ in wanted):
        return []
    minutes = values["appDuration"] or minutes_for(wanted)  # 0: as long as the products take
    return world.bookings.agenda.free_starts(where.location, first, last + timedelta(days=1), minutes)


async def _required(world: World, values: Values) -> Content:
    catalogue = world.bookings.catalogue
    fields = catalogue.fields_for(activity for activity, _ in chosen(values.get("productID", ""), catalogue))
    names = [_REQUIRED_NAMES.get(field) for field, state in fields.items() if state == REQUIRED]
    return [("Result", name) for name in names if name]


async def _book(world: World, values: Values) -> Content:
    try:
        outcome = await desk.book(world, booking(values, world.bookings.catalogue))
    except NotBooked as error:
        return _not_booked(error.status)
    if isinstance(outcome, Refusal):
        return _not_booked(outcome.code)
    return [("updateStatus", str(DONE)), ("appID", str(outcome.number))]


def _not_booked(status: int) -> Content:
    return [("updateStatus", str(status)), ("appID", "")]


async def _appointment(world: World, values: Values) -> Content:
    found = _find(world, values)
    return [("appointment", _details(found) if found else [])]


def _details(appointment: Appointment) -> Content:
    customer = appointment.customer.values
    genders = {1: "M", 2: "F"}
    details = [
        ("productID", ",".join(str(a.number) for a, amount in appointment.chosen for _ in range(amount))),
        ("clientID", customer.get("socialSecurityNumber")),
        ("clientLastName", customer["lastName"]),
        ("clientSex", genders.get(customer["gender"])),
        ("clientDateOfBirth", str(customer.get("birthDate") or NO_DATE)[:10]),
        ("clientInitials", customer.get("firstName")),
        ("clientAddress", customer.get("streetName")),
        ("clientPostalCode", customer.get("postalCode")),
        ("clientCity", customer.get("city")),
        ("clientCountry", customer.get("country")),
        ("clientTel", customer.get("phoneNumber") or customer.get("mobilePhoneNumber")),
        ("clientMail", customer.get("emailAddress")),
        ("locationID", str(appointment.place.number)),
        ("appStartTime", naive(appointment.start)),
        ("appEndTime", naive(appointment.end)),
        ("appointmentDesc", appointment.message),
        ("isClientVerified", "false"),
        ("isRecurring", "false"),
    ]
    return [(name, value) for name, value in details if value]


async def _delete(world: World, values: Values) -> Content:
    found = _find(world, values)
    if found is None:
        return [("updateStatus", str(NOT_THERE))]
    await desk.cancel(world, found)
    return [("updateStatus", str(DONE))]


def _find(world: World, values: Values) -> Appointment | None:
    number = values.get("appID")
    return next((found for found in world.bookings.valid if str(found.number) == number), None)


async def _of_a_person(world: World, values: Values) -> Content:
    """Tells everything about whoever's number is sent, so an account without a login of that person may not."""
    raise SoapFault("Client", "this account may not ask for the appointments of a person")


OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation("getGovAvailableProducts", shapes.ALL, _products),
        Operation("getGovProductDetails", shapes.PRODUCT_IN_WORDS, _product),
        Operation("getGovLocationsForProduct", shapes.PRODUCT_IN_WORDS, _locations_for),
        Operation("getGovLocationDetails", shapes.LOCATION_IN_WORDS, _location),
        Operation("getGovLatestPlanDate", shapes.LATEST_DATE, _latest_date),
        Operation("getGovAvailableDays", shapes.DAYS, _days),
        Operation("getGovAvailableTimesPerDay", shapes.TIMES, _times),
        Operation("GetRequiredClientFields", shapes.PRODUCT, _required),
        Operation("bookGovAppointment", shapes.BOOKING, _book, "POST"),
        Operation("getGovAppointmentDetails", shapes.APPOINTMENT, _appointment),
        Operation("deleteGovAppointment", shapes.APPOINTMENT, _delete, "DELETE"),
        Operation("getGovAppointmentsBSN", shapes.PERSON, _of_a_person),
        Operation("getGovAppointmentsByClientID", shapes.CLIENT, _of_a_person),
    )
}
