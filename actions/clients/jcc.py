"""Plans appointments in JCC (REST, WARP API v1).

What JCC's own paper does not tell, seen in recorded traffic:
- times come without a zone and are Brussels time; a booking is sent with its offset;
- `fromDate` equal to `toDate` gives nothing, so a day is asked as [day, day + 1];
- the length of a slot is in seconds, that of `calculateduration` in minutes;
- bad input answers 500 with a problem document; a refused booking answers 200;
- slots are not held while somebody thinks, so they are read again before booking.

There is no idempotency key and no list of somebody's appointments, and a slot that is
still offered proves nothing: another counter may be free. So a booking without an
answer stays Uncertain, and is never sent again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import requests
from requests.auth import HTTPBasicAuth

from actions.clients.bearer import Bearer, Call, read_token
from actions.clients.errors import BackendError, Misconfigured, NotFound, Rejected, Uncertain
from actions.clients.http import Backend, Built, parsed
from actions.clients.ports import Activity, Appointment, Customer, Office, Slot
from clock import BRUSSELS
from settings import Settings

NAME = "jcc"
API = "warp/v1"
SPARE = 30.0  # seconds before its end at which a token is renewed
REQUIRED = 2  # of customerfields: 0 optional, 1 hidden, 2 required
MAX_DAYS = 50
GENDER_UNKNOWN = 0
OVERLAPS = 6  # what JCC's older service called a slot that is taken


class JccAppointments:
    def __init__(self, settings: Settings) -> None:
        self.backend = Backend(NAME, settings.jcc_url, settings.backend_timeout, meaning=_meaning)
        self._client = HTTPBasicAuth(settings.jcc_client_id, settings.jcc_client_secret)
        self._bearer = Bearer(self._fetch_token, SPARE)

    # --- what can be planned ----------------------------------------------------

    async def activities(self) -> list[Activity]:
        return await self._get("activities", "activity/listforappointment", _activities)

    async def offices(self, activity: Activity) -> list[Office]:
        return await self._get("offices", "location/forappointment", _offices, selectedActivityId=activity.id)

    async def free_slots(self, activity: Activity, office: Office, first: date, last: date) -> list[Slot]:
        """At most fifty days, the longest that JCC was ever seen to be asked."""
        last = min(last, first + timedelta(days=MAX_DAYS - 1))
        return await self._get(
            "free_slots",
            "appointment/availabletimelist",
            _slots,
            locationId=office.id,
            fromDate=first.isoformat(),
            toDate=(last + timedelta(days=1)).isoformat(),
            activityId=activity.id,
            amount=1,
        )

    async def required(self, activity: Activity) -> frozenset[str]:
        path = "customer/customerfields/required"
        return await self._get("required", path, _required, selectedActivityId=activity.id)

    # --- planning ---------------------------------------------------------------

    async def book(self, activity: Activity, office: Office, slot: Slot, customer: Customer) -> Appointment:
        if not await self._is_free(activity, office, slot):
            raise Rejected(NAME, "book", "slot_taken")
        length = await self._get(
            "duration",
            "appointment/calculateduration",
            _minutes,
            activityId=activity.id,
            amount=1,
            dateTime=slot.starts_at.astimezone(BRUSSELS).date().isoformat(),
        )
        booked = await self._post(_booking(activity, office, slot, customer, length))
        if booked.id is None:
            raise Rejected(NAME, "book", await self._why(booked, activity, office, slot))
        try:
            return await self.read(booked.id)
        except BackendError:  # it stands, whatever became of reading it
            return Appointment(booked.id, "", slot.starts_at, activity.name, office.name)

    async def _post(self, body: dict[str, Any]) -> "_Booked":
        response = await self._write("book", "POST", "appointment", json=body)
        try:
            return parsed(NAME, "book", response, _booked)
        except Misconfigured as error:  # a 200 that says nothing: it may have been booked
            raise Uncertain(NAME, "book") from error

    async def read(self, appointment: str) -> Appointment:
        return await self._get("read", "appointment", _appointment, id=_own(appointment))

    async def cancel(self, appointment: str) -> None:
        """An appointment that is not there any more is cancelled already."""
        try:
            await self.read(appointment)
        except NotFound:
            return
        try:
            await self._write("cancel", "DELETE", "appointment", params={"id": appointment})
        except NotFound:
            return
        except Uncertain:
            try:
                await self.read(appointment)
            except NotFound:
                return
            raise

    async def _is_free(self, activity: Activity, office: Office, slot: Slot) -> bool:
        day = slot.starts_at.astimezone(BRUSSELS).date()
        return slot in await self.free_slots(activity, office, day, day)

    async def _why(self, booked: "_Booked", activity: Activity, office: Office, slot: Slot) -> str:
        """Whether somebody was quicker: JCC's own code for it is not documented, so the slot is looked at too."""
        if booked.code == OVERLAPS or not await self._is_free(activity, office, slot):
            return "slot_taken"
        return "refused"

    # --- talking ----------------------------------------------------------------

    async def _get(self, operation: str, path: str, build: Callable[[Any], Built], **query: Any) -> Built:
        response = await self._authorised(
            lambda headers: self.backend.read(operation, f"{API}/{path}", params=query, headers=headers)
        )
        return parsed(NAME, operation, response, build)

    async def _write(self, operation: str, method: str, path: str, **request: Any) -> requests.Response:
        return await self._authorised(
            lambda headers: self.backend.write(operation, method, f"{API}/{path}", headers=headers, **request)
        )

    async def _authorised(self, call: Call) -> requests.Response:
        return await self._bearer.authorised(lambda headers: call({**headers, "language": "nl"}))

    async def _fetch_token(self) -> tuple[str, float]:
        form = {"grant_type": "client_credentials", "scope": "warp-api"}
        response = await self.backend.read("token", "connect/token", method="POST", data=form, auth=self._client)
        return parsed(NAME, "token", response, read_token)


