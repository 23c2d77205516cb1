"""The lists that hang on an incident: progress trail, actions, requests and attachments."""

from collections.abc import Sequence
from typing import Any

from sanic import HTTPResponse, Request
from sanic.request import File
from sanic.response import empty, raw
from sanic.response import json as json_response

from sandbox.topdesk.errors import missing, not_found, unparsable
from sandbox.topdesk.incident import Attachment, Incident
from sandbox.topdesk.search import whole
from sandbox.topdesk.wire import attachment_json, entry_json, trail_json
from sandbox.world import world_of


async def trail(request: Request, incident: Incident) -> HTTPResponse:
    return _page(request, [trail_json(item, incident) for item in incident.trail()], most=100)


async def count(request: Request, incident: Incident) -> HTTPResponse:
    return json_response({"count": len(incident.trail())})


async def actions(request: Request, incident: Incident) -> HTTPResponse:
    return _page(request, [entry_json(entry) for entry in incident.texts(requests=False)], most=100)


async def requests(request: Request, incident: Incident) -> HTTPResponse:
    entries = [entry_json(entry) for entry in incident.texts(requests=True)]
    for entry in entries:  # whatever the caller said, he may see
        del entry["invisibleForCaller"]
    return _page(request, entries, most=10)


async def attachments(request: Request, incident: Incident) -> HTTPResponse:
    return _page(request, [attachment_json(a, incident) for a in reversed(incident.attachments)], most=100)


async def attach(request: Request, incident: Incident) -> HTTPResponse:
    world = world_of(request)
    file: File | None = request.files.get("file") if request.files else None
    if file is None or not file.name:
        raise missing("file")
    invisible = _field(request, "invisibleForCaller") or "false"
    if invisible not in ("true", "false"):
        raise unparsable("invisibleForCaller")
    attachment = Attachment(
        name=file.name,
        media_type=file.type,
        content=file.body,
        description=_field(request, "description"),
        at=world.clock.now(),
        author=world.incidents.lookups.api_operator,
        invisible=invisible == "true",
    )
    world.incidents.attach(incident, attachment)
    world.changes.tell("topdesk")
    return json_response(attachment_json(attachment, incident))


async def download(request: Request, incident: Incident, attachment: str) -> HTTPResponse:
    return download_answer(_attachment(incident, attachment))


def download_answer(found: Attachment) -> HTTPResponse:
    safe_name = found.name.encode("ascii", "replace").decode().replace('"', "'")
    headers = {"content-disposition": f'attachment; filename="{safe_name}"', "x-content-type-options": "nosniff"}
    return raw(found.content, content_type=found.media_type, headers=headers)


async def detach(request: Request, incident: Incident, attachment: str) -> HTTPResponse:
    incident.attachments.remove(_attachment(incident, attachment))
    world_of(request).changes.tell("topdesk")
    return empty(status=200)


def _attachment(incident: Incident, identifier: str) -> Attachment:
    found = next((a for a in incident.attachments if a.id == identifier), None)
    if found is None:
        raise not_found("The attachment")
    return found


def _field(request: Request, name: str) -> str:
    """The specification wants a form field; one client sends a query parameter, and gets away with it."""
    in_form = request.form.get(name) if request.form else None
    return str(in_form or request.args.get(name) or "")


def _page(request: Request, entries: Sequence[dict[str, Any]], most: int) -> HTTPResponse:
    parameters = {name: str(request.args.get(name)) for name in request.args}
    start, size = whole(parameters, "start", 0, 0, None), whole(parameters, "page_size", 10, 1, most)
    page = entries[start : start + size]
    if not page:
        return empty()
    return json_response(page, status=206 if len(entries) > start + size else 200)
