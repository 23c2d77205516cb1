"""Who uses the sandbox's providers: what stands in the integration file of each."""

from collections.abc import Callable
from datetime import datetime

from joserfc.jwk import RSAKey

from sandbox.acmidm.clients import Client, Clients
from sandbox.acmidm.provider import Provider
from sandbox.people import load_people
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


def _public(private_key: str) -> RSAKey | None:
    """The half of the key that was handed in with the integration file."""
    if not private_key.strip():
        return None
    key = RSAKey.import_key(private_key.replace("\\n", "\n"))
    return RSAKey.import_key(key.as_dict(private=False))
