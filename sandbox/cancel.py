"""Where the link in a confirmation mail leads: JCC's own page on which a citizen cancels his appointment.

Opening the page does nothing yet; a mail program that looks at links before the
citizen does must not cancel anything.
"""

import hmac

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import html

from sandbox.jcc import desk
from sandbox.jcc.bookings import Appointment
from sandbox.jcc.errors import BadInput
from sandbox.views import render
from sandbox.world import world_of

cancel = Blueprint("cancel", url_prefix="/afspraak")


@cancel.get("/<identifier:str>/annuleren")
async def _ask(request: Request, identifier: str) -> HTTPResponse:
    return _page(request, _find(request, identifier), done=False)


@cancel.post("/<identifier:str>/annuleren")
async def _do(request: Request, identifier: str) -> HTTPResponse:
    appointment = _find(request, identifier)
    if appointment is not None:
        world = world_of(request)
        await desk.cancel(world, appointment)
    return _page(request, appointment, done=True)


def _find(request: Request, identifier: str) -> Appointment | None:
    try:
        appointment = world_of(request).bookings.find(identifier)
    except BadInput:
        return None
    code = str(request.args.get("code") or "")
    return appointment if hmac.compare_digest(code.encode(), appointment.qr_code.encode()) else None


def _page(request: Request, appointment: Appointment | None, *, done: bool) -> HTTPResponse:
    text = render("annuleren.html", world_of(request), appointment=appointment, done=done)
    return html(text, status=200 if appointment else 404)
