"""Makes the switched-on faults happen to the calls that come in."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, cast

from sanic import HTTPResponse, Request, Sanic
from sanic.response import BaseHTTPResponse, empty, html
from sanic.response import json as json_response

from sandbox.dosis.errors import DosisError
from sandbox.dosis.errors import forbidden as dosis_forbidden
from sandbox.dosis.errors import unauthorised as dosis_unauthorised
from sandbox.faults import Fault, Kind
from sandbox.graph import errors as graph_errors
from sandbox.graph import routes as graph
from sandbox.jcc.errors import TAKEN
from sandbox.jcc.routes import unauthorised
from sandbox.jcc.soap import routes as jcc_soap
from sandbox.openklant import errors as openklant_errors
from sandbox.openklant.errors import OpenKlantError, Wrong
from sandbox.thuisloket import errors as thuisloket_errors
from sandbox.thuisloket.errors import ThuisloketError
from sandbox.topdesk.errors import TopdeskError, unauthenticated, unparsable
from sandbox.world import world_of

_RUBBISH = "<!DOCTYPE html><html><head><title>Onderhoud</title></head><body><h1>Even geduld</h1></body></html>"
# What IIS says when the application itself fell over: no JSON, so it cannot be mistaken for JCC's answer to bad input
_CRASHED = "<!DOCTYPE html><html><head><title>Runtime Error</title></head><body><h1>Server Error</h1></body></html>"

_PREFIXES = {
    "topdesk": ("/topdesk/", "/tas/"),
    **{name: (f"/{name}/",) for name in ("jcc", "acmidm", "dosis", "thuisloket", "openklant")},
}


def install(app: Sanic[Any, Any]) -> None:
    app.register_middleware(_before, "request")
    app.register_middleware(_after, "response")


def backend_of(request: Request) -> str | None:
    if request.path.startswith("/graph/"):
        return graph.product_of(request)
    found = (backend for backend, prefixes in _PREFIXES.items() if request.path.startswith(prefixes))
    return next(found, None)


async def _before(request: Request) -> HTTPResponse | None:
    backend = backend_of(request)
    if backend is None:
        return None
    world = world_of(request)
    method, path = jcc_soap.stands_for(request) or (request.method, request.path)
    fault = request.ctx.fault = world.faults.take(backend, method, path)
    if fault is None:
        return None
    if fault.times is not None:
        world.changes.tell("faults")
    return await _instead(request, backend, fault)


async def _instead(request: Request, backend: str, fault: Fault) -> HTTPResponse | None:
    """The answer that comes in place of the real one; None when the call goes on."""
    if fault.kind is Kind.DOWN:
        _cut(request)
        return empty()
    if request.path.startswith("/graph/"):
        answers = _graph(request, backend, fault)
    else:
        answers = _ANSWERS.get(backend) or _soap(request) or _JCC
    return answers.get(fault.kind, _nothing)()


def _nothing() -> None:
    return None


def _topdesk_says(error: TopdeskError) -> HTTPResponse:
    return json_response(error.body(as_object=False), status=error.status)


def _thuisloket_says(error: ThuisloketError) -> HTTPResponse:
    return json_response(error.body(), status=error.status)


Answers = Mapping[Kind, Callable[[], HTTPResponse]]
_TOPDESK: Answers = {
    Kind.RUBBISH: lambda: html(_RUBBISH),
    Kind.ERROR: lambda: _topdesk_says(TopdeskError(500, "An error occurred on the server")),
    Kind.AUTH: lambda: _topdesk_says(unauthenticated()),
    Kind.REFUSED: lambda: _topdesk_says(unparsable("subcategory")),
}
_JCC: Answers = {
    Kind.RUBBISH: lambda: html(_RUBBISH),
    Kind.ERROR: lambda: html(_CRASHED, status=500),
    Kind.AUTH: unauthorised,
    Kind.REFUSED: lambda: json_response(TAKEN.to_json()),
}

_ACMIDM: Answers = {
    Kind.RUBBISH: lambda: html(_RUBBISH),
    Kind.ERROR: lambda: html(_CRASHED, status=500),
    Kind.AUTH: lambda: json_response({"error": "invalid_client"}, status=401),
    Kind.REFUSED: lambda: json_response({"error": "invalid_request"}, status=400),
}


def _dosis_says(error: DosisError) -> Callable[[], HTTPResponse]:
    return lambda: json_response(error.body(), status=error.status)


_DOSIS: Answers = {
    Kind.RUBBISH: lambda: html(_RUBBISH),
    Kind.ERROR: _dosis_says(DosisError(500, "INTERNAL_ERROR", "Er ging iets mis")),
    Kind.AUTH: _dosis_says(dosis_unauthorised()),
    Kind.REFUSED: _dosis_says(dosis_forbidden("Het token is niet toegelaten voor deze agent")),
}
_THUISLOKET: Answers = {
    Kind.RUBBISH: lambda: html(_RUBBISH),
    Kind.ERROR: lambda: _thuisloket_says(ThuisloketError(500, "Internal Server Error")),
    Kind.AUTH: lambda: _thuisloket_says(thuisloket_errors.unauthenticated()),
    Kind.REFUSED: lambda: _thuisloket_says(thuisloket_errors.invalid(("attestType", "wordt niet meer afgeleverd"))),
}


def _openklant_says(error: OpenKlantError) -> HTTPResponse:
    return json_response(error.body("sandbox"), status=error.status)


_OPENKLANT: Answers = {
    Kind.RUBBISH: lambda: html(_RUBBISH),
    Kind.ERROR: lambda: _openklant_says(openklant_errors.broken()),
    Kind.AUTH: lambda: _openklant_says(openklant_errors.wrong_token()),
    Kind.REFUSED: lambda: _openklant_says(
        openklant_errors.invalid([Wrong("kanaal", "invalid_choice", "Dit kanaal is een ongeldige keuze.")])
    ),
}
_ANSWERS = {
    "topdesk": _TOPDESK,
    "acmidm": _ACMIDM,
    "dosis": _DOSIS,
    "thuisloket": _THUISLOKET,
    "openklant": _OPENKLANT,
}


def _soap(request: Request) -> Answers | None:
    """What JCC's older interface says instead; None for a call that is not for it."""
    operation = jcc_soap.operation_of(request)
    if operation is None:
        return None
    return {**_JCC, Kind.AUTH: jcc_soap.unauthorised, Kind.REFUSED: lambda: jcc_soap.refused(operation)}


def _graph(request: Request, product: str, fault: Fault) -> Answers:
    """Meta's errors; `refused` is the one that the fault names by its code."""
    usual = {"whatsapp": ("131000", "131026"), "messenger": ("2", "551")}
    broken, refused = usual[product]

    def says(name: str) -> Callable[[], HTTPResponse]:
        error = graph_errors.by_name(product, name) or graph_errors.expired_token()
        return lambda: graph.refusal(request, error)

    return {
        Kind.RUBBISH: lambda: html(_RUBBISH, status=502),
        Kind.ERROR: says(broken),
        Kind.AUTH: says("190"),
        Kind.REFUSED: says(fault.code or refused),
    }


async def _after(request: Request, response: BaseHTTPResponse) -> HTTPResponse | None:
    fault = getattr(request.ctx, "fault", None)
    if fault is not None and fault.kind is Kind.SLOW:
        await asyncio.sleep(fault.seconds)
    elif fault is not None and fault.kind is Kind.RESET_AFTER_COMMIT:
        _cut(request)
    return None


def _cut(request: Request) -> None:
    transport = cast(asyncio.Transport | None, request.transport)
    if transport is not None:
        transport.abort()
