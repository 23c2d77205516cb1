"""A booking as GGS2 has it, turned into the one that JCC keeps; what does not fit has a code in `updateStatus`."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sandbox.clock import BRUSSELS
from sandbox.jcc.bookings import BookingRequest, Chosen, minutes_for
from sandbox.jcc.catalogue import HIDDEN, Activity, Catalogue, Place
from sandbox.jcc.customers import Customer, read_customer
from sandbox.jcc.errors import BadInput

UNKNOWN_ERROR, LOCATION_NOT_FOUND, NOBODY_FREE, INVALID_PRODUCTS, INVALID_FIELD = -1, 3, 5, 7, 14
_GENDERS = {"M": 1, "F": 2}
_NAMES = {
    "clientID": "socialSecurityNumber",
    "clientLastName": "lastName",
    "clientInitials": "firstName",  # JCC's own forms put a first name here
    "clientAddress": "streetName",
    "clientPostalCode": "postalCode",
    "clientCity": "city",
    "clientCountry": "country",
    "clientMail": "emailAddress",
    "clientLanguage": "language",
}


class NotBooked(Exception):
    """The `updateStatus` that says why."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def booking(given: Mapping[str, Any], catalogue: Catalogue) -> BookingRequest:
    details = given.get("appDetail")
    if details is None or details["appStartTime"].tzinfo is not None:
        raise NotBooked(UNKNOWN_ERROR)  # JCC is known to stumble over a time with an offset
    if given.get("fields"):
        raise NotBooked(INVALID_FIELD)  # no product of ours asks more than the usual
    wanted = _chosen(details, catalogue)
    place = _place(details, catalogue)
    if place not in catalogue.places_for(activity for activity, _ in wanted):
        raise NotBooked(NOBODY_FREE)
    start = details["appStartTime"].replace(tzinfo=BRUSSELS)
    return BookingRequest(
        chosen=wanted,
        customer=_customer(details, catalogue.fields_for(activity for activity, _ in wanted)),
        start=start,
        end=start + timedelta(minutes=minutes_for(wanted)),  # JCC never looks at the end that is sent
        place=place,
        message=details.get("appointmentDesc") or "",
    )


def chosen(product_ids: str, catalogue: Catalogue) -> Chosen:
    """Once product 1 and twice product 5 is sent as "1,5,5". Raises BadInput."""
    counted = Counter(product_ids.split(","))
    return tuple((_activity(number, catalogue), amount) for number, amount in counted.items())


def place(location_id: str, catalogue: Catalogue) -> Place:
    for candidate in catalogue.places:
        if str(candidate.number) == location_id:
            return candidate
    raise BadInput("unknown location")


def _activity(number: str, catalogue: Catalogue) -> Activity:
    for candidate in catalogue.activities:
        if str(candidate.number) == number:
            return candidate
    raise BadInput("unknown product")


def _chosen(details: Mapping[str, Any], catalogue: Catalogue) -> Chosen:
    try:
        return chosen(details.get("productID", ""), catalogue)
    except BadInput as error:
        raise NotBooked(INVALID_PRODUCTS) from error


def _place(details: Mapping[str, Any], catalogue: Catalogue) -> Place:
    try:
        return place(details.get("locationID", ""), catalogue)
    except BadInput as error:
        raise NotBooked(LOCATION_NOT_FOUND) from error


def _customer(details: Mapping[str, Any], fields: Mapping[str, int]) -> Customer:
    gender = _GENDERS.get(details.get("clientSex", ""), 0)
    person: dict[str, Any] = {"id": None, "isMainCustomer": True, "gender": gender}
    person |= {own: details[name] for name, own in _NAMES.items() if details.get(name)}
    person["birthDate"] = details["clientDateOfBirth"].isoformat()
    if details.get("clientTel"):
        person |= dict.fromkeys(_phones(fields), details["clientTel"])
    try:
        return read_customer(person)
    except BadInput as error:
        raise NotBooked(INVALID_FIELD) from error


def _phones(fields: Mapping[str, int]) -> list[str]:
    """GGS2 has one telephone number, for whichever of the two a product shows."""
    own = {"mainPhoneNumber": "phoneNumber", "mobilePhoneNumber": "mobilePhoneNumber"}
    return [name for field, name in own.items() if fields.get(field) != HIDDEN]
