"""The front: one Sanic app with the web API, the widget's files, and the loops that answer and deliver.

One process, one event loop; what blocks runs in threads. Several fronts are several
processes on one PostgreSQL. SIGTERM: no new work is claimed, browsers are sent
elsewhere, running turns get a few seconds, the rest is left to its lease.
"""

import asyncio
import ctypes
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from sanic import Request, Sanic
from sanic.blueprint_group import BlueprintGroup
from sanic.response import BaseHTTPResponse
from sqlalchemy.exc import SQLAlchemyError

from citizens import retention
from citizens.browsers import WIDGET_COOKIE, Browsers, cookie_name
from citizens.erasing import Erasing
from citizens.identities import Identities
from citizens.links import links_of
from citizens.processing import ProcessingLog
from city_node import CityError
from clock import Clock
from connectors import metrics
from connectors.bot_client import HttpBot
from connectors.channels import webhooks_of
from connectors.delivery import Delivery
from connectors.exchange import Exchange
from connectors.intake import Intake
from connectors.known import LoginCodes
from connectors.limits import Limit
from connectors.media import Fetcher
from connectors.presence import Presence
from connectors.reception import Reception
from connectors.routes.browser_cookie import BrowserCookie
from connectors.routes.chats import chats
from connectors.routes.documents import document_tasks
from connectors.routes.door import Door
from connectors.routes.exchange import exchange
from connectors.routes.health import health
from connectors.routes.site import security_headers, site
from connectors.routes.web import MEGABYTE, WebRoutes
from connectors.routes.webhooks import webhooks
from connectors.streams import Streams
from connectors.transcript import Transcript
from connectors.turns import PATIENCE_PLEASE, SILENCE, Pace, Turns
from connectors.way import Way
from connectors.web import WebChannel
from conversations import retention as said
from conversations.agents import Agents
from conversations.backlog import Backlog, backlog
from conversations.bell import bell_for
from conversations.database import connect, migrate
from conversations.handover import Handovers
from conversations.housekeeping import Chore, Housekeeping
from conversations.ledger import Ledger
from conversations.overrides import Overrides
from conversations.queue import Queue
from conversations.unread import Unread
from desk import retention as desks
from desk.app import desk, handlings
from filings import retention as filed
from filings import task_retention
from filings.documents import Documents
from filings.drafts import Drafts
from filings.tasks import Tasks
from login.wiring import login_routes
from process import configure_logging, listen
from settings import ROOT, Settings, SettingsError, listed_hosts, load
from texts import Texts
from vault import CannotOpen, vault_of

App = Sanic[Any, Any]

SWITCH = 0.0005  # seconds; a thread comes back from each statement, and 5 ms in the queue for it each time adds up
THREADS = 16  # for the database; the bot and the channels have their own
M_MMAP_THRESHOLD = -3  # malloc.h
MINUTE = 60.0
EXPIRE_EVERY = 30.0  # seconds; a login that was left lying holds who it was until then
KEEP_LINKS_DAYS = 30
DMS_PER_MINUTE = 120
GRACE = 5.0  # seconds that running turns get when the process is asked to stop

log = structlog.get_logger()


class Loop(Protocol):
    async def run(self) -> None: ...


