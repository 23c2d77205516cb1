"""The city's systems in memory, as actions/clients/ports.py describes them, with faults to switch on."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from actions.clients.errors import NotFound, Rejected
from actions.clients.ports import (
    Activity,
    Applicant,
    Appointment,
    AttestOrder,
    AttestRequest,
    AttestState,
    AttestType,
    Certificate,
    Customer,
    Dossier,
    DossierStep,
    Incident,
    Office,
    Photo,
    Relative,
    Report,
    Resident,
    Slot,
)
from city import City
from clock import BRUSSELS, Clock


@dataclass
class Faults:
    """What goes wrong, and when: before the work is done, or after it, when only the answer is lost."""

    before: dict[str, BaseException] = field(default_factory=dict)
    after: dict[str, BaseException] = field(default_factory=dict)
    everything: BaseException | None = None

    def begin(self, operation: str) -> None:
        fault = self.everything or self.before.get(operation)
        if fault:
            raise fault

    def end(self, operation: str) -> None:
        fault = self.after.pop(operation, None)
        if fault:
            raise fault

    def over(self) -> None:
        self.everything = None
        self.before.clear()
        self.after.clear()


class IncidentsInMemory:
    """Creates an incident once per key, and keeps a photo once per name."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.reports: dict[str, Report] = {}
        self.photos: dict[str, dict[str, Photo]] = {}
        self.changed: dict[str, dict[str, Any]] = {}

    async def create(self, report: Report) -> Incident:
        self.faults.begin("create")
        self.reports.setdefault(report.key, report)
        self.faults.end("create")
        return Incident(report.key, self.number(report.key), "Aangemeld", closed=False)

    async def attach(self, incident: str, photo: Photo) -> None:
        self.faults.begin("attach")
        self.photos.setdefault(incident, {})[photo.name] = photo
        self.faults.end("attach")

    async def find(self, number: str) -> Incident:
        self.faults.begin("find")
        known = {self.number(key): key for key in self.reports}
        if number not in known:
            raise NotFound("incidents", "find")
        key = known[number]
        return replace(Incident(key, number, "In behandeling", closed=False), **self.changed.get(key, {}))

    def change(self, number: str, **values: Any) -> None:
        """What the city does with the incident."""
        self.changed[next(key for key in self.reports if self.number(key) == number)] = values

    def number(self, key: str) -> str:
        return f"I 2611 {list(self.reports).index(key) + 1:03}"


@dataclass(frozen=True)
class Booked:
    activity: str  # code
    office: str
    slot: Slot
    customer: Customer


class AppointmentsInMemory:
    """A calendar with so many counters in each office, free at 9, 10, 11, 14 and 15 o'clock on working days."""

    def __init__(self, city: City, clock: Clock, *, counters: int = 1) -> None:
        self.city = city
        self.clock = clock
        self.counters = counters
        self.faults = Faults()
        self.bookings: dict[str, Booked] = {}
        self.full: set[date] = set()
        self.needs_phone: set[str] = set()
        self.ever = 0

    async def activities(self) -> list[Activity]:
        self.faults.begin("activities")
        return [Activity(product.code, product.code, product.name) for product in self.city.products]

    async def offices(self, activity: Activity) -> list[Office]:
        self.faults.begin("offices")
        codes = self.city.product(activity.code).locations
        return [Office(code, self.city.location(code).name) for code in codes]

    async def free_slots(self, activity: Activity, office: Office, first: date, last: date) -> list[Slot]:
        self.faults.begin("free_slots")
        return [slot for slot in self._all(first, last) if self._is_free(office, slot)]

    async def required(self, activity: Activity) -> frozenset[str]:
        self.faults.begin("required")
        return frozenset({"phone"} if activity.code in self.needs_phone else ())

    async def book(self, activity: Activity, office: Office, slot: Slot, customer: Customer) -> Appointment:
        self.faults.begin("book")
        if not self._is_free(office, slot):
            raise Rejected("calendar", "book", "slot_taken")
        self.ever += 1
        made = Appointment(f"b{self.ever}", str(self.ever), slot.starts_at, activity.name, office.name)
        self.bookings[made.id] = Booked(activity.code, office.name, slot, customer)
        self.faults.end("book")
        return made

    async def read(self, appointment: str) -> Appointment:
        self.faults.begin("read")
        if appointment not in self.bookings:
            raise NotFound("calendar", "read")
        booked = self.bookings[appointment]
        return Appointment(appointment, appointment, booked.slot.starts_at, booked.activity, booked.office)

    async def cancel(self, appointment: str) -> None:
        self.faults.begin("cancel")
        self.bookings.pop(appointment, None)
        self.faults.end("cancel")

    def take(self, office: str, at: datetime) -> None:
        """Somebody else is quicker, at every counter."""
        for number in range(self.counters):
            self.bookings[f"other {at} {number}"] = Booked("", office, Slot(at), Customer("Iemand Anders", ""))

    @property
    def moments(self) -> list[datetime]:
        """When somebody is expected."""
        return sorted(booked.slot.starts_at for booked in self.bookings.values())

    def _is_free(self, office: Office, slot: Slot) -> bool:
        if slot.starts_at.date() in self.full:
            return False
        taken = [one for one in self.bookings.values() if (one.office, one.slot) == (office.name, slot)]
        return len(taken) < self.counters

    def _all(self, first: date, last: date) -> Iterator[Slot]:
        for day in range((last - first).days + 1):
            date_ = first + timedelta(days=day)
            if date_.weekday() < 5:
                for hour in (9, 10, 11, 14, 15):
                    midnight = datetime.combine(date_, datetime.min.time(), self.clock.now().tzinfo)
                    yield Slot(midnight.replace(hour=hour))


