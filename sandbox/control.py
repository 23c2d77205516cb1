"""The handle for tests and for the page: read the state, change it, switch faults, begin again.

Takes JSON, or a form when a person clicks; a form is answered with the page.
"""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import unquote

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import html, json, raw, redirect

from sandbox.faults import BACKENDS, FaultError, read_fault
from sandbox.jcc.catalogue import Place
from sandbox.jcc.errors import BadInput
from sandbox.mail import Mail
from sandbox.state import appointment_state, day_state, incident_state
from sandbox.topdesk import desk
from sandbox.topdesk.errors import TopdeskError
from sandbox.topdesk.incident import Incident
from sandbox.world import World, world_of

control = Blueprint("control")
# A mail may look like anything but do nothing
_MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


class ControlError(Exception):
    """Something was asked that cannot be done. The message says what."""


async def refuse(request: Request, error: Exception) -> HTTPResponse:
    return json({"error": str(error)}, status=getattr(error, "status", 400))


control.exception(ControlError, FaultError, BadInput, TopdeskError)(refuse)


@control.get("/health")
async def _health(request: Request) -> HTTPResponse:
    return json({"status": "ok", "now": world_of(request).clock.now().isoformat()})


@control.post("/reset")
async def _reset(request: Request) -> HTTPResponse:
    world_of(request).reset()
    return done(request, {"status": "reset"})


@control.get("/faults")
async def _faults(request: Request) -> HTTPResponse:
    faults = world_of(request).faults
    current = {backend: faults.current(backend) for backend in BACKENDS}
    return json({backend: fault.to_json() if fault else {"kind": "none"} for backend, fault in current.items()})


@control.post("/faults/<backend:str>")
async def _switch(request: Request, backend: str) -> HTTPResponse:
    world = world_of(request)
    fault = read_fault(posted(request))
    world.faults.switch(backend, fault)
    world.changes.tell("faults")
    return done(request, fault.to_json())


@control.get("/state/topdesk/incidents")
async def _incidents(request: Request) -> HTTPResponse:
    return json([incident_state(incident) for incident in world_of(request).incidents.all])


@control.get("/state/topdesk/incidents/<number:str>")
async def _incident(request: Request, number: str) -> HTTPResponse:
    return json(incident_state(_find(request, number)))


@control.post("/state/topdesk/incidents/<number:str>/status")
async def _status(request: Request, number: str) -> HTTPResponse:
    world, incident, wanted = world_of(request), _find(request, number), posted(request)
    lookups = world.incidents.lookups
    visible = wanted.get("visible", True) not in (False, "", "false")
    values: dict[str, Any] = {}
    if wanted.get("status"):
        values["processingStatus"] = lookups.with_name("statuses", wanted["status"], "status")
    if wanted.get("closed") not in (None, ""):
        values["closed"] = wanted["closed"] in (True, "true")
    if str(wanted.get("note") or "").strip():
        values.update(action=str(wanted["note"]).strip(), actionInvisibleForCaller=not visible)
    category = incident.values.get("category")
    by = (
        lookups.named("operatorgroups", f"Team {category.name}") if category else lookups.named("operators", "Meldpunt")
    )
    await desk.change(world, incident, values, by, quietly=not visible)
    return done(request, incident_state(incident), anchor="meldingen")


@control.get("/state/topdesk/incidents/<number:str>/attachments/<attachment:str>")
async def _photo(request: Request, number: str, attachment: str) -> HTTPResponse:
    found = next((a for a in _find(request, number).attachments if a.id == attachment), None)
    if found is None:
        raise ControlError("unknown attachment")
    # Only what is surely a picture is shown; the rest is handed over as a file
    shown = found.media_type in ("image/jpeg", "image/png", "image/webp", "image/gif")
    headers = {"x-content-type-options": "nosniff", "content-disposition": "inline" if shown else "attachment"}
    return raw(found.content, content_type=found.media_type, headers=headers)


