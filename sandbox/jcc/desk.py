"""What JCC does around a booking: it confirms by mail, and it tells when an appointment was cancelled.

A move is a booking and a cancellation. The customer then has the confirmation of
the new moment already, so the cancellation of the old one is not mailed.
"""

from sandbox.jcc.bookings import Appointment, BookingRequest
from sandbox.jcc.errors import Refusal
from sandbox.world import World


async def book(world: World, wanted: BookingRequest) -> Appointment | Refusal:
    outcome = world.bookings.book(wanted)
    if isinstance(outcome, Refusal):
        return outcome
    world.changes.tell("jcc")
    if outcome.customer.email:
        await world.post(world.letters.appointment("bevestigd", outcome))
    return outcome


async def cancel(world: World, appointment: Appointment) -> None:
    successor = world.bookings.moved_to(appointment)
    world.bookings.cancel(appointment)
    world.changes.tell("jcc")
    if successor is not None:
        successor.replaces = appointment.id
    elif appointment.customer.email:
        await world.post(world.letters.appointment("geannuleerd", appointment))
