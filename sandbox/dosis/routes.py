"""DOSIS on the wire: its token endpoint, what suppliers call (as published), and what counters call (our own design).

Nothing public describes how a counter reads DOSIS (docs/decisions/0010-dosis-bevragen.md). The number of the citizen
travels in the body, so that it stands in no log of addresses.
"""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty
from sanic.response import json as json_response

from sandbox.dosis.errors import DosisError, Wrong, forbidden, invalid, unauthorised
from sandbox.dosis.shapes import is_agent, is_moment, is_text
from sandbox.dosis.tokens import CONSULT, DELIVER, TokenError
from sandbox.world import World, world_of

PREFIX = "/dosis"
TOKEN = "/authorization/ws/oauth/v2/token"
LONGEST_PAGE = 100
Answer = Callable[[World, Request], Any]


def blueprint() -> Blueprint:
    dosis = Blueprint("dosis", url_prefix=PREFIX)
    dosis.add_route(_token, TOKEN, methods=["POST"])
    for number, (method, path, scope, answer) in enumerate(_ROUTES):
        dosis.add_route(_guarded(scope, answer), path, methods=[method], name=f"call{number}")
    dosis.exception(DosisError)(_refuse)
    return dosis


async def _refuse(request: Request, error: DosisError) -> HTTPResponse:
    return json_response(error.body(), status=error.status)


async def _token(request: Request) -> HTTPResponse:
    world = world_of(request)
    form = {name: values[0] for name, values in dict(request.form or {}).items()}
    try:
        token = world.dosis_tokens.issue(form)
    except TokenError as error:
        return json_response({"error": error.error, "error_description": str(error)}, status=error.status)
    return json_response({"access_token": token, "token_type": "bearer", "expires_in": world.dosis_tokens.seconds})


def _guarded(scope: str, answer: Answer) -> Callable[[Request], Coroutine[Any, Any, HTTPResponse]]:
    async def guarded(request: Request) -> HTTPResponse:
        world = world_of(request)
        scopes = world.dosis_tokens.scopes(request.headers.get("authorization") or "")
        if scopes is None:
            raise unauthorised()
        if scope not in scopes:
            raise forbidden(f"Het token heeft de scope {scope} niet")
        answered = answer(world, request)
        return empty() if answered is None else json_response(answered)

    return guarded


# --- delivering ------------------------------------------------------------------


def _deliver(*, validate_now: bool) -> Answer:
    def deliver(world: World, request: Request) -> Any:
        upload = world.dosis.deliver(_body(request), validate_now=validate_now)
        return {"Status": "OK", "UploadId": upload}

    return deliver


def _result(world: World, request: Request) -> Any:
    return world.dosis.result(_asked(request, "uploadId"))


def _results(world: World, request: Request) -> Any:
    return world.dosis.results(_asked(request, "bron"), _asked(request, "dossierNummer"))


def _failed(world: World, request: Request) -> Any:
    return world.dosis.results(_asked(request, "bron"), failed=True)


def _sources(world: World, request: Request) -> Any:
    return list(world.dosis.sources)


def _validation(world: World, request: Request) -> Any:
    return {"AgentenValideren": True, "CodelijstValideren": True}


def _remove(world: World, request: Request) -> None:
    world.dosis.remove((_asked(request, "bron"), _asked(request, "dossierNummer")))
    world.changes.tell("dosis")


# --- consulting ------------------------------------------------------------------


def _search(world: World, request: Request) -> Any:
    wanted = _wanted(request, {"Agent": is_agent}, _FILTERS)
    index, size = wanted.get("Index", 0), wanted.get("Limiet", 50)
    found = [dossier for dossier in world.dosis.of(wanted["Agent"]) if _fits(dossier, wanted)]
    return {"Index": index, "Limiet": size, "Totaal": len(found), "Dossiers": found[index : index + size]}


def _fits(dossier: Any, wanted: dict[str, Any]) -> bool:
    since = datetime.fromisoformat(wanted.get("GewijzigdSinds", "1900-01-01T00:00"))
    needs_action = bool((dossier["Status"].get("Actie") or {}).get("ActieNodig"))
    in_time = datetime.fromisoformat(dossier["WijzigingsDatum"]) >= since
    return in_time and wanted.get("ActieNodig", needs_action) == needs_action


def _history(world: World, request: Request) -> Any:
    wanted = _wanted(request, {"Agent": is_agent, "Bron": is_text, "DossierNummer": is_text}, {})
    return {"Statussen": world.dosis.history(wanted["Agent"], (wanted["Bron"], wanted["DossierNummer"]))}


_FILTERS: dict[str, Callable[[Any], bool]] = {
    "ActieNodig": lambda value: isinstance(value, bool),
    "GewijzigdSinds": is_moment,
    "Index": lambda value: type(value) is int and value >= 0,
    "Limiet": lambda value: type(value) is int and 1 <= value <= LONGEST_PAGE,
}


def _wanted(request: Request, needed: dict[str, Callable[[Any], bool]], optional: Any) -> dict[str, Any]:
    body = _body(request)
    if not isinstance(body, dict):
        raise invalid([Wrong("", "een object werd verwacht")])
    checks = {**needed, **optional}
    wrong = [name for name in needed if name not in body]
    wrong += [name for name, value in body.items() if name not in checks or not checks[name](value)]
    if wrong:
        raise invalid([Wrong(name, "ontbreekt, is onbekend of niet geldig") for name in wrong])
    return body


def _body(request: Request) -> Any:
    try:
        return request.json
    except Exception as error:
        raise invalid([Wrong("", "geen leesbare JSON")]) from error


def _asked(request: Request, name: str) -> str:
    value = request.args.get(name)
    if not value:
        raise invalid([Wrong(name, "ontbreekt")])
    return str(value)


_ROUTES: list[tuple[str, str, str, Answer]] = [
    ("POST", "/api/v2/dosis/dossiers", DELIVER, _deliver(validate_now=False)),
    ("POST", "/api/v1/dosis/dossiers", DELIVER, _deliver(validate_now=True)),
    ("DELETE", "/api/v1/dosis/dossiers", DELIVER, _remove),
    ("GET", "/api/v1/dosis/resultaten/perUploadId", DELIVER, _result),
    ("GET", "/api/v1/dosis/resultaten/fouten", DELIVER, _failed),
    ("GET", "/api/v1/dosis/resultaten", DELIVER, _results),
    ("GET", "/api/v2/dosis/bronnen/uris", DELIVER, _sources),
    ("GET", "/api/v1/dosis/instellingen/validatie", DELIVER, _validation),
    ("POST", "/api/v1/dosis/dossiers/zoek", CONSULT, _search),
    ("POST", "/api/v1/dosis/dossiers/statussen", CONSULT, _history),
]
