"""Orders, residents and certificates on the wire. Certificates as HAL, after the Attesten-API."""

from datetime import UTC, datetime
from math import ceil
from typing import Any
from urllib.parse import urlencode

from sandbox.people import Person
from sandbox.thuisloket.orders import Certificate, Order, family_id


def order_json(order: Order, base: str) -> dict[str, Any]:
    certificate = order.certificate
    body: dict[str, Any] = {
        "id": order.id,
        "status": order.status,
        "attestType": order.kind.code,
        "referentie": order.body["referentie"],
        "aangevraagdOp": _utc(order.ordered_at),
        "verwachtOp": _utc(order.expected_at),
        "certificate": None,
    }
    if order.reason:
        body["reden"] = order.reason
    if certificate:
        links = {"download": {"href": download_url(certificate, base)}}
        body["certificate"] = {"id": str(certificate.id), "language": certificate.language, "_links": links}
    return body


def resident_json(person: Person) -> dict[str, Any]:
    """What the e-counter knows of its user; `volledig` is false when the register misses something."""
    return {
        "email": person.email,
        "adres": person.address.text,
        "volledig": not person.unknown,
        "gezinsleden": [
            {
                "id": family_id(relative),
                "voornaam": relative.given_name,
                "naam": relative.family_name,
                "relatie": relative.relation,
                "geboortedatum": relative.birth_date.isoformat(),
            }
            for relative in person.family
            if "family" not in person.unknown
        ],
    }


def certificate_json(certificate: Certificate, base: str) -> dict[str, Any]:
    return {
        "id": certificate.id,
        "year": certificate.year,
        "language": certificate.language,
        "name": certificate.name,
        "_links": {
            "self": {"href": f"{base}/v1/certificates/{certificate.owner}/{certificate.id}"},
            "download": {"href": download_url(certificate, base)},
        },
    }


def download_url(certificate: Certificate, base: str) -> str:
    path = f"{base}/v1/certificates/{certificate.owner}/{certificate.year}/{certificate.language}/download"
    return f"{path}?{urlencode({'id': certificate.id})}"


def page_json(certificates: list[Certificate], owner: str, page: int, limit: int, base: str) -> dict[str, Any]:
    shown = certificates[page * limit : (page + 1) * limit]
    pages = ceil(len(certificates) / limit)

    def link(number: int) -> dict[str, str]:
        return {"href": f"{base}/v1/certificates/{owner}?{urlencode({'page': number, 'limit': limit})}"}

    links = {"self": link(page)}
    if page + 1 < pages:
        links["next"] = link(page + 1)
    return {
        "_embedded": {"certificates": [certificate_json(certificate, base) for certificate in shown]},
        "_links": links,
        "page": {"size": limit, "totalElements": len(certificates), "totalPages": pages, "number": page},
    }


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
