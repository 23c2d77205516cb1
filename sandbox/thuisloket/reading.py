"""Reads an order as it was posted, and takes nothing that is missing, unknown or wrong."""

from datetime import date
from typing import Any

from sandbox.mail import is_address
from sandbox.thuisloket.catalogue import DAYS, LONGEST, OPTIONS, YES_OR_NO, AttestType, attest_types
from sandbox.thuisloket.errors import ThuisloketError, invalid

COMMON = frozenset({"attestType", "voorWie", "gezinslid", "aantal", "levering", "bron", "referentie"})
MOST_COPIES = 5


def read_order(body: Any) -> AttestType:
    """The type that was ordered. Raises ThuisloketError with every field that is wrong."""
    if not isinstance(body, dict):
        raise ThuisloketError(400, "The body is not readable.")
    kind = attest_types().get(str(body.get("attestType")))
    if kind is None or not kind.fields:
        raise invalid(("attestType", "onbekend of niet digitaal te bestellen"))
    wrong = [problem for name in kind.fields if (problem := _field(name, body.get(name)))]
    wrong += [(name, "onbekend veld") for name in sorted(set(body) - COMMON - set(kind.fields))]
    wrong += [
        problem for problem in (_whom(kind, body), _copies(body), _delivery(kind, body), _reference(body)) if problem
    ]
    if wrong:
        raise invalid(*wrong)
    return kind


Problem = tuple[str, str] | None


def _field(name: str, value: Any) -> Problem:
    if value is None or value == "":
        return name, "verplicht"
    if name in OPTIONS:
        return None if value in OPTIONS[name] else (name, f"kies uit {', '.join(OPTIONS[name])}")
    if name in YES_OR_NO:
        return None if isinstance(value, bool) else (name, "true of false")
    if name in DAYS:
        return None if _is_day(value) else (name, "een datum zoals 2019-06-15")
    return None if isinstance(value, str) and len(value) <= LONGEST else (name, f"een tekst van hoogstens {LONGEST}")


def _is_day(value: Any) -> bool:
    try:
        date.fromisoformat(value)
        return True
    except (TypeError, ValueError):
        return False


def _whom(kind: AttestType, body: dict[str, Any]) -> Problem:
    whom = body.get("voorWie")
    if whom not in kind.for_whom:
        return "voorWie", f"kies uit {', '.join(kind.for_whom)}"
    if whom == "zelf":
        return ("gezinslid", "niet bij zelf") if "gezinslid" in body else None
    return None if isinstance(body.get("gezinslid"), str) else ("gezinslid", "verplicht")


def _copies(body: dict[str, Any]) -> Problem:
    copies = body.get("aantal")
    fits = isinstance(copies, int) and not isinstance(copies, bool) and 1 <= copies <= MOST_COPIES
    return None if fits else ("aantal", f"1 tot {MOST_COPIES}")


def _delivery(kind: AttestType, body: dict[str, Any]) -> Problem:
    delivery = body.get("levering")
    if not isinstance(delivery, dict) or delivery.get("wijze") not in kind.delivery:
        return "levering.wijze", f"kies uit {', '.join(kind.delivery)}"
    if delivery["wijze"] == "email":
        return None if is_address(str(delivery.get("email") or "")) else ("levering.email", "geen geldig adres")
    return ("levering.email", "alleen bij email") if "email" in delivery else None


def _reference(body: dict[str, Any]) -> Problem:
    fits = isinstance(body.get("referentie"), str) and 0 < len(body["referentie"]) <= 64
    return None if fits and body.get("bron") else ("referentie", "verplicht, met bron")
