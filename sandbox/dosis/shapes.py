"""What a delivery must look like: the fields that are known, and what each may hold."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sandbox.dosis.errors import Wrong

PHASES: Mapping[str, frozenset[str]] = {
    "Samenstelling": frozenset({"Geinitieerd", "Aangevraagd", "Ingediend"}),
    "Behandeling": frozenset(
        {
            "DossierOnvolledig",
            "DossierVolledig",
            "Ontvankelijk",
            "OnOntvankelijk",
            "InBehandeling",
            "KlaarVoorBeslissing",
        }
    ),
    "Beslissing": frozenset({"InWacht", "Beslist", "Goedgekeurd", "Stopgezet", "Stopzetting", "Geweigerd"}),
    "Beroep": frozenset({"InWacht", "Beslist", "Goedgekeurd", "Stopgezet", "Stopzetting", "Geweigerd"}),
    "Uitvoering": frozenset({"KlaarVoorBetaling", "Betaald", "DeelsUitbetaald", "Uitgevoerd"}),
    "Afgerond": frozenset({"ErkendVergund", "DeelsGoedgekeurd", "Goedgekeurd"}),
}
"""Phase and the codes that it goes with."""

Check = Callable[[Any], bool]


def is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def is_moment(value: Any) -> bool:
    """A local date and time: Java's LocalDateTime knows no zone."""
    try:
        return isinstance(value, str) and "T" in value and datetime.fromisoformat(value).tzinfo is None
    except ValueError:
        return False


def is_uuid(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False


def is_agent(value: Any) -> bool:
    """Eleven digits of a citizen or ten of a company; whether such a one exists is found out later."""
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) in (10, 11)


def is_optional_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


FIELDS: Mapping[str, Check] = {
    "Identificatie.Bron": is_text,
    "Identificatie.DossierNummer": is_text,
    "UploadId": is_uuid,
    "Naam": is_text,
    "WijzigingsDatum": is_moment,
    "Status.VlaamsFase": lambda value: value in PHASES,
    "Status.VlaamsCode": is_text,
    "TypeDossierCode": lambda value: value == "DossierStatus",
    "DossierBeheerder.Naam": is_text,
}
OPTIONAL: Mapping[str, Check] = {
    "Status.Detail1": is_optional_text,
    "Status.Actie.ActieNodig": lambda value: isinstance(value, bool),
    "Status.Actie.Actie": is_optional_text,
    "Doorverwijzing": lambda value: value is None or (isinstance(value, str) and value.startswith("https://")),
    **{f"DossierBeheerder.{name}": is_optional_text for name in ("Dienst", "Telefoon", "Email", "Website")},
    **{f"DossierBeheerder.Adres.{name}": is_optional_text for name in ("Straat", "Nummer", "Postcode", "Gemeente")},
}
LISTS = ("Producten", "Agenten")


def wrong_with(body: Any) -> list[Wrong]:
    """Everything that does not fit, [] when the delivery is as it must be."""
    if not isinstance(body, dict):
        return [Wrong("", "een object werd verwacht")]
    return [*_fields(body), *_products(body.get("Producten")), *_agents(body.get("Agenten")), *_code(body)]


def _fields(body: Mapping[str, Any]) -> Iterator[Wrong]:
    flat = dict(_flat({name: value for name, value in body.items() if name not in LISTS}))
    for name, is_right in FIELDS.items():
        if not is_right(flat.get(name)):
            yield Wrong(name, "ontbreekt of is niet geldig")
    for name, value in flat.items():
        if name not in FIELDS and not OPTIONAL.get(name, _unknown)(value):
            yield Wrong(name, "onbekend of niet geldig")


def _unknown(value: Any) -> bool:
    return False


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _products(products: Any) -> Iterator[Wrong]:
    one = isinstance(products, list) and len(products) == 1 and isinstance(products[0], dict)
    if not one or set(products[0]) != {"Id"} or not is_text(products[0]["Id"]):
        yield Wrong("Producten", "precies één product met een Id werd verwacht")


def _agents(agents: Any) -> Iterator[Wrong]:
    if not isinstance(agents, list) or not agents:
        yield Wrong("Agenten", "minstens één agent werd verwacht")
        return
    for number, agent in enumerate(agents):
        rights = agent.get("Toegangsrechten") if isinstance(agent, dict) else None
        named = isinstance(rights, list) and all(isinstance(r, dict) and is_text(r.get("Code")) for r in rights)
        if not rights or not named or set(agent) != {"Identificatie", "Toegangsrechten"}:
            yield Wrong(f"Agenten[{number}]", "een Identificatie en Toegangsrechten met een Code werden verwacht")
        elif not is_agent(agent["Identificatie"]):
            yield Wrong(f"Agenten[{number}].Identificatie", "11 of 10 cijfers werden verwacht")


def _code(body: Mapping[str, Any]) -> Iterator[Wrong]:
    status = body.get("Status")
    told = status if isinstance(status, dict) else {}
    phase = str(told.get("VlaamsFase"))
    if phase in PHASES and told.get("VlaamsCode") not in PHASES[phase]:
        yield Wrong("Status.VlaamsCode", f"hoort niet bij de fase {phase}")
