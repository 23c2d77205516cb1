"""The handle on Open Klant for tests and for the page: what is registered, in the words of a test."""

from datetime import datetime
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json

from sandbox.control import ControlError, done, posted, refuse
from sandbox.openklant.errors import OpenKlantError
from sandbox.openklant.register import Record, Register
from sandbox.openklant.wire import full_name
from sandbox.world import World, world_of

openklant_control = Blueprint("openklant_control", url_prefix="/state/openklant")
openklant_control.exception(ControlError, OpenKlantError)(refuse)


@openklant_control.get("/contacts")
async def _contacts(request: Request) -> HTTPResponse:
    register = world_of(request).contacts
    return json([contact_state(register, contact) for contact in register.all("klantcontact")])


@openklant_control.get("/tasks")
async def _tasks(request: Request) -> HTTPResponse:
    register = world_of(request).contacts
    return json([task_state(register, task) for task in register.all("internetaak")])


@openklant_control.get("/actors")
async def _actors(request: Request) -> HTTPResponse:
    return json(world_of(request).contacts.all("actor"))


@openklant_control.post("/tasks/<task:str>")
async def _handle(request: Request, task: str) -> HTTPResponse:
    """What somebody in another application of the city does with a task."""
    register, status = world_of(request).contacts, str(posted(request).get("status") or "verwerkt")
    return done(request, task_state(register, register.change_task(task, {"status": status})), anchor="contacten")


def contact_state(register: Register, contact: Record) -> dict[str, Any]:
    id = contact["uuid"]
    about = register.that("onderwerpobject", "klantcontact", id)
    earlier = [one["wasKlantcontact"]["uuid"] for one in about if one["wasKlantcontact"]]
    identified = [one["onderwerpobjectidentificator"] for one in about if one["onderwerpobjectidentificator"]]
    return {
        "id": id,
        **{
            name: contact[name] for name in ("referentienummer", "kanaal", "onderwerp", "inhoud", "reactie", "metadata")
        },
        "plaatsgevondenOp": contact["plaatsgevondenOp"],
        "actoren": [{"soort": one["soortActor"], "naam": one["naam"]} for one in register.actors_of(id)],
        "betrokkenen": [_involved(register, one) for one in register.that("betrokkene", "hadKlantcontact", id)],
        "over": [one["objectId"] for one in identified],
        "vervolgOp": earlier[0] if earlier else None,
        "taken": [
            task_state(register, one) for one in register.that("internetaak", "aanleidinggevendKlantcontact", id)
        ],
    }


def _involved(register: Register, involved: Record) -> dict[str, Any]:
    party = register.get("partij", involved["wasPartij"]["uuid"]) if involved["wasPartij"] else None
    named = full_name(((party or {}).get("partijIdentificatie") or {}).get("contactnaam"))
    addresses = register.that("digitaaladres", "verstrektDoorBetrokkene", involved["uuid"])
    return {
        "partij": party["uuid"] if party else None,
        "naam": named or full_name(involved["contactnaam"]),
        "adressen": [one["adres"] for one in addresses],
    }


def task_state(register: Register, task: Record) -> dict[str, Any]:
    actors = [register.get("actor", one["uuid"])["naam"] for one in task["toegewezenAanActoren"]]
    told = {name: task[name] for name in ("gevraagdeHandeling", "toelichting", "status", "afgehandeldOp")}
    return {"id": task["uuid"], **told, "voor": actors, "contact": task["aanleidinggevendKlantcontact"]["uuid"]}


def shown(world: World) -> list[dict[str, Any]]:
    """For the page: the latest first."""
    found = [contact_state(world.contacts, one) for one in reversed(world.contacts.all("klantcontact"))]
    return [{**one, "at": datetime.fromisoformat(one["plaatsgevondenOp"])} for one in found]
