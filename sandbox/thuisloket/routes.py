"""The Thuisloket on the wire: orders, what the register knows of the citizen, and what was delivered."""

import re
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty, raw
from sanic.response import json as json_response

from sandbox.ids import is_uuid
from sandbox.thuisloket import desk
from sandbox.thuisloket.catalogue import attest_types
from sandbox.thuisloket.errors import ThuisloketError, not_found
from sandbox.thuisloket.orders import Certificate, Status
from sandbox.thuisloket.reading import read_order
from sandbox.thuisloket.tokens import Caller, same_person
from sandbox.thuisloket.wire import certificate_json, order_json, page_json, resident_json
from sandbox.world import world_of

PREFIX = "/thuisloket"
HAL = "application/hal+json"
LARGEST_PAGE = 100


def blueprint() -> Blueprint:
    api = Blueprint("thuisloket", url_prefix=f"{PREFIX}/v1")
    api.add_route(_types, "/attest-types", methods=["GET"])
    api.add_route(_resident, "/inwoner", methods=["GET"])
    api.add_route(_order, "/attest-aanvragen", methods=["POST"], name="order")
    api.add_route(_search, "/attest-aanvragen", methods=["GET"], name="search")
    api.add_route(_status, "/attest-aanvragen/<order_id:str>", methods=["GET"], name="status")
    api.add_route(_cancel, "/attest-aanvragen/<order_id:str>", methods=["DELETE"], name="cancel")
    api.add_route(_certificates, "/certificates/<rrn:str>", methods=["GET"])
    api.add_route(_certificate, "/certificates/<rrn:str>/<number:int>", methods=["GET"])
    api.add_route(_download, "/certificates/<rrn:str>/<year:str>/<language:str>/download", methods=["GET"])
    api.exception(ThuisloketError)(_answer_error)
    return api


async def _answer_error(request: Request, error: Exception) -> HTTPResponse:
    assert isinstance(error, ThuisloketError)
    return json_response(error.body(), status=error.status)


def _caller(request: Request) -> Caller:
    return world_of(request).doorman.let_in(request.headers.get("authorization") or "")


def _base(request: Request) -> str:
    return f"{request.scheme}://{request.host}{PREFIX}"


# --- ordering ----------------------------------------------------------------


async def _types(request: Request) -> HTTPResponse:
    return json_response([kind.to_json() for kind in attest_types().values()])


async def _resident(request: Request) -> HTTPResponse:
    person = world_of(request).orders.people.with_rrn(_caller(request).rrn)
    if person is None:
        raise not_found("resident")
    return json_response(resident_json(person))


async def _order(request: Request) -> HTTPResponse:
    caller, world = _caller(request), world_of(request)
    key = request.headers.get("idempotency-key") or ""
    if not is_uuid(key):
        raise ThuisloketError(400, "The header Idempotency-Key must hold a UUID.")
    body = _json(request)
    kind = read_order(body)
    order, is_new = world.orders.place(caller.rrn, key, kind, body)
    answer = order_json(order, _base(request))  # before it is delivered: the first answer is that it was received
    if is_new:
        world.changes.tell("thuisloket")
        if order.status is Status.RECEIVED and not world.orders.paused:
            await desk.deliver(world, order)
    return json_response(answer, status=201, headers={"location": f"{PREFIX}/v1/attest-aanvragen/{order.id}"})


async def _search(request: Request) -> HTTPResponse:
    caller = _caller(request)
    found = world_of(request).orders.with_reference(caller.rrn, request.args.get("referentie") or "")
    return json_response([order_json(order, _base(request)) for order in found])


async def _status(request: Request, order_id: str) -> HTTPResponse:
    order = world_of(request).orders.of(_caller(request).rrn, order_id)
    return json_response(order_json(order, _base(request)))


async def _cancel(request: Request, order_id: str) -> HTTPResponse:
    world = world_of(request)
    world.orders.cancel(world.orders.of(_caller(request).rrn, order_id))
    world.changes.tell("thuisloket")
    return empty()


def _json(request: Request) -> Any:
    try:
        return request.json
    except Exception as error:
        raise ThuisloketError(400, "The body is not readable.") from error


# --- what was delivered: the Attesten-API -------------------------------------


async def _certificates(request: Request, rrn: str) -> HTTPResponse:
    same_person(_caller(request), rrn)
    page, limit = _number(request, "page", 0, least=0), _number(request, "limit", 10, least=1)
    return _hal(page_json(_owned(request, rrn), rrn, page, min(limit, LARGEST_PAGE), _base(request)))


async def _certificate(request: Request, rrn: str, number: int) -> HTTPResponse:
    return _hal(certificate_json(_own(request, rrn, number), _base(request)))


async def _download(request: Request, rrn: str, year: str, language: str) -> HTTPResponse:
    found = _own(request, rrn, _number(request, "id", 0, least=0))
    if (found.year, found.language) != (year, language):
        raise not_found("certificate")
    name = re.sub(r"[^a-z]+", "-", found.name.lower()).strip("-")
    headers = {"content-disposition": f'attachment; filename="{name}.pdf"', "cache-control": "no-store"}
    return raw(found.pdf, content_type="application/pdf", headers=headers)


def _own(request: Request, rrn: str, number: int) -> Certificate:
    """Somebody else's is refused, one that is not there is not found."""
    same_person(_caller(request), rrn)
    found = next((one for one in _owned(request, rrn) if one.id == number), None)
    if found is None:
        raise not_found("certificate")
    return found


def _owned(request: Request, rrn: str) -> list[Certificate]:
    return [one for one in world_of(request).orders.certificates if one.owner == rrn]


def _number(request: Request, name: str, default: int, *, least: int) -> int:
    try:
        number = int(request.args.get(name) or default)
    except ValueError as error:
        raise ThuisloketError(400, f"{name} must be a number.") from error
    if number < least:
        raise ThuisloketError(400, f"{name} must be at least {least}.")
    return number


def _hal(body: dict[str, Any]) -> HTTPResponse:
    return json_response(body, content_type=HAL)
