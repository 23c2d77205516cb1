"""Hands our own letters to the city's mail server. There is one kind: a code that proves whose an address is.

Attests and confirmations are mailed by the systems that make them, and never by us.
"""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid

import structlog

from actions.clients.errors import Misconfigured, Unavailable
from settings import Settings

log = structlog.get_logger()

NAME = "smtp"


class SmtpMailer:
    def __init__(self, settings: Settings, sender: str) -> None:
        """`sender`: the name that the citizen sees."""
        self.settings = settings
        self.sender = sender

    async def send(self, to: str, subject: str, text: str) -> None:
        """Raises Unavailable when the server cannot be reached, Misconfigured when it does not take our letter."""
        await asyncio.to_thread(self._send, self._letter(to, subject, text))

    def _letter(self, to: str, subject: str, text: str) -> EmailMessage:
        letter = EmailMessage()
        letter["Subject"] = subject
        letter["From"] = formataddr((self.sender, self.settings.smtp_from))
        letter["To"] = to
        letter["Date"] = formatdate(localtime=True)
        letter["Message-ID"] = make_msgid(domain=self.settings.smtp_from.rpartition("@")[2])
        letter["Auto-Submitted"] = "auto-generated"
        letter["Content-Language"] = "nl"
        letter.set_content(text + "\n")
        return letter

    def _send(self, letter: EmailMessage) -> None:
        settings = self.settings
        try:
            with smtplib.SMTP(*_address(settings.smtp_server), timeout=settings.backend_timeout) as server:
                if settings.smtp_starttls:
                    server.starttls(context=ssl.create_default_context())
                if settings.smtp_user:
                    server.login(settings.smtp_user, settings.smtp_password)
                server.send_message(letter)
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError) as error:
            log.error("mail.refused", error=type(error).__name__)
            raise Misconfigured(NAME, "send", type(error).__name__) from None  # it quotes the address
        except (OSError, smtplib.SMTPException) as error:
            log.warning("mail.unavailable", error=type(error).__name__)
            raise Unavailable(NAME, "send", type(error).__name__) from error


def _address(server: str) -> tuple[str, int]:
    host, _, port = server.partition(":")
    return host, int(port or smtplib.SMTP_PORT)
