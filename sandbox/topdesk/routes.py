"""TOPdesk on the wire: addresses, credentials, status codes."""

import base64
import binascii
import hmac
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote, unquote

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty, redirect
from sanic.response import json as json_response

from sandbox.faults import Kind
from sandbox.topdesk import desk, logs
from sandbox.topdesk.errors import TopdeskError, malformed, unauthenticated, unparsable
from sandbox.topdesk.fields import read_create, read_update
from sandbox.topdesk.incident import Incident
from sandbox.topdesk.search import dates_for, search
from sandbox.topdesk.supporting import LISTS, supporting_list
from sandbox.topdesk.wire import incident_json
from sandbox.world import world_of

PREFIXES = ("/topdesk/tas/api", "/tas/api")  # TOPdesk's own links begin at the root
Handler = Callable[..., Coroutine[Any, Any, HTTPResponse]]
OnIncident = Callable[..., Coroutine[Any, Any, HTTPResponse]]


def blueprints() -> list[Blueprint]:
    return [_blueprint(f"topdesk{n}", prefix) for n, prefix in enumerate(PREFIXES)]


def _blueprint(name: str, prefix: str) -> Blueprint:
    blueprint = Blueprint(name, url_prefix=prefix)
    for number, (method, path, handler) in enumerate(_routes()):
        blueprint.add_route(handler, path, methods=[method], name=f"route{number}")
    blueprint.add_route(_login_page, "/<rest:path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], name="rest")
    blueprint.on_request(_authenticate)
    blueprint.exception(TopdeskError)(_answer_error)
    return blueprint


def _routes() -> list[tuple[str, str, Handler]]:
    routes: list[tuple[str, str, Handler]] = [("GET", "/incidents", _search), ("POST", "/incidents", _create)]
    routes += [("GET", path, _list) for path in LISTS]
    for key in ("id", "number"):
        one = f"/incidents/{key}/<{key}:str>"
        for method, path, handler in _ON_ONE:
            routes.append((method, f"{one}{path}", _on_incident(handler)))
    return routes


def _on_incident(handler: OnIncident) -> Handler:
    async def found(request: Request, **parts: str) -> HTTPResponse:
        register = world_of(request).incidents
        if "number" in parts:
            incident = register.with_number(unquote(parts.pop("number")))
        else:
            incident = register.with_id(parts.pop("id"))
        return await handler(request, incident, **parts)

    return found


async def _search(request: Request) -> HTTPResponse:
    parameters = {name: values[0] for name, values in request.get_args(keep_blank_values=True).items()}
    page = search(world_of(request).incidents, parameters)
    if not page.incidents:
        return empty()
    if page.next_start is None:
        return json_response(page.incidents)
    following = {**parameters, "pageStart": str(page.next_start)}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in following.items())
    url = f"{request.scheme}://{request.host}{request.path}?{query}"
    return json_response(page.incidents, status=206, headers={"x-next-page-url": url})


async def _create(request: Request) -> HTTPResponse:
    world = world_of(request)
    incident = await desk.register(world, read_create(body_of(request), world.incidents.lookups))
    return json_response(incident_json(incident, world.incidents.lookups), status=201)


async def _read(request: Request, incident: Incident) -> HTTPResponse:
    dates = dates_for({name: str(request.args.get(name)) for name in request.args if name == "dateFormat"})
    return json_response(incident_json(incident, world_of(request).incidents.lookups, dates))


async def _update(request: Request, incident: Incident) -> HTTPResponse:
    world = world_of(request)
    values = read_update(body_of(request), world.incidents.lookups)
    await desk.change(world, incident, values, world.incidents.lookups.api_operator)
    # The specification promises 200 by id and 201 by number
    status = 201 if "/incidents/number/" in request.path else 200
    return json_response(incident_json(incident, world.incidents.lookups), status=status)


def _escalation(line: str, reasons: str) -> OnIncident:
    async def escalate(request: Request, incident: Incident) -> HTTPResponse:
        world = world_of(request)
        body: Any = body_of(request) if request.body else {}
        reason = None
        if isinstance(body, dict) and "id" in body:
            reason = world.incidents.lookups.with_id(reasons, body["id"], "id")
        elif isinstance(body, dict) and "name" in body:
            reason = world.incidents.lookups.with_name(reasons, body["name"], "name")
        if reason is None and reasons == "escalation-reasons":
            raise unparsable("id")  # this tenant wants to know why
        world.incidents.move(incident, line, reason, world.incidents.lookups.api_operator)
        return _changed(request, incident)

    return escalate


def _archiving(archived: bool) -> OnIncident:
    async def archive(request: Request, incident: Incident) -> HTTPResponse:
        world = world_of(request)
        world.incidents.archive(incident, archived, world.incidents.lookups.api_operator)
        return _changed(request, incident)

    return archive


def _changed(request: Request, incident: Incident) -> HTTPResponse:
    world = world_of(request)
    world.changes.tell("topdesk")
    return json_response(incident_json(incident, world.incidents.lookups))


_ON_ONE: list[tuple[str, str, OnIncident]] = [
    ("GET", "", _read),
    ("PATCH", "", _update),
    ("PUT", "", _update),
    ("PUT", "/escalate", _escalation("secondLine", "escalation-reasons")),
    ("PUT", "/deescalate", _escalation("firstLine", "deescalation-reasons")),
    ("PUT", "/archive", _archiving(True)),
    ("PUT", "/unarchive", _archiving(False)),
    ("GET", "/progresstrail", logs.trail),
    ("GET", "/progresstrail/count", logs.count),
    ("GET", "/actions", logs.actions),
    ("GET", "/requests", logs.requests),
    ("GET", "/attachments", logs.attachments),
    ("POST", "/attachments", logs.attach),
    ("GET", "/attachments/<attachment:str>/download", logs.download),
    ("DELETE", "/attachments/<attachment:str>", logs.detach),
]


async def _list(request: Request, **_parts: str) -> HTTPResponse:
    prefix = next(prefix for prefix in PREFIXES if request.path.startswith(prefix))
    parameters = {name: str(request.args.get(name)) for name in request.args}
    return supporting_list(world_of(request).incidents.lookups, request.path.removeprefix(prefix), parameters)


async def _login_page(request: Request, rest: str) -> HTTPResponse:
    """An address that TOPdesk does not know ends at its login page."""
    return redirect("/tas/public/login/form", status=302)


def body_of(request: Request) -> Any:
    try:
        return request.json
    except Exception as error:
        raise malformed() from error


async def _authenticate(request: Request) -> HTTPResponse | None:
    settings = world_of(request).settings
    scheme, _, encoded = (request.headers.get("authorization") or "").partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        given = b""
    expected = f"{settings.topdesk_user}:{settings.topdesk_password}".encode()
    if scheme.lower() != "basic" or not hmac.compare_digest(given, expected):
        return await _answer_error(request, unauthenticated())
    return None


async def _answer_error(request: Request, error: TopdeskError) -> HTTPResponse:
    fault = world_of(request).faults.current("topdesk")
    as_object = fault is not None and fault.kind is Kind.OBJECT_ERRORS
    return json_response(error.body(as_object=as_object), status=error.status)
