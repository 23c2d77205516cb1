"""What the city knows of a citizen who is logged in, block by block, for an agent who helps him.

The parts are those that answer "wat is de status van mijn aanvragen?" in the chat, and
the words are those that the citizen hears himself: agent and citizen cannot read two
different things. A source that does not answer in time is named; it is never shown as if
there were nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import structlog

from actions.agenda import BOOK
from actions.clients.errors import BackendError, NotFound
from actions.clients.ports import Certificate
from actions.gegevens import KEYS
from actions.known import Known
from actions.lopend import APPOINTMENTS, ATTESTS, DOSSIERS, REPORTS, Own, Part, Who, in_time, read_all, running
from actions.orders import ATTEST, Orders, applicant
from actions.reports import REPORT
from citizens.identities import Identity
from clock import Clock
from conversations.ledger import Ledger
from filings.follows import Follows
from filings.model import Filing
from texts import Texts

PATIENCE = 2.5  # seconds for a source: an agent has somebody before him
MOST = 12  # of the things that are read one by one
OURS = "Balie"
_OURS = frozenset({OURS})
CERTIFICATE, PHOTO = "attest", "foto"
PDF = "application/pdf"

Found = TypeVar("Found")
log = structlog.get_logger()


@dataclass(frozen=True)
class Line:
    """`what` is a word of desk/templates/klantbeeld_regel.html; `key` is what the agent can ask more about."""

    what: str
    text: str
    source: str
    at: datetime | None = None  # when it was heard, or happened
    key: str = ""


@dataclass(frozen=True)
class Seen:
    """`asked`: where it was looked for, and `unseen`: what of that did not answer.

    `older`: how many more there are. `unasked`: without his number.
    """

    lines: Sequence[Line]
    asked: frozenset[str]
    unseen: frozenset[str] = frozenset()
    older: int = 0
    unasked: bool = False


@dataclass(frozen=True)
class Document:
    name: str
    media_type: str
    content: bytes


class Picture:
    """`parts`, each with the name of the system behind it. `register`: the name of the city's own."""

    def __init__(
        self,
        parts: Sequence[tuple[Part, str]],
        *,
        known: Known,
        own: Own,
        orders: Orders,
        follows: Follows,
        ledger: Ledger,
        texts: Texts,
        clock: Clock,
        register: str,
    ) -> None:
        self.parts = {part.name: part for part, _ in parts}
        self.sources = {part.name: source for part, source in parts}
        self.known, self.own, self.orders, self.follows = known, own, orders, follows
        self.ledger, self.texts, self.clock, self.register = ledger, texts, clock, register
        self.blocks: Mapping[str, Callable[[Who, Identity], Awaitable[Seen]]] = {
            "contact": self._contact,
            "voorkeuren": self._preferences,
            "producten": self._products,
            "geleverd": self._delivered,
            "lopend": lambda who, _: self._told(who, REPORTS, ATTESTS),
            "documenten": self._documents,
            "zaken": self._dossiers,
            "afspraken": lambda who, _: self._told(who, APPOINTMENTS),
        }

    async def document(self, who: Who, identity: Identity, key: str) -> Document:
        """One of those in the block "documenten". Raises NotFound for any other."""
        kind, _, wanted = key.partition("|")
        if kind == PHOTO:
            return await self._photo(who, wanted)
        if kind != CERTIFICATE or identity.rrn is None:
            raise NotFound("picture", "document")
        delivered = await in_time(self.orders.attests.delivered(applicant(identity)), PATIENCE)
        found = next((one for one in delivered if one.id == wanted), None)
        if found is None:
            raise NotFound("picture", "document")
        content = await in_time(self.orders.attests.download(applicant(identity), found), 2 * PATIENCE)
        return Document(f"{found.name} {found.year}.pdf", PDF, content)

    # --- the blocks ----------------------------------------------------------

    async def _contact(self, who: Who, identity: Identity) -> Seen:
        facts = await self.known.facts(identity, KEYS)
        lines = [Line(key, facts[key].value, facts[key].source, facts[key].seen_at) for key in KEYS if key in facts]
        if identity.rrn is None:
            return Seen(lines, _OURS)
        resident, unseen = await self._asked(self.orders.attests.resident(applicant(identity)))
        if resident:
            told = {"adres": resident.address, "email": resident.email}
            now = self.clock.utc()
            lines += [Line(what, text, self.register, now) for what, text in told.items() if text]
        return Seen(lines, _OURS | {self.register}, unseen)

    async def _preferences(self, who: Who, identity: Identity) -> Seen:
        attests, reports = await self.own.filings(who, ATTEST), await self.own.filings(who, REPORT)
        lines = [Line("levering", one.payload["levering"], OURS, one.created_at) for one in attests][:1]
        followed = await asyncio.to_thread(self.follows.followed, [report.id for report in reports])
        lines += [self._filed(report, "volgt") for report in reports if report.id in followed]
        return Seen(lines, _OURS)

    async def _products(self, who: Who, identity: Identity) -> Seen:
        """What he asked for here, and what the city delivered."""
        filed = [one for kind in (ATTEST, REPORT, BOOK) for one in await self.own.filings(who, kind)]
        newest = sorted(filed, key=lambda one: one.created_at, reverse=True)
        delivered = await self._delivered(who, identity)
        lines = [*map(self._filed, newest), *delivered.lines]
        return replace(delivered, lines=lines, asked=delivered.asked | _OURS)

    async def _delivered(self, who: Who, identity: Identity) -> Seen:
        certificates, unseen = await self._certificates(identity)
        lines = [Line("geleverd", _named(one), self.register, key=one.id) for one in certificates]
        return Seen(lines, frozenset({self.register}), unseen, unasked=identity.rrn is None)

    async def _documents(self, who: Who, identity: Identity) -> Seen:
        certificates, unseen = await self._certificates(identity)
        lines = [Line(CERTIFICATE, _named(one), self.register, key=f"{CERTIFICATE}|{one.id}") for one in certificates]
        for report in await self.own.filings(who, REPORT):
            photos = report.payload.get("fotos") or ()
            lines += [Line(PHOTO, _number(report), OURS, report.created_at, f"{PHOTO}|{photo}") for photo in photos]
        return Seen(lines, _OURS | {self.register}, unseen, unasked=identity.rrn is None)

    async def _dossiers(self, who: Who, identity: Identity) -> Seen:
        if identity.rrn is None:
            return Seen([], frozenset({self.sources[DOSSIERS]}), unasked=True)
        return await self._told(who, DOSSIERS)

    async def _told(self, who: Who, *names: str) -> Seen:
        """How far it is, as the chat tells it."""
        found = await running([self.parts[name] for name in names], who, PATIENCE)
        told, unread = await read_all(found.items[:MOST], PATIENCE)
        lines = [
            Line(item.part, self.texts.text(one.response, **one.values), self.sources[item.part], item.at, item.key)
            for item, one in told
        ]
        unseen = frozenset(self.sources[part] for part in found.unseen | unread)
        asked = frozenset(self.sources[name] for name in names)
        return Seen(lines, asked, unseen, older=len(found.items[MOST:]))

    # --- inside --------------------------------------------------------------

    def _filed(self, filing: Filing, what: str = "") -> Line:
        state = "geannuleerd" if filing.payload.get("geannuleerd") else filing.state
        return Line(what or f"{filing.kind}_{state}", self._subject(filing), OURS, filing.created_at, _number(filing))

    def _subject(self, filing: Filing) -> str:
        """What it is about; its bare code when the city no longer offers it."""
        city, payload = self.texts.city, filing.payload
        code = {ATTEST: "soort", REPORT: "categorie", BOOK: "dienst"}[filing.kind]
        find: Mapping[str, Callable[[str], Any]] = {ATTEST: city.attests.kind, REPORT: city.report, BOOK: city.product}
        try:
            return str(find[filing.kind](payload[code]).name)
        except KeyError:
            return str(payload[code])

    async def _certificates(self, identity: Identity) -> tuple[Sequence[Certificate], frozenset[str]]:
        """Latest first; of whom we have no number, we cannot ask."""
        if identity.rrn is None:
            return (), frozenset()
        found, unseen = await self._asked(self.orders.attests.delivered(applicant(identity)))
        return (found or [])[::-1], unseen

    async def _asked(self, work: Awaitable[Found]) -> tuple[Found | None, frozenset[str]]:
        """What the city's register answers: None when it does not know him, or did not answer; then it is named."""
        try:
            return await in_time(work, PATIENCE), frozenset()
        except NotFound:
            return None, frozenset()
        except BackendError as error:
            log.warning("picture.unseen", source=self.register, error=type(error).__name__)
            return None, frozenset({self.register})

    async def _photo(self, who: Who, wanted: str) -> Document:
        his = {photo for report in await self.own.filings(who, REPORT) for photo in report.payload.get("fotos") or ()}
        kept = await asyncio.to_thread(self.ledger.attachment, wanted) if wanted in his else None
        if kept is None:
            raise NotFound("picture", "document")
        return Document(kept.name, kept.media_type, kept.content)


def _named(certificate: Certificate) -> str:
    return f"{certificate.name} ({certificate.year})"


def _number(filing: Filing) -> str:
    return filing.external_reference or filing.reference
