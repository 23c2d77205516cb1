"""Builds the actions and everything they work with, once, from the settings.

The one place that names the products behind the ports of `actions/clients/ports.py`:
another system for reports or appointments is a line here (docs/backends.md). What is
said about each topic is put together in `wiring_topics.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rasa_sdk.interfaces import Action

from actions.accounts import Accounts
from actions.afspraak_namens import OnBehalf
from actions.agenda import Agenda
from actions.clients.accounted import (
    AccountedAppointments,
    AccountedAttests,
    AccountedDossiers,
    AccountedIncidents,
)
from actions.clients.dosis import DosisStatuses
from actions.clients.jcc import JccAppointments
from actions.clients.jcc_soap import JccSoapAppointments
from actions.clients.mailer import SmtpMailer
from actions.clients.ports import Appointments
from actions.clients.thuisloket import ThuisloketAttests
from actions.clients.topdesk import TopdeskIncidents
from actions.desk_door import DeskDoor
from actions.dossiers import Closing, Unread
from actions.dossiers_nieuws import Daytime, DossierNews
from actions.followup import Followups
from actions.klantbeeld import Picture
from actions.lopend import Part
from actions.orders import Orders
from actions.registering import Registrar
from actions.retries import Retries
from actions.wiring_contacts import registrar_of
from actions.wiring_ground import Ground, ground_of
from actions.wiring_topics import (
    DossierTopic,
    about_appointments,
    about_attests,
    about_call_backs,
    about_citizens,
    about_conversation,
    about_reports,
    about_status,
    joined,
)
from citizens.dossiers_read import DossiersRead
from city import load_city
from proof import proofs_of
from settings import Settings

APPOINTMENTS: dict[str, Callable[[Settings], Appointments]] = {
    "jcc-rest": JccAppointments,
    "jcc-soap": JccSoapAppointments,
}
REPORTS_IN, APPOINTMENTS_IN, DOSSIERS_IN, ATTESTS_IN = "TOPdesk", "JCC", "DOSIS", "Thuisloket"
"""What the citizen reads when he asks who used his data, and the agent who looks at them."""


@dataclass(frozen=True)
class Wiring:
    actions: list[Action]
    retries: Retries
    followups: Followups
    dossier_news: DossierNews
    accounts: Accounts
    registrar: Registrar | None  # None: the city has no register of contacts
    desk: DeskDoor


def wire(settings: Settings) -> Wiring:
    ground = ground_of(settings, load_city(settings.city_file))
    city, clock, accounts, ledger = ground.city, ground.clock, ground.accounts, ground.ledger
    incidents = AccountedIncidents(TopdeskIncidents(settings), accounts, REPORTS_IN)
    appointments = AccountedAppointments(APPOINTMENTS[settings.appointments](settings), accounts, APPOINTMENTS_IN)
    statuses = AccountedDossiers(DosisStatuses(settings), accounts, DOSSIERS_IN)
    attests = AccountedAttests(ThuisloketAttests(settings), accounts, ATTESTS_IN)

    agenda = Agenda(appointments, ground.filings, city, clock)
    orders = Orders(attests, ground.filings, ground.follows, ground.identities, ground.facts)
    unread = Unread(statuses, DossiersRead(ground.engine, clock))
    closing = Closing(unread, ground.known, settings.dosis_patience)

    of_dossiers = DossierTopic(ground, unread)
    running = {
        REPORTS_IN: about_reports(ground, incidents, closing, of_dossiers),
        APPOINTMENTS_IN: about_appointments(ground, agenda, closing),
        ATTESTS_IN: about_attests(ground, orders, SmtpMailer(settings, city.name), closing, of_dossiers.lines),
        DOSSIERS_IN: of_dossiers.topic(),
    }
    sources = [(part, source) for source, topic in running.items() for part in topic.parts]
    topics = [*running.values(), about_status(ground, [part for part, _ in sources]), about_call_backs(ground, closing)]
    waited = [action for topic in topics for action in topic.waited]
    topics += [about_citizens(ground, waited), about_conversation(ground, of_dossiers)]

    carriers = {kind: carrier for topic in topics for kind, carrier in topic.carriers.items()}
    watches = {kind: watch for topic in topics for kind, watch in topic.watches.items()}
    return Wiring(
        actions=joined(topics, ground.half_done),
        retries=Retries(ground.filings, ledger, carriers),
        followups=Followups(watches, ground.follows, ledger),
        dossier_news=_dossier_news(settings, ground, unread),
        accounts=accounts,
        registrar=registrar_of(settings, ground),
        desk=_desk(settings, ground, agenda, orders, sources),
    )


def _dossier_news(settings: Settings, ground: Ground, unread: Unread) -> DossierNews:
    daytime = Daytime(settings.dossier_news_from, settings.dossier_news_until)
    return DossierNews(ground.dossier_follows, unread, ground.identities, ground.ledger, daytime)


def _desk(
    settings: Settings, ground: Ground, agenda: Agenda, orders: Orders, sources: Sequence[tuple[Part, str]]
) -> DeskDoor:
    picture = Picture(
        sources,
        known=ground.known,
        own=ground.own,
        orders=orders,
        follows=ground.follows,
        ledger=ground.ledger,
        texts=ground.texts,
        clock=ground.clock,
        register=ATTESTS_IN,
    )
    on_behalf = OnBehalf(agenda, ground.own, ground.ledger, ground.texts)
    return DeskDoor(picture, on_behalf, ground.identities, proofs_of(settings))
