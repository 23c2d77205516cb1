"""Orders attests at the Thuisloket, and reads what it delivered (Attesten-API of Mijn Burgerprofiel, HAL).

For whom we ask stands in a token that we sign ourselves, with the rijksregisternummer
in it: the citizen's own login lives an hour, a filing is retried for days
(docs/decisions/0009-thuisloket-token.md). Links are followed and never built; the path
of a list holds the number all the same, as the standard wants, so no address is logged.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from actions.clients.errors import BackendError, Misconfigured, Rejected, Uncertain
from actions.clients.http import Backend, parsed
from actions.clients.ports import (
    Applicant,
    AttestOrder,
    AttestRequest,
    AttestState,
    AttestType,
    Certificate,
    Relative,
    Resident,
)
from clock import Clock
from settings import ROOT, Settings, SettingsError

NAME = "thuisloket"
KEYS = uuid.UUID("3d9c0a52-6a0b-4f0e-8f55-0f7a6f8e21c4")  # our references become UUIDs under this name
TOKEN_SECONDS = 120
PAGE = 50
MOST_PAGES = 20
PDF = "application/pdf"
LARGEST_PDF = 10 * 1024 * 1024
STATES = {
    "ontvangen": AttestState.RECEIVED,
    "in_behandeling": AttestState.BY_HAND,
    "afgeleverd": AttestState.DELIVERED,
    "geweigerd": AttestState.REFUSED,
    "geannuleerd": AttestState.CANCELLED,
}


class ThuisloketAttests:
    def __init__(self, settings: Settings) -> None:
        self.backend = Backend(NAME, settings.thuisloket_url, settings.backend_timeout, meaning=_meaning)
        self.signer = Signer.of(settings)

    async def types(self) -> list[AttestType]:
        response = await self.backend.read("types", "v1/attest-types")
        return parsed(NAME, "types", response, lambda wire: [_type(one) for one in wire])

    async def resident(self, applicant: Applicant) -> Resident:
        response = await self.backend.read("resident", "v1/inwoner", headers=self.signer.headers(applicant))
        return parsed(NAME, "resident", response, _resident)

    async def order(self, applicant: Applicant, request: AttestRequest) -> AttestOrder:
        """Looks before it orders: the Thuisloket need not remember an idempotency key for days."""
        existing = await self._with_key(applicant, request.key)
        if existing:
            return existing
        headers = {**self.signer.headers(applicant), "Idempotency-Key": str(uuid.uuid5(KEYS, request.key))}
        try:
            response = await self.backend.write(
                "order", "POST", "v1/attest-aanvragen", json=_wire(request), headers=headers
            )
            return parsed(NAME, "order", response, _order)
        except (Uncertain, Misconfigured):
            made = await self._with_key(applicant, request.key)
            if made:
                return made
            raise

    async def status(self, applicant: Applicant, order: str) -> AttestOrder:
        response = await self.backend.read("status", _path(order), headers=self.signer.headers(applicant))
        return parsed(NAME, "status", response, _order)

    async def cancel(self, applicant: Applicant, order: str) -> None:
        await self.backend.write("cancel", "DELETE", _path(order), headers=self.signer.headers(applicant))

    async def delivered(self, applicant: Applicant) -> list[Certificate]:
        found: list[Certificate] = []
        path: str | None = f"v1/certificates/{applicant.rrn}?page=0&limit={PAGE}"
        for _ in range(MOST_PAGES):
            if path is None:
                break
            response = await self.backend.read("delivered", path, headers=self.signer.headers(applicant))
            found += parsed(NAME, "delivered", response, _certificates)
            following = parsed(NAME, "delivered", response, _next)
            path = self._ours("delivered", response, following) if following else None
        return found

    async def download(self, applicant: Applicant, certificate: Certificate) -> bytes:
        path = self._ours("download", None, certificate.link)
        response = await self.backend.read("download", path, headers=self.signer.headers(applicant))
        content = response.content
        is_pdf = response.headers.get("content-type", "").partition(";")[0].strip() == PDF
        if not is_pdf or not content.startswith(b"%PDF") or len(content) > LARGEST_PDF:
            raise Misconfigured(NAME, "download", "not a PDF")
        return content

    async def _with_key(self, applicant: Applicant, key: str) -> AttestOrder | None:
        response = await self.backend.read(
            "look_up", "v1/attest-aanvragen", params={"referentie": key}, headers=self.signer.headers(applicant)
        )
        found = parsed(NAME, "look_up", response, lambda wire: [_order(one) for one in wire])
        return found[0] if found else None

    def _ours(self, operation: str, response: requests.Response | None, link: str) -> str:
        """The path of a link, relative to the Thuisloket; a link to elsewhere would carry our token away."""
        here = f"{self.backend.url}/"
        target = urljoin(response.url if response is not None else here, link)
        if urlsplit(target)[:2] != urlsplit(here)[:2] or not target.startswith(here):
            raise Misconfigured(NAME, operation, "a link to another host")
        return target.removeprefix(here)


@dataclass(frozen=True)
class Signer:
    """Signs for whom we ask: a token for one call, that soon means nothing any more."""

    key: RSAKey
    client_id: str
    audience: str
    now: Callable[[], datetime]

    @classmethod
    def of(cls, settings: Settings) -> "Signer":
        given = settings.thuisloket_private_key
        try:
            pem = given.replace("\\n", "\n") if given.startswith("-----") else (ROOT / given).read_text("ascii")
            key = RSAKey.import_key(pem)
            key.ensure_kid()
        except (OSError, ValueError, JoseError) as error:
            raise SettingsError("THUISLOKET_PRIVATE_KEY is neither an RSA key in PEM nor a file with one") from error
        if not key.is_private:
            raise SettingsError("THUISLOKET_PRIVATE_KEY holds a public key only; we sign with the private one")
        return cls(key, settings.thuisloket_client_id, settings.thuisloket_audience, Clock(settings.clock_file).utc)

    def headers(self, applicant: Applicant) -> dict[str, str]:
        now = int(self.now().timestamp())
        claims = {
            "iss": self.client_id,
            "aud": self.audience,
            "sub": self.client_id,
            "rrn": applicant.rrn,
            "acr": applicant.level,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "jti": str(uuid.uuid4()),
        }
        return {"Authorization": f"Bearer {jwt.encode({'alg': 'RS256', 'kid': self.key.kid}, claims, self.key)}"}


def _meaning(operation: str, response: requests.Response) -> BackendError | None:
    if response.status_code == 409:
        return Rejected(NAME, operation, "too_late" if operation == "cancel" else "conflict")
    if response.status_code != 422:
        return None
    try:
        fields = {str(one["veld"]) for one in response.json()["fouten"]}
    except (ValueError, LookupError, TypeError):
        fields = set()
    return Rejected(NAME, operation, "not_a_resident" if "aanvrager" in fields else "invalid", ",".join(sorted(fields)))


def _path(order: str) -> str:
    return f"v1/attest-aanvragen/{quote(order, safe='')}"


def _wire(request: AttestRequest) -> dict[str, Any]:
    delivery = {"wijze": request.delivery}
    if request.email:
        delivery["email"] = request.email
    body: dict[str, Any] = {
        "attestType": request.type,
        "voorWie": "kind" if request.relative else "zelf",
        "aantal": 1,
        "levering": delivery,
        "bron": "virtuele-assistent",
        "referentie": request.key,
        **request.details,
    }
    if request.relative:
        body["gezinslid"] = request.relative
    return body


def _order(wire: Mapping[str, Any]) -> AttestOrder:
    expected = wire.get("verwachtOp")
    return AttestOrder(
        id=wire["id"],
        state=STATES[wire["status"]],
        expected_at=datetime.fromisoformat(expected).astimezone(UTC) if expected else None,
        reason=str(wire.get("reden") or ""),
    )


def _type(wire: Mapping[str, Any]) -> AttestType:
    return AttestType(wire["code"], wire["naam"], tuple(wire["velden"]), tuple(wire["levering"]))


def _resident(wire: Mapping[str, Any]) -> Resident:
    family = [
        Relative(
            one["id"], f"{one['voornaam']} {one['naam']}", one["relatie"], date.fromisoformat(one["geboortedatum"])
        )
        for one in wire["gezinsleden"]
    ]
    return Resident(wire.get("email") or None, wire["adres"], tuple(family))


def _certificates(wire: Mapping[str, Any]) -> list[Certificate]:
    """An empty collection may be left out altogether in HAL."""
    return [_certificate(one) for one in (wire.get("_embedded") or {}).get("certificates") or ()]


def _certificate(wire: Mapping[str, Any]) -> Certificate:
    link = wire["_links"]["download"]["href"]
    return Certificate(str(wire["id"]), wire["name"], wire["language"], int(wire["year"]), link)


def _next(wire: Mapping[str, Any]) -> str | None:
    following = wire["_links"].get("next")
    return str(following["href"]) if following else None
