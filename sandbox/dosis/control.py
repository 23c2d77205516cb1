"""The handle on DOSIS for tests and for the page: what it holds, and a new status from an administration."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json

from sandbox.control import ControlError, done, posted, refuse
from sandbox.dosis.errors import DosisError
from sandbox.dosis.register import MAY_CONSULT, checked, new_status
from sandbox.dosis.seed import CITY, delivery
from sandbox.people import load_people
from sandbox.world import World, world_of

dosis_control = Blueprint("dosis_control", url_prefix="/state/dosis")
dosis_control.exception(ControlError, DosisError)(refuse)


@dosis_control.get("/dossiers")
async def _dossiers(request: Request) -> HTTPResponse:
    return json([history[-1] for history in world_of(request).dosis.all])


@dosis_control.post("/dossiers")
async def _add(request: Request) -> HTTPResponse:
    """A status of a dossier: a new dossier of `person`, or another status for one that is there."""
    world, wanted = world_of(request), posted(request)
    status = checked(_status(world, wanted))
    world.dosis.put(status)
    world.changes.tell("dosis")
    return done(request, status, anchor="dossiers")


@dosis_control.post("/process")
async def _process(request: Request) -> HTTPResponse:
    """What was delivered is looked at now, however short it waited."""
    world_of(request).dosis.process(everything=True)
    return done(request, {"status": "processed"}, anchor="dossiers")


@dosis_control.post("/tokens/revoke")
async def _revoke(request: Request) -> HTTPResponse:
    world_of(request).dosis_tokens.revoke()
    return json({"status": "revoked"})


def _status(world: World, wanted: Mapping[str, Any]) -> dict[str, Any]:
    number, action = str(wanted.get("number") or ""), wanted.get("action") or None
    known = [history[-1] for history in world.dosis.all if history[-1]["Identificatie"]["DossierNummer"] == number]
    at = datetime.fromisoformat(wanted["at"]) if wanted.get("at") else world.clock.now()
    phase, _, code = str(wanted.get("status") or "Behandeling/InBehandeling").partition("/")
    if known:
        told = {"VlaamsFase": phase, "VlaamsCode": code, "Detail1": wanted.get("detail") or None}
        changed_at = at.replace(tzinfo=None).isoformat(timespec="seconds")
        asked = {"ActieNodig": action is not None, "Actie": action}
        return new_status(known[0], WijzigingsDatum=changed_at, Status={**told, "Actie": asked})
    return delivery(
        source=str(wanted.get("source") or "urn://leiestad/subsidies"),
        number=number or f"LST-2026-{uuid.uuid4().int % 10**6:06}",
        name=str(wanted.get("name") or "Aanvraag van een premie"),
        at=at,
        phase=phase,
        code=code,
        detail=wanted.get("detail") or None,
        action=action,
        agents={_number_of(str(wanted.get("person") or "")): str(wanted.get("right") or MAY_CONSULT)},
        link=wanted.get("link"),
        manager={**CITY, "Naam": str(wanted.get("organisation") or CITY["Naam"])},
    )


def _number_of(person: str) -> str:
    found = next((one for one in load_people() if one.key == person), None)
    if found is None or found.rrn is None:
        raise ControlError(f"{person!r} is nobody with a rijksregisternummer")
    return found.rrn
