"""Who uses the sandbox's providers: what stands in the integration file of each."""

from collections.abc import Callable
from datetime import datetime

from joserfc.jwk import RSAKey

from sandbox.acmidm.clients import Client, Clients
from sandbox.acmidm.provider import Provider
from sandbox.people import AGENTS, load_people
from sandbox.settings import Settings


def citizens(settings: Settings, now: Callable[[], datetime]) -> Provider:
    """The provider at which residents log in to Balie."""
    front, issuer = settings.front_url, f"{settings.url}/acmidm/op"
    balie = Client(
        id=settings.acmidm_client_id,
        secret=settings.acmidm_client_secret,
        redirect_uris=(f"{front}/login/callback",),
        post_logout_uris=(f"{front}/login/afgemeld",),
        public_key=_public(settings.acmidm_private_key),
    )
    return Provider(issuer, Clients(issuer, now, {balie.id: balie}), load_people(), now)


def agents(settings: Settings, now: Callable[[], datetime]) -> Provider:
    """The city's own provider, at which its people log in to the desk; roles are a claim, as at ACM/IDM."""
    front, issuer = settings.front_url, f"{settings.url}/acmidm/desk"
    desk = Client(
        id=settings.desk_oidc_client_id,
        secret=settings.desk_oidc_client_secret,
        redirect_uris=(f"{front}/desk/aangemeld",),
        post_logout_uris=(f"{front}/desk/",),
        scopes=frozenset({"openid", "profile", "balie_rol"}),
        public_key=_public(settings.desk_oidc_private_key),
    )
    return Provider(issuer, Clients(issuer, now, {desk.id: desk}), load_people(AGENTS), now)


def _public(private_key: str) -> RSAKey | None:
    """The half of the key that was handed in with the integration file."""
    if not private_key.strip():
        return None
    key = RSAKey.import_key(private_key.replace("\\n", "\n"))
    return RSAKey.import_key(key.as_dict(private=False))
