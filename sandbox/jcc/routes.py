"""JCC on the wire: the token endpoint, and WARP v1 under any customer's name."""

from collections.abc import Callable, Coroutine
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import empty
from sanic.response import json as json_response

from sandbox.jcc import desk, reading
from sandbox.jcc.bookings import minutes_for, naive
from sandbox.jcc.errors import BadInput, Refusal, bad_input_body
from sandbox.jcc.tokens import TokenError
from sandbox.world import world_of

PREFIX = "/jcc/JCC/<customer:str>/G-Plan/api"
AFSPRAKEN_VERSION = "2026.2"
Answer = Callable[[Request], Coroutine[Any, Any, Any]]


def blueprint() -> Blueprint:
    jcc = Blueprint("jcc", url_prefix=PREFIX)
    jcc.add_route(_token, "/connect/token", methods=["POST"])
    for number, (method, path, answer) in enumerate(_WARP):
        jcc.add_route(_warp(answer), f"/warp/v1/{path}", methods=[method], name=f"warp{number}")
    jcc.exception(BadInput)(_bad_input)
    return jcc


def _warp(answer: Answer) -> Callable[..., Coroutine[Any, Any, HTTPResponse]]:
    async def guarded(request: Request, **_parts: str) -> HTTPResponse:
        if not world_of(request).tokens.accepts(request.headers.get("authorization") or ""):
            return unauthorised()
        return json_response(await answer(request))

    return guarded


def unauthorised() -> HTTPResponse:
    return empty(status=401, headers={"www-authenticate": 'Bearer error="invalid_token"'})


async def _token(request: Request, **_parts: str) -> HTTPResponse:
    tokens = world_of(request).tokens
    form: dict[str, Any] = dict(request.form or {})
    try:
        token = tokens.issue(
            request.headers.get("authorization") or "", _first(form, "grant_type"), _first(form, "scope")
        )
    except TokenError as error:
        return json_response({"error": error.error}, status=error.status)
    return json_response(
        {"access_token": token, "expires_in": tokens.seconds, "token_type": "Bearer", "scope": "warp-api"}
    )


def _first(form: dict[str, Any], name: str) -> str:
    return str((form.get(name) or [""])[0])


async def _bad_input(request: Request, error: BadInput) -> HTTPResponse:
    return json_response(bad_input_body(request.path), status=500)


def _parameters(request: Request) -> reading.Parameters:
    return {name: list(values) for name, values in request.args.items()}


async def _version(request: Request) -> Any:
    return {"warpApiVersion": "1", "afsprakenVersion": AFSPRAKEN_VERSION}


async def _activities(request: Request) -> Any:
    catalogue, parameters = world_of(request).bookings.catalogue, _parameters(request)
    place = catalogue.place(reading.one(parameters, "locationId")) if "locationId" in parameters else None
    return [activity.to_json() for activity in catalogue.activities_at(place)]


async def _additional(request: Request) -> Any:
    catalogue, parameters = world_of(request).bookings.catalogue, _parameters(request)
    place = catalogue.place(reading.one(parameters, "locationId")) if "locationId" in parameters else None
    selected = reading.activities(parameters, catalogue, "selectedActivityId")
    include = (parameters.get("includeSelectedActivities") or ["False"])[0].lower() == "true"
    return [activity.to_json() for activity in catalogue.additional(selected, place, include_selected=include)]


async def _locations(request: Request) -> Any:
    return [place.to_json() for place in world_of(request).bookings.catalogue.places]


async def _locations_for(request: Request) -> Any:
    catalogue = world_of(request).bookings.catalogue
    selected = reading.activities(_parameters(request), catalogue, "selectedActivityId")
    return [place.to_json() for place in catalogue.places_for(selected)]


async def _location(request: Request) -> Any:
    identifier = request.match_info["location"]
    return world_of(request).bookings.catalogue.place(identifier).to_json()


async def _date_range(request: Request) -> Any:
    world = world_of(request)
    reading.activities(_parameters(request), world.bookings.catalogue, "activityId")
    today, last = world.clock.now().date(), world.bookings.agenda.last_day
    return {"minDate": f"{today}T00:00:00", "maxDate": f"{last}T00:00:00"}


async def _times(request: Request) -> Any:
    bookings, parameters = world_of(request).bookings, _parameters(request)
    place = bookings.catalogue.place(reading.one(parameters, "locationId"))
    chosen = reading.chosen(parameters, bookings.catalogue)
    first, until = reading.period(parameters)
    minutes = minutes_for(chosen)
    starts = []
    if place in bookings.catalogue.places_for(activity for activity, _ in chosen):
        starts = bookings.agenda.free_starts(place.location, first, until, minutes)
    return {"availableTimesList": [naive(start) for start in starts], "appointmentDuration": minutes * 60}


async def _duration(request: Request) -> Any:
    parameters = _parameters(request)
    reading.day(parameters, "dateTime")
    return minutes_for(reading.chosen(parameters, world_of(request).bookings.catalogue))


async def _required(request: Request) -> Any:
    catalogue = world_of(request).bookings.catalogue
    return catalogue.fields_for(reading.activities(_parameters(request), catalogue, "selectedActivityId"))


async def _book(request: Request) -> Any:
    world = world_of(request)
    try:
        body = request.json
    except Exception as error:
        raise BadInput("no JSON") from error
    outcome = await desk.book(world, reading.booking(body, world.bookings.catalogue))
    if isinstance(outcome, Refusal):
        return outcome.to_json()
    return {"id": outcome.id, "acknowledgeIsSuccess": True}


async def _read(request: Request) -> Any:
    return world_of(request).bookings.find(reading.one(_parameters(request), "id")).to_json()


async def _qr_code(request: Request) -> Any:
    return world_of(request).bookings.find(reading.one(_parameters(request), "id")).qr_code


async def _delete(request: Request) -> Any:
    world = world_of(request)
    appointment = world.bookings.find(reading.one(_parameters(request), "id"))
    await desk.cancel(world, appointment)
    return {"id": appointment.id}


_WARP: list[tuple[str, str, Answer]] = [
    ("GET", "version", _version),
    ("GET", "activity/listforappointment", _activities),
    ("GET", "activity/listforappointment/additional", _additional),
    ("GET", "activity/appointmentdaterange", _date_range),
    ("GET", "location", _locations),
    ("GET", "location/forappointment", _locations_for),
    ("GET", "location/<location:str>", _location),
    ("GET", "appointment/availabletimelist", _times),
    ("GET", "appointment/calculateduration", _duration),
    ("GET", "customer/customerfields/required", _required),
    ("POST", "appointment", _book),
    ("GET", "appointment", _read),
    ("GET", "appointment/qrcode", _qr_code),
    ("DELETE", "appointment", _delete),
]
