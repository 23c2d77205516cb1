"""OpenID Connect, as the party that relies on it: sends somebody to a provider, and checks what comes back.

Code flow with PKCE, state and nonce. What the provider says counts only when all of it
holds: signature, issuer, audience, times, nonce, means. A claim that is missing is a
claim that is wrong.

Everything here blocks; call it from a thread. Errors and logs name a check, never a value.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from clock import Clock

DISCOVERY = "/.well-known/openid-configuration"
LEEWAY = 60  # seconds that two clocks may differ
ASSERTION_LIFE = 300  # seconds; ACM/IDM takes at most 600
METADATA_LIFE = 3600  # seconds after which the provider's addresses are asked again
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class ProviderDown(Exception):
    """The provider does not answer, or not with anything that can be read."""


class Refused(Exception):
    """The citizen broke off, or the provider did not let him in."""


class Untrusted(Exception):
    """What came back does not hold. The message names the check."""


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A provider, and how it knows us. A private key goes before a password. `userinfo`: ask there for claims too."""

    issuer: str
    client_id: str
    client_secret: str = ""
    private_key: str = ""
    redirect_uri: str
    logged_out_uri: str = ""
    scope: str = "openid profile rrn"
    acr_values: tuple[str, ...] = ()
    userinfo: bool = False
    timeout: float = 8.0


