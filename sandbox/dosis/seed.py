"""The dossiers that the residents have when the sandbox begins, and the deliveries that the page makes."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from joserfc.jwk import RSAKey

from sandbox.dosis.register import MAY_CONSULT
from sandbox.people import load_people
from sandbox.yaml_file import read_yaml

HERE = Path(__file__).parent
KEY_FILE = HERE / "client_key.pem"
CITY = {"Naam": "Stad Leiestad", "Dienst": "Burgerzaken", "Telefoon": "1777"}


def deliveries(now: datetime) -> Iterator[dict[str, Any]]:
    """Every status of every dossier in dossiers.yml, oldest first."""
    for dossier in _dossiers():
        for status in dossier["statuses"]:
            agents = [{"person": dossier["person"], "right": dossier.get("right", MAY_CONSULT)}]
            yield delivery(
                source=dossier["source"],
                number=dossier["number"],
                name=dossier["name"],
                at=now - timedelta(days=status["days"]),
                phase=status["phase"],
                code=status["code"],
                detail=status.get("detail"),
                action=status.get("action"),
                agents={_rrn(agent["person"]): agent["right"] for agent in [*agents, *dossier.get("others", ())]},
                link=dossier.get("link"),
                product=dossier["product"],
                manager=dossier["manager"],
            )


def sources() -> tuple[str, ...]:
    return tuple(dict.fromkeys([dossier["source"] for dossier in _dossiers()] + ["urn://kortrijk/omgeving"]))


def delivery(
    *,
    source: str,
    number: str,
    name: str,
    at: datetime,
    phase: str,
    code: str,
    agents: Mapping[str, str],
    detail: str | None = None,
    action: str | None = None,
    link: str | None = None,
    product: str = "12345",
    manager: Mapping[str, str] = CITY,
) -> dict[str, Any]:
    return {
        "Identificatie": {"Bron": source, "DossierNummer": number},
        "UploadId": str(uuid.uuid4()),
        "Naam": name,
        "WijzigingsDatum": at.replace(tzinfo=None).isoformat(timespec="seconds"),
        "Status": {
            "VlaamsFase": phase,
            "VlaamsCode": code,
            "Detail1": detail,
            "Actie": {"ActieNodig": action is not None, "Actie": action},
        },
        "Doorverwijzing": link,
        "TypeDossierCode": "DossierStatus",
        "Producten": [{"Id": product}],
        "DossierBeheerder": dict(manager),
        "Agenten": [{"Identificatie": agent, "Toegangsrechten": [{"Code": right}]} for agent, right in agents.items()],
    }


def client_key(private_key: str, name: str = "") -> RSAKey:
    """The public half, as our client registered it: of the key given, or of the one that lies here."""
    given = private_key.strip().replace("\\n", "\n")
    pem = given if given.startswith("-----") else (HERE.parents[1] / given if given else KEY_FILE).read_text("ascii")
    key = RSAKey.import_key(pem)
    public = RSAKey.import_key({**key.as_dict(private=False), **({"kid": name} if name else {})})
    public.ensure_kid()
    return public


def _rrn(person: str) -> str:
    return str(load_people()[person].rrn)


def _dossiers() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read_yaml(HERE / "dossiers.yml")
    return found