class Front:
    """Everything that lives as long as the process does."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock(settings.clock_file)
        self.engine = connect(settings.database_url)
        self.overrides = Overrides(self.engine, self.clock)
        self.texts = Texts(ROOT / "data", ROOT / settings.city_file, self.overrides)
        _require(self.texts, SILENCE, PATIENCE_PLEASE)
        self.bell = bell_for(self.engine)
        vault = vault_of(settings)
        self.ledger = Ledger(self.engine, self.clock, self.bell, vault)
        self.links = links_of(settings, self.engine, self.clock, vault)
        days = settings.web_session_days
        self.transcript = Transcript(self.ledger, self.clock, self.texts, days, address=self.links.url)
        self.streams = Streams(self.ledger, self.bell, self.transcript)
        self.bot = HttpBot(settings.bot_url)
        self.channel = WebChannel(_origins(settings))
        self.handovers = Handovers(self.engine, self.clock, self.bell, vault, pull=self.ledger.pull)
        self.queue = Queue(self.engine, self.clock, self.bell, Agents(self.engine, self.clock, self.bell))
        self.reception = Reception(
            self.ledger, self.handovers, self.queue, self.texts, again=timedelta(minutes=settings.reopen_minutes)
        )
        self.webhooks = webhooks_of(settings, self.texts)
        self.presence = Presence(self.ledger, self.webhooks, self.streams.typing)
        self.identities = Identities(self.engine, self.clock, vault)
        self.way = Way()
        self.intake = Intake(
            self.ledger,
            Unread(self.engine, self.clock),
            self.identities.unbind,
            silence=timedelta(hours=settings.elsewhere_hours),
            tell_elsewhere=self.reception.tell_elsewhere,
        )
        self.turns = Turns(
            self.ledger,
            self.bell,
            self.bot,
            self.texts,
            self.clock,
            reception=self.reception,
            known=LoginCodes(self.links, self.ledger, self.texts),
            capabilities={name: channel.capabilities for name, channel in self.webhooks.items()},
            workers=settings.turn_workers,
            way=self.way,
            pace=Pace(timeout=settings.turn_timeout, silence=timedelta(minutes=settings.session_minutes)),
            typing=self.presence,
            online=self._note_bot,
        )
        self.delivery = Delivery(
            self.ledger, self.bell, self.webhooks, self.clock, way=self.way, address_of=self.links.url
        )
        largest = settings.upload_megabytes * MEGABYTE
        self.fetcher = Fetcher(self.ledger, self.bell, self.webhooks, self.clock, most=largest)
        self.housekeeping = Housekeeping(self._chores(ProcessingLog(self.engine, self.clock, vault)))
        erasing = Erasing(self.engine, self.clock, vault, self.bot.forget)
        self.erasing = Housekeeping({"erasures": lambda _: erasing.work()}, every=MINUTE)
        self.login = login_routes(settings, self.links, self.ledger, self.texts, self.clock)
        self.expiring = Housekeeping({"login_links": self.login.logins.expire}, every=EXPIRE_EVERY)
        self._loops: list[asyncio.Task[None]] = []

    def desk(self) -> BlueprintGroup:
        house = (self.settings, self.ledger, self.handovers, self.queue, self.texts)
        return desk(*house, overrides=self.overrides, typing=self.agent_types, knows=self.bot.known)

    def routes(self) -> WebRoutes:
        return WebRoutes(
            channel=self.channel,
            ledger=self.ledger,
            transcript=self.transcript,
            streams=self.streams,
            texts=self.texts,
            clock=self.clock,
            browsers=Browsers(self.engine),
            forget_who=self.identities.unbind,
            browser_cookie=browser_cookie(self.settings),
            upload_megabytes=self.settings.upload_megabytes,
            per_conversation=Limit(self.settings.web_rate_conversation),
            per_address=Limit(self.settings.web_rate_address),
            reading=Limit(self.settings.web_rate_reading),
            streams_per_address=self.settings.web_streams_address,
            way=self.way,
        )

    @property
    def loops_run(self) -> bool:
        return bool(self._loops) and not any(loop.done() for loop in self._loops)

    async def start(self, _: App) -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "front"))
        self._loops = [asyncio.create_task(loop.run()) for loop in self._running()]
        log.info("front.started", port=self.settings.front_port, webhooks=sorted(self.webhooks))

    def _running(self) -> tuple[Loop, ...]:
        chores = (self.housekeeping, self.erasing, self.expiring)
        return (self.turns, self.delivery, self.fetcher, self.reception, *chores)

    async def stop(self, _: App) -> None:
        for loop in self._loops:
            loop.cancel()
        self.streams.close()
        await asyncio.gather(*(loop.close(GRACE) for loop in (self.turns, self.delivery, self.fetcher)))
        self.presence.close()
        self.bell.close()
        self.engine.dispose()
        log.info("front.stopped")

    @property
    def open_streams(self) -> int:
        return len(self.streams)

    def backlog(self) -> dict[str, Backlog]:
        return backlog(self.engine, self.clock.now())

    def bot_is_ready(self) -> bool:
        return self.bot.is_ready()

    def agent_types(self, conversation: str, on: bool) -> None:
        self.streams.typing(conversation, on, "agent")

    def documents(self) -> Documents:
        tasks, known = Tasks(self.engine, self.clock, self.bell, self.handovers.vault), handlings()
        return Documents(
            tasks,
            self.texts,
            self.clock,
            lambda: {one.code: one.calls for one in known()},
            listed_hosts(self.settings),
        )

    def _chores(self, processing: ProcessingLog) -> dict[str, Chore]:
        """What there is to forget, and when it is old."""
        days, ago, engine = self.settings, self._days_ago, self.engine
        drafts = Drafts(engine, self.clock, self.handovers.vault, keep=timedelta(hours=days.keep_drafts_hours))
        return {
            "conversations": lambda limit: self.ledger.purge(ago(days.keep_conversations_days), limit),
            "early words": lambda limit: said.forget_early(engine, ago(days.keep_conversations_days), limit),
            "drafts": drafts.forget,
            "filings": lambda limit: filed.forget(engine, ago(days.keep_filings_days), limit),
            "tasks": lambda limit: task_retention.forget(engine, ago(days.keep_filings_days), limit),
            "expired logins": lambda limit: retention.end_logins(engine, self.clock.now(), limit),
            "logins": lambda limit: retention.forget_logins(engine, ago(days.keep_processing_days), limit),
            "facts": lambda limit: retention.forget_facts(engine, self.clock.now(), ago(days.keep_facts_days), limit),
            "processing": lambda limit: processing.forget(ago(days.keep_processing_days), limit * 50),
            "identities": lambda limit: retention.forget_people(engine, ago(days.keep_identities_days), limit),
            "people": lambda limit: retention.drop_people(engine, limit),
            "acts of supervisors": lambda limit: desks.forget_acts(engine, ago(days.keep_audit_days), limit),
            "work of agents": lambda limit: desks.forget_workload(engine, ago(days.keep_workload_days), limit),
            "old settings": lambda limit: desks.forget_versions(engine, ago(days.keep_settings_days), limit),
            "old_login_links": lambda limit: self.links.forget(ago(KEEP_LINKS_DAYS), limit),
        }

    def _days_ago(self, days: int) -> datetime:
        return self.clock.now() - timedelta(days=days)

    def _note_bot(self, answers: bool) -> None:
        self.transcript.online = answers
        metrics.BOT_ANSWERS.set(answers)


def build(settings: Settings) -> App:
    """The app, not yet started. Raises CannotOpen when the keys are not those of the database."""
    front = Front(settings)
    front.identities.check_keys()
    app: App = Sanic("balie", configure_logging=False)
    app.config.AUTO_EXTEND = False  # sanic-ext would add pages of its own
    app.config.REAL_IP_HEADER = settings.client_address_header or None
    app.config.REQUEST_TIMEOUT = 20
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 2.0
    app.blueprint(front.routes().blueprint())
    for channel in front.webhooks.values():
        app.blueprint(webhooks(channel, front.intake, front.way))
    app.blueprint(front.desk())
    app.blueprint(chats(front.texts, front.webhooks))
    app.blueprint(site(ROOT / "widget"))
    app.blueprint(front.login.blueprint())
    app.blueprint(health(front))
    if settings.exchange_token:
        app.blueprint(exchange(Exchange(front.texts, front.queue, front.clock), settings.exchange_token))
    if settings.dms_token:
        app.blueprint(document_tasks(front.documents(), settings.dms_token, Limit(DMS_PER_MINUTE)))
    headers = security_headers(settings.public_url, settings.frame_ancestors)

    async def protect(_: Request, response: BaseHTTPResponse) -> None:
        for name, value in headers.items():
            response.headers.setdefault(name, value)

    app.middleware("response")(protect)
    app.exception(Exception)(Door(front.channel, front.texts).explain)
    app.before_server_start(front.start)
    app.before_server_stop(front.stop)
    return app


def browser_cookie(settings: Settings) -> BrowserCookie:
    seconds = int(timedelta(days=settings.web_session_days).total_seconds())
    return BrowserCookie(cookie_name(WIDGET_COOKIE, settings.public_url), seconds, settings.public_url)


def _origins(settings: Settings) -> set[str]:
    given = (settings.public_url, *settings.web_origins.split(","))
    return {origin.strip().rstrip("/") for origin in given if origin.strip()}


def _require(texts: Texts, *names: str) -> None:
    for name in names:
        if name not in texts:
            raise SettingsError(f"data/ has no response called {name}: without it the front would have to be silent")


def give_memory_back() -> None:
    """glibc learns to keep freed blocks as large as a photo; with a fixed threshold they go back to the system."""
    with suppress(AttributeError, OSError):  # another C library
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, 128 * 1024)


def main() -> None:
    give_memory_back()
    sys.setswitchinterval(SWITCH)
    try:
        settings = load()
        configure_logging(settings.log_level)
        sock = listen(settings.bind, settings.front_port, "FRONT_PORT")
        migrate(settings.database_url)
        app = build(settings)
    except (SettingsError, CityError, SQLAlchemyError, OSError) as error:
        sys.exit(f"front: {error}")
    except CannotOpen as error:
        sys.exit(f"front: {error}: what is kept of citizens cannot be read. Put the key back with which it was sealed")
    app.run(sock=sock, single_process=True, access_log=False, motd=False)
    sys.stdout.flush()
    os._exit(0)  # a thread may still wait for a bot that is silent; its message has a lease


if __name__ == "__main__":
    main()
