"""What the tests of the Thuisloket share: the client, tokens of our own, and the residents who order."""

import uuid
from datetime import datetime
from typing import Any

import requests
from joserfc import jwt
from joserfc.jwk import RSAKey

from actions.clients.ports import Applicant, AttestRequest
from actions.clients.thuisloket import ThuisloketAttests
from clock import BRUSSELS
from settings import ROOT, Settings
from tests.contract.running_sandbox import Sandbox

EID = "urn:be:vlaanderen:authmech:eid"
LIEN, JAN, OMER = "85073003328", "54021813189", "47090305532"
BALIE = RSAKey.import_key((ROOT / "sandbox/thuisloket/balie.pem").read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 23, 10, tzinfo=BRUSSELS)
HOUSEHOLD = AttestRequest(
    key="A-7KQ4-2FXD",
    type="GEZINSSAMENSTELLING",
    delivery="email",
    email="lien.declercq@mail.example",
    details={"reden": "huur", "taal": "nl"},
)
BODY: dict[str, Any] = {
    "attestType": "GEZINSSAMENSTELLING",
    "reden": "huur",
    "taal": "nl",
    "voorWie": "zelf",
    "aantal": 1,
    "levering": {"wijze": "email", "email": "lien.declercq@mail.example"},
    "bron": "virtuele-assistent",
    "referentie": "A-7KQ4-2FXD",
}


def lien() -> Applicant:
    return Applicant(LIEN, EID)


def client(sandbox: Sandbox, **settings: Any) -> ThuisloketAttests:
    url = f"{sandbox.url}/thuisloket"
    values = {"thuisloket_url": url, "backend_timeout": 5.0, "clock_file": str(sandbox.clock_file), **settings}
    return ThuisloketAttests(Settings(**values))


def token(*, key: RSAKey = BALIE, algorithm: str = "RS256", **changed: Any) -> str:
    """A token as Balie signs it, but for what is changed; None leaves a claim out."""
    now = int(NOW.timestamp())
    claims = {"iss": "balie", "aud": "thuisloket", "rrn": LIEN, "acr": EID, "iat": now, "exp": now + 120, **changed}
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": algorithm}, kept, key, algorithms=[algorithm])


def call(sandbox: Sandbox, method: str, path: str, *, bearer: str | None = None, **request: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {bearer or token()}", **request.pop("headers", {})}
    return requests.request(method, f"{sandbox.url}/thuisloket/v1{path}", headers=headers, timeout=10, **request)


def post(
    sandbox: Sandbox, body: dict[str, Any], *, key: str | None = None, bearer: str | None = None
) -> requests.Response:
    headers = {"Idempotency-Key": key or str(uuid.uuid4())}
    return call(sandbox, "POST", "/attest-aanvragen", bearer=bearer, json=body, headers=headers)
