"""The handle on the Thuisloket for tests and for the page: its orders, and what an official does with them."""

from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json

from sandbox.control import ControlError, done, posted, refuse
from sandbox.thuisloket import desk
from sandbox.thuisloket.errors import ThuisloketError
from sandbox.thuisloket.orders import Order
from sandbox.world import World, world_of

REASON = "We vinden niet alle gegevens in onze registers."

thuisloket_control = Blueprint("thuisloket_control", url_prefix="/state/thuisloket")
thuisloket_control.exception(ControlError, ThuisloketError)(refuse)


@thuisloket_control.get("/orders")
async def _orders(request: Request) -> HTTPResponse:
    return json([order_state(order) for order in world_of(request).orders.all])


@thuisloket_control.post("/orders/<order_id:str>")
async def _decide(request: Request, order_id: str) -> HTTPResponse:
    world, wanted = world_of(request), posted(request)
    order = world.orders.with_id(order_id)
    await _decided(world, order, str(wanted.get("status")), str(wanted.get("reason") or "").strip() or REASON)
    return done(request, order_state(order), anchor="attesten")


async def _decided(world: World, order: Order, status: str, reason: str) -> None:
    match status:
        case "afgeleverd":
            await desk.deliver(world, order)
        case "in_behandeling":
            desk.take_in_hand(world, order)
        case "geweigerd":
            desk.refuse(world, order, reason)
        case _:
            raise ControlError(f"{status!r} is nothing that an official can make of an order")


@thuisloket_control.post("/paused")
async def _paused(request: Request) -> HTTPResponse:
    world = world_of(request)
    world.orders.paused = posted(request).get("paused", True) in (True, "true")
    world.changes.tell("thuisloket")
    return done(request, {"paused": world.orders.paused}, anchor="attesten")


def order_state(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "status": order.status,
        "attestType": order.kind.code,
        "applicant": order.applicant.key,
        "subject": order.subject,
        "body": dict(order.body),
        "missing": list(order.missing),
        "reason": order.reason,
        "orderedAt": order.ordered_at.isoformat(),
        "pdf_bytes": len(order.certificate.pdf) if order.certificate else 0,
    }