@dataclass(frozen=True)
class _Booked:
    """The answer to a booking: an id, or the code of the refusal."""

    id: str | None
    code: int | None = None


def _own(appointment: str) -> str:
    """Raises Misconfigured for the number that the older interface gave: "it is gone" would be a lie."""
    if appointment.isdecimal():
        raise Misconfigured(NAME, "read", "made through the older interface")
    return appointment


def _booked(wire: Any) -> _Booked:
    if wire["acknowledgeIsSuccess"] is True:
        return _Booked(str(wire["id"]))
    return _Booked(None, wire.get("code"))


def _activities(wire: Any) -> list[Activity]:
    return [Activity(one["id"], one.get("code", ""), one.get("description", "")) for one in wire]


def _offices(wire: Any) -> list[Office]:
    return [Office(one["id"], one["description"]) for one in wire if one.get("isActive", True)]


def _slots(wire: Any) -> list[Slot]:
    return [_slot(text) for text in wire["availableTimesList"]]


@lru_cache(maxsize=10_000)  # the same moments of six weeks, for every citizen who asks
def _slot(text: str) -> Slot:
    return Slot(_local(text))


def _minutes(wire: Any) -> timedelta:
    return timedelta(minutes=wire)


def _required(wire: Any) -> frozenset[str]:
    names = {"emailAddress": "email", "mainPhoneNumber": "phone", "mobilePhoneNumber": "phone"}
    required = {names[name] for name, value in wire.items() if value == REQUIRED and name in names}
    return frozenset(required | ({"phone"} if wire.get("isAnyPhoneNumberRequired") is True else set()))


def _appointment(wire: Any) -> Appointment:
    return Appointment(
        id=wire["id"],
        number=str(wire.get("number", "")),
        starts_at=_local(wire["startDateTime"]),
        activity=wire["activityList"][0]["activity"].get("description", ""),
        office=wire["location"].get("description", ""),
    )


def _booking(activity: Activity, office: Office, slot: Slot, customer: Customer, length: timedelta) -> dict[str, Any]:
    first, _, last = customer.name.partition(" ")
    person: dict[str, Any] = {"id": None, "isMainCustomer": True, "gender": GENDER_UNKNOWN}
    person |= {"firstName": first, "lastName": last or first, "emailAddress": customer.email}
    if customer.phone:
        person["mobilePhoneNumber"] = customer.phone
    starts_at = slot.starts_at.astimezone(BRUSSELS)
    ends_at = (starts_at + length).astimezone(BRUSSELS)
    return {
        "id": None,
        "activityList": [{"activityId": activity.id, "amount": 1}],
        "customerList": [person],
        "fromDateTime": starts_at.isoformat(timespec="seconds"),
        "toDateTime": ends_at.isoformat(timespec="seconds"),
        "locationId": office.id,
        "message": "",
        "fieldList": None,
    }


def _meaning(operation: str, response: requests.Response) -> BackendError | None:
    """A 500 with a problem document is bad input, not an outage; for one appointment it means: not there."""
    if response.status_code != 500 or not _is_problem(response):
        return None
    if operation in ("read", "cancel"):
        return NotFound(NAME, operation)
    return Rejected(NAME, operation, "invalid")


def _is_problem(response: requests.Response) -> bool:
    try:
        document = response.json()
    except ValueError:
        return False
    return isinstance(document, dict) and "rfc7807" in str(document.get("type", ""))


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)
