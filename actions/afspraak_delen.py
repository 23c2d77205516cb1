"""Puts the parts of appointments together: booking one, moving it, cancelling it, and looking them up."""

from rasa_sdk.interfaces import Action

from actions import afspraak, afspraak_beheer
from actions.agenda import Agenda
from actions.base import Turn
from actions.dossiers import Closing
from actions.field import Confirmation
from actions.known import Known
from actions.lopend import Own
from actions.persoon import Email, Name, Phone


def appointment_actions(agenda: Agenda, own: Own, known: Known, closing: Closing) -> list[Action]:
    city, clock = agenda.city, agenda.clock

    async def needs_phone(turn: Turn) -> bool:
        return await agenda.needs_phone(turn["afspraak_dienst"])

    moment = afspraak.MomentField(agenda, clock)
    coming = afspraak_beheer.Coming(agenda, own)
    chosen = [afspraak_beheer.ChosenField(agenda, coming), afspraak_beheer.OwnershipField(agenda)]
    booking = [
        afspraak.ProductField(city),
        afspraak.OfficeField(agenda, city),
        moment,
        Name(),
        Email(),
        Phone(needs_phone),
        Confirmation("afspraak_bevestigd"),
    ]
    return [
        afspraak.AppointmentForm(booking, known),
        afspraak.AskProduct(city, agenda),
        afspraak.AskOffice(agenda),
        afspraak.AskMoment(agenda, clock),
        afspraak.AskConfirmation(city, clock),
        afspraak.BookAppointment(agenda, city, clock, closing),
        afspraak_beheer.MoveForm([*chosen, moment, Confirmation("afspraak_verplaatst")], known),
        afspraak_beheer.AskWhich(coming, clock),
        afspraak_beheer.AskMove(agenda, city, clock),
        afspraak_beheer.MoveAppointment(agenda, city, clock, closing),
        afspraak_beheer.CancelForm([*chosen, Confirmation("afspraak_geannuleerd", no_stops=True)], known),
        afspraak_beheer.AskCancel(agenda, city, clock),
        afspraak_beheer.CancelAppointment(agenda, city, clock, closing),
        afspraak_beheer.LookUpAppointments(agenda, coming, city, clock),
    ]
