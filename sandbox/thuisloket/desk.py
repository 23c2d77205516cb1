"""What happens around an order: the attest is made and mailed, or an official decides."""

from sandbox.thuisloket.errors import ThuisloketError
from sandbox.thuisloket.orders import OPEN, Order, Status
from sandbox.thuisloket.pdf import draw
from sandbox.world import World


async def deliver(world: World, order: Order) -> None:
    """Makes the attest, and sends it: by e-mail in one mail. What goes by post leaves no trace here."""
    _must_be_open(order)
    pdf = draw(order, world.city, world.clock.now().date())
    world.orders.delivered(order, pdf)
    world.changes.tell("thuisloket")
    if order.delivery == "email":
        await world.post(world.letters.attest(order, pdf))


def take_in_hand(world: World, order: Order) -> None:
    _must_be_open(order)
    order.status = Status.IN_HAND
    world.changes.tell("thuisloket")


def refuse(world: World, order: Order, reason: str) -> None:
    _must_be_open(order)
    order.status, order.reason = Status.REFUSED, reason
    world.changes.tell("thuisloket")


def _must_be_open(order: Order) -> None:
    if order.status not in OPEN:
        raise ThuisloketError(409, f"The request is {order.status}.")
