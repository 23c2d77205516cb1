"""Plans appointments in JCC's older interface (SOAP, GenericGuidanceSystem2 or "GGS2").

What one must know:
- products, locations and appointments have other ids than in the REST interface;
- times come and go without a zone and are Brussels time; the end of an appointment is
  mandatory on the wire, and JCC does not look at it;
- free moments are asked day by day, of the days that have any;
- a booking that is refused answers 200 with an `updateStatus`, an appointment that is
  not there an empty `<appointment/>`;
- "getGovAppointmentExtendedDetails", which would name the product and the location, is
  not on every installation, so their names are asked apart.

The schema demands a date of birth, which Balie does not ask. No source says what to
send then, so this is our choice: 1 January 1900, which no visitor can have and every
database can hold. It stands for "not asked"; where a product really wants the date of
birth nothing is booked, because there a made-up one would be a lie.

There is no idempotency key, so a booking without an answer stays Uncertain, and is
never sent again.
"""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta
from xml.etree.ElementTree import Element

import requests
from requests.auth import HTTPBasicAuth

from actions.clients import soap
from actions.clients.errors import BackendError, Misconfigured, NotFound, Rejected, Uncertain
from actions.clients.http import Backend, Built
from actions.clients.ports import Activity, Appointment, Customer, Office, Slot
from clock import BRUSSELS
from settings import Settings

NAME = "jcc"
NAMESPACE = "http://www.genericCBS.org/GenericCBS/"
MAX_DAYS = 50  # as many as the REST interface, though each day with free moments is a call here
DAYS_AT_ONCE = 6
OWN_DURATION = "0"  # as long as the product takes
NO_DATE_OF_BIRTH = "1900-01-01"
PHONES = frozenset({"MainTel", "MobileTel", "AnyTel"})

DONE = 0
GONE = 2  # of a cancellation: not there, or expired
# Of a booking: in the past, nobody there, somebody was quicker. For a citizen all the same: not that moment
NOT_FREE = frozenset({1, 5, 6})
INVALID = frozenset({3, 7, 13, 14, 15})  # location, product, customer or field that JCC does not know


class JccSoapAppointments:
    def __init__(self, settings: Settings) -> None:
        base, _, self._service = settings.jcc_soap_url.rpartition("/")
        login = HTTPBasicAuth(settings.jcc_soap_user, settings.jcc_soap_password) if settings.jcc_soap_user else None
        self.backend = Backend(NAME, base, settings.backend_timeout, auth=login, meaning=_meaning)

    # --- what can be planned ----------------------------------------------------

    async def activities(self) -> list[Activity]:
        return await self._ask("getGovAvailableProducts", {}, _activities)

    async def offices(self, activity: Activity) -> list[Office]:
        return await self._ask("getGovLocationsForProduct", {"productID": activity.id}, _offices)

    async def free_slots(self, activity: Activity, office: Office, first: date, last: date) -> list[Slot]:
        """At most fifty days, and never later than JCC plans."""
        latest = await self._ask("getGovLatestPlanDate", {"productId": activity.id}, _latest)
        last = min(last, latest, first + timedelta(days=MAX_DAYS - 1))
        if last < first:
            return []
        days = await self._free_days(activity, office, first, last)
        slots: list[Slot] = []
        for at in range(0, len(days), DAYS_AT_ONCE):
            few = (self._free_on(activity, office, day) for day in days[at : at + DAYS_AT_ONCE])
            slots += [slot for found in await asyncio.gather(*few) for slot in found]
        return slots

    async def required(self, activity: Activity) -> frozenset[str]:
        demanded = await self._demanded(activity)
        phone = {"phone"} if demanded & PHONES else set()
        email = {"email"} if "Email" in demanded else set()
        return frozenset(phone | email)

    # --- planning ---------------------------------------------------------------

    async def book(self, activity: Activity, office: Office, slot: Slot, customer: Customer) -> Appointment:
        if "Birthday" in await self._demanded(activity):
            raise Rejected(NAME, "book", "refused", "this product wants a date of birth")
        answer = await self._write("bookGovAppointment", {"appDetail": _details(activity, office, slot, customer)})
        status = _status(answer)
        if status in NOT_FREE:
            raise Rejected(NAME, "book", "slot_taken")
        if status is not None and status != DONE:
            raise Rejected(NAME, "book", "invalid" if status in INVALID else "refused", f"updateStatus {status}")
        number = soap.text(answer, "appID")
        if status is None or not number:  # it says neither yes nor no: it may have been booked
            raise Uncertain(NAME, "book")
        return Appointment(number, number, slot.starts_at, activity.name, office.name)

    async def read(self, appointment: str) -> Appointment:
        asked = {"appID": _own(appointment)}
        product, location, starts_at = await self._ask("getGovAppointmentDetails", asked, _planned)
        activity, office = await asyncio.gather(
            self._ask("getGovProductDetails", {"productID": product}, _product_name),
            self._ask("getGovLocationDetails", {"locationID": location}, _location_name),
        )
        return Appointment(appointment, appointment, starts_at, activity, office)

    async def cancel(self, appointment: str) -> None:
        """An appointment that is not there any more is cancelled already."""
        try:
            answer = await self._write("deleteGovAppointment", {"appID": _own(appointment)})
            if _status(answer) not in (DONE, GONE):
                raise Uncertain(NAME, "cancel")
        except Uncertain:
            if await self._stands(appointment):
                raise

    async def _stands(self, appointment: str) -> bool:
        try:
            await self._ask("getGovAppointmentDetails", {"appID": appointment}, _planned)
        except NotFound:
            return False
        return True

    async def _free_days(self, activity: Activity, office: Office, first: date, last: date) -> list[date]:
        asked = {
            "locationID": office.id,
            "productID": activity.id,
            "startDate": first.isoformat(),
            "endDate": last.isoformat(),
            "appDuration": OWN_DURATION,
        }
        return await self._ask("getGovAvailableDays", asked, _days)

    async def _free_on(self, activity: Activity, office: Office, day: date) -> list[Slot]:
        asked = {
            "date": day.isoformat(),
            "productID": activity.id,
            "locationID": office.id,
            "appDuration": OWN_DURATION,
        }
        return await self._ask("getGovAvailableTimesPerDay", asked, _slots)

    async def _demanded(self, activity: Activity) -> set[str]:
        return await self._ask("GetRequiredClientFields", {"productID": activity.id}, _names)

    # --- talking ----------------------------------------------------------------

    async def _ask(self, operation: str, asked: soap.Children, build: Callable[[Element], Built]) -> Built:
        request = _request(operation, asked)
        response = await self.backend.read(operation, self._service, method="POST", **request)
        try:
            return build(soap.answer(NAME, operation, response))
        except ValueError as error:
            raise Misconfigured(NAME, operation, "unreadable answer") from error

    async def _write(self, operation: str, asked: soap.Children) -> Element:
        request = _request(operation, asked)
        response = await self.backend.write(operation, "POST", self._service, **request)
        try:
            return soap.answer(NAME, operation, response)
        except Misconfigured as error:  # a 200 that says nothing: it may have been done
            raise Uncertain(NAME, operation) from error


