"""The page at `/`: what the city sees, and the handles to change it. It is complete without JavaScript.

With it, the page listens to `/events` and fetches again the parts that changed.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import NotFound
from sanic.response import html

from sandbox.acmidm.flaws import Flaw
from sandbox.dosis.shapes import PHASES
from sandbox.faults import BACKENDS, Kind
from sandbox.jcc.errors import BadInput
from sandbox.openklant.control import shown as contacts
from sandbox.people import load_people
from sandbox.views import merged, render, segments
from sandbox.world import World, world_of

page = Blueprint("page")
page.static("/static", Path(__file__).parent / "static", name="static")

_PARTS = ("meldingen", "agenda", "postbus", "attesten", "contacten", "aanmeldingen", "dossiers", "storingen", "klok")
_CHANGED_BY = {
    "topdesk": "meldingen",
    "jcc": "agenda",
    "mail": "postbus",
    "acmidm": "aanmeldingen",
    "dosis": "dossiers",
    "thuisloket": "attesten",
    "openklant": "contacten",
    "faults": "storingen",
    "whatsapp": "whatsapp",
    "messenger": "messenger",
}
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
_HEARTBEAT = 15.0


@page.get("/")
async def _whole(request: Request) -> HTTPResponse:
    world = world_of(request)
    text = render("pagina.html", world, is_first_look=True, **_values(world, request))
    return html(text, headers={"content-security-policy": POLICY})


@page.get("/deel/<name:str>")
async def _part(request: Request, name: str) -> HTTPResponse:
    if name not in _PARTS:
        raise NotFound
    world = world_of(request)
    return html(render(f"{name}.html", world, is_first_look=False, **_values(world, request)))


@page.get("/events")
async def _events(request: Request) -> None:
    response = await request.respond(content_type="text/event-stream", headers={"cache-control": "no-store"})
    await response.send("retry: 1000\n\n")
    async for areas in world_of(request).changes.listen(_HEARTBEAT):
        parts = " ".join(["klok", *sorted(_CHANGED_BY[area] for area in areas)])
        await response.send(f"data: {parts}\n\n")


def _values(world: World, request: Request) -> dict[str, Any]:
    place, day = _place_and_day(world, {name: str(request.args.get(name)) for name in request.args})
    return {
        "now": world.clock.now(),
        "incidents": list(reversed(world.incidents.all)),
        "statuses": [ref.name for ref in world.incidents.lookups.lists["statuses"][1:]],
        "appointments": sorted(world.bookings.all, key=lambda a: a.start),
        "places": world.bookings.catalogue.places,
        "place": place,
        "day": day,
        "yesterday": date.fromordinal(day.toordinal() - 1),
        "tomorrow": date.fromordinal(day.toordinal() + 1),
        "columns": [merged(column) for column in segments(world, place, day)],
        "is_full": (place.location.code, day) in world.bookings.agenda.full_days,
        "is_busy": world.bookings.agenda.busy,
        "here": f"?locatie={place.location.code}&dag={day}",
        "contacts": contacts(world),
        "mails": list(reversed(world.mailbox.mails)),
        "faults": {backend: world.faults.current(backend) for backend in BACKENDS},
        "kinds": list(Kind),
        "flaws": list(Flaw),
        "phases": {phase: sorted(codes) for phase, codes in PHASES.items()},
        "people": [person for person in load_people() if person.rrn],
    }


def _place_and_day(world: World, parameters: Mapping[str, str]) -> tuple[Any, date]:
    catalogue = world.bookings.catalogue
    try:
        place = catalogue.place_with_code(parameters.get("locatie", ""))
    except BadInput:
        place = catalogue.places[0]
    try:
        return place, date.fromisoformat(parameters.get("dag", ""))
    except ValueError:
        return place, _next_open_day(world, place)


def _next_open_day(world: World, place: Any) -> date:
    today = world.clock.now().date()
    days = (date.fromordinal(today.toordinal() + ahead) for ahead in range(14))
    return next((day for day in days if world.city.periods(place.location, day)), today)
