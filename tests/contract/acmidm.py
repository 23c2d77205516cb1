"""A browser in front of ACM/IDM, and an application behind it, for tests of the provider and of who relies on it."""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import requests

VERIFIER = "a verifier that is long enough to be a verifier, 43 at least".replace(" ", "-").replace(",", "")
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
EID = "urn:be:vlaanderen:authmech:eid"


def parameters(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def choose(authorization_url: str, person: str, means: str, *, timeout: float = 10) -> str:
    """Log in as this person, or with "annuleren" not; where the browser is sent."""
    shown = requests.get(authorization_url, timeout=timeout, allow_redirects=False)
    if shown.is_redirect:
        return shown.headers["location"]
    assert shown.status_code == 200, shown.text
    page = authorization_url.partition("/v1/auth")[0]
    form = {**parameters(authorization_url), "keuze": f"{person} {means}".strip()}
    answer = requests.post(f"{page}/aanmelden", data=form, timeout=timeout, allow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


@dataclass
class Application:
    """Balie as the provider knows it, without any of its care."""

    op: str
    redirect_uri: str = "http://127.0.0.1:8080/login/callback"
    client_id: str = "balie"
    secret: str = "sandbox-acmidm"
    asks: dict[str, str] = field(default_factory=dict)

    def authorization_url(self, **changes: str) -> str:
        query = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": "openid profile rrn",
            "state": "the-state",
            "nonce": "the-nonce",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "acr_values": EID,
            **changes,
        }
        return f"{self.op}/v1/auth?" + "&".join(f"{name}={quote(value)}" for name, value in query.items() if value)

    def code(self, person: str = "lien", means: str = "eid", **changes: str) -> str:
        return parameters(choose(self.authorization_url(**changes), person, means))["code"]

    def token(self, **form: str) -> requests.Response:
        basic = base64.b64encode(f"{quote(self.client_id)}:{quote(self.secret)}".encode()).decode()
        headers = {} if "client_assertion" in form else {"Authorization": f"Basic {basic}"}
        body = {
            "grant_type": "authorization_code",
            "redirect_uri": self.redirect_uri,
            "code_verifier": VERIFIER,
            **form,
        }
        return requests.post(f"{self.op}/v1/token", data=body, headers=headers, timeout=10)

    def login(self, person: str = "lien", means: str = "eid", **changes: str) -> dict[str, Any]:
        answer = self.token(code=self.code(person, means, **changes))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())
