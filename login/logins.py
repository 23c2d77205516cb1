"""What a login does to a conversation: from the button to the moment that the bot hears of it.

Blocks; the pages call it from a thread. Whatever ends a login leaves a message for the
bot, so that the citizen is never left where he was with a question that nobody asks
again. The log tells which check failed and of which link, never who it was.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime

import structlog

from citizens.identities import Claims
from citizens.link_model import Browser, Link, LoginError
from citizens.link_tables import LinkState
from citizens.links import Links
from clock import Clock
from conversations.ledger import Ledger
from conversations.model import Conversation
from login.citizen import NoNationalNumber, citizen
from login.oidc import Begun, ProviderDown, Refused, RelyingParty, Untrusted

LOGGED_IN = "/aangemeld"
BROKEN_OFF = '/aanmelden_afgebroken{{"keuze": "{}"}}'
TELLS = {  # what the bot hears of a page; domain.yml: aanmelden_afgebroken
    "denied": "geweigerd",
    "down": "storing",
    "untrusted": "mislukt",
    "weak": "te_zwak",
    "no_rrn": "geen_rrn",
    "somebody_else": "iemand_anders",
    "expired": "verlopen",
    "logged_out": "afgemeld",
}

log = structlog.get_logger()


class Logins:
    def __init__(self, links: Links, provider: RelyingParty, ledger: Ledger, clock: Clock) -> None:
        self.links, self.provider, self.ledger, self.clock = links, provider, ledger, clock

    def conversation(self, link: Link) -> Conversation:
        return self.ledger.conversation(link.conversation)

    def start(self, secret: str, browser: Browser) -> str:
        """The provider's address. Raises LoginError; while the provider is down the link stays as it was."""
        self.links.look(secret)
        try:
            begun = self.provider.begin()
        except ProviderDown as error:
            log.warning("login.provider_down", what=str(error))
            raise LoginError("down") from error
        link = self.links.start(secret, browser, begun.state, begun.private())
        log.info("login.started", link=link.id, channel=link.channel)
        return begun.url

    def finish(self, answer: Mapping[str, str], browser: Browser) -> bool:
        """Whether a code has to be typed in the chat; else he is known. Raises LoginError."""
        link, private = self.links.come_back(answer.get("state", ""), browser)
        try:
            claims = self._claims(Begun.from_private(private), answer, self.clock.now())
            needs_code = self.links.complete(link, claims) is not None
        except LoginError as error:
            self._end(link, error.reason)
            raise
        log.info("login.authenticated" if needs_code else "login.bound", link=link.id, channel=link.channel)
        if not needs_code:
            self.tell(link, LOGGED_IN)
        return needs_code

    def log_out(self, browser: Browser) -> str | None:
        """Nobody is known any more for whom this browser logged in; the address where the provider forgets him too."""
        for link in self.links.bound_by(browser.login):
            if self.links.identities.unbind(link.conversation, "logged_out"):
                log.info("login.ended", link=link.id)
                self._tell_end(link, "logged_out")
        try:
            return self.provider.logout_url(secrets.token_urlsafe(8))
        except ProviderDown as error:
            log.warning("login.provider_down", what=str(error))
            return None

    def expire(self, limit: int) -> int:
        """A chore of the house: end what was left lying, and tell who had begun."""
        expired = self.links.expire(limit)
        for link in expired:
            log.info("login.expired", link=link.id, state=link.state)
            if link.state is not LinkState.CREATED:
                self._tell_end(link, "expired")
        return len(expired)

    def tell(self, link: Link, payload: str, what: str = "") -> None:
        self.ledger.leave(link.conversation, payload, external_id=f"login:{link.id}{what}")

    def _claims(self, begun: Begun, answer: Mapping[str, str], now: datetime) -> Claims:
        """Raises LoginError."""
        try:
            return citizen(self.provider.finish(begun, answer), now)
        except Refused as error:
            raise LoginError("denied") from error
        except ProviderDown as error:
            log.warning("login.provider_down", what=str(error))
            raise LoginError("down") from error
        except NoNationalNumber as error:
            raise LoginError("no_rrn") from error
        except Untrusted as error:
            log.warning("login.untrusted", check=str(error))
            raise LoginError("weak" if str(error) == "id_token: acr" else "untrusted") from error

    def _end(self, link: Link, reason: str) -> None:
        self.links.end(link, LinkState.REFUSED if reason == "denied" else LinkState.FAILED, reason)
        log.info("login.failed", link=link.id, reason=reason)
        if reason in TELLS:
            self._tell_end(link, reason)

    def _tell_end(self, link: Link, reason: str) -> None:
        self.tell(link, BROKEN_OFF.format(TELLS[reason]), f":{reason}")
