"""Which fields an incident takes, of what kind, and how long: everything else is a 400.

`read_create` and `read_update` turn a posted body into values under TOPdesk's own
field names: references become `Ref`, moments become aware datetimes.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.ids import is_uuid
from sandbox.mail import is_address
from sandbox.topdesk.errors import TopdeskError, malformed, no_such_field, not_found, unparsable
from sandbox.topdesk.lookups import Lookups, Person, Ref

Read = Callable[[object, str, Lookups], object]


def _text(longest: int | None = None) -> Read:
    def read(value: object, field: str, lookups: Lookups) -> str:
        # TOPdesk does not cut what is too long
        if not isinstance(value, str) or (longest is not None and len(value) > longest):
            raise unparsable(field)
        return value

    return read


def _flag(value: object, field: str, lookups: Lookups) -> bool:
    if not isinstance(value, bool):
        raise unparsable(field)
    return value


def _number(value: object, field: str, lookups: Lookups) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise unparsable(field)
    return value


def _rating(value: object, field: str, lookups: Lookups) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 5:
        raise unparsable(field)
    return value


def _moment(value: object, field: str, lookups: Lookups) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise unparsable(field) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _line(value: object, field: str, lookups: Lookups) -> str:
    if value not in ("firstLine", "secondLine"):  # a partial needs a main incident, which an assistant never makes
        raise unparsable(field)
    return str(value)


def _one_of(list_name: str, *, by_name: bool = True) -> Read:
    def read(value: object, field: str, lookups: Lookups) -> Ref:
        if not isinstance(value, dict):
            raise unparsable(field)
        _only(value, {"id", "name"} if by_name else {"id"}, field)
        if len(value) != 1:  # both, or neither
            raise unparsable(field)
        if "id" in value:
            return lookups.with_id(list_name, value["id"], field)
        return lookups.with_name(list_name, value["name"], field)

    return read


def _subcategory_name(value: object, field: str, lookups: Lookups) -> object:
    """A name is looked up later, when the category is known."""
    if isinstance(value, dict) and list(value) == ["name"] and isinstance(value["name"], str):
        return value["name"]
    return _one_of("subcategories")(value, field, lookups)


def _caller(value: object, field: str, lookups: Lookups) -> dict[str, object]:
    return _read(_object(value, field), _CALLER, lookups, prefix=f"{field}.")


def _caller_email(value: object, field: str, lookups: Lookups) -> str:
    text = _text(100)(value, field, lookups)
    if text and not is_address(str(text)):
        raise unparsable(field)
    return str(text)


def _person(value: object, field: str, lookups: Lookups) -> Person:
    wanted = _object(value, field)
    _only(wanted, {"id", "email"}, field)
    if len(wanted) != 1 or ("id" in wanted and not is_uuid(wanted["id"])):
        raise unparsable(field)
    key = str(next(iter(wanted.values())))
    person = next((p for p in lookups.people if key in (p.ref.id, p.email)), None)
    if person is None:
        raise not_found("The person")
    if not person.is_caller:
        raise unparsable(field)
    return person


def _optional_fields(value: object, field: str, lookups: Lookups) -> dict[str, object]:
    return _read(_object(value, field), _OPTIONAL, lookups, prefix=f"{field}.")


def _external_link(value: object, field: str, lookups: Lookups) -> dict[str, object]:
    link = _read(_object(value, field), _LINK, lookups, prefix=f"{field}.")
    if not {"id", "type"} <= set(link):
        raise unparsable(field)
    return link


_CALLER: dict[str, Read] = {
    "dynamicName": _text(109),
    "phoneNumber": _text(25),
    "mobileNumber": _text(25),
    "email": _caller_email,
    "branch": _one_of("branches", by_name=False),
    "location": _one_of("locations", by_name=False),
    "department": _one_of("departments"),
    "budgetHolder": _one_of("departments"),
    "personExtraFieldA": _one_of("departments"),
    "personExtraFieldB": _one_of("departments"),
}
_LINK: dict[str, Read] = {"id": _text(), "type": _text(), "date": _moment}
_SEARCHLIST = _one_of("departments")
_OPTIONAL: dict[str, Read] = {
    f"{kind}{n}": read
    for n in range(1, 6)
    for kind, read in (
        ("boolean", _flag),
        ("number", _number),
        ("date", _moment),
        ("text", _text()),
        ("memo", _text()),
        ("searchlist", _SEARCHLIST),
    )
}
_BOTH: dict[str, Read] = {
    "caller": _caller,
    "callerLookup": _person,
    "briefDescription": _text(80),
    "request": _text(),
    "action": _text(),
    "actionInvisibleForCaller": _flag,
    "entryType": _one_of("entry_types"),
    "callType": _one_of("call_types"),
    "category": _one_of("categories"),
    "subcategory": _subcategory_name,
    "externalNumber": _text(60),
    "object": _one_of("objects"),
    "location": _one_of("locations", by_name=False),
    "branch": _one_of("branches", by_name=False),
    "impact": _one_of("impacts"),
    "urgency": _one_of("urgencies"),
    "priority": _one_of("priorities"),
    "duration": _one_of("durations"),
    "targetDate": _moment,
    "sla": _one_of("slas", by_name=False),
    "onHold": _flag,
    "operator": _one_of("operators", by_name=False),
    "operatorGroup": _one_of("operatorgroups", by_name=False),
    "supplier": _one_of("suppliers", by_name=False),
    "processingStatus": _one_of("statuses"),
    "responded": _flag,
    "responseDate": _moment,
    "completed": _flag,
    "completedDate": _moment,
    "closed": _flag,
    "closedDate": _moment,
    "closureCode": _one_of("closure_codes"),
    "costs": _number,
    "feedbackRating": _rating,
    "feedbackMessage": _text(),
    "majorCall": _flag,
    "majorCallObject": _one_of("objects"),
    "publishToSsd": _flag,
    "optionalFields1": _optional_fields,
    "optionalFields2": _optional_fields,
    "externalLink": _external_link,
}
_CREATE: dict[str, Read] = {**_BOTH, "status": _line, "mainIncident": _one_of("objects")}
_UPDATE: dict[str, Read] = {
    **_BOTH,
    "callDate": _moment,
    "branchExtraFieldA": _SEARCHLIST,
    "branchExtraFieldB": _SEARCHLIST,
}


CREATE_FIELDS, UPDATE_FIELDS, CALLER_FIELDS = frozenset(_CREATE), frozenset(_UPDATE), frozenset(_CALLER)


def read_create(body: object, lookups: Lookups) -> dict[str, Any]:
    return _settle(_read(_object(body, None), _CREATE, lookups), lookups)


def read_update(body: object, lookups: Lookups) -> dict[str, Any]:
    return _settle(_read(_object(body, None), _UPDATE, lookups), lookups)


def _read(
    body: Mapping[str, object], known: Mapping[str, Read], lookups: Lookups, prefix: str = ""
) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, value in body.items():
        if name not in known:
            raise no_such_field(prefix + name)
        values[name] = None if value is None else known[name](value, prefix + name, lookups)
    return values


def _settle(values: dict[str, Any], lookups: Lookups) -> dict[str, Any]:
    """What can only be judged with several fields beside each other."""
    if values.get("callerLookup") and (values.get("caller") or {}).get("dynamicName"):
        raise unparsable("caller")
    subcategory, category = values.get("subcategory"), values.get("category")
    if isinstance(subcategory, str):
        values["subcategory"] = (
            lookups.subcategory_in(category, subcategory, "subcategory")
            if category
            else lookups.with_name("subcategories", subcategory, "subcategory")
        )
    if values.get("subcategory"):
        parent = lookups.category_of(values["subcategory"])
        if category and category != parent:
            raise unparsable("subcategory")
        values["category"] = parent
    operator, group = values.get("operator"), values.get("operatorGroup")
    if operator and group and operator == lookups.api_operator:
        raise TopdeskError(400, "The operator is not a member of the operator group", "operator")
    return values


def _object(value: object, field: str | None) -> Mapping[str, object]:
    if isinstance(value, dict):
        return value
    raise unparsable(field) if field else malformed()


def _only(value: Mapping[str, object], allowed: set[str], field: str) -> None:
    unknown = sorted(set(value) - allowed)
    if unknown:
        raise no_such_field(f"{field}.{unknown[0]}")
