"""Builds the actions and everything they work with, once, from the settings.

The one place that names the products behind the ports of `actions/clients/ports.py`:
another system for reports or appointments is a line here (docs/backends.md).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from rasa_sdk.interfaces import Action
from sqlalchemy import Engine

from actions import (
    aanmelden,
    afspraak,
    afspraak_beheer,
    algemeen,
    attest,
    dossiers,
    dossiers_volgen,
    gegevens,
    medewerker,
    melding,
    namens,
    status,
    terugbellen,
    teruggave,
    volgen,
    vragen,
)
from actions.accounts import Accounts
from actions.afspraak_namens import OnBehalf
from actions.agenda import BOOK, CANCEL, MOVE, Agenda
from actions.attest_delen import attest_actions
from actions.attest_volgen import AttestPart, OrderWatch
from actions.base import ServiceAction, Turn
from actions.bekend import AskKnown
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
from actions.dossiers_nieuws import Daytime, DossierNews
from actions.dossiers_verteld import DossierLines
from actions.field import Confirmation
from actions.followup import Followups, IncidentWatch
from actions.form import AskSwitch, Interruption, ServiceForm
from actions.guesses import read_titles
from actions.hervatten import BeginAnew, HalfDone, Resume
from actions.klantbeeld import Picture
from actions.known import Known
from actions.lopend import AppointmentPart, DossierPart, Own, Part, ReportPart
from actions.openingsuren import TellHours
from actions.orders import ATTEST, Orders
from actions.persoon import Email, Name, Phone
from actions.places import PlaceReader
from actions.registering import Registrar
from actions.reports import REPORT, Reports
from actions.retries import Retries
from actions.terugbellen_moment import Times
from actions.wiring_contacts import registrar_of
from actions.wording import FactLines, UseLines
from citizens.dossier_follows import DossierFollows
from citizens.dossiers_read import DossiersRead
from citizens.facts import Facts
from citizens.forgetting import Forgetting
from citizens.identities import Identities
from citizens.links import Links, links_of
from citizens.mail_codes import MailCodes
from citizens.processing import ProcessingLog
from citizens.register import Register, load_register
from city import load_city
from clock import Clock
from conversations.agents import Agents
from conversations.bell import bell_for
from conversations.database import connect
from conversations.ledger import Ledger
from conversations.overrides import Overrides
from filings.book import Filings
from filings.drafts import Drafts
from filings.follows import Follows
from filings.tasks import Tasks
from proof import proofs_of
from settings import ROOT, Settings
from texts import Texts
from vault import Vault, beside, vault_of

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


@dataclass(frozen=True)
class Citizens:
    """All that has to do with who somebody is."""

    known: Known
    identities: Identities
    facts: Facts
    links: Links
    accounts: Accounts
    follows: DossierFollows
    register: Register
    half_done: HalfDone
    clock: Clock
    texts: Texts


def _citizens(settings: Settings, engine: Engine, clock: Clock, vault: Vault) -> Citizens:
    identities = Identities(engine, clock, vault)
    processing = ProcessingLog(engine, clock, vault)
    outbox = beside(settings.database_url) / "processing"
    facts = Facts(engine, clock, vault)
    known = Known(identities, facts, Forgetting(engine, clock))
    drafts = Drafts(engine, clock, vault, keep=timedelta(hours=settings.keep_drafts_hours))
    return Citizens(
        known=known,
        identities=identities,
        facts=facts,
        links=links_of(settings, engine, clock, vault),
        accounts=Accounts(processing, identities, clock, outbox),
        follows=DossierFollows(engine, clock, vault, interval=settings.dossier_news_seconds),
        register=load_register(ROOT / settings.register_file),
        half_done=HalfDone(drafts, known),
        clock=clock,
        texts=Texts(ROOT / "data", Path(settings.city_file), Overrides(engine, clock)),
    )


def wire(settings: Settings) -> Wiring:
    city, clock = load_city(settings.city_file), Clock(settings.clock_file)
    engine, vault = connect(settings.database_url), vault_of(settings)
    ledger = Ledger(engine, clock, bell_for(engine), vault)
    filings = Filings(engine, clock, vault)
    follows = Follows(engine, clock, vault, interval=settings.follow_seconds)
    citizens = _citizens(settings, engine, clock, vault)
    known, accounts = citizens.known, citizens.accounts
    incidents = AccountedIncidents(TopdeskIncidents(settings), accounts, REPORTS_IN)
    reports = Reports(incidents, filings, ledger, city)
    appointments = AccountedAppointments(APPOINTMENTS[settings.appointments](settings), accounts, APPOINTMENTS_IN)
    agenda = Agenda(appointments, filings, city, clock)
    statuses = AccountedDossiers(DosisStatuses(settings), accounts, DOSSIERS_IN)
    unread = dossiers.Unread(statuses, DossiersRead(engine, clock))
    closing = dossiers.Closing(unread, known, settings.dosis_patience)
    lines = DossierLines(citizens.texts, clock)
    attests = AccountedAttests(ThuisloketAttests(settings), accounts, ATTESTS_IN)
    orders = Orders(attests, filings, follows, citizens.identities, citizens.facts)
    own = Own(filings, known.identities)
    sources: list[tuple[Part, str]] = [
        (ReportPart(incidents, own, city, lines), REPORTS_IN),
        (AppointmentPart(agenda, own, city), APPOINTMENTS_IN),
        (AttestPart(orders, own, city, lines), ATTESTS_IN),
        (DossierPart(statuses, lines), DOSSIERS_IN),
    ]
    parts = [part for part, _ in sources]
    person = medewerker.Person(citizens.texts, clock, Agents(engine, clock, ledger.bell))
    hours = TellHours(citizens.texts, clock)
    report_news = melding.TellNews(filings)
    invitation = aanmelden.Invitation(citizens.links)
    follow_dossiers = dossiers_volgen.FollowDossiers(citizens.follows, unread, known, invitation, clock)
    unfollow_dossiers = dossiers_volgen.UnfollowDossiers(citizens.follows)
    dossier_news = dossiers_volgen.TellNews(citizens.follows, unread, known)
    follow = volgen.StartFollowing(own, follows, otherwise=follow_dossiers.takes)
    unfollow = volgen.StopFollowing(own, follows, otherwise=unfollow_dossiers.takes)
    change = volgen.TellChange(filings, follows)
    tasks, times = Tasks(engine, clock, ledger.bell, vault), Times(citizens.texts, clock)
    no_call = terugbellen.CancelCallBack(tasks)
    appointment_news = afspraak_beheer.TellNews(agenda, city, clock)
    attest_news = attest.TellNews(filings, follows, city, clock)
    between: dict[str, Interruption] = {
        "medewerker_vragen": person.interrupt,
        "openingsuren_vragen": hours.interrupt,
        "melding_geregistreerd": report_news.tell,
        "melding_volgen": follow.follow,
        "melding_niet_volgen": unfollow.unfollow,
        "melding_gewijzigd": change.tell,
        "terugbellen_afzeggen": no_call.interrupt,
        "afspraak_bijgewerkt": appointment_news.tell,
        "attest_bijgewerkt": attest_news.tell,
    }
    waited: dict[str, ServiceAction] = {}
    about_citizens = _citizen_actions(citizens, between, waited)
    offer_messages = dossiers.OfferMessages(unread, known, invitation)
    tell_messages = dossiers.TellMessages(unread, known, invitation, lines, citizens.follows)
    tell_status, tell_history = status.TellStatus(parts, known, invitation), status.TellHistory(parts, known)
    waited |= {action.name(): action for action in (offer_messages, tell_status, follow_dossiers)}
    between |= {
        "dossiers_berichten": offer_messages.interrupt,
        "dossiers_horen": tell_messages.interrupt,
        "dossiers_status": tell_status.interrupt,
        "dossiers_verloop": tell_history.interrupt,
        "dossiers_volgen": follow_dossiers.interrupt,
        "dossiers_niet_volgen": unfollow_dossiers.perform,
        "dossiers_gewijzigd": dossier_news.interrupt,
    }
    about_attests = attest_actions(
        orders=orders,
        codes=MailCodes(engine, clock, vault),
        mailer=SmtpMailer(settings, city.name),
        news=attest_news,
        known=known,
        between=between,
        city=city,
        clock=clock,
        texts=citizens.texts,
        closing=closing,
    )
    titles = read_titles(ROOT / "data" / "algemeen" / "bedoelingen.yml")
    actions: list[Action] = [
        algemeen.StartSession(citizens.half_done),
        algemeen.Greet(),
        algemeen.Yes(tell_messages.perform, follow_dossiers.perform, Resume(citizens.half_done)),
        algemeen.No(),
        algemeen.Stop(unfollow_dossiers.perform),
        algemeen.NotUnderstood(person, titles, citizens.texts),
        vragen.AnswerQuestion(citizens.texts),
        vragen.NotThis(titles, citizens.texts),
        algemeen.Repeat(),
        medewerker.AskForPerson(person),
        algemeen.KeepRating(ledger),
        AskSwitch(),
        hours,
        melding.ReportForm(melding.report_fields(city, PlaceReader(city)), between, known),
        melding.AskCategory(city),
        melding.AskPlace(),
        melding.AskContact(known),
        melding.AskConfirmation(city),
        melding.FileReport(reports, closing),
        report_news,
        follow,
        unfollow,
        change,
        *_appointment_actions(agenda, own, between, known, closing),
        appointment_news,
        *about_attests,
        terugbellen.CallBackForm(terugbellen.call_back_fields(times, tasks), between, known),
        terugbellen.AskNumber(ledger),
        terugbellen.AskMoment(times),
        terugbellen.AskConfirmation(times),
        terugbellen.NoteCallBack(tasks, times, known, closing),
        no_call,
        *about_citizens,
        offer_messages,
        tell_messages,
        tell_status,
        tell_history,
        follow_dossiers,
        unfollow_dossiers,
        dossier_news,
    ]
    actions += _actions_of_forms(actions, citizens.half_done)
    carriers = {
        REPORT: (reports.register, "melding_geregistreerd"),
        BOOK: (agenda.book, "afspraak_bijgewerkt"),
        MOVE: (agenda.move, "afspraak_bijgewerkt"),
        CANCEL: (agenda.cancel, "afspraak_bijgewerkt"),
        ATTEST: (orders.register, OrderWatch.event),
    }
    followups = Followups({REPORT: IncidentWatch(incidents), ATTEST: OrderWatch(orders)}, follows, ledger)
    registrar = (
        registrar_of(settings, ledger, citizens.accounts, citizens.texts, vault) if settings.openklant_url else None
    )
    looks = DossierNews(
        citizens.follows,
        unread,
        known.identities,
        ledger,
        Daytime(settings.dossier_news_from, settings.dossier_news_until),
    )
    return Wiring(
        actions,
        Retries(filings, ledger, carriers),
        followups,
        looks,
        accounts,
        registrar,
        _desk(settings, citizens, ledger, own=own, agenda=agenda, orders=orders, follows=follows, sources=sources),
    )


def _desk(
    settings: Settings,
    citizens: Citizens,
    ledger: Ledger,
    *,
    own: Own,
    agenda: Agenda,
    orders: Orders,
    follows: Follows,
    sources: Sequence[tuple[Part, str]],
) -> DeskDoor:
    picture = Picture(
        sources,
        known=citizens.known,
        own=own,
        orders=orders,
        follows=follows,
        ledger=ledger,
        texts=citizens.texts,
        clock=citizens.clock,
        register=ATTESTS_IN,
    )
    on_behalf = OnBehalf(agenda, own, ledger, citizens.texts)
    return DeskDoor(picture, on_behalf, citizens.identities, proofs_of(settings))


def _actions_of_forms(actions: Sequence[Action], half_done: HalfDone) -> list[Action]:
    """What begins a form again, or files it, where none is open; and every form learns what it goes on with."""
    by_name = {action.name(): action for action in actions}
    forms: dict[str, tuple[str, ServiceAction]] = {}
    for action in actions:
        if isinstance(action, ServiceForm):
            action.half_done = half_done
        if isinstance(action, ServiceForm) and action.files:
            files = by_name[action.files]
            assert isinstance(files, ServiceAction)
            action.filing = files
            forms[action.form] = (action.fields[-1].slot, files)
    again = [Resume(half_done), BeginAnew(half_done)]
    return [*again, teruggave.TakeBack(), namens.FileClosed(forms, half_done)]


def _citizen_actions(
    citizens: Citizens, between: dict[str, Interruption], waited: dict[str, ServiceAction]
) -> list[Action]:
    """The actions, what they answer inside a form, and those that may have waited for a login."""
    known, clock = citizens.known, citizens.clock
    invitation = aanmelden.Invitation(citizens.links)
    log_in, log_out = aanmelden.LogIn(known, invitation), aanmelden.LogOut(known)
    logged_in, not_logged_in = aanmelden.TellLoggedIn(known, waited, citizens.half_done), aanmelden.TellNotLoggedIn()
    tell_known = gegevens.TellKnown(known, FactLines(citizens.texts, clock), citizens.follows, clock)
    tell_uses = gegevens.TellUses(
        known, invitation, citizens.accounts.processing, UseLines(citizens.texts, citizens.register, clock)
    )
    between |= {
        "aanmelden_vragen": log_in.interrupt,
        "afmelden_vragen": log_out.interrupt,
        "aangemeld": logged_in.interrupt,
        "aanmelden_afgebroken": not_logged_in.interrupt,
        "gegevens_vragen": tell_known.interrupt,
        "inzage_vragen": tell_uses.interrupt,
    }
    waited[tell_uses.name()] = tell_uses
    return [
        aanmelden.AskLogin(known, invitation),
        AskKnown(FactLines(citizens.texts, clock)),
        log_in,
        log_out,
        logged_in,
        not_logged_in,
        tell_known,
        tell_uses,
        gegevens.ForgetForm([Confirmation("vergeten_bevestigd", no_stops=True)], between, known),
        gegevens.ForgetCitizen(known, citizens.half_done),
    ]


def _appointment_actions(
    agenda: Agenda, own: Own, between: dict[str, Interruption], known: Known, closing: dossiers.Closing
) -> list[Action]:
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
        afspraak.AppointmentForm(booking, between, known),
        afspraak.AskProduct(city, agenda),
        afspraak.AskOffice(agenda),
        afspraak.AskMoment(agenda, clock),
        afspraak.AskConfirmation(city, clock),
        afspraak.BookAppointment(agenda, city, clock, closing),
        afspraak_beheer.MoveForm([*chosen, moment, Confirmation("afspraak_verplaatst")], between, known),
        afspraak_beheer.AskWhich(coming, clock),
        afspraak_beheer.AskMove(agenda, city, clock),
        afspraak_beheer.MoveAppointment(agenda, city, clock, closing),
        afspraak_beheer.CancelForm([*chosen, Confirmation("afspraak_geannuleerd", no_stops=True)], between, known),
        afspraak_beheer.AskCancel(agenda, city, clock),
        afspraak_beheer.CancelAppointment(agenda, city, clock, closing),
        afspraak_beheer.LookUpAppointments(agenda, coming, city, clock),
    ]
