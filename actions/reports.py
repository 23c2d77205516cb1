"""Passes a report on to the people who mend the street: a filing first, a call then."""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog

from actions.clients.errors import Misconfigured, NotFound, Rejected
from actions.clients.ports import Incident, Incidents, Photo, Report
from actions.followup import standing
from city import City
from conversations.ledger import Ledger
from conversations.model import JSON
from filings.book import Filings
from filings.model import Filing

log = structlog.get_logger()

REPORT = "melding"


class Reports:
    def __init__(self, incidents: Incidents, filings: Filings, ledger: Ledger, city: City) -> None:
        self.incidents = incidents
        self.filings = filings
        self.ledger = ledger
        self.city = city

    async def file(self, conversation: str, payload: Mapping[str, JSON], key: str) -> Filing:
        return await asyncio.to_thread(
            self.filings.file, conversation, REPORT, payload, f"{REPORT}:{conversation}:{key}"
        )

    async def register(self, filing: Filing) -> None:
        """Creates the incident, adds the photos and marks the filing done. May be repeated."""
        incident = await self.incidents.create(self._report(filing))
        for number, attachment in enumerate(filing.payload["fotos"], start=1):
            try:
                await self._attach(incident, number, attachment)
            except (Rejected, NotFound, Misconfigured):  # a photo that is not wanted sinks no report
                log.exception("report.photo_refused", filing=filing.id, incident=incident.id)
        known = {"stand": standing(incident)}
        await asyncio.to_thread(self.filings.done, filing.id, incident.id, incident.number, known)

    async def _attach(self, incident: Incident, number: int, attachment: str) -> None:
        kept = await asyncio.to_thread(self.ledger.attachment, attachment)
        if kept:
            name = f"foto-{number}.{kept.media_type.rpartition('/')[2]}"
            await self.incidents.attach(incident.id, Photo(name, kept.media_type, kept.content))

    def _report(self, filing: Filing) -> Report:
        payload: Mapping[str, Any] = filing.payload
        category = self.city.report(payload["categorie"])
        place = payload["plaats"]
        return Report(
            key=filing.reference,
            summary=f"{category.name}: {place['tekst']}",
            description=payload["omschrijving"],
            category=category.category,
            subcategory=category.subcategory,
            place=place["tekst"],
            channel=payload["kanaal"],
            name=payload.get("naam"),
            email=payload.get("email"),
            latitude=place.get("lat"),
            longitude=place.get("lon"),
        )
