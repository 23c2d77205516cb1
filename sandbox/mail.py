"""A real mail server with a mailbox that everybody may look into.

Whatever is handed in by SMTP is kept in memory, as it came and taken apart. The
backends send their letters here too, over the wire like anybody else.
"""

import asyncio
import logging
import re
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session

log = logging.getLogger("sandbox.mail")


@dataclass(frozen=True)
class Part:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    id: str
    received_at: datetime
    sender: str  # of the envelope
    recipients: tuple[str, ...]
    subject: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    attachments: tuple[Part, ...]
    raw: bytes

    @classmethod
    def parse(cls, raw: bytes, sender: str, recipients: tuple[str, ...], received_at: datetime) -> "Mail":
        message = message_from_bytes(raw, policy=policy.default)
        return cls(
            id=uuid4().hex,
            received_at=received_at,
            sender=sender,
            recipients=recipients,
            subject=str(message["Subject"] or ""),
            headers=tuple((name, str(value)) for name, value in message.items()),
            text=_body(message, "plain"),
            html=_body(message, "html"),
            attachments=tuple(_attachment(part) for part in message.iter_attachments()),
            raw=raw,
        )

    def to_json(self) -> dict[str, Any]:
        headers = dict(self.headers)
        return {
            "id": self.id,
            "received_at": self.received_at.isoformat(),
            "from": headers.get("From", ""),
            "to": list(self.recipients),
            "subject": self.subject,
            "headers": [{"name": name, "value": value} for name, value in self.headers],
            "text": self.text,
            "html": self.html,
            "attachments": [
                {
                    "name": part.name,
                    "media_type": part.media_type,
                    "size": len(part.content),
                    "text": part.content.decode() if part.media_type.startswith("text/") else None,
                }
                for part in self.attachments
            ],
        }


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return part.get_content().replace("\r\n", "\n") if part is not None else ""


def _attachment(part: EmailMessage) -> Part:
    content = part.get_content()
    data = content.encode() if isinstance(content, str) else bytes(content)
    return Part(part.get_filename() or "", part.get_content_type(), data)


class Mailbox:
    """The mails in the order in which they came. Acts as the server's handler."""

    def __init__(self, now: Callable[[], datetime], changed: Callable[[], None]) -> None:
        self._now, self._changed = now, changed
        self.mails: list[Mail] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw = envelope.original_content or b""
        self.mails.append(Mail.parse(raw, envelope.mail_from or "", tuple(envelope.rcpt_tos), self._now()))
        self._changed()
        return "250 OK"

    def mail(self, mail_id: str) -> Mail | None:
        return next((mail for mail in self.mails if mail.id == mail_id), None)

    def to(self, address: str) -> list[Mail]:
        return [mail for mail in self.mails if address.lower() in (r.lower() for r in mail.recipients)]

    def clear(self) -> None:
        self.mails.clear()
        self._changed()


async def serve(mailbox: Mailbox, host: str, port: int) -> asyncio.Server:
    """Listens on the running loop. Raises OSError when the port is taken."""
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        return SMTP(mailbox, hostname="sandbox", enable_SMTPUTF8=True, loop=loop, ident="sandbox")

    return await loop.create_server(session, host, port)


async def send(message: EmailMessage, host: str, port: int) -> None:
    """Hands a letter to a mail server. A backend does not fail because its mail does, so neither does this."""

    def hand_over() -> None:
        with smtplib.SMTP(host, port, timeout=10) as server:
            server.send_message(message)

    try:
        await asyncio.to_thread(hand_over)
    except (OSError, smtplib.SMTPException):
        log.exception("mail.not_sent host=%s port=%s", host, port)


_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


def is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None
