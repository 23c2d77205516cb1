"""What the sandbox knows, as JSON for tests."""

from datetime import date, datetime
from typing import Any

from sandbox.clock import BRUSSELS
from sandbox.jcc.agenda import Block
from sandbox.jcc.bookings import Appointment
from sandbox.jcc.catalogue import Place
from sandbox.topdesk.incident import Attachment, Incident, LogEntry, SentMail
from sandbox.world import World


def incident_state(incident: Incident) -> dict[str, Any]:
    return {
        "id": incident.id,
        "number": incident.number,
        "state": incident.state,
        "status": incident.chosen("processingStatus"),
        "completed": bool(incident.values.get("completed")),
        "closed": bool(incident.values.get("closed")),
        "briefDescription": incident.text("briefDescription"),
        "request": "\n".join(entry.plain for entry in incident.log if entry.is_request),
        "category": incident.chosen("category"),
        "subcategory": incident.chosen("subcategory"),
        "entryType": incident.chosen("entryType"),
        "callType": incident.chosen("callType"),
        "externalNumber": incident.text("externalNumber"),
        "caller": {
            "name": incident.caller_name,
            "email": incident.caller_email,
            "phone": incident.of_caller("phoneNumber"),
            "mobile": incident.of_caller("mobileNumber"),
        },
        "createdAt": incident.created_at.isoformat(),
        "attachments": [
            {"id": a.id, "name": a.name, "media_type": a.media_type, "size": len(a.content), "invisible": a.invisible}
            for a in incident.attachments
        ],
        "trail": [_trail_item(item) for item in incident.trail()],
    }


def _trail_item(item: LogEntry | Attachment | SentMail) -> dict[str, Any]:
    at = item.at.isoformat()
    if isinstance(item, Attachment):
        return {"kind": "attachment", "at": at, "text": item.name, "by": item.author.name, "invisible": item.invisible}
    if isinstance(item, SentMail):
        return {"kind": "mail", "at": at, "text": item.title, "by": item.sender, "invisible": False}
    kind = "request" if item.is_request else "action"
    return {"kind": kind, "at": at, "text": item.plain, "by": item.author.name, "invisible": item.invisible}


def appointment_state(appointment: Appointment) -> dict[str, Any]:
    return {
        "id": appointment.id,
        "number": appointment.number,
        "status": "cancelled" if appointment.cancelled_at else "booked",
        "activities": [{"code": a.product.code, "name": a.product.name, "amount": n} for a, n in appointment.chosen],
        "location": {"code": appointment.place.location.code, "name": appointment.place.location.name},
        "start": appointment.start.isoformat(),
        "end": appointment.end.isoformat(),
        "customer": {k: v for k, v in appointment.customer.values.items() if v not in (None, "")},
        "message": appointment.message,
        "qr_code": appointment.qr_code,
        "createdAt": appointment.created_at.isoformat(),
    }


def day_state(world: World, place: Place, day: date) -> dict[str, Any]:
    """One day at one location, counter by counter."""
    known = world.bookings.on(place, day)
    return {
        "location": place.location.code,
        "date": day.isoformat(),
        "open": [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in world.city.periods(place.location, day)],
        "full": (place.location.code, day) in world.bookings.agenda.full_days,
        "counters": [
            [_block_state(block, known) for block in counter]
            for counter in world.bookings.agenda.counters(place.location, day)
        ],
    }


def _block_state(block: Block, known: dict[str, Appointment]) -> dict[str, Any]:
    appointment = known.get(block.key or "")
    return {
        "start": _clock_time(block.start),
        "end": _clock_time(block.end),
        "appointment": appointment.number if appointment else None,
    }


def _clock_time(moment: datetime) -> str:
    return f"{moment.astimezone(BRUSSELS):%H:%M}"
