"""Puts one thing in the register of contacts: under a number that nobody else has, for a party that is there."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from actions.clients.contact_ports import Contact, Contacts, Party, Registered
from actions.clients.errors import Rejected, Unavailable
from citizens.parties import Citizen, Parties
from filings.book import Filings
from filings.contacts import new_number
from filings.model import Filing

RACES = 3  # how often a number may be another's


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
                    await asyncio.to_thread(self.parties.change, citizen.person, new_number(), None)
                    contact = replace(contact, party=await self.party_of(citizen))
                else:
                    raise
        raise Unavailable("contacts", "register", "no free number")

    def _keep(self, filing: Filing, changed: Mapping[str, object]) -> None:
        self.filings.update_payload(filing.id, {**filing.payload, **changed})
