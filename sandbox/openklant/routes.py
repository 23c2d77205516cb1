"""Open Klant on the wire: the Klantinteracties API, as far as a contact centre writes to it and reads from it."""

import json
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json as json_response

from sandbox.openklant.errors import (
    OpenKlantError,
    Wrong,
    invalid,
    not_allowed,
    not_found,
    unauthenticated,
    unreadable,
    unsupported,
    wrong_token,
)
from sandbox.openklant.register import Body, Record, Register
from sandbox.openklant.wire import EXPANDABLE, PATHS, Wire
from sandbox.world import world_of

PREFIX = "/openklant"
API = f"{PREFIX}/klantinteracties/api/v1"
VERSION = {"API-version": "0.9.0"}
PAGE, LARGEST_PAGE = 100, 500
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
Handler = Callable[..., Coroutine[Any, Any, HTTPResponse]]


def blueprint() -> Blueprint:
    api = Blueprint("openklant", url_prefix=API)
    for kind, path in PATHS.items():
        api.add_route(_collection(kind), f"/{path}", methods=METHODS, name=f"all_{kind}")
        api.add_route(_single(kind), f"/{path}/<record:str>", methods=METHODS, name=f"one_{kind}")
    api.add_route(_guarded(_make), "/maak-klantcontact", methods=METHODS, name="make")
    api.add_route(_guarded(_nothing), "/<rest:path>", methods=METHODS, name="nothing")
    api.exception(OpenKlantError)(refuse)
    return api


async def refuse(request: Request, error: OpenKlantError) -> HTTPResponse:
    headers = {**VERSION, **({"WWW-Authenticate": "Token"} if error.status == 401 else {})}
    return json_response(error.body(request.host), status=error.status, headers=headers)


def _guarded(handler: Handler) -> Handler:
    async def guarded(request: Request, **parts: str) -> HTTPResponse:
        scheme, _, token = (request.headers.get("authorization") or "").partition(" ")
        if scheme != "Token":
            raise unauthenticated()
        if token != world_of(request).settings.openklant_token:
            raise wrong_token()
        return await handler(request, **parts)

    return guarded


async def _nothing(request: Request, rest: str) -> HTTPResponse:
    raise not_found()


def _collection(kind: str) -> Handler:
    async def collection(request: Request) -> HTTPResponse:
        if request.method == "GET":
            return _page(request, kind)
        if request.method != "POST":
            raise not_allowed(request.method)
        record = _WRITERS[kind](_register(request), _body(request))
        told = _wire(request).json(kind, record)
        return json_response(told, status=201, headers={**VERSION, "Location": told["url"]})

    return _guarded(collection)


def _single(kind: str) -> Handler:
    async def single(request: Request, record: str) -> HTTPResponse:
        register = _register(request)
        if request.method == "GET":
            return _answer(_wire(request).json(kind, register.get(kind, record), _expand(request)))
        change = _CHANGERS.get(kind)
        if request.method != "PATCH" or change is None:
            raise not_allowed(request.method)  # stricter than the real one: nobody here needs the rest
        return _answer(_wire(request).json(kind, change(register, record, _body(request))))

    return _guarded(single)


async def _make(request: Request) -> HTTPResponse:
    if request.method != "POST":
        raise not_allowed(request.method)
    contact, involved, about = _register(request).make(_body(request))
    wire = _wire(request)
    told = {
        "klantcontact": wire.json("klantcontact", contact),
        "betrokkene": wire.json("betrokkene", involved) if involved else None,
        "onderwerpobject": wire.json("onderwerpobject", about) if about else None,
    }
    return json_response(told, status=201, headers=VERSION)


_WRITERS: Mapping[str, Callable[[Register, Body], Record]] = {
    "actor": Register.actor,
    "actorklantcontact": Register.link_actor,
    "betrokkene": Register.involve,
    "digitaaladres": Register.address,
    "internetaak": Register.task,
    "klantcontact": Register.contact,
    "onderwerpobject": Register.subject,
    "partij": Register.party,
}
_CHANGERS: Mapping[str, Callable[[Register, str, Body], Record]] = {
    "klantcontact": Register.change_contact,
    "internetaak": Register.change_task,
}


# --- lists -----------------------------------------------------------------------


def _linked(name: str) -> Callable[[Register, Record, str], bool]:
    return lambda _, record, value: (record.get(name) or {}).get("uuid") == value


def _equal(name: str) -> Callable[[Register, Record, str], bool]:
    return lambda _, record, value: _text(record.get(name)) == value


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value or "")


def _identified(group: str, part: str) -> Callable[[Register, Record, str], bool]:
    return lambda _, record, value: ((record.get(group) or {}).get(part) or "") == value


def _of_party(register: Register, record: Record, value: str) -> bool:
    involved = register.that("betrokkene", "hadKlantcontact", record["uuid"])
    return any((one["wasPartij"] or {}).get("uuid") == value for one in involved)


def _about(register: Register, record: Record, value: str) -> bool:
    about = register.that("onderwerpobject", "klantcontact", record["uuid"])
    return any((one["onderwerpobjectidentificator"] or {}).get("objectId") == value for one in about)


