"""What comes in on JCC's wire: query parameters that pair up by position, and the body of a booking."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sandbox.clock import BRUSSELS
from sandbox.jcc.bookings import BookingRequest, Chosen
from sandbox.jcc.catalogue import Activity, Catalogue
from sandbox.jcc.customers import read_customer
from sandbox.jcc.errors import BadInput

LONGEST_RANGE = 50  # days; nobody was seen asking more
Parameters = Mapping[str, Sequence[str]]


def one(parameters: Parameters, name: str) -> str:
    values = parameters.get(name) or ()
    if len(values) != 1:
        raise BadInput(f"{name} is needed once")
    return values[0]


def day(parameters: Parameters, name: str) -> date:
    try:
        return date.fromisoformat(one(parameters, name))
    except ValueError as error:
        raise BadInput(f"{name} is no date") from error


def activities(parameters: Parameters, catalogue: Catalogue, name: str) -> list[Activity]:
    identifiers = parameters.get(name) or ()
    if not identifiers:
        raise BadInput(f"{name} is needed")
    return [catalogue.activity(identifier) for identifier in identifiers]


def chosen(parameters: Parameters, catalogue: Catalogue) -> Chosen:
    found = activities(parameters, catalogue, "activityId")
    amounts = list(parameters.get("amount") or ())
    if len(amounts) != len(found) or not all(amount.isdecimal() and int(amount) > 0 for amount in amounts):
        raise BadInput("each activity has its amount")
    return tuple(zip(found, (int(amount) for amount in amounts), strict=True))


def period(parameters: Parameters) -> tuple[date, date]:
    first, until = day(parameters, "fromDate"), day(parameters, "toDate")
    if first > until or (until - first).days > LONGEST_RANGE:
        raise BadInput("not such a range")
    return first, until


_BODY = frozenset({
    "id", "activityList", "customerList", "fromDateTime", "toDateTime", "locationId", "message", "fieldList",
})  # fmt: skip


def booking(body: Any, catalogue: Catalogue) -> BookingRequest:
    if not isinstance(body, dict) or set(body) - _BODY or "id" not in body or body["id"] is not None:
        raise BadInput("a new appointment has id null")
    customers, wanted = body.get("customerList"), body.get("activityList")
    if not isinstance(customers, list) or not customers or not isinstance(wanted, list) or not wanted:
        raise BadInput("an appointment has customers and activities")
    if body.get("fieldList") or not isinstance(body.get("message") or "", str):
        raise BadInput("there are no fields of its own")
    return BookingRequest(
        chosen=tuple(_activity(entry, catalogue) for entry in wanted),
        customer=read_customer(customers[0]),
        start=_moment(body.get("fromDateTime")),
        end=_moment(body.get("toDateTime")),
        place=catalogue.place(str(body.get("locationId"))),
        message=body.get("message") or "",
    )


def _activity(entry: Any, catalogue: Catalogue) -> tuple[Activity, int]:
    if not isinstance(entry, dict) or not isinstance(entry.get("amount"), int) or entry["amount"] < 1:
        raise BadInput("an activity has an amount")
    return catalogue.activity(str(entry.get("activityId"))), entry["amount"]


def _moment(value: Any) -> datetime:
    """Comes with an offset, unlike everything that JCC itself writes."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BadInput("no moment") from error
    if moment.tzinfo is None:
        raise BadInput("a moment has an offset")
    return moment.astimezone(BRUSSELS)
