"""An appointment as a file for somebody's own calendar (RFC 5545)."""

from datetime import UTC, datetime

from sandbox.city import City
from sandbox.jcc.bookings import Appointment


def invitation(appointment: Appointment, city: City, now: datetime) -> str:
    cancelled = appointment.cancelled_at is not None
    location = appointment.place.location
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//JCC//Afspraken {_text(city.name)}//NL",
        f"METHOD:{'CANCEL' if cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{appointment.id}@{city.mail_domain}",
        f"SEQUENCE:{int(cancelled)}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(appointment.start)}",
        f"DTEND:{_utc(appointment.end)}",
        f"SUMMARY:{_text(f'{appointment.title} ({city.name})')}",
        f"LOCATION:{_text(f'{location.name}, {location.address}')}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _fold(line))


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _fold(line: str) -> list[str]:
    """At most 75 octets on a line; what goes on begins with a space."""
    pieces, current = [], ""
    for character in line:
        if len((current + character).encode()) > 75:
            pieces.append(current)
            current = " "
        current += character
    return [*pieces, current]
