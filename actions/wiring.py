"""Builds the actions and everything they work with, once, from the settings.

The one place that names the products behind the ports of `actions/clients/ports.py`:
another system for reports or appointments is a line here (docs/backends.md).
"""

from collections.abc import Callable
from dataclasses import dataclass

from rasa_sdk.interfaces import Action

from actions import afspraak, afspraak_beheer, algemeen, medewerker, melding, volgen
from actions.agenda import BOOK, CANCEL, MOVE, Agenda
from actions.base import Turn
from actions.clients.jcc import JccAppointments
from actions.clients.jcc_soap import JccSoapAppointments
from actions.clients.ports import Appointments
from actions.clients.topdesk import TopdeskIncidents
from actions.field import Confirmation
from actions.followup import Followups
from actions.form import AskSwitch, Interruption
from actions.openingsuren import TellHours
from actions.persoon import Email, Name, Phone
from actions.places import PlaceReader
from actions.reports import REPORT, Reports
from actions.retries import Retries
from city import City, load_city
from clock import Clock
from conversations.agents import Agents
from conversations.bell import bell_for
from conversations.database import connect
from conversations.ledger import Ledger
from filings.book import Filings
from filings.follows import Follows
from settings import Settings
from vault import vault_of

APPOINTMENTS: dict[str, Callable[[Settings], Appointments]] = {
    "jcc-rest": JccAppointments,
    "jcc-soap": JccSoapAppointments,
}


@dataclass(frozen=True)
class Wiring:
    actions: list[Action]
    retries: Retries
    followups: Followups


def wire(settings: Settings) -> Wiring:
    city = load_city(settings.city_file)
    clock = Clock(settings.clock_file)
    engine, vault = connect(settings.database_url), vault_of(settings)
    ledger = Ledger(engine, clock, bell_for(engine), vault)
    filings = Filings(engine, clock, vault)
    follows = Follows(engine, clock, vault, interval=settings.follow_seconds)
    incidents = TopdeskIncidents(settings)
    reports = Reports(incidents, filings, ledger, city)
    agenda = Agenda(APPOINTMENTS[settings.appointments](settings), filings, city, clock)
    person = medewerker.Person(city, clock, Agents(engine, clock, ledger.bell))
    hours = TellHours(city, clock)
    report_news = melding.TellNews(filings)
    follow, unfollow = volgen.StartFollowing(filings, follows), volgen.StopFollowing(filings, follows)
    change = volgen.TellChange(filings, follows)
    appointment_news = afspraak_beheer.TellNews(agenda, city, clock)
    between: dict[str, Interruption] = {
        "medewerker_vragen": person.interrupt,
        "openingsuren_vragen": hours.interrupt,
        "melding_geregistreerd": report_news.tell,
        "melding_volgen": follow.follow,
        "melding_niet_volgen": unfollow.unfollow,
        "melding_gewijzigd": change.tell,
        "afspraak_bijgewerkt": appointment_news.tell,
    }
    actions = [
        algemeen.StartSession(),
        algemeen.Greet(),
        algemeen.Yes(),
        algemeen.No(),
        algemeen.NotUnderstood(person),
        algemeen.Repeat(),
        medewerker.AskForPerson(person),
        algemeen.KeepRating(ledger),
        AskSwitch(),
        hours,
        melding.ReportForm(melding.report_fields(city, PlaceReader(city)), between),
        melding.AskCategory(city),
        melding.AskPlace(),
        melding.AskConfirmation(city),
        melding.FileReport(reports),
        report_news,
        follow,
        unfollow,
        change,
        *_appointment_actions(agenda, city, clock, between),
        appointment_news,
    ]
    carriers = {
        REPORT: (reports.register, "melding_geregistreerd"),
        BOOK: (agenda.book, "afspraak_bijgewerkt"),
        MOVE: (agenda.move, "afspraak_bijgewerkt"),
        CANCEL: (agenda.cancel, "afspraak_bijgewerkt"),
    }
    return Wiring(actions, Retries(filings, ledger, carriers), Followups(incidents, follows, ledger))


def _appointment_actions(agenda: Agenda, city: City, clock: Clock, between: dict[str, Interruption]) -> list[Action]:
    async def needs_phone(turn: Turn) -> bool:
        return await agenda.needs_phone(turn["afspraak_dienst"])

    moment = afspraak.MomentField(agenda, clock)
    chosen = [afspraak_beheer.ChosenField(agenda), afspraak_beheer.OwnershipField(agenda)]
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
        afspraak.AppointmentForm(booking, between),
        afspraak.AskProduct(city, agenda),
        afspraak.AskOffice(agenda),
        afspraak.AskMoment(agenda, clock),
        afspraak.AskConfirmation(city, clock),
        afspraak.BookAppointment(agenda, city, clock),
        afspraak_beheer.MoveForm([*chosen, moment, Confirmation("afspraak_verplaatst")], between),
        afspraak_beheer.AskWhich(agenda, clock),
        afspraak_beheer.AskMove(agenda, city, clock),
        afspraak_beheer.MoveAppointment(agenda, city, clock),
        afspraak_beheer.CancelForm([*chosen, Confirmation("afspraak_geannuleerd", no_stops=True)], between),
        afspraak_beheer.AskCancel(agenda, city, clock),
        afspraak_beheer.CancelAppointment(agenda, city, clock),
        afspraak_beheer.LookUpAppointments(agenda, city, clock),
    ]