def _reached_at(register: Register, record: Record, value: str) -> bool:
    involved = register.that("betrokkene", "hadKlantcontact", record["uuid"])
    addresses = [
        one for who in involved for one in register.that("digitaaladres", "verstrektDoorBetrokkene", who["uuid"])
    ]
    return any(value.lower() in one["adres"].lower() for one in addresses)


def _assigned(_: Register, record: Record, value: str) -> bool:
    return any(one["uuid"] == value for one in record["toegewezenAanActoren"])


def _codes(group: str) -> dict[str, Callable[[Register, Record, str], bool]]:
    parts = ("objectId", "codeObjecttype", "codeRegister", "codeSoortObjectId")
    return {f"{group}{part[:1].upper()}{part[1:]}": _identified(group, part) for part in parts}


_FILTERS: Mapping[str, Mapping[str, Callable[[Register, Record, str], bool]]] = {
    "klantcontact": {
        **{name: _equal(name) for name in ("kanaal", "onderwerp", "inhoud", "referentienummer", "nummer")},
        **{name: _equal(name) for name in ("indicatieContactGelukt", "vertrouwelijk")},
        "hadBetrokkene__wasPartij__uuid": _of_party,
        "hadBetrokkene__digitaaladres__adres__icontains": _reached_at,
        "onderwerpobject__onderwerpobjectidentificatorObjectId": _about,
    },
    "internetaak": {
        "status": _equal("status"),
        "referentienummer": _equal("referentienummer"),
        "toegewezenAanActor__uuid": _assigned,
        "klantcontact__uuid": _linked("aanleidinggevendKlantcontact"),
        "aanleidinggevendKlantcontact__uuid": _linked("aanleidinggevendKlantcontact"),
    },
    "actor": {
        **{name: _equal(name) for name in ("naam", "soortActor", "indicatieActief")},
        **_codes("actoridentificator"),
    },
    "actorklantcontact": {"actor__uuid": _linked("actor"), "klantcontact__uuid": _linked("klantcontact")},
    "betrokkene": {"hadKlantcontact__uuid": _linked("hadKlantcontact"), "wasPartij__uuid": _linked("wasPartij")},
    "digitaaladres": {
        **{name: _equal(name) for name in ("adres", "soortDigitaalAdres", "referentie")},
        "verstrektDoorBetrokkene__uuid": _linked("verstrektDoorBetrokkene"),
    },
    "onderwerpobject": {
        "klantcontact__uuid": _linked("klantcontact"),
        "wasKlantcontact__uuid": _linked("wasKlantcontact"),
        **_codes("onderwerpobjectidentificator"),
    },
    "partij": {name: _equal(name) for name in ("nummer", "soortPartij", "indicatieActief")},
}


def _page(request: Request, kind: str) -> HTTPResponse:
    register, filters = _register(request), _FILTERS[kind]
    asked = {name: str(request.args.get(name)) for name in request.args}
    known = {*filters, "page", "pageSize", *(("expand",) if kind == "klantcontact" else ())}
    if unknown := sorted(set(asked) - known):
        reason = "Onbekende query parameters: " + ", ".join(unknown)
        raise invalid([Wrong("nonFieldErrors", "unknown-parameters", reason)])
    found = [
        one for one in register.all(kind) if all(filters[n](register, one, v) for n, v in asked.items() if n in filters)
    ]
    if kind == "klantcontact":
        found.sort(key=lambda one: str(one["plaatsgevondenOp"]), reverse=True)
    number, size = _number(asked, "page", 1), min(_number(asked, "pageSize", PAGE), LARGEST_PAGE)
    results = found[(number - 1) * size : number * size]
    if not results and number > 1:
        raise not_found("Ongeldige pagina.")
    wire, expand = _wire(request), _expand(request)
    more = number * size < len(found)
    address = f"{_base(request)}/{PATHS[kind]}?page="
    told = {
        "count": len(found),
        "next": f"{address}{number + 1}" if more else None,
        "previous": f"{address}{number - 1}" if number > 1 else None,
        "results": [wire.json(kind, one, expand) for one in results],
    }
    return _answer(told)


def _number(asked: Mapping[str, str], name: str, default: int) -> int:
    given = asked.get(name, str(default))
    return int(given) if given.isdecimal() and int(given) > 0 else default


def _expand(request: Request) -> list[str]:
    wanted = [part for part in str(request.args.get("expand") or "").split(",") if part]
    if unknown := [part for part in wanted if part not in EXPANDABLE]:
        raise invalid([Wrong("expand", "invalid_choice", f'"{unknown[0]}" is een ongeldige keuze.')])
    return wanted


# --- the request -----------------------------------------------------------------


def _register(request: Request) -> Register:
    return world_of(request).contacts


def _base(request: Request) -> str:
    return f"{request.scheme}://{request.host}{API}"


def _wire(request: Request) -> Wire:
    return Wire(_register(request), _base(request))


def _body(request: Request) -> dict[str, Any]:
    media_type = (request.headers.get("content-type") or "").partition(";")[0]
    if media_type != "application/json":
        raise unsupported(media_type)
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise unreadable() from error
    if not isinstance(body, dict):
        raise invalid([Wrong("nonFieldErrors", "invalid", "Ongeldige data. Verwacht een dictionary.")])
    return body


def _answer(told: Any) -> HTTPResponse:
    return json_response(told, headers=VERSION)
