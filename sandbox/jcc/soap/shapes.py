"""What may stand in GGS2's requests: which children, in which order, of which type. From JCC's own WSDL.

JCC's schema writes children without a namespace and its own clients have been seen
to send them with one, so both are taken. Anything else that is not in the schema is
refused, where the real one is milder.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import Element

from sandbox.jcc.soap.messages import GGS2, Malformed, split

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_YES_OR_NO = {"true": True, "1": True, "false": False, "0": False}


def _text(text: str) -> str:
    return text


def _day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _moment(text: str) -> datetime:
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


def _minutes(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(text)
    return int(text)


def _yes_or_no(text: str) -> bool:
    if text not in _YES_OR_NO:
        raise ValueError(text)
    return _YES_OR_NO[text]


@dataclass(frozen=True)
class Child:
    name: str
    read: Callable[[str], Any] = _text
    required: bool = False
    inside: "Shape" = ()
    repeats: bool = False


Shape = Sequence[Child]

APPOINTMENT_DETAILS: Shape = (
    Child("productID"),
    Child("clientID"),
    Child("clientLastName"),
    Child("clientSex"),
    Child("clientDateOfBirth", _day, required=True),
    Child("clientInitials"),
    Child("clientAddress"),
    Child("clientPostalCode"),
    Child("clientCity"),
    Child("clientCountry"),
    Child("clientTel"),
    Child("clientMail"),
    Child("locationID"),
    Child("appStartTime", _moment, required=True),
    Child("appEndTime", _moment, required=True),
    Child("appointmentDesc"),
    Child("caseID"),
    Child("isClientVerified", _yes_or_no, required=True),
    Child("clientLanguage"),
    Child("isRecurring", _yes_or_no, required=True),
)
OWN_FIELD: Shape = (Child("name"), Child("value"))

ALL: Shape = (Child("dummy"), Child("language"))
PRODUCT: Shape = (Child("productID"),)
PRODUCT_IN_WORDS: Shape = (Child("productID"), Child("language"))
LATEST_DATE: Shape = (Child("productId"),)
LOCATION_IN_WORDS: Shape = (Child("locationID"), Child("language"))
DAYS: Shape = (
    Child("locationID"),
    Child("productID"),
    Child("startDate", _day, required=True),
    Child("endDate", _day, required=True),
    Child("appDuration", _minutes, required=True),
)
TIMES: Shape = (
    Child("date", _day, required=True),
    Child("productID"),
    Child("locationID"),
    Child("appDuration", _minutes, required=True),
)
BOOKING: Shape = (
    Child("appDetail", inside=APPOINTMENT_DETAILS),
    Child("fields", inside=OWN_FIELD, repeats=True),
)
APPOINTMENT: Shape = (Child("appID"),)
PERSON: Shape = (Child("BSN"), Child("language"))
CLIENT: Shape = (Child("clientID"),)


def read(element: Element, shape: Shape) -> dict[str, Any]:
    """The values of the children by name; one that repeats is a list. Raises Malformed."""
    values: dict[str, Any] = {}
    at = 0
    names = [child.name for child in shape]
    for given in element:
        namespace, name = split(given.tag)
        if namespace not in ("", GGS2) or name not in names[at:]:
            raise Malformed(f"{name} does not belong there in {split(element.tag)[1]}")
        at = names.index(name, at)
        child = shape[at]
        if child.repeats:
            values.setdefault(name, []).append(_value(given, child))
        else:
            values[name] = _value(given, child)
            at += 1
    missing = [child.name for child in shape if child.required and child.name not in values]
    if missing:
        raise Malformed(f"{split(element.tag)[1]} lacks {', '.join(missing)}")
    return values


def _value(given: Element, child: Child) -> Any:
    if child.inside:
        return read(given, child.inside)
    try:
        if len(given):
            raise ValueError("children where text was meant")
        return child.read(given.text or "")
    except ValueError as error:
        raise Malformed(f"{child.name} is not what it should be") from error
