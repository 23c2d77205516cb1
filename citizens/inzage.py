"""The processing log as the standard tells it to a citizen: VNG's Inzage API 0.9.0.

That form leaves out the system, the user and the source. `objectId` is the
rijksregisternummer while we know it, and our own id of him when we do not.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations.model import JSON

if TYPE_CHECKING:
    from citizens.processing import Entry

PROCESSING = "Virtuele assistent"
OURS = uuid.UUID("6f4c3a62-6f0e-4a55-9d2b-0b0f6f7c7d10")  # namespace of the ids that we make out of names
LONGEST_NAME = 242  # the standard's


def listed(entries: Sequence[Entry], person: str, rrn: str | None) -> JSON:
    """A page of `GET /verwerkte-objecten` that holds all of them."""
    kind, number = ("INSZ", rrn) if rrn else ("pseudoniem", person)
    results = [_processed(entry, {"soortObjectId": kind, "objectId": number}) for entry in entries]
    return {"count": len(results), "next": None, "previous": None, "results": results}


def _processed(entry: Entry, subject: dict[str, str]) -> JSON:
    id = str(uuid.uuid5(OURS, entry.id))
    kinds = [{"soortGegeven": kind[:LONGEST_NAME]} for kind in entry.kinds]
    about = {"objecttype": "persoon", **subject, "betrokkenheid": "Aanvrager", "verwerkteSoortenGegevens": kinds}
    processed = {"url": f"urn:uuid:{id}", "verwerktObjectId": id, **about}
    return {**processed, "verwerkingsactie": {**_action(entry), "verwerkteObjecten": [processed]}}


def _action(entry: Entry) -> JSON:
    at = entry.at.isoformat()
    return {
        "url": f"urn:uuid:{entry.id}",
        "actieId": entry.id,
        "actieNaam": entry.action[:LONGEST_NAME],
        "handelingNaam": entry.activity[:LONGEST_NAME],
        "verwerkingNaam": PROCESSING,
        "verwerkingId": str(uuid.uuid5(OURS, entry.conversation)),
        "verwerkingsactiviteitId": str(uuid.uuid5(OURS, entry.activity)),
        "vertrouwelijkheid": "vertrouwelijk" if entry.confidential else "normaal",
        "tijdstip": at,
        "tijdstipRegistratie": at,
    }
