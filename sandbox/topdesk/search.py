"""Searching incidents: `query`, `sort`, paging and `fields`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.topdesk.errors import malformed, no_such_field
from sandbox.topdesk.fiql import FiqlError, parse
from sandbox.topdesk.incident import Incident
from sandbox.topdesk.incidents import Incidents
from sandbox.topdesk.wire import Dates, incident_json, iso8601, old_dates

_KNOWN = frozenset({"pageStart", "pageSize", "sort", "query", "fields", "dateFormat", "all"})
_NOT_SORTABLE = frozenset({"externalLinks", "escalationStatus", "action", "attachments", "partialIncidents"})
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True)
class Page:
    incidents: list[dict[str, Any]]
    next_start: int | None


def dates_for(parameters: Mapping[str, str]) -> Dates:
    wanted = parameters.get("dateFormat")
    if wanted not in (None, "iso8601"):
        raise malformed()
    return iso8601 if wanted else old_dates


def search(register: Incidents, parameters: Mapping[str, str]) -> Page:
    """Raises TopdeskError 400 for what TOPdesk would not understand, such as the filters of its older versions."""
    unknown = set(parameters) - _KNOWN
    if unknown:
        raise no_such_field(sorted(unknown)[0])
    start, size = whole(parameters, "pageStart", 0, 0, None), whole(parameters, "pageSize", 10, 1, 10000)
    dates = dates_for(parameters)
    everything = parameters.get("all") in ("", "true")
    found = [i for i in register.all if everything or i.status in ("firstLine", "secondLine")]
    if parameters.get("query"):
        found = _matching(found, register, parameters["query"])
    found = _sorted(found, register, parameters.get("sort", ""))
    page = [incident_json(incident, register.lookups, dates) for incident in found[start : start + size]]
    return Page(
        [_limited(incident, parameters.get("fields", "")) for incident in page],
        start + size if len(found) > start + size else None,
    )


def whole(parameters: Mapping[str, str], name: str, default: int, least: int, most: int | None) -> int:
    try:
        value = int(parameters.get(name, default))
    except ValueError as error:
        raise malformed() from error
    if value < least or (most is not None and value > most):
        raise malformed()
    return value


def _matching(incidents: list[Incident], register: Incidents, text: str) -> list[Incident]:
    try:
        query = parse(text)
    except FiqlError as error:
        raise malformed() from error
    found = []
    for incident in incidents:
        wire = incident_json(incident, register.lookups, iso8601)
        if query.match(lambda path, wire=wire: value_at(wire, path)):  # type: ignore[misc]
            found.append(incident)
    if not incidents:  # a mistake in a field's name is one on an empty register too
        template = incident_json(_blank(register), register.lookups)
        for path in query.fields:
            value_at(template, path)
    return found


def _blank(register: Incidents) -> Incident:
    now = register.now()
    return Incident("", now, register.lookups.api_operator, {"processingStatus": register.lookups.default_status})


def value_at(wire: Mapping[str, Any], path: str) -> Any:
    """What stands at `caller.email`; dates as moments. Raises 400 when there is no such field."""
    name, _, rest = path.partition(".")
    if name not in wire:
        raise no_such_field(path)
    value = wire[name]
    if rest:
        return value_at(value, rest) if isinstance(value, Mapping) else None
    if isinstance(value, str) and _DATE.fullmatch(value):
        return datetime.fromisoformat(value)
    return value


def _sorted(incidents: list[Incident], register: Incidents, orders: str) -> list[Incident]:
    result = list(incidents)
    for order in reversed([part for part in orders.split(",") if part]):
        name, _, direction = order.partition(":")
        if name in _NOT_SORTABLE or direction not in ("", "asc", "desc"):
            raise malformed()
        keys = {i.id: value_at(incident_json(i, register.lookups, iso8601), name) for i in incidents}
        result.sort(key=lambda i, keys=keys: _sort_key(keys[i.id]), reverse=direction == "desc")  # type: ignore[misc]
    return result


def _sort_key(value: Any) -> tuple[bool, str]:
    if isinstance(value, Mapping):
        value = value.get("name")
    return (value is not None, value.isoformat() if isinstance(value, datetime) else str(value))


def _limited(incident: dict[str, Any], fields: str) -> dict[str, Any]:
    """Names that do not exist are left out silently (seen in recorded answers)."""
    wanted = {name.strip().partition(".")[0] for name in fields.split(",") if name.strip()}
    return {name: value for name, value in incident.items() if name in wanted} if wanted else incident
