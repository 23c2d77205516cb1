"""The applications that may use the provider, as in their integration files, and how they prove who they are."""

import base64
import binascii
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_ASSERTION = timedelta(minutes=10)


class OAuthError(Exception):
    def __init__(self, error: str, description: str = "", status: int = 400) -> None:
        super().__init__(error)
        self.error, self.description, self.status = error, description, status


@dataclass(frozen=True)
class Client:
    """One that has a public key proves itself with private_key_jwt and has no password."""

    id: str
    secret: str
    redirect_uris: tuple[str, ...]
    post_logout_uris: tuple[str, ...] = ()
    scopes: frozenset[str] = frozenset({"openid", "profile", "rrn"})
    api_scopes: frozenset[str] = frozenset()
    public_key: RSAKey | None = None


@dataclass
class Clients:
    issuer: str
    now: Callable[[], datetime]
    known: dict[str, Client]
    _used: set[str] = field(default_factory=set)

    def with_id(self, client_id: str) -> Client | None:
        return self.known.get(client_id)

    def authenticated(self, authorization: str, form: Mapping[str, str]) -> Client:
        """Raises OAuthError. Two ways at once are refused, as is a way that was not agreed."""
        if authorization and "client_assertion" in form:
            raise OAuthError("invalid_request", "more than one client authentication")
        client = self._by_assertion(form) if "client_assertion" in form else self._by_password(authorization)
        if form.get("client_id", client.id) != client.id:
            raise OAuthError("invalid_client", "client_id mismatch", 401)
        return client

    def _by_password(self, authorization: str) -> Client:
        scheme, _, encoded = authorization.partition(" ")
        try:
            name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            name, secret = "", ""
        client = self.known.get(unquote_plus(name))
        knows = client is not None and client.public_key is None and client.secret
        if (
            scheme.lower() != "basic"
            or client is None
            or not knows
            or not hmac.compare_digest(unquote_plus(secret).encode(), client.secret.encode())
        ):
            raise OAuthError("invalid_client", "client authentication failed", 401)
        return client

    def _by_assertion(self, form: Mapping[str, str]) -> Client:
        claims: dict[str, Any] = {}
        client = None
        try:
            if form.get("client_assertion_type") != ASSERTION:
                raise ValueError("unknown client_assertion_type")
            client = self._claimed(form)
            if client.public_key is None:
                raise ValueError("no key was agreed")
            claims = jwt.decode(form["client_assertion"], client.public_key, algorithms=["RS256"]).claims
            self._check(claims, client)
        except (JoseError, ValueError, TypeError) as error:
            raise OAuthError("invalid_client", str(error), 401) from error
        self._used.add(str(claims["jti"]))
        return client

    def _claimed(self, form: Mapping[str, str]) -> Client:
        """Whoever the assertion says that it is from; nothing is proven yet."""
        claims = json.loads(jws.extract_compact(form["client_assertion"].encode()).payload)
        client = self.known.get(str(claims.get("iss")))
        if client is None or claims.get("sub") != client.id:
            raise ValueError("iss and sub must be the client_id")
        return client

    def _check(self, claims: Mapping[str, Any], client: Client) -> None:
        now = self.now().timestamp()
        if claims.get("aud") != self.issuer:  # the issuer, not the token endpoint
            raise ValueError("aud must be the issuer")
        if not isinstance(claims.get("exp"), int) or not now < claims["exp"] <= now + LONGEST_ASSERTION.total_seconds():
            raise ValueError("exp must be within ten minutes")
        if not claims.get("jti") or claims["jti"] in self._used:
            raise ValueError("jti must be new")
