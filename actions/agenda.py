"""Makes, moves and cancels appointments, each as a filing first and a call then.

An appointment is the filing that made it, for as long as it stands: its reference
never changes, its payload holds the moment and the booking that count now. Moving
books the new moment first and cancels the old booking after that; a crash or an
outage between the two is found back in the filing of the move, so that in the end
exactly one booking is left.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from actions.clients.errors import BackendError, NotFound, Rejected
from actions.clients.ports import Activity, Appointment, Appointments, Customer, Office, Slot
from actions.settling import settle
from city import City
from clock import BRUSSELS, Clock
from conversations.model import JSON
from filings.book import Filings
from filings.model import Filing, FilingState

BOOK, MOVE, CANCEL = "afspraak", "afspraak_verplaatsen", "afspraak_annuleren"
FIELDS_HOLD = timedelta(hours=1)
LOOK_AHEAD = timedelta(days=42)  # JCC was never seen to answer more than 50 days at once


@dataclass(frozen=True)
class Planned:
    """An appointment of a citizen, as it stands now."""

    filing: str
    reference: str
    product: str  # code in city.yml
    office: str  # name
    starts_at: datetime
    booking: str  # the calendar's id
    name: str
    email: str
    phone: str | None


class Agenda:
    def __init__(self, appointments: Appointments, filings: Filings, city: City, clock: Clock) -> None:
        self.appointments = appointments
        self.filings = filings
        self.city = city
        self.clock = clock
        self._needs_phone: dict[str, tuple[datetime, bool]] = {}

    # --- what can be planned --------------------------------------------------

    async def activities(self) -> list[Activity]:
        return await self.appointments.activities()

    async def activity(self, code: str) -> Activity:
        found = [activity for activity in await self.activities() if activity.code == code]
        if not found:
            raise Rejected("agenda", "activity", "unknown_product")
        return found[0]

    async def offices(self, product: str) -> list[Office]:
        return await self.appointments.offices(await self.activity(product))

    async def free_slots(self, product: str, office: str, first: date | None = None) -> list[Slot]:
        """Every free moment from that day (or today) on, in order, six weeks far."""
        now = self.clock.now()
        begin = max(first or now.date(), now.date())
        activity = await self.activity(product)
        where = await self._office(activity, office)
        slots = await self.appointments.free_slots(activity, where, begin, begin + LOOK_AHEAD)
        return sorted((slot for slot in slots if slot.starts_at > now), key=lambda slot: slot.starts_at)

    async def needs_phone(self, product: str) -> bool:
        """Looked up once in a while only: the yes to a summary must not wait for the calendar, or get lost with it."""
        now = self.clock.now()
        known = self._needs_phone.get(product)
        if known is None or now - known[0] > FIELDS_HOLD:
            known = now, "phone" in await self.appointments.required(await self.activity(product))
            self._needs_phone[product] = known
        return known[1]

    # --- what was planned -------------------------------------------------------

    def coming(self, filings: Sequence[Filing]) -> list[Planned]:
        """The appointments that these filings made and that are still to come, soonest first."""
        coming = [planned for filing in filings if (planned := self._planned(filing))]
        return sorted(coming, key=lambda planned: planned.starts_at)

    async def planned(self, reference: str) -> Planned | None:
        """The coming appointment with this reference, whoever's it is."""
        filing = await asyncio.to_thread(self.filings.by_reference, reference)
        return self._planned(filing) if filing else None

    async def still_stands(self, planned: Planned) -> bool:
        """False when the city cancelled it on its own side; that is written down."""
        try:
            await self.appointments.read(planned.booking)
        except NotFound:
            filing = await asyncio.to_thread(self.filings.get, planned.filing)
            gone = {**filing.payload, "geannuleerd": True}
            await asyncio.to_thread(self.filings.update_payload, filing.id, gone)
            return False
        return True

    async def may_stand(self, planned: Planned) -> bool:
        """False only when the calendar says that it is gone: nobody must lose his place because of an outage."""
        try:
            return await self.still_stands(planned)
        except BackendError:
            return True

    # --- filing -----------------------------------------------------------------

    async def file(
        self, conversation: str, kind: str, payload: Mapping[str, JSON], key: str, *, promised: bool = False
    ) -> Filing:
        file = partial(self.filings.file, promised=promised)
        return await asyncio.to_thread(file, conversation, kind, payload, f"{kind}:{conversation}:{key}")

    # --- carrying out: once at first, and again by the retries -------------------

    async def book(self, filing: Filing) -> None:
        if await self._is_left_to_a_person(filing):
            return
        appointment = await self._book(filing.payload)
        payload = {**filing.payload, "boeking": appointment.id}
        await asyncio.to_thread(self.filings.update_payload, filing.id, payload)
        await asyncio.to_thread(self.filings.done, filing.id, appointment.id, appointment.number)

    async def first_move(self, filing: Filing) -> Filing:
        """The attempt in the chat: when the new moment was surely not booked, the move ends here.

        The citizen then hears that the old one stands, and nothing may move behind his back.
        """
        settled = await settle(self.filings, filing, self.move)
        if settled.state is FilingState.OPEN and "nieuw" not in settled.payload:
            return await asyncio.to_thread(self.filings.refused, settled.id, "unavailable")
        return settled

    async def move(self, filing: Filing) -> None:
        original = await asyncio.to_thread(self.filings.get, str(filing.payload["afspraak"]))
        if "nieuw" not in filing.payload:
            if await self._is_left_to_a_person(filing):
                return
            appointment = await self._book({**original.payload, "moment": filing.payload["moment"]})
            steps = {**filing.payload, "oud": original.payload["boeking"], "nieuw": appointment.id}
            filing = await asyncio.to_thread(self.filings.update_payload, filing.id, steps)
        if original.payload["boeking"] == filing.payload["oud"]:  # else it was moved again since
            moved = {**original.payload, "boeking": filing.payload["nieuw"], "moment": filing.payload["moment"]}
            await asyncio.to_thread(self.filings.update_payload, original.id, moved)
        await self.appointments.cancel(str(filing.payload["oud"]))
        await asyncio.to_thread(self.filings.done, filing.id, str(filing.payload["nieuw"]))

    async def cancel(self, filing: Filing) -> None:
        original = await asyncio.to_thread(self.filings.get, str(filing.payload["afspraak"]))
        await self.appointments.cancel(str(original.payload["boeking"]))
        cancelled = {**original.payload, "geannuleerd": True}
        await asyncio.to_thread(self.filings.update_payload, original.id, cancelled)
        await asyncio.to_thread(self.filings.done, filing.id)

    async def _book(self, wanted: Mapping[str, JSON]) -> Appointment:
        activity = await self.activity(wanted["dienst"])
        office = await self._office(activity, wanted["locatie"])
        slot = Slot(datetime.fromisoformat(wanted["moment"]))
        customer = Customer(wanted["naam"], wanted["email"], wanted.get("telefoon"))
        return await self.appointments.book(activity, office, slot, customer)

    async def _is_left_to_a_person(self, filing: Filing) -> bool:
        """An earlier booking may have come through, and the calendar cannot tell: never book twice."""
        if filing.state is not FilingState.UNCERTAIN:
            return False
        await asyncio.to_thread(self.filings.failed, filing.id, "nobody knows whether it was booked")
        return True

    async def _office(self, activity: Activity, name: str) -> Office:
        offices = await self.appointments.offices(activity)
        found = [office for office in offices if office.name == name]
        if not found:
            raise Rejected("agenda", "office", "unknown_office")
        return found[0]

    def _planned(self, filing: Filing) -> Planned | None:
        payload = filing.payload
        if filing.kind != BOOK or "boeking" not in payload or payload.get("geannuleerd"):
            return None
        starts_at = datetime.fromisoformat(payload["moment"]).astimezone(BRUSSELS)
        if starts_at <= self.clock.now():
            return None
        return Planned(
            filing=filing.id,
            reference=filing.reference,
            product=payload["dienst"],
            office=payload["locatie"],
            starts_at=starts_at,
            booking=payload["boeking"],
            name=payload["naam"],
            email=payload["email"],
            phone=payload.get("telefoon"),
        )


def spread(slots: Sequence[Slot], most: int) -> list[Slot]:
    """At most that many moments, spread over all that is free, the first one included."""
    if len(slots) <= most:
        return list(slots)
    step = (len(slots) - 1) / (most - 1)
    return [slots[round(step * number)] for number in range(most)]
