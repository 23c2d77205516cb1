"""The desk as one blueprint group for the front, with the headers that protect its pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sanic import Blueprint, HTTPResponse, Request
from sanic.blueprint_group import BlueprintGroup

from conversations.handover import Handovers
from conversations.ledger import Ledger
from conversations.model import JSON
from conversations.overrides import Overrides
from conversations.queue import Queue
from conversations.reporting import Reporting
from desk.audit import Audit
from desk.calls import Calls
from desk.canned import read_canned
from desk.card import read_labels
from desk.changes import Changes
from desk.chores import ChoreWork
from desk.content import ContentFile
from desk.door import Door, Refused
from desk.handlings import Handling, read_handlings
from desk.live import Live
from desk.pages import Pages
from desk.picture import Picture
from desk.picture_door import HttpPictureDoor
from desk.routes.agent import AgentRoutes
from desk.routes.login import Login
from desk.routes.look import LookRoutes, Typing
from desk.routes.picture import PictureRoutes
from desk.routes.reports import ReportRoutes
from desk.routes.running import RunningRoutes
from desk.routes.settings import SettingsRoutes
from desk.routes.supervisor import SupervisorRoutes
from desk.routes.tasks import TaskRoutes
from desk.running import RunningTalks
from desk.sessions import Sessions
from desk.staffing import Staffing
from desk.supervision import Supervision
from desk.work import Content, Work
from filings.tasks import Tasks
from login.oidc import Provider, RelyingParty
from proof import proofs_of
from settings import ROOT, Settings
from texts import Texts

MEGABYTE = 1024 * 1024
STATIC = Path(__file__).parent / "static"
DATA = ROOT / "data" / "medewerker"


def desk(
    settings: Settings,
    ledger: Ledger,
    handovers: Handovers,
    queue: Queue,
    texts: Texts,
    *,
    overrides: Overrides,
    typing: Typing,
    knows: Callable[[str], Mapping[str, JSON]],
) -> BlueprintGroup:
    """`typing`: shows a citizen that an agent types. `knows`: what the assistant knows of a conversation, as a card."""
    sessions = Sessions(ledger.engine, ledger.clock, queue.agents)
    door = Door(sessions, Pages(texts, ledger.clock), settings.public_url, settings.desk_oidc_issuer)
    provider = RelyingParty(_provider(settings), ledger.clock)
    audit, files_say = Audit(ledger.engine, ledger.clock), content()
    changes = Changes(overrides, texts, audit, queue.agents, files_say.canned)
    work = Work(ledger, handovers, queue, texts, replace(files_say, canned=changes.canned))
    work.knows = knows
    work.most = settings.upload_megabytes * MEGABYTE
    work.knocking = ("whatsapp",) if settings.whatsapp_template else ()
    live, reporting = Live(ledger.bell, queue.agents), Reporting(ledger.engine, ledger.clock, queue.agents)
    tasks = Tasks(ledger.engine, ledger.clock, ledger.bell, handovers.vault)
    chores = ChoreWork(work, tasks, audit, handlings())
    picture = Picture(work, HttpPictureDoor(settings.actions_url, proofs_of(settings)), audit)
    files = Blueprint("desk_files", url_prefix="/desk/static")
    files.static("/", STATIC)
    group = Blueprint.group(
        Login(door, provider, handovers.vault, settings.desk_role_claim).blueprint(),
        AgentRoutes(door, work, Calls(ledger, handovers), live, chores).blueprint(),
        TaskRoutes(door, chores).blueprint(),
        LookRoutes(door, work, work.earlier, typing).blueprint(),
        ReportRoutes(door, reporting, Staffing(reporting, audit), ledger.clock).blueprint(),
        SupervisorRoutes(door, Supervision(work, audit, tasks), audit, live).blueprint(),
        PictureRoutes(door, picture).blueprint(),
        RunningRoutes(door, RunningTalks(work, audit)).blueprint(),
        SettingsRoutes(door, changes, ledger.clock).blueprint(),
        files,
    )

    async def protect(_: Request, response: HTTPResponse) -> None:
        response.headers.update(door.headers())

    for blueprint in group.blueprints:
        blueprint.exception(Refused)(door.explain)
        if blueprint is not files:
            blueprint.middleware("response")(protect)
    return group


def content(folder: Path = DATA) -> Content:
    canned = ContentFile(folder / "antwoorden.yml", read_canned)
    return Content(canned, ContentFile(folder / "velden.yml", read_labels))


def handlings(folder: Path = DATA) -> ContentFile[Sequence[Handling]]:
    return ContentFile(folder / "taken.yml", read_handlings)


def _provider(settings: Settings) -> Provider:
    return Provider(
        issuer=settings.desk_oidc_issuer,
        client_id=settings.desk_oidc_client_id,
        client_secret=settings.desk_oidc_client_secret,
        private_key=settings.desk_oidc_private_key,
        redirect_uri=f"{settings.public_url}/desk/aangemeld",
        logged_out_uri=f"{settings.public_url}/desk/",
        scope=settings.desk_oidc_scope,
        acr_values=tuple(settings.desk_oidc_acr_values.split()),
        timeout=settings.backend_timeout,
    )
