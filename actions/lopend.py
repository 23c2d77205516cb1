"""All that runs for a citizen, wherever it is kept: his reports, appointments and dossiers.

Each part knows what there is (`items`) and reads how it stands only when it is told
(`Item.read`), all of them at the same time. A part that cannot be reached is named; it
is never told as if there were nothing.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

import structlog

from actions.afspraak_verteld import where
from actions.agenda import BOOK, Agenda, Planned
from actions.clients.errors import BackendError, NotFound, Unavailable
from actions.clients.ports import Dossier, DossierStatuses, Incident, Incidents
from actions.dossiers_verteld import DossierLines
from actions.moments import say
from actions.reports import REPORT
from citizens.identities import Identities, Identity
from city import City
from conversations.model import Choice
from filings.book import Filings
from filings.model import Filing, FilingState
from filings.reference import read_reference

Found = TypeVar("Found")
log = structlog.get_logger()

REPORTS, APPOINTMENTS, ATTESTS, DOSSIERS = "meldingen", "afspraken", "attesten", "dossiers"
"""The parts, as utter_dossiers_deel_… names them."""
CHANGES = {"Verplaatsen": "afspraak_verplaatsen", "Annuleren": "afspraak_annuleren"}
PATIENCE = (
    9.0  # seconds for a part; three times that, for what follows on each other, is still less than a turn may take
)
_DATE = re.compile(r"\b\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?\b")
_DIGITS = re.compile(r"\d(?:[\d\s./-]*\d)?")
_REFERENCE = re.compile(r"\b[a-z][\s-]?[a-z0-9]{4}[\s-]?[a-z0-9]{4}\b", re.IGNORECASE)
FEWEST_DIGITS = 5  # of a number that somebody calls his dossier by


@dataclass(frozen=True)
class Who:
    """Whose things: the conversation that asks, and the citizen if he is logged in."""

    conversation: str
    identity: Identity | None


@dataclass(frozen=True)
class Told:
    """One thing and how it stands, ready to be said. `history` gives its steps, one a line."""

    response: str
    values: Mapping[str, Any]
    choices: Sequence[Choice] = ()
    history: Callable[[], Awaitable[str]] | None = None


@dataclass(frozen=True)
class Item:
    part: str
    key: str  # what a tapped choice calls it
    number: str  # what the citizen calls it
    at: datetime
    read: Callable[[], Awaitable[Told | None]] = field(repr=False)  # None: it turns out to be gone


@dataclass(frozen=True)
class Running:
    """What was found, latest first, and which parts could not be looked at."""

    items: Sequence[Item]
    unseen: frozenset[str]


class Part(Protocol):
    name: str

    async def items(self, who: Who) -> list[Item]: ...


async def running(parts: Sequence[Part], who: Who, patience: float = PATIENCE) -> Running:
    found = await asyncio.gather(*(_patiently(part.items(who), patience) for part in parts))
    items = [item for given in found for item in given or ()]
    unseen = frozenset(part.name for part, given in zip(parts, found, strict=True) if given is None)
    return Running(sorted(items, key=lambda item: item.at, reverse=True), unseen)


async def read_all(items: Sequence[Item], patience: float = PATIENCE) -> tuple[list[tuple[Item, Told]], frozenset[str]]:
    """Those that could be read, in order, and the parts of those that could not."""
    told = await asyncio.gather(*(_patiently(_read(item), patience) for item in items))
    read = [(item, one[0]) for item, one in zip(items, told, strict=True) if one and one[0]]
    return read, frozenset(item.part for item, one in zip(items, told, strict=True) if one is None)


async def _read(item: Item) -> tuple[Told | None]:
    try:
        return (await item.read(),)
    except NotFound:
        return (None,)


async def in_time(work: Awaitable[Found], patience: float = PATIENCE) -> Found:
    """Who answers after that is out of reach: every try and every token counts, and a turn must end."""
    try:
        return await asyncio.wait_for(work, patience)
    except TimeoutError as error:
        raise Unavailable("running", "read") from error


async def _patiently(work: Awaitable[Found], patience: float) -> Found | None:
    """None when nobody answered, or not in time."""
    try:
        return await in_time(work, patience)
    except BackendError as error:
        log.warning("running.unseen", error=type(error).__name__)
        return None


class Own:
    """What somebody filed himself: in this conversation, and wherever he was logged in when he did.

    Others may have used this conversation before him: what they filed while they were logged in is theirs.
    """

    def __init__(self, filings: Filings, identities: Identities) -> None:
        self._filings = filings
        self._identities = identities

    async def filings(self, who: Who, kind: str) -> list[Filing]:
        return await asyncio.to_thread(self._of, who, kind)

    async def filings_in(self, conversation: str, kind: str) -> list[Filing]:
        """Those of whoever speaks in this conversation now."""
        identity = await asyncio.to_thread(self._identities.of, conversation)
        return await self.filings(Who(conversation, identity), kind)

    def _of(self, who: Who, kind: str) -> list[Filing]:
        person = who.identity.person if who.identity else None
        elsewhere = set(self._identities.conversations(person)) - {who.conversation} if person else set()
        here = [f for f in self._filings.of(who.conversation, kind) if self._filed_by(f) in (None, person)]
        others = [f for conversation in elsewhere for f in self._filings.of(conversation, kind)]
        return [*here, *(f for f in others if self._filed_by(f) == person)]

    def _filed_by(self, filing: Filing) -> str | None:
        return self._identities.person_at(filing.conversation, filing.created_at)


class ReportPart:
    name = REPORTS

    def __init__(self, incidents: Incidents, own: Own, city: City, lines: DossierLines) -> None:
        self.incidents = incidents
        self.own = own
        self.city = city
        self.lines = lines

    async def items(self, who: Who) -> list[Item]:
        filed = await self.own.filings(who, REPORT)
        return [self._item(filing) for filing in filed if filing.state is not FilingState.REFUSED]

    def _item(self, filing: Filing) -> Item:
        async def read() -> Told:
            return await self._told(filing)

        number = filing.external_reference or filing.reference
        return Item(self.name, filing.reference, number, filing.created_at, read)

    async def _told(self, filing: Filing) -> Told:
        category = self.city.report(filing.payload["categorie"]).name
        values = {
            "wat": f"{category}: {filing.payload['plaats']['tekst']}",
            "nummer": filing.external_reference or filing.reference,
            "dag": self.lines.day(filing.created_at),
        }
        if filing.state is not FilingState.DONE:
            return Told("utter_dossiers_melding_onderweg", values)
        incident = await self._incident(filing)
        stand = self.lines.report(incident)

        async def history() -> str:
            return self.lines.progress(filing.created_at, [note for note in incident.progress if note.text], stand)

        return Told(
            "utter_dossiers_melding",
            {**values, "stand": stand, "einde": "" if incident.closed else self.lines.end(incident.due)},
            history=history,
        )

    async def _incident(self, filing: Filing) -> Incident:
        """By its number, as long as that is still the same incident."""
        incident = await self.incidents.find(str(filing.external_reference))
        if incident.id != filing.external_id:
            raise NotFound("running", "find")
        return incident


class AppointmentPart:
    name = APPOINTMENTS

    def __init__(self, agenda: Agenda, own: Own, city: City) -> None:
        self.agenda = agenda
        self.own = own
        self.city = city

    async def items(self, who: Who) -> list[Item]:
        return [self._item(planned) for planned in self.agenda.coming(await self.own.filings(who, BOOK))]

    def _item(self, planned: Planned) -> Item:
        async def read() -> Told | None:
            return self._told(planned) if await self.agenda.still_stands(planned) else None

        return Item(self.name, planned.reference, planned.reference, planned.starts_at, read)

    def _told(self, planned: Planned) -> Told:
        values = {
            "dienst": self.city.product(planned.product).name,
            "moment": say(planned.starts_at, self.agenda.clock.now()),
            "locatie": where(self.city, planned.office),
            "referentie": planned.reference,
        }
        return Told("utter_dossiers_afspraak", values, [_change(title, planned) for title in CHANGES])


def _change(title: str, planned: Planned) -> Choice:
    return Choice(title, f'/{CHANGES[title]}{{"keuze": "{planned.reference}"}}')


class DossierPart:
    """What other administrations know of him too; only for who logged in with a rijksregisternummer."""

    name = DOSSIERS

    def __init__(self, dossiers: DossierStatuses, lines: DossierLines) -> None:
        self.dossiers = dossiers
        self.lines = lines

    async def items(self, who: Who) -> list[Item]:
        if who.identity is None or who.identity.rrn is None:
            return []
        rrn = who.identity.rrn
        return [self._item(rrn, dossier) for dossier in await self.dossiers.list_for(rrn)]

    def _item(self, rrn: str, dossier: Dossier) -> Item:
        async def history() -> str:
            return self.lines.steps(await self.dossiers.history(rrn, dossier))

        async def read() -> Told:
            values = {**self.lines.dossier(dossier), "einde": self.lines.end(None)}
            return Told("utter_dossiers_dossier_lopend", values, history=history)

        key = f"{dossier.source}|{dossier.number}"
        return Item(self.name, key, dossier.number, dossier.step.changed_at, read)


def names_number(text: str) -> bool:
    """Whether somebody means one thing in particular, and calls it by its number."""
    return bool(_numbers(text)) or any(read_reference(found) for found in _REFERENCE.findall(text))


def is_named(item: Item, text: str) -> bool:
    """However it was typed: I 2611 042 is also 2611042, and OMV-2026-001234 is also 2026 001234."""
    references = {read_reference(found) for found in _REFERENCE.findall(text)} - {None}
    return bool({item.number, item.key} & references) or _only_digits(item.number) in _numbers(text)


def _numbers(text: str) -> set[str]:
    found = (_only_digits(digits) for digits in _DIGITS.findall(_DATE.sub(" ", text)))
    return {digits for digits in found if len(digits) >= FEWEST_DIGITS}


def _only_digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
