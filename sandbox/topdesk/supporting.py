"""The look-up lists, and the supporting files (branches, locations, operator groups, persons) around the incidents."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sanic import HTTPResponse
from sanic.response import empty
from sanic.response import json as json_response

from sandbox.topdesk.errors import malformed
from sandbox.topdesk.fiql import FiqlError, parse
from sandbox.topdesk.lookups import Lookups
from sandbox.topdesk.search import value_at, whole

Parameters = Mapping[str, str]
_PLAIN = (
    "categories",
    "call_types",
    "entry_types",
    "impacts",
    "urgencies",
    "durations",
    "closure_codes",
    "escalation-reasons",
    "deescalation-reasons",
)


def supporting_list(lookups: Lookups, path: str, parameters: Parameters) -> HTTPResponse:
    return _ANSWERS[path](lookups, parameters)


def _plain(list_name: str) -> Callable[[Lookups, Parameters], HTTPResponse]:
    return lambda lookups, parameters: json_response([ref.to_json() for ref in lookups.lists[list_name]])


def _statuses(lookups: Lookups, parameters: Parameters) -> HTTPResponse:
    return json_response(lookups.statuses_json())


def _subcategories(lookups: Lookups, parameters: Parameters) -> HTTPResponse:
    return json_response(lookups.subcategories_json())


def _priorities(lookups: Lookups, parameters: Parameters) -> HTTPResponse:
    return json_response(
        [
            {**priority.to_json(), "firstLineDuration": duration.to_json(), "secondLineDuration": duration.to_json()}
            for priority, duration in zip(lookups.lists["priorities"], lookups.lists["durations"], strict=True)
        ]
    )


def _branches(lookups: Lookups, parameters: Parameters) -> HTTPResponse:
    branches = [ref.to_json() for ref in lookups.lists["branches"]]
    return json_response(_matching(branches, parameters))


def _locations(lookups: Lookups, parameters: Parameters) -> HTTPResponse:
    branch = lookups.lists["branches"][0].to_json()
    locations = [{**ref.to_json(), "roomNumber": "", "branch": branch} for ref in lookups.lists["locations"]]
    return json_response(_matching(locations, parameters))


def _operator_groups(lookups: Lookups, parameters: Parameters) -> HTTPResponse:
    groups = [
        {"id": ref.id, "status": "operatorGroup", "groupName": ref.name} for ref in lookups.lists["operatorgroups"]
    ]
    start, size = whole(parameters, "start", 0, 0, None), whole(parameters, "page_size", 10, 1, 100)
    return _paged(_matching(groups, parameters), start, size)


def _persons(lookups: Lookups, parameters: Parameters) -> HTTPResponse:
    people = [
        {"id": p.ref.id, "dynamicName": p.ref.name, "email": p.email, "isCaller": p.is_caller} for p in lookups.people
    ]
    start, size = whole(parameters, "pageStart", 0, 0, None), whole(parameters, "pageSize", 50, 1, 5000)
    return _paged(_matching(people, parameters), start, size)


def _entries(list_name: str) -> Callable[[Lookups, Parameters], HTTPResponse]:
    def answer(lookups: Lookups, parameters: Parameters) -> HTTPResponse:
        start_of_name = parameters.get("name", "").lower()
        found = [ref.to_json() for ref in lookups.lists[list_name] if ref.name.lower().startswith(start_of_name)]
        return json_response({"results": found[: whole(parameters, "$top", 1000, 1, 10000)]})

    return answer


def _no_services(lookups: Lookups, parameters: Parameters) -> HTTPResponse:
    return json_response([])


def _matching(entries: Sequence[dict[str, Any]], parameters: Parameters) -> list[dict[str, Any]]:
    if not parameters.get("query"):
        return list(entries)
    try:
        query = parse(parameters["query"])
    except FiqlError as error:
        raise malformed() from error
    return [e for e in entries if query.match(lambda path, e=e: value_at(e, path))]  # type: ignore[misc]


def _paged(entries: list[dict[str, Any]], start: int, size: int) -> HTTPResponse:
    page = entries[start : start + size]
    if not page:
        return empty()
    return json_response(page, status=206 if len(entries) > start + size else 200)


_ANSWERS: dict[str, Callable[[Lookups, Parameters], HTTPResponse]] = {
    **{f"/incidents/{name}": _plain(name) for name in _PLAIN},
    "/incidents/statuses": _statuses,
    "/incidents/subcategories": _subcategories,
    "/incidents/priorities": _priorities,
    "/incidents/slas/services": _no_services,
    "/branches": _branches,
    "/branches/lookup": _entries("branches"),
    "/locations": _locations,
    "/operatorgroups": _operator_groups,
    "/operatorgroups/lookup": _entries("operatorgroups"),
    "/persons": _persons,
}
LISTS = tuple(_ANSWERS)
