"""The mails that the city's systems send to a citizen. Their texts stand beside this file, one pair per letter.

The first line of the plain text is the subject.
"""

from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from pathlib import Path
from typing import Any

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from sandbox.city import City
from sandbox.clock import BRUSSELS
from sandbox.jcc.bookings import Appointment
from sandbox.letters.calendar import invitation
from sandbox.thuisloket.orders import Order
from sandbox.topdesk.incident import Incident


class Letters:
    def __init__(self, city: City, url: str, now: Callable[[], datetime]) -> None:
        self._city, self._url, self._now = city, url, now
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(dag=dutch_day, uur=dutch_time)

    def incident(self, name: str, incident: Incident, note: str = "") -> EmailMessage:
        """`name`: ontvangen, gewijzigd or bericht."""
        return _in_dutch(
            self._letter(f"melding_{name}", "Meldpunt", "meldpunt", incident.caller_email, incident=incident, note=note)
        )

    def appointment(self, name: str, appointment: Appointment) -> EmailMessage:
        """`name`: bevestigd or geannuleerd."""
        letter = self._letter(
            f"afspraak_{name}",
            "Afspraken",
            "afspraken",
            appointment.customer.email,
            appointment=appointment,
            cancel_url=f"{self._url}/afspraak/{appointment.id}/annuleren?code={appointment.qr_code}",
        )
        cancelled = appointment.cancelled_at is not None
        letter.add_attachment(
            invitation(appointment, self._city, self._now()).encode(),
            maintype="text",
            subtype="calendar",
            filename="afspraak.ics",
            params={"charset": "utf-8", "method": "CANCEL" if cancelled else "PUBLISH"},
        )
        return _in_dutch(letter)

    def attest(self, order: Order, pdf: bytes) -> EmailMessage:
        letter = self._letter("attest_klaar", "Thuisloket", "thuisloket", order.email, order=order)
        letter.add_attachment(
            pdf, maintype="application", subtype="pdf", filename=f"attest-{order.body['referentie']}.pdf"
        )
        return _in_dutch(letter)

    def _letter(self, name: str, desk: str, mailbox: str, recipient: str, **values: Any) -> EmailMessage:
        values = {**values, "city": self._city}
        subject, _, text = self._templates.get_template(f"{name}.txt").render(values).partition("\n")
        letter = EmailMessage()
        letter["Subject"] = subject.strip()
        letter["From"] = formataddr((f"{desk} {self._city.name}", f"{mailbox}@{self._city.mail_domain}"))
        letter["To"] = recipient
        letter["Date"] = format_datetime(self._now())
        letter["Message-ID"] = make_msgid(domain=self._city.mail_domain)
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(text.strip() + "\n")
        html = self._templates.get_template(f"{name}.html").render({**values, "subject": subject.strip()})
        letter.add_alternative(html, subtype="html")
        return letter


def _in_dutch(letter: EmailMessage) -> EmailMessage:
    """Comes last: whatever makes parts of a message takes such headers along into the part."""
    letter["Content-Language"] = "nl"
    return letter


def dutch_day(moment: datetime) -> str:
    """dinsdag 24 november"""
    return format_date(moment.astimezone(BRUSSELS).date(), "EEEE d MMMM", locale="nl_BE")


def dutch_time(moment: datetime) -> str:
    """9.00 uur"""
    local = moment.astimezone(BRUSSELS)
    return f"{local.hour}.{local:%M} uur"
