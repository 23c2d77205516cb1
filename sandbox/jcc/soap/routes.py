"""GGS2 on the wire: one address, Basic authentication, and the operation in the header SOAPAction."""

import base64
import binascii
import hmac

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty, raw

from sandbox.jcc.errors import BadInput
from sandbox.jcc.soap import messages, shapes
from sandbox.jcc.soap.answers import OPERATIONS, Operation
from sandbox.jcc.soap.messages import ACTION, GGS2, Malformed, SoapFault
from sandbox.world import World, world_of

SERVICE = "GenericGuidanceSystem2.asmx"
PREFIX = "/jcc/JCC/<customer:str>"
XML = "text/xml; charset=utf-8"


def blueprint() -> Blueprint:
    soap = Blueprint("jcc-soap", url_prefix=PREFIX)
    soap.add_route(_call, f"/{SERVICE}", methods=["POST"])
    return soap


def stands_for(request: Request) -> tuple[str, str] | None:
    """Method and path that a fault is limited by: a call of SOAP is always a POST to the same address."""
    operation = operation_of(request)
    return (operation.method, f"{request.path}/{operation.name}") if operation else None


def operation_of(request: Request) -> Operation | None:
    if not request.path.endswith(f"/{SERVICE}"):
        return None
    return OPERATIONS.get(_action(request))


def unauthorised() -> HTTPResponse:
    return empty(status=401, headers={"www-authenticate": 'Basic realm="GGS2"'})


def refused(operation: Operation) -> HTTPResponse:
    return raw(messages.answer(operation.response, operation.refusal), content_type=XML)


async def _call(request: Request, **_parts: str) -> HTTPResponse:
    world = world_of(request)
    if not _is_client(world, request.headers.get("authorization") or ""):
        return unauthorised()
    if not (request.headers.get("content-type") or "").startswith("text/xml"):
        return empty(status=415)
    try:
        return raw(await _answer(world, request), content_type=XML)
    except BadInput as error:
        return _faulty(Malformed(str(error)))
    except SoapFault as problem:
        return _faulty(problem)


async def _answer(world: World, request: Request) -> bytes:
    operation = operation_of(request)
    if operation is None:
        raise Malformed(f"the server does not know the SOAPAction {_action(request)!r}")
    asked = messages.request_in(request.body)
    if asked.tag != f"{{{GGS2}}}{operation.request}":
        raise Malformed(f"{operation.name} takes {operation.request}")
    content = await operation.answer(world, shapes.read(asked, operation.shape))
    return messages.answer(operation.response, content)


def _faulty(problem: SoapFault) -> HTTPResponse:
    return raw(messages.fault(problem), status=500, content_type=XML)


def _action(request: Request) -> str:
    """The operation; empty when the header is not a quoted URI of GGS2, as SOAP 1.1 has it."""
    header = request.headers.get("soapaction") or ""
    if not header.startswith(f'"{ACTION}') or not header.endswith('"'):
        return ""
    return header[1:-1].removeprefix(ACTION)


def _is_client(world: World, authorization: str) -> bool:
    scheme, _, encoded = authorization.partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return False
    expected = f"{world.settings.jcc_soap_user}:{world.settings.jcc_soap_password}".encode()
    return scheme.lower() == "basic" and hmac.compare_digest(given, expected)
