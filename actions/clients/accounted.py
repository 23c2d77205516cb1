"""The city's systems, with a row in the processing log for each call that is about a person.

What tells of nobody, such as the free moments in a calendar, leaves no row.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from actions.accounts import Accounts
from actions.clients.contact_ports import Contact, Contacts, Party, Registered
from actions.clients.ports import (
    Activity,
    Applicant,
    Appointment,
    Appointments,
    AttestOrder,
    AttestRequest,
    Attests,
    AttestType,
    Certificate,
    Customer,
    Dossier,
    DossierStatuses,
    DossierStep,
    Incident,
    Incidents,
    Office,
    Photo,
    Report,
    Resident,
    Slot,
)

NAME, EMAIL, PHONE, PHOTO = "naam", "e-mailadres", "telefoonnummer", "foto"
CONTACT, RATING = "contact", "tevredenheid"
RRN, ADDRESS, FAMILY, ATTEST = "rijksregisternummer", "adres", "gezin", "attest"


class AccountedIncidents:
    def __init__(self, incidents: Incidents, accounts: Accounts, source: str) -> None:
        self.incidents = incidents
        self.accounts = accounts
        self.source = source

    async def create(self, report: Report) -> Incident:
        given = [kind for kind, value in ((NAME, report.name), (EMAIL, report.email)) if value]
        await self._enter("melding registreren", "melding", *given)
        return await self.incidents.create(report)

    async def attach(self, incident: str, photo: Photo) -> None:
        await self._enter("foto toevoegen", PHOTO)
        await self.incidents.attach(incident, photo)

    async def find(self, number: str) -> Incident:
        await self._enter("melding opzoeken", "melding")
        return await self.incidents.find(number)

    async def _enter(self, action: str, *kinds: str) -> None:
        await self.accounts.enter(action, source=self.source, kinds=kinds)


class AccountedAppointments:
    def __init__(self, appointments: Appointments, accounts: Accounts, source: str) -> None:
        self.appointments = appointments
        self.accounts = accounts
        self.source = source

    async def activities(self) -> list[Activity]:
        return await self.appointments.activities()

    async def offices(self, activity: Activity) -> list[Office]:
        return await self.appointments.offices(activity)

    async def free_slots(self, activity: Activity, office: Office, first: date, last: date) -> list[Slot]:
        return await self.appointments.free_slots(activity, office, first, last)

    async def required(self, activity: Activity) -> frozenset[str]:
        return await self.appointments.required(activity)

    async def book(self, activity: Activity, office: Office, slot: Slot, customer: Customer) -> Appointment:
        phone = [PHONE] if customer.phone else []
        await self._enter("afspraak boeken", ["afspraak", NAME, EMAIL, *phone])
        return await self.appointments.book(activity, office, slot, customer)

    async def read(self, appointment: str) -> Appointment:
        await self._enter("afspraak opzoeken", ["afspraak"])
        return await self.appointments.read(appointment)

    async def cancel(self, appointment: str) -> None:
        await self._enter("afspraak annuleren", ["afspraak"])
        await self.appointments.cancel(appointment)

    async def _enter(self, action: str, kinds: Sequence[str]) -> None:
        await self.accounts.enter(action, source=self.source, kinds=kinds)


class AccountedDossiers:
    def __init__(self, dossiers: DossierStatuses, accounts: Accounts, source: str) -> None:
        self.dossiers = dossiers
        self.accounts = accounts
        self.source = source

    async def list_for(self, rrn: str) -> list[Dossier]:
        await self._enter("dossiers opzoeken")
        return await self.dossiers.list_for(rrn)

    async def history(self, rrn: str, dossier: Dossier) -> list[DossierStep]:
        await self._enter("verloop van een dossier opzoeken")
        return await self.dossiers.history(rrn, dossier)

    async def _enter(self, action: str) -> None:
        await self.accounts.enter(action, source=self.source, kinds=["rijksregisternummer", "dossiers"])


class AccountedAttests:
    def __init__(self, attests: Attests, accounts: Accounts, source: str) -> None:
        self.attests = attests
        self.accounts = accounts
        self.source = source

    async def types(self) -> list[AttestType]:
        return await self.attests.types()

    async def resident(self, applicant: Applicant) -> Resident:
        await self._enter("gegevens opzoeken", EMAIL, ADDRESS, FAMILY)
        return await self.attests.resident(applicant)

    async def order(self, applicant: Applicant, request: AttestRequest) -> AttestOrder:
        given = [EMAIL] if request.email else []
        await self._enter("attest aanvragen", ATTEST, *given)
        return await self.attests.order(applicant, request)

    async def status(self, applicant: Applicant, order: str) -> AttestOrder:
        await self._enter("attest opvolgen", ATTEST)
        return await self.attests.status(applicant, order)

    async def cancel(self, applicant: Applicant, order: str) -> None:
        await self._enter("attest annuleren", ATTEST)
        await self.attests.cancel(applicant, order)

    async def delivered(self, applicant: Applicant) -> list[Certificate]:
        await self._enter("attesten opzoeken", ATTEST)
        return await self.attests.delivered(applicant)

    async def download(self, applicant: Applicant, certificate: Certificate) -> bytes:
        await self._enter("attest ophalen", ATTEST)
        return await self.attests.download(applicant, certificate)

    async def _enter(self, action: str, *kinds: str) -> None:
        """The Thuisloket is never asked without the number of whoever asks."""
        await self.accounts.enter(action, source=self.source, kinds=[RRN, *kinds])


class AccountedContacts:
    """A contact of somebody of whom nothing is known tells of nobody."""

    def __init__(self, contacts: Contacts, accounts: Accounts, source: str) -> None:
        self.contacts = contacts
        self.accounts = accounts
        self.source = source

    async def party(self, citizen: Party) -> str:
        await self._enter("burger registreren", NAME)
        return await self.contacts.party(citizen)

    async def register(self, contact: Contact) -> Registered:
        given = ((NAME, contact.name), (EMAIL, contact.email), (PHONE, contact.phone))
        kinds = [kind for kind, value in given if value]
        if contact.party or kinds:
            await self._enter("contact registreren", CONTACT, *kinds)
        return await self.contacts.register(contact)

    async def note(self, contact: str, metadata: Mapping[str, str]) -> None:
        await self._enter("contact aanvullen", RATING)
        await self.contacts.note(contact, metadata)

    async def finish(self, task: str) -> None:
        await self.contacts.finish(task)

    async def _enter(self, action: str, *kinds: str) -> None:
        await self.accounts.enter(action, source=self.source, kinds=kinds)