def _own(appointment: str) -> str:
    """Raises Misconfigured for the uuid that the REST interface gave: "it is gone" would be a lie."""
    if len(appointment) == 36 and appointment.count("-") == 4:
        raise Misconfigured(NAME, "read", "made through the REST interface")
    return appointment


def _request(operation: str, asked: soap.Children) -> dict[str, object]:
    return {
        "data": soap.envelope(NAMESPACE, f"{operation}Request", asked),
        "headers": {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NAMESPACE}{operation}"'},
    }


def _meaning(operation: str, response: requests.Response) -> BackendError | None:
    """A fault comes with a 500. One that blames our message is no outage."""
    if response.status_code == 500 and soap.blames_us(response):
        return Rejected(NAME, operation, "invalid")
    return None


def _details(activity: Activity, office: Office, slot: Slot, customer: Customer) -> dict[str, str]:
    """In the order of the schema, which counts."""
    first, _, last = customer.name.partition(" ")
    starts_at = slot.starts_at.astimezone(BRUSSELS).replace(tzinfo=None).isoformat(timespec="seconds")
    details = {
        "productID": activity.id,
        "clientLastName": last or first,
        "clientDateOfBirth": NO_DATE_OF_BIRTH,
        "clientInitials": first,  # where JCC's own forms put a first name
        "clientTel": customer.phone or "",
        "clientMail": customer.email,
        "locationID": office.id,
        "appStartTime": starts_at,
        "appEndTime": starts_at,
        "isClientVerified": "false",
        "isRecurring": "false",
    }
    return {name: value for name, value in details.items() if value}


def _status(answer: Element) -> int | None:
    try:
        return int(soap.text(answer, "updateStatus"))
    except ValueError:
        return None


def _activities(answer: Element) -> list[Activity]:
    return [
        Activity(soap.text(one, "productId"), soap.text(one, "productCode"), soap.text(one, "productDesc"))
        for one in soap.children(answer, "products")
    ]


def _offices(answer: Element) -> list[Office]:
    return [
        Office(soap.text(one, "locationID"), soap.text(one, "locationDesc"))
        for one in soap.children(answer, "location")
    ]


def _latest(answer: Element) -> date:
    return date.fromisoformat(soap.text(answer, "latestPlanDate"))


def _days(answer: Element) -> list[date]:
    return [date.fromisoformat(one.text or "") for one in soap.children(answer, "dates")]


def _slots(answer: Element) -> list[Slot]:
    return [Slot(_local(one.text or "")) for one in soap.children(answer, "times")]


def _names(answer: Element) -> set[str]:
    return {(one.text or "").strip() for one in soap.children(answer, "Result")}


def _planned(answer: Element) -> tuple[str, str, datetime]:
    """Product, location and beginning of an appointment. Raises NotFound for an empty one."""
    found = soap.child(answer, "appointment")
    if found is None or not len(found):
        raise NotFound(NAME, "read")
    product = soap.text(found, "productID").partition(",")[0]  # one for each person
    return product, soap.text(found, "locationID"), _local(soap.text(found, "appStartTime"))


def _product_name(answer: Element) -> str:
    details = soap.child(answer, "out")
    return soap.text(details, "description") if details is not None else ""


def _location_name(answer: Element) -> str:
    details = soap.child(answer, "locaties")
    return soap.text(details, "locationDesc") if details is not None else ""


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text.strip()).replace(tzinfo=BRUSSELS)
