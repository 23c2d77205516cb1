"""Puts the login together from the settings."""

from citizens.links import Links
from clock import Clock
from conversations.ledger import Ledger
from login.logins import Logins
from login.oidc import Provider, RelyingParty
from login.pages import Pages
from login.routes import LoginRoutes
from settings import Settings
from texts import Texts


def login_routes(settings: Settings, links: Links, ledger: Ledger, texts: Texts, clock: Clock) -> LoginRoutes:
    here = settings.public_url.rstrip("/")
    logins = Logins(links, RelyingParty(acmidm(settings), clock), ledger, clock)
    return LoginRoutes(links, logins, Pages(texts), here, _ways_back(settings, here))


def acmidm(settings: Settings) -> Provider:
    """The provider at which citizens log in."""
    here = settings.public_url.rstrip("/")
    return Provider(
        issuer=settings.acmidm_issuer,
        client_id=settings.acmidm_client_id,
        client_secret=settings.acmidm_client_secret,
        private_key=settings.acmidm_private_key,
        redirect_uri=f"{here}/login/callback",
        logged_out_uri=f"{here}/login/afgemeld",
        acr_values=tuple(settings.acmidm_acr_values.split()),
        userinfo=settings.acmidm_userinfo,
        timeout=settings.backend_timeout,
    )


def _ways_back(settings: Settings, here: str) -> dict[str, str]:
    """Where a conversation goes on. The city's own page comes first among those that may embed the widget."""
    site = settings.web_origins.split(",")[0].strip() or here
    return {"web": f"{site.rstrip('/')}/", "messenger": f"https://m.me/{settings.messenger_page_id}"}
