"""The provider itself: what it was asked, what it promised, and the tokens that it gives.

A code lives 30 seconds and is good for once; whoever tries it a second time gets
nothing, and the token of the first time is taken back. `acr` is only told to who asked
for certain means.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from joserfc.jwk import RSAKey

from sandbox.acmidm.clients import Client, Clients, OAuthError
from sandbox.acmidm.flaws import Flaw, flawed, signed
from sandbox.acmidm.means import MEANS, WITHOUT_RRN, acr
from sandbox.people import People, Person

CODE_LIFE = timedelta(seconds=30)
TOKEN_LIFE = timedelta(hours=1)


class BadRequest(Exception):
    """Nothing that may be told to the application: who asks, or where to answer, is not known."""


@dataclass(frozen=True)
class Asked:
    """An authorization request that is in order."""

    client: Client
    redirect_uri: str
    scopes: frozenset[str]
    state: str
    nonce: str
    challenge: str
    method: str
    means: tuple[str, ...]
    wants_acr: bool

    def answer(self, **parameters: str) -> str:
        told = {**parameters, **({"state": self.state} if self.state else {})}
        return f"{self.redirect_uri}{'&' if '?' in self.redirect_uri else '?'}{urlencode(told)}"


@dataclass(frozen=True)
class Grant:
    asked: Asked
    person: Person
    means: str
    until: datetime


@dataclass
class Provider:
    issuer: str
    clients: Clients
    people: People
    now: Callable[[], datetime]
    flaw: Flaw = Flaw.NONE
    logins: list[tuple[datetime, str, str, str]] = field(default_factory=list)
    _codes: dict[str, Grant] = field(default_factory=dict)
    _spent: dict[str, str] = field(default_factory=dict)  # a code that was used, and the token it gave
    _tokens: dict[str, Grant] = field(default_factory=dict)

    # --- keys ----------------------------------------------------------------

    @cached_property
    def keys(self) -> list[RSAKey]:
        return [self._new_key()]

    def rotate(self) -> str:
        """Sign with a new key from now on; the one before stays in the JWKS, older ones go."""
        self.keys[:] = [self._new_key(), self.keys[0]]
        return str(self.keys[0].kid)

    def jwks(self) -> dict[str, Any]:
        return {"keys": [{**key.as_dict(private=False), "use": "sig", "alg": "RS256"} for key in self.keys]}

    def _new_key(self) -> RSAKey:
        """Named after what it is: after a restart another key has another name."""
        key = RSAKey.generate_key(2048)
        return RSAKey.import_key({**key.as_dict(private=True), "kid": f"k-{key.thumbprint()[:12]}"})

    # --- authorization -------------------------------------------------------

    def asked(self, query: Mapping[str, str]) -> Asked:
        """Raises BadRequest, or OAuthError with the address to tell it to in `description`."""
        client = self.clients.with_id(query.get("client_id", ""))
        redirect_uri = query.get("redirect_uri", "")
        if client is None:
            raise BadRequest("client_id")
        if redirect_uri not in client.redirect_uris:
            raise BadRequest("redirect_uri")
        wanted = [value.rpartition(":")[2] for value in query.get("acr_values", "").split()]
        asked = Asked(
            client=client,
            redirect_uri=redirect_uri,
            scopes=frozenset(query.get("scope", "").split()),
            state=query.get("state", ""),
            nonce=query.get("nonce", ""),
            challenge=query.get("code_challenge", ""),
            method=query.get("code_challenge_method", "plain"),
            means=tuple(means for means in MEANS if means in wanted) if wanted else tuple(MEANS),
            wants_acr=bool(wanted),
        )
        error = _wrong_with(asked, query)
        if error:
            raise OAuthError(error, asked.answer(error=error))
        return asked

    def grant(self, asked: Asked, key: str, means: str) -> str:
        """Somebody logged in: the address that his browser goes to. Raises BadRequest."""
        person = next((person for person in self.people if person.key == key), None)
        if person is None or means not in asked.means or means not in person.means:
            raise BadRequest("person or means")
        code = secrets.token_urlsafe(32)
        self._codes[code] = Grant(asked, person, means, self.now() + CODE_LIFE)
        self.logins.append((self.now(), asked.client.id, person.key, means))
        return asked.answer(code=code)

    # --- tokens --------------------------------------------------------------

    def exchange(self, client: Client, form: Mapping[str, str]) -> dict[str, Any]:
        """Raises OAuthError."""
        code = form.get("code", "")
        if code in self._spent:
            self._tokens.pop(self._spent[code], None)
        grant = self._codes.pop(code, None)
        if grant is None or grant.asked.client.id != client.id or self.now() >= grant.until:
            raise OAuthError("invalid_grant", "the code is unknown, used or expired")
        if form.get("redirect_uri") != grant.asked.redirect_uri:
            raise OAuthError("invalid_grant", "redirect_uri mismatch")
        if grant.asked.challenge and _challenge(form.get("code_verifier", ""), grant.asked) != grant.asked.challenge:
            raise OAuthError("invalid_grant", "code_verifier mismatch")
        token = secrets.token_urlsafe(32)
        self._spent[code] = token
        self._tokens[token] = Grant(grant.asked, grant.person, grant.means, self.now() + TOKEN_LIFE)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": 3600}
        if self.flaw is not Flaw.NO_TOKEN:
            answer["id_token"] = self._id_token(grant, token)
        return {**answer, "scope": " ".join(sorted(grant.asked.scopes))}

    def api_token(self, client: Client, scope: str) -> dict[str, Any]:
        """Client credentials. Raises OAuthError."""
        if not scope or set(scope.split()) - client.api_scopes:
            raise OAuthError("invalid_scope")
        return {"access_token": secrets.token_urlsafe(32), "token_type": "Bearer", "expires_in": 3600, "scope": scope}

    def userinfo(self, token: str) -> dict[str, Any] | None:
        grant = self._tokens.get(token)
        if grant is None or self.now() >= grant.until:
            return None
        claims = _person_claims(grant)
        return {**claims, "sub": "0" * 40} if self.flaw is Flaw.OTHER_SUB else claims

    def _id_token(self, grant: Grant, access_token: str) -> str:
        now, asked, key = int(self.now().timestamp()), grant.asked, self.keys[0]
        claims = {
            "iss": self.issuer,
            "aud": asked.client.id,
            "azp": asked.client.id,
            "iat": now,
            "exp": now + int(TOKEN_LIFE.total_seconds()),
            "at_hash": _base64(hashlib.sha256(access_token.encode()).digest()[:16]),
            "kid": key.kid,
            **({"nonce": asked.nonce} if asked.nonce else {}),
            **({"acr": acr(grant.means)} if asked.wants_acr else {}),
            **_person_claims(grant),
        }
        return signed(flawed(claims, self.flaw), key, self.flaw)


def _wrong_with(asked: Asked, query: Mapping[str, str]) -> str | None:
    if query.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in asked.scopes or asked.scopes - asked.client.scopes:
        return "invalid_scope"  # a scope that was not granted: the citizen sees no login
    if asked.method not in ("plain", "S256") or query.get("response_mode", "query") != "query":
        return "invalid_request"
    return None if asked.means else "invalid_request"


def _person_claims(grant: Grant) -> dict[str, Any]:
    person, scopes = grant.person, grant.asked.scopes
    claims: dict[str, Any] = {"sub": person.sub}
    if "profile" in scopes:
        claims.update(given_name=person.given_name, family_name=person.family_name)
    if "rrn" in scopes and person.rrn and grant.means not in WITHOUT_RRN:
        claims["rrn"] = person.rrn
    if "balie_rol" in scopes:
        claims["balie_rol"] = list(person.roles)
    return claims


def _challenge(verifier: str, asked: Asked) -> str:
    return _base64(hashlib.sha256(verifier.encode()).digest()) if asked.method == "S256" else verifier


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