@control.post("/state/topdesk/mandatory")
async def _mandatory(request: Request) -> HTTPResponse:
    fields = tuple(posted(request).get("fields") or ())
    world_of(request).incidents.mandatory = fields
    return json({"fields": list(fields)})


@control.get("/state/jcc/appointments")
async def _appointments(request: Request) -> HTTPResponse:
    bookings = world_of(request).bookings
    found = bookings.all if request.args.get("all") == "true" else bookings.valid
    return json([appointment_state(appointment) for appointment in found])


@control.get("/state/jcc/day")
async def _day(request: Request) -> HTTPResponse:
    world = world_of(request)
    return json(day_state(world, _place(world, request.args.get("location")), _date(request.args.get("date"))))


@control.post("/state/jcc/full")
async def _full(request: Request) -> HTTPResponse:
    world, wanted = world_of(request), posted(request)
    key = (_place(world, wanted.get("location")).location.code, _date(wanted.get("date")))
    if wanted.get("full", True) in (True, "true"):
        world.bookings.agenda.full_days.add(key)
    else:
        world.bookings.agenda.full_days.discard(key)
    world.changes.tell("jcc")
    return done(request, {"full": sorted(f"{code} {day}" for code, day in world.bookings.agenda.full_days)}, "agenda")


@control.post("/state/jcc/calendar")
async def _busy(request: Request) -> HTTPResponse:
    world, wanted = world_of(request), posted(request)
    world.bookings.agenda.busy = wanted.get("busy", True) in (True, "true")
    world.changes.tell("jcc")
    return done(request, {"busy": world.bookings.agenda.busy}, "agenda")


@control.post("/state/jcc/fields")
async def _fields(request: Request) -> HTTPResponse:
    wanted = posted(request)
    fields = {str(name): int(state) for name, state in (wanted.get("fields") or {}).items()}
    world_of(request).bookings.catalogue.more_fields[str(wanted.get("activity"))] = fields
    return json({"activity": wanted.get("activity"), "fields": fields})


@control.get("/state/mail")
async def _mails(request: Request) -> HTTPResponse:
    mailbox = world_of(request).mailbox
    address = request.args.get("to")
    return json([mail.to_json() for mail in (mailbox.to(address) if address else mailbox.mails)])


@control.get("/state/mail/<mail_id:str>/<form:str>")
async def _mail(request: Request, mail_id: str, form: str) -> HTTPResponse:
    mail = world_of(request).mailbox.mail(mail_id)
    if mail is None or form not in _FORMS:
        raise ControlError("unknown mail")
    return _FORMS[form](mail)


_FORMS: dict[str, Callable[[Mail], HTTPResponse]] = {
    "html": lambda mail: html(mail.html, headers={"content-security-policy": _MAIL_POLICY}),
    "raw": lambda mail: raw(mail.raw, content_type="message/rfc822"),
}


def posted(request: Request) -> dict[str, Any]:
    if is_form(request):
        # The last one counts: a hidden field before a checkbox says what unchecked means
        return {name: values[-1] for name, values in (request.form or {}).items()}
    if not request.body:
        return {}
    try:
        body = request.json
    except Exception as error:
        raise ControlError("no JSON") from error
    if not isinstance(body, dict):
        raise ControlError("expected an object")
    return body


def is_form(request: Request) -> bool:
    return (request.headers.get("content-type") or "").startswith("application/x-www-form-urlencoded")


def done(request: Request, state: Any, anchor: str = "") -> HTTPResponse:
    if is_form(request):
        back = str(posted(request).get("terug") or "")
        return redirect(f"/{back if back.startswith('?') else ''}{f'#{anchor}' if anchor else ''}", status=303)
    return json(state)


def _find(request: Request, number: str) -> Incident:
    return world_of(request).incidents.with_number(unquote(number))


def _place(world: World, code: object) -> Place:
    return world.bookings.catalogue.place_with_code(str(code))


def _date(text: object) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise ControlError(f"{text!r} is no date") from error
