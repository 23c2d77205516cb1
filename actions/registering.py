"""Puts things in the register of contacts: each once, under a number that nobody else has, for a party that is there.

It has a loop and filings of its own: an outage of the register holds up no citizen's request.
"""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from actions.background import keep_doing
from actions.clients.contact_ports import Actor, Actors, Contact, Contacts, Party, Registered
from actions.clients.errors import Rejected, Unavailable
from actions.contact_story import GENERAL
from actions.settling import Carry, settle
from citizens.parties import Citizen, Parties
from city import City
from filings.book import Filings
from filings.contacts import new_number
from filings.model import Filing, FilingState
from texts import Texts

log = structlog.get_logger()

LEASE = 60.0  # seconds; renewed for as long as the calls take
RACES = 3  # how often a number may be another's


@dataclass(frozen=True)
class Registrar:
    """`sources`: each leaves one filing of what is new, or says that nothing is. `carriers`: by kind of filing."""

    filings: Filings
    sources: Sequence[Callable[[], bool]]
    carriers: Mapping[str, Carry]

    async def run(self) -> None:
        await keep_doing("contacts", self.step)

    async def step(self) -> bool:
        """Leaves what is new and carries one filing out; False when there is nothing to do now."""
        left = [await asyncio.to_thread(source) for source in self.sources]
        claimed = await asyncio.to_thread(self._claim)
        if claimed is None:
            return any(left)
        settled = await settle(self.filings, claimed, self.carriers[claimed.kind])
        if settled.state is FilingState.REFUSED:
            log.error("contact.refused", filing=settled.id, kind=settled.kind, code=settled.code)
        return any(left) or settled.state is FilingState.DONE

    def _claim(self) -> Filing | None:
        return self.filings.claim_due(f"contacts-{os.getpid()}", LEASE, self.carriers, promised=False)


@dataclass(frozen=True)
class Registering:
    contacts: Contacts
    parties: Parties
    filings: Filings

    async def party_of(self, citizen: Citizen) -> str:
        """The register's id of him."""
        entry = await asyncio.to_thread(self.parties.entry, citizen.person, new_number())
        if entry.party:
            return entry.party
        try:
            party = await self.contacts.party(Party(entry.number, citizen.given_name, citizen.family_name))
        except Rejected as error:
            if error.code == "number_taken":
                await asyncio.to_thread(self.parties.change, citizen.person, new_number(), None)
                raise Unavailable("contacts", "party", "number taken") from error
            raise
        await asyncio.to_thread(self.parties.change, citizen.person, entry.number, party)
        return party

    async def once(self, filing: Filing, place: int, contact: Contact, citizen: Citizen | None) -> Registered:
        """The contact, under the number at this place of the filing. May be repeated."""
        numbers: list[str] = list((await asyncio.to_thread(self.filings.get, filing.id)).payload["numbers"])
        for _ in range(RACES):
            try:
                return await self.contacts.register(replace(contact, number=numbers[place]))
            except Rejected as error:
                if error.code == "number_taken":
                    numbers[place] = new_number()
                    await asyncio.to_thread(self._keep, filing, {"numbers": numbers})
                elif error.code == "party_gone" and citizen:
                    contact = replace(contact, party=await self._another(citizen, contact.party))
                else:
                    raise
        raise Unavailable("contacts", "register", "no free number")

    async def _another(self, citizen: Citizen, gone: str | None) -> str:
        """Unless he has another one since."""
        entry = await asyncio.to_thread(self.parties.entry, citizen.person, new_number())
        if entry.party == gone:
            await asyncio.to_thread(self.parties.change, citizen.person, new_number(), None)
        return await self.party_of(citizen)

    def _keep(self, filing: Filing, changed: Mapping[str, object]) -> None:
        self.filings.update_payload(filing.id, {**filing.payload, **changed})


def assistant(city: City) -> Actor:
    return Actor(Actors.BOT, "balie", f"Virtuele assistent {city.name}")


def called(channel: str, *, person: bool) -> str:
    """Channels are called by their own name; what happens on our website is a chatbot, or a chat with a person."""
    if channel != "web":
        return channel
    return "chat" if person else "chatbot"


def subject(texts: Texts, topic: str) -> str:
    known = texts.text(f"utter_klantcontact_onderwerp_{topic}")
    return known or texts.text(f"utter_klantcontact_onderwerp_{GENERAL}")