class DossiersInMemory:
    """Dossiers with all their steps, latest first."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.faults = Faults()
        self.dossiers: dict[tuple[str, str], list[Dossier]] = {}

    def put(self, rrn: str, number: str, code: str = "InBehandeling", *, days: float = 1, **values: Any) -> None:
        """A status that long ago, of a new dossier or of one that is there."""
        told = {"phase": "Behandeling", "detail": "", "action": "", **values}
        step = DossierStep(
            told["phase"],
            code,
            self.clock.now() - timedelta(days=days),
            told["detail"],
            bool(told["action"]),
            told["action"],
        )
        organisation = told.get("organisation", "Stad Leiestad")
        dossier = Dossier(
            "urn://x", number, told.get("name", f"Premie {number}"), step, organisation, told.get("link", "")
        )
        self.dossiers.setdefault((rrn, number), []).insert(0, dossier)

    async def list_for(self, rrn: str) -> list[Dossier]:
        self.faults.begin("list")
        own = [steps[0] for (owner, _), steps in self.dossiers.items() if owner == rrn]
        return sorted(own, key=lambda dossier: dossier.step.changed_at, reverse=True)

    async def history(self, rrn: str, dossier: Dossier) -> list[DossierStep]:
        self.faults.begin("history")
        return [one.step for one in self.dossiers[(rrn, dossier.number)]]


class AttestsInMemory:
    """Places an order once per key. `by_hand`: an official must look at everything."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.residents = {
            "85073003328": Resident(
                "lien.declercq@mail.example",
                "Kerkstraat 12, 8799 Leiestad",
                (
                    Relative("w", "Wout Desmet", "echtgenoot", date(1983, 4, 12)),
                    Relative("m", "Mila Desmet", "kind", date(2014, 9, 6)),
                    Relative("s", "Stan Desmet", "kind", date(2017, 3, 22)),
                ),
            )
        }
        self.requests: dict[str, AttestRequest] = {}
        self.standing: dict[str, AttestOrder] = {}
        self.certificates: dict[str, list[Certificate]] = {}
        self.by_hand = False

    async def types(self) -> list[AttestType]:
        return []

    async def resident(self, applicant: Applicant) -> Resident:
        self.faults.begin("resident")
        if applicant.rrn not in self.residents:
            raise NotFound("thuisloket", "resident")
        return self.residents[applicant.rrn]

    async def order(self, applicant: Applicant, request: AttestRequest) -> AttestOrder:
        self.faults.begin("order")
        if applicant.rrn not in self.residents:
            raise Rejected("thuisloket", "order", "not_a_resident")
        self.requests.setdefault(request.key, request)
        state = AttestState.BY_HAND if self.by_hand else AttestState.RECEIVED
        order = AttestOrder(request.key, state, datetime(2026, 11, 25, 10, tzinfo=BRUSSELS))
        self.faults.end("order")
        return self.standing.setdefault(request.key, order)

    async def status(self, applicant: Applicant, order: str) -> AttestOrder:
        self.faults.begin("status")
        return self.standing[order]

    async def cancel(self, applicant: Applicant, order: str) -> None:
        raise NotFound("thuisloket", "cancel")

    def deliver(self, rrn: str, id: str, name: str, year: int = 2026) -> None:
        self.certificates.setdefault(rrn, []).append(Certificate(id, name, "nl", year, f"/download/{id}"))

    async def delivered(self, applicant: Applicant) -> list[Certificate]:
        self.faults.begin("delivered")
        return self.certificates.get(applicant.rrn, [])

    async def download(self, applicant: Applicant, certificate: Certificate) -> bytes:
        self.faults.begin("download")
        return f"%PDF {certificate.name}".encode()


class MailerInMemory:
    def __init__(self) -> None:
        self.faults = Faults()
        self.sent: list[tuple[str, str, str]] = []

    async def send(self, to: str, subject: str, text: str) -> None:
        self.faults.begin("send")
        self.sent.append((to, subject, text))
