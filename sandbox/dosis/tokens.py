"""The token endpoint in front of DOSIS: client credentials, proven by a signed assertion.

Real time counts here, whatever moment the city pretends that it is: a client signs
with its own clock, and a token is no business of a citizen.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_ASSERTION = 600  # seconds between iat and exp
SKEW = 60  # seconds that clocks may differ
DELIVER, CONSULT = "DosisImport", "DosisRaadplegen"
SCOPES = frozenset({DELIVER, CONSULT})


class TokenError(Exception):
    def __init__(self, status: int, error: str, description: str = "") -> None:
        super().__init__(description or error)
        self.status, self.error = status, error


@dataclass
class Tokens:
    """`audience`: the address of this endpoint, which an assertion must name to the letter."""

    client_id: str
    key: RSAKey
    audience: str
    seconds: int
    now: Callable[[], float] = time.time
    _used: set[str] = field(default_factory=set)
    _valid: dict[str, tuple[float, frozenset[str]]] = field(default_factory=dict)

    def issue(self, form: Mapping[str, str]) -> str:
        if form.get("grant_type") != "client_credentials":
            raise TokenError(400, "unsupported_grant_type")
        self._authenticate(form)
        scopes = frozenset(form.get("scope", "").split())
        if not scopes or not scopes <= SCOPES:
            raise TokenError(400, "invalid_scope")
        token = secrets.token_urlsafe(32)
        self._valid[token] = (self.now() + self.seconds, scopes)
        return token

    def scopes(self, authorization: str) -> frozenset[str] | None:
        """What the bearer of this token may do; None when it is no token of ours, or over."""
        scheme, _, token = authorization.partition(" ")
        until, scopes = self._valid.get(token, (0.0, frozenset()))
        return scopes if scheme.lower() == "bearer" and self.now() < until else None

    def revoke(self) -> None:
        self._valid.clear()

    def _authenticate(self, form: Mapping[str, str]) -> None:
        try:
            if form.get("client_assertion_type") != ASSERTION:
                raise ValueError("unknown client_assertion_type")
            assertion = form["client_assertion"]
            header = jws.extract_compact(assertion.encode()).headers()
            if header.get("kid") != self.key.kid:
                raise ValueError("unknown kid")
            claims = jwt.decode(assertion, self.key, algorithms=["RS256"]).claims
            self._check(claims)
        except (JoseError, ValueError, LookupError, TypeError) as error:
            raise TokenError(401, "invalid_client", str(error)) from error
        self._used.add(claims["jti"])

    def _check(self, claims: Mapping[str, Any]) -> None:
        now, begins, ends = self.now(), claims.get("iat"), claims.get("exp")
        if not claims.get("iss") == claims.get("sub") == self.client_id:
            raise ValueError("iss and sub must be the client id")
        if claims.get("aud") != self.audience:
            raise ValueError("aud must be the address of the token endpoint")
        if not isinstance(begins, int) or not isinstance(ends, int):
            raise ValueError("iat and exp are needed")
        if ends <= now or begins > now + SKEW or ends - begins > LONGEST_ASSERTION:
            raise ValueError("exp must lie ahead, at most ten minutes after iat")
        if not isinstance(claims.get("jti"), str) or not claims["jti"] or claims["jti"] in self._used:
            raise ValueError("jti must be new")
