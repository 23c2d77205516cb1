"""Plans appointments in JCC (REST, WARP API v1).

What JCC's own paper does not tell, seen in recorded traffic:
- times come without a zone and are Brussels time; a booking is sent with its offset;
- `fromDate` equal to `toDate` gives nothing, so a day is asked as [day, day + 1];
- the length of a slot is in seconds, that of `calculateduration` in minutes;
- bad input answers 500 with a problem document; a refused booking answers 200;
- slots are not held while somebody thinks, so they are read again before booking.

There is no idempotency key and no list of somebody's appointments. After a write
without an answer the slot itself is the only witness: still free means not booked.
"""

import asyncio
import time
from datetime import date, datetime, timedelta
from typing import Any

import requests
from requests.auth import HTTPBasicAuth

from actions.clients.errors import BackendError, Misconfigured, NotFound, Rejected, Unavailable, Uncertain
from actions.clients.http import Backend, parsed
from actions.clients.ports import Activity, Appointment, Customer, Office, Slot
from clock import BRUSSELS
from settings import Settings

NAME = "jcc"
API = "warp/v1"
SPARE = 30.0  # seconds before its end at which a token is renewed
REQUIRED = 2  # of customerfields: 0 optional, 1 hidden, 2 required
MAX_DAYS = 50
GENDER_UNKNOWN = 0


class JccAppointments:
    def __init__(self, settings: Settings) -> None:
        self.backend = Backend(NAME, settings.jcc_url, settings.backend_timeout, meaning=_meaning)
        self._client = HTTPBasicAuth(settings.jcc_client_id, settings.jcc_client_secret)
        self._token = ""
        self._renew_at = 0.0
        self._renewing = asyncio.Lock()

    # --- what can be planned ----------------------------------------------------

    async def activities(self) -> list[Activity]:
        found = await self._get("activities", "activity/listforappointment")
        return [Activity(one["id"], one.get("code", ""), one.get("description", "")) for one in found]

    async def offices(self, activity: Activity) -> list[Office]:
        found = await self._get("offices", "location/forappointment", selectedActivityId=activity.id)
        return [Office(one["id"], one["description"]) for one in found if one.get("isActive", True)]

    async def free_slots(self, activity: Activity, office: Office, first: date, last: date) -> list[Slot]:
        last = min(last, first + timedelta(days=MAX_DAYS - 1))
        found = await self._get(
            "free_slots",
            "appointment/availabletimelist",
            locationId=office.id,
            fromDate=first.isoformat(),
            toDate=(last + timedelta(days=1)).isoformat(),
            activityId=activity.id,
            amount=1,
        )
        return [Slot(_local(text)) for text in found["availableTimesList"]]

    async def required(self, activity: Activity) -> frozenset[str]:
        fields = await self._get("required", "customer/customerfields/required", selectedActivityId=activity.id)
        names = {"emailAddress": "email", "mainPhoneNumber": "phone", "mobilePhoneNumber": "phone"}
        required = {names[name] for name, value in fields.items() if value == REQUIRED and name in names}
        if fields.get("isAnyPhoneNumberRequired") is True:
            required.add("phone")
        return frozenset(required)

    # --- planning ---------------------------------------------------------------

    async def book(self, activity: Activity, office: Office, slot: Slot, customer: Customer) -> Appointment:
        if not await self._is_free(activity, office, slot):
            raise Rejected(NAME, "book", "slot_taken")
        minutes = await self._get(
            "duration",
            "appointment/calculateduration",
            activityId=activity.id,
            amount=1,
            dateTime=slot.starts_at.date().isoformat(),
        )
        body = _booking(activity, office, slot, customer, timedelta(minutes=minutes))
        try:
            answer = parsed(NAME, "book", await self._write("book", "POST", "appointment", json=body))
        except Uncertain as error:
            if await self._is_free(activity, office, slot):
                raise Unavailable(NAME, "book") from error  # nothing was booked
            raise
        if not answer.get("acknowledgeIsSuccess"):
            raise Rejected(NAME, "book", await self._why(activity, office, slot))
        return await self.read(answer["id"])

    async def read(self, appointment: str) -> Appointment:
        found = await self._get("read", "appointment", id=appointment)
        return Appointment(
            id=found["id"],
            number=str(found.get("number", "")),
            starts_at=_local(found["startDateTime"]),
            activity=found["activityList"][0]["activity"].get("description", ""),
            office=found["location"].get("description", ""),
        )

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

    async def _why(self, activity: Activity, office: Office, slot: Slot) -> str:
        """A refusal has no code of its own for "somebody was quicker"."""
        return "refused" if await self._is_free(activity, office, slot) else "slot_taken"

    # --- talking ----------------------------------------------------------------

    async def _get(self, operation: str, path: str, **query: Any) -> Any:
        for renewed in (False, True):
            headers = await self._headers(renewed)
            try:
                response = await self.backend.read(operation, f"{API}/{path}", params=query, headers=headers)
            except Misconfigured:
                if renewed:
                    raise
            else:
                return parsed(NAME, operation, response)
        raise AssertionError("unreachable")

    async def _write(self, operation: str, method: str, path: str, **request: Any) -> requests.Response:
        for renewed in (False, True):
            headers = await self._headers(renewed)
            try:
                return await self.backend.write(operation, method, f"{API}/{path}", headers=headers, **request)
            except Misconfigured:  # refused at the door, so nothing was written
                if renewed:
                    raise
        raise AssertionError("unreachable")

    async def _headers(self, renew: bool) -> dict[str, str]:
        async with self._renewing:
            if renew or time.monotonic() >= self._renew_at:
                await self._fetch_token()
        return {"Authorization": f"Bearer {self._token}", "language": "nl"}

    async def _fetch_token(self) -> None:
        form = {"grant_type": "client_credentials", "scope": "warp-api"}
        response = await self.backend.read("token", "connect/token", method="POST", data=form, auth=self._client)
        token = parsed(NAME, "token", response)
        self._token = token["access_token"]
        self._renew_at = time.monotonic() + float(token.get("expires_in", 300)) - SPARE


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