@dataclass(frozen=True)
class Begun:
    """A login that was begun. `state` comes back through the browser; the rest must not leave the house."""

    url: str
    state: str
    nonce: str
    verifier: str

    def private(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_private(cls, text: str) -> "Begun":
        return cls(**json.loads(text))


class RelyingParty:
    def __init__(self, provider: Provider, clock: Clock) -> None:
        self.provider = provider
        self._clock = clock
        self._known: Mapping[str, Any] = {}
        self._known_until = 0.0
        self._keys: Mapping[str, RSAKey] = {}

    # --- there ---------------------------------------------------------------

    def begin(self) -> Begun:
        """Raises ProviderDown."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        with self._session() as session:
            url, _ = session.create_authorization_url(
                self._metadata()["authorization_endpoint"],
                state=state,
                nonce=nonce,
                code_verifier=verifier,
                **({"acr_values": " ".join(self.provider.acr_values)} if self.provider.acr_values else {}),
            )
        return Begun(url, state, nonce, verifier)

    def logout_url(self, state: str) -> str | None:
        """Where the citizen ends his session at the provider too. Raises ProviderDown."""
        address = self._metadata().get("end_session_endpoint")
        back = self.provider.logged_out_uri
        if not address or not back:
            return None
        asked = {"client_id": self.provider.client_id, "post_logout_redirect_uri": back, "state": state}
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    # --- and back ------------------------------------------------------------

    def finish(self, begun: Begun, answer: Mapping[str, str]) -> Mapping[str, Any]:
        """The claims of whoever logged in. Raises Refused, Untrusted or ProviderDown."""
        if "error" in answer:
            raise Refused(answer["error"])
        if answer.get("state") != begun.state or not answer.get("code"):
            raise Untrusted("state" if answer.get("code") else "code")
        if answer.get("iss", self.provider.issuer) != self.provider.issuer:  # RFC 9207
            raise Untrusted("iss")
        token = self._redeem(answer["code"], begun.verifier)
        claims = self._checked(token, begun.nonce)
        return {**self._userinfo(token, claims), **claims} if self.provider.userinfo else claims

    def _redeem(self, code: str, verifier: str) -> Mapping[str, Any]:
        address = self._metadata()["token_endpoint"]
        try:
            with self._session() as session:
                token = session.fetch_token(
                    address,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    timeout=self.provider.timeout,
                    allow_redirects=False,
                )
        except OAuthError as error:
            raise Untrusted(f"token: {error.error}") from error
        except (requests.RequestException, ValueError) as error:
            raise ProviderDown("token") from error
        if not isinstance(token.get("id_token"), str) or not isinstance(token.get("access_token"), str):
            raise Untrusted("token: incomplete")
        return dict(token)

    def _checked(self, token: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        provider = self.provider
        found = self._verified(token["id_token"])
        options = {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
            "sub": {"essential": True, "allow_blank": False},
            **({"acr": {"essential": True, "values": list(provider.acr_values)}} if provider.acr_values else {}),
        }
        known = {"nonce": nonce, "client_id": provider.client_id, "access_token": token["access_token"]}
        claims = CodeIDToken(found.claims, found.header, options, known)
        try:
            claims.validate(now=int(self._clock.utc().timestamp()), leeway=LEEWAY)
        except (JoseError, ValueError, TypeError) as error:
            raise Untrusted(f"id_token: {getattr(error, 'claim', None) or type(error).__name__}") from error
        return dict(claims)

    def _verified(self, id_token: str) -> jwt.Token:
        """What it says, when the provider signed it. Raises Untrusted, ProviderDown."""
        try:
            header = jws.extract_compact(id_token.encode()).headers()
            if header.get("alg") != "RS256":
                raise Untrusted("id_token: alg")
            return jwt.decode(id_token, self._key(header.get("kid")), algorithms=["RS256"])
        except (JoseError, ValueError, TypeError) as error:
            raise Untrusted("id_token: signature") from error

    def _userinfo(self, token: Mapping[str, Any], claims: Mapping[str, Any]) -> Mapping[str, Any]:
        address = self._metadata().get("userinfo_endpoint")
        told = self._get(str(address), "userinfo", {"Authorization": f"Bearer {token['access_token']}"})
        if told.get("sub") != claims["sub"]:
            raise Untrusted("userinfo: sub")
        return told

    # --- what the provider publishes -----------------------------------------

    def _metadata(self) -> Mapping[str, Any]:
        """Two threads may ask at once: neither shall wait for the other's time-out."""
        now = self._clock.utc().timestamp()
        if not self._known or not 0 < self._known_until - now <= METADATA_LIFE:
            self._known, self._keys = self._discover(), {}  # keys that were withdrawn go too
            self._known_until = now + METADATA_LIFE
        return self._known

    def _discover(self) -> Mapping[str, Any]:
        found = self._get(f"{self.provider.issuer}{DISCOVERY}", "discovery")
        if found.get("issuer") != self.provider.issuer:
            raise ProviderDown("discovery: issuer")
        is_secure = urlsplit(self.provider.issuer).scheme == "https"
        for name in ENDPOINTS:
            scheme = urlsplit(str(found.get(name))).scheme
            if scheme not in ("http", "https") or (is_secure and scheme != "https"):
                raise ProviderDown(f"discovery: {name}")
        return found

    def _key(self, kid: object) -> RSAKey:
        """The key with this name; asked again once when it is new to us. The only key needs no name."""
        found = self._named(kid)
        if found is None:
            self._keys = self._fetch_keys()
            found = self._named(kid)
        if found is None:
            raise Untrusted("id_token: kid")
        return found

    def _named(self, kid: object) -> RSAKey | None:
        if kid is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(str(kid))

    def _fetch_keys(self) -> Mapping[str, RSAKey]:
        published = self._get(self._metadata()["jwks_uri"], "keys").get("keys")
        usable = [key for key in published or () if key.get("kty") == "RSA" and key.get("use", "sig") == "sig"]
        try:
            keys = KeySet.import_key_set({"keys": usable}).keys
        except (JoseError, ValueError, TypeError) as error:
            raise ProviderDown("keys") from error
        return {str(key.kid): key for key in keys if isinstance(key, RSAKey)}

    def _get(self, address: str, what: str, headers: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        try:
            with _plain_session() as session:
                answer = session.get(address, headers=headers, timeout=self.provider.timeout, allow_redirects=False)
            found = answer.json() if answer.status_code == 200 else None
        except (requests.RequestException, ValueError) as error:
            raise ProviderDown(what) from error
        if not isinstance(found, dict):
            raise ProviderDown(what)
        return found

    # --- who we are ----------------------------------------------------------

    def _session(self) -> OAuth2Session:
        provider = self.provider
        by_key = bool(provider.private_key)
        session = OAuth2Session(
            provider.client_id,
            RSAKey.import_key(provider.private_key.replace("\\n", "\n")) if by_key else provider.client_secret,
            token_endpoint_auth_method="private_key_jwt" if by_key else "client_secret_basic",
            scope=provider.scope,
            redirect_uri=provider.redirect_uri,
            code_challenge_method="S256",
        )
        session.trust_env = False
        now = int(self._clock.utc().timestamp())
        # ACM/IDM wants the issuer for an audience, not the address of the tokens
        claims = {"iat": now, "exp": now + ASSERTION_LIFE}
        session.register_client_auth_method(PrivateKeyJWT(provider.issuer, claims))
        session.register_client_auth_method(("client_secret_basic", _basic))
        return session


def _plain_session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # no .netrc: it would send a password along
    return session


def _basic(client: Any, method: str, uri: str, headers: dict[str, str], body: str) -> tuple[str, dict[str, str], str]:
    """RFC 6749 2.3.1 encodes both before they are joined, which Authlib leaves out."""
    login = f"{quote(client.client_id, safe='')}:{quote(client.client_secret, safe='')}"
    headers["Authorization"] = f"Basic {base64.b64encode(login.encode()).decode()}"
    return uri, headers, body
