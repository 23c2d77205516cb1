"""One builder per topic, each giving all that the topic brings; `joined` makes one dialogue of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rasa_sdk.interfaces import Action

from actions import (
    aanmelden,
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
from actions.afspraak_delen import appointment_actions
from actions.agenda import BOOK, CANCEL, MOVE, Agenda
from actions.attest_delen import attest_actions
from actions.attest_volgen import AttestPart, OrderWatch
from actions.base import ServiceAction
from actions.bekend import AskKnown
from actions.clients.ports import Incidents, Mailer
from actions.dossiers_verteld import DossierLines
from actions.field import Confirmation
from actions.followup import IncidentWatch, Watch
from actions.form import ServiceForm
from actions.guesses import read_titles
from actions.hervatten import BeginAnew, HalfDone, Resume
from actions.lopend import AppointmentPart, DossierPart, Part, ReportPart
from actions.openingsuren import TellHours
from actions.orders import ATTEST, Orders
from actions.places import PlaceReader
from actions.reports import REPORT, Reports
from actions.retries import Carrier
from actions.terugbellen_moment import Times
from actions.tussendoor import AskSwitch, Interruption
from actions.wiring_ground import Ground
from actions.wording import FactLines, UseLines
from citizens.mail_codes import MailCodes
from settings import ROOT


@dataclass(frozen=True)
class Topic:
    """`between`: what it answers while a form is open, by intent. `waited`: what may have waited for a login.

    `parts`: what a citizen can have running of it. `carriers` and `watches`: by kind of filing, what brings it to a
    good end and what looks how it goes on.
    """

    actions: Sequence[Action]
    between: Mapping[str, Interruption] = field(default_factory=dict)
    waited: Sequence[ServiceAction] = ()
    parts: Sequence[Part] = ()
    carriers: Mapping[str, Carrier] = field(default_factory=dict)
    watches: Mapping[str, Watch] = field(default_factory=dict)


class DossierTopic:
    """Some of its actions do their work in other topics too: at a bare yes, at "stop", at "hou me op de hoogte"."""

    def __init__(self, ground: Ground, unread: dossiers.Unread) -> None:
        follows, known, invitation = ground.dossier_follows, ground.known, ground.invitation
        self.lines = DossierLines(ground.texts, ground.clock)
        self.part = DossierPart(unread.dossiers, self.lines)
        self.offer = dossiers.OfferMessages(unread, known, invitation)
        self.tell = dossiers.TellMessages(unread, known, invitation, self.lines, follows)
        self.follow = dossiers_volgen.FollowDossiers(follows, unread, known, invitation, ground.clock)
        self.unfollow = dossiers_volgen.UnfollowDossiers(follows)
        self.news = dossiers_volgen.TellNews(follows, unread, known)

    def topic(self) -> Topic:
        return Topic(
            actions=[self.offer, self.tell, self.follow, self.unfollow, self.news],
            between={
                "dossiers_berichten": self.offer.interrupt,
                "dossiers_horen": self.tell.interrupt,
                "dossiers_volgen": self.follow.interrupt,
                "dossiers_niet_volgen": self.unfollow.perform,
                "dossiers_gewijzigd": self.news.interrupt,
            },
            waited=[self.offer, self.follow],
            parts=[self.part],
        )


def about_conversation(ground: Ground, of_dossiers: DossierTopic) -> Topic:
    """What is said about anything, where no form is open or beside every form."""
    half_done, texts = ground.half_done, ground.texts
    person = medewerker.Person(texts, ground.clock, ground.agents)
    hours, resume = TellHours(texts, ground.clock), Resume(half_done)
    titles = read_titles(ROOT / "data" / "algemeen" / "bedoelingen.yml")
    return Topic(
        actions=[
            algemeen.StartSession(half_done),
            algemeen.Greet(),
            algemeen.Yes(of_dossiers.tell.perform, of_dossiers.follow.perform, resume),
            algemeen.No(half_done),
            algemeen.Stop(of_dossiers.unfollow.perform),
            algemeen.NotUnderstood(person, titles, texts),
            algemeen.Repeat(),
            algemeen.KeepRating(ground.ledger),
            vragen.AnswerQuestion(texts),
            vragen.NotThis(titles, texts),
            medewerker.AskForPerson(person),
            hours,
            AskSwitch(),
            resume,
            BeginAnew(half_done),
            teruggave.TakeBack(),
        ],
        between={"medewerker_vragen": person.interrupt, "openingsuren_vragen": hours.interrupt},
    )


def about_reports(ground: Ground, incidents: Incidents, closing: dossiers.Closing, of_dossiers: DossierTopic) -> Topic:
    city, known, filings, own, follows = ground.city, ground.known, ground.filings, ground.own, ground.follows
    reports = Reports(incidents, filings, ground.ledger, city)
    registered, changed = melding.TellNews(filings), volgen.TellChange(filings, follows)
    follow = volgen.StartFollowing(own, follows, otherwise=of_dossiers.follow.takes)
    unfollow = volgen.StopFollowing(own, follows, otherwise=of_dossiers.unfollow.takes)
    return Topic(
        actions=[
            melding.ReportForm(melding.report_fields(city, PlaceReader(city)), known),
            melding.AskCategory(city),
            melding.AskPlace(),
            melding.AskContact(known),
            melding.AskConfirmation(city),
            melding.FileReport(reports, closing),
            registered,
            follow,
            unfollow,
            changed,
        ],
        between={
            "melding_geregistreerd": registered.tell,
            "melding_volgen": follow.follow,
            "melding_niet_volgen": unfollow.unfollow,
            "melding_gewijzigd": changed.tell,
        },
        parts=[ReportPart(incidents, own, city, of_dossiers.lines)],
        carriers={REPORT: (reports.register, "melding_geregistreerd")},
        watches={REPORT: IncidentWatch(incidents)},
    )


def about_appointments(ground: Ground, agenda: Agenda, closing: dossiers.Closing) -> Topic:
    news = afspraak_beheer.TellNews(agenda, ground.city, ground.clock)
    return Topic(
        actions=[*appointment_actions(agenda, ground.own, ground.known, closing), news],
        between={"afspraak_bijgewerkt": news.tell},
        parts=[AppointmentPart(agenda, ground.own, ground.city)],
        carriers={
            BOOK: (agenda.book, "afspraak_bijgewerkt"),
            MOVE: (agenda.move, "afspraak_bijgewerkt"),
            CANCEL: (agenda.cancel, "afspraak_bijgewerkt"),
        },
    )


def about_attests(
    ground: Ground, orders: Orders, mailer: Mailer, closing: dossiers.Closing, lines: DossierLines
) -> Topic:
    city, clock = ground.city, ground.clock
    news = attest.TellNews(ground.filings, ground.follows, city, clock)
    actions = attest_actions(
        orders=orders,
        codes=MailCodes(ground.engine, clock, ground.vault),
        mailer=mailer,
        known=ground.known,
        city=city,
        clock=clock,
        texts=ground.texts,
        closing=closing,
    )
    return Topic(
        actions=[*actions, news],
        between={"attest_bijgewerkt": news.tell},
        parts=[AttestPart(orders, ground.own, city, lines)],
        carriers={ATTEST: (orders.register, OrderWatch.event)},
        watches={ATTEST: OrderWatch(orders)},
    )


def about_status(ground: Ground, parts: Sequence[Part]) -> Topic:
    """How everything stands, whatever topic it is of."""
    tell = status.TellStatus(parts, ground.known, ground.invitation)
    history = status.TellHistory(parts, ground.known)
    return Topic(
        actions=[tell, history],
        between={"dossiers_status": tell.interrupt, "dossiers_verloop": history.interrupt},
        waited=[tell],
    )


def about_call_backs(ground: Ground, closing: dossiers.Closing) -> Topic:
    tasks = ground.tasks
    times = Times(ground.texts, ground.clock)
    cancel = terugbellen.CancelCallBack(tasks)
    return Topic(
        actions=[
            terugbellen.CallBackForm(terugbellen.call_back_fields(times, tasks, ground.identities), ground.known),
            terugbellen.AskNumber(ground.ledger),
            terugbellen.AskMoment(times),
            terugbellen.AskConfirmation(times),
            terugbellen.NoteCallBack(tasks, times, ground.known, closing),
            cancel,
        ],
        between={"terugbellen_afzeggen": cancel.interrupt},
    )


def about_citizens(ground: Ground, waited: Sequence[ServiceAction]) -> Topic:
    """Logging in and out, and what is known of him. `waited`: what a login may go on with, beside its own."""
    known, invitation, half_done = ground.known, ground.invitation, ground.half_done
    lines = FactLines(ground.texts, ground.clock)
    uses = UseLines(ground.texts, ground.register, ground.clock)
    log_in, log_out = aanmelden.LogIn(known, invitation), aanmelden.LogOut(known)
    tell_known = gegevens.TellKnown(known, half_done, ground.tasks, lines, ground.dossier_follows)
    tell_uses = gegevens.TellUses(known, invitation, ground.accounts.processing, uses)
    goes_on = {action.name(): action for action in (*waited, tell_uses)}
    logged_in, not_logged_in = aanmelden.TellLoggedIn(known, goes_on, half_done), aanmelden.TellNotLoggedIn()
    return Topic(
        actions=[
            aanmelden.AskLogin(known, invitation),
            AskKnown(lines),
            log_in,
            log_out,
            logged_in,
            not_logged_in,
            tell_known,
            tell_uses,
            gegevens.ForgetForm([Confirmation("vergeten_bevestigd", no_stops=True)], known),
            gegevens.ForgetCitizen(known, half_done),
        ],
        between={
            "aanmelden_vragen": log_in.interrupt,
            "afmelden_vragen": log_out.interrupt,
            "aangemeld": logged_in.interrupt,
            "aanmelden_afgebroken": not_logged_in.interrupt,
            "gegevens_vragen": tell_known.interrupt,
            "inzage_vragen": tell_uses.interrupt,
        },
    )


def joined(topics: Sequence[Topic], half_done: HalfDone) -> list[Action]:
    """All their actions. Each form learns what the others answer while it is open, and what it goes on with."""
    actions = [action for topic in topics for action in topic.actions]
    between = {intent: answer for topic in topics for intent, answer in topic.between.items()}
    by_name = {action.name(): action for action in actions}
    forms: dict[str, tuple[str, ServiceAction]] = {}
    for form in actions:
        if not isinstance(form, ServiceForm):
            continue
        form.interruptions = between
        form.half_done = half_done
        if form.files:
            files = by_name[form.files]
            assert isinstance(files, ServiceAction)
            form.filing = files
            forms[form.form] = (form.fields[-1].slot, files)
    return [*actions, namens.FileClosed(forms, half_done)]
