"""The processing log as the standard tells it to a citizen: VNG's Inzage API 0.9.0.

That form leaves out the system, the user and the source, and knows no field for the
legal ground: that stands in the name of the processing, and `verwerkingsactiviteitUrl`
leads to the register. `objectId` is the rijksregisternummer while we know it, and our own
id of him when we do not.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from citizens.register import Register
from conversations.model import JSON

if TYPE_CHECKING:
    from citizens.processing import Entry

UNREGISTERED = "Virtuele assistent"  # the name of a processing that the register no longer knows
OURS = uuid.UUID("6f4c3a62-6f0e-4a55-9d2b-0b0f6f7c7d10")  # namespace of the ids that we make out of names
LONGEST_NAME = 242  # the standard's


def listed(entries: Sequence[Entry], person: str, rrn: str | None, register: Register) -> JSON:
    """A page of `GET /verwerkte-objecten` that holds all of them."""
    kind, number = ("INSZ", rrn) if rrn else ("pseudoniem", person)
    subject = {"soortObjectId": kind, "objectId": number}
    results = [_processed(entry, subject, register) for entry in entries]
    return {"count": len(results), "next": None, "previous": None, "results": results}


def _processed(entry: Entry, subject: dict[str, str], register: Register) -> JSON:
    id = str(uuid.uuid5(OURS, entry.id))
    kinds = [{"soortGegeven": kind[:LONGEST_NAME]} for kind in entry.kinds]
    about = {"objecttype": "persoon", **subject, "betrokkenheid": "Aanvrager", "verwerkteSoortenGegevens": kinds}
    processed = {"url": f"urn:uuid:{id}", "verwerktObjectId": id, **about}
    return {
        **processed,
        "verwerkingsactie": {**_action(entry), **_activity(entry, register), "verwerkteObjecten": [processed]},
    }


def _action(entry: Entry) -> JSON:
    at = entry.at.isoformat()
    return {
        "url": f"urn:uuid:{entry.id}",
        "actieId": entry.id,
        "actieNaam": entry.action[:LONGEST_NAME],
        "verwerkingId": str(uuid.uuid5(OURS, entry.conversation)),
        "verwerkingsactiviteitId": str(uuid.uuid5(OURS, entry.activity)),
        "vertrouwelijkheid": "vertrouwelijk" if entry.confidential else "normaal",
        "tijdstip": at,
        "tijdstipRegistratie": at,
    }


def _activity(entry: Entry, register: Register) -> JSON:
    """What it was done for, and on what ground, as the register has it today."""
    known = register.find(entry.activity)
    if known is None:
        return {"handelingNaam": entry.activity[:LONGEST_NAME], "verwerkingNaam": UNREGISTERED}
    return {
        "handelingNaam": f"om {known.purpose}"[:LONGEST_NAME],
        "verwerkingNaam": f"{known.name} ({known.law})"[:LONGEST_NAME],
        "verwerkingsactiviteitUrl": f"{register.url}#{known.key}",
        "bewaartermijn": known.kept,
    }
