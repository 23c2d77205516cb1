"""What all tests share: databases of both kinds, the whole house, and a browser.

Nothing heavy is imported or started before a test asks for it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from scripts import machine

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.house import House
    from tests.postgres import PostgresServer

BUSY = 20_000  # milliseconds that a page gets for anything: two workers share the machine with a house each
BROWSER_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# These run where Rasa is, in .venv-rasa
collect_ignore = [] if importlib.util.find_spec("rasa") else ["unit/bot"]
without_postgres = pytest.StashKey[str]()
NOT_ON_POSTGRES = "not_on_postgres"  # what a worker tells the process that writes the summary


# With every local variable, as structlog writes them for a developer, one traceback takes seconds
structlog.configure(processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("gesprekken")
    where = "alle, web, whatsapp, messenger, of kort: alles op het web en het meeste sprekende deel op de andere"
    group.addoption("--kanalen", default="kort", choices=("kort", "alle", "web", "whatsapp", "messenger"), help=where)
    group.addoption("--pariteit", metavar="BESTAND", help="schrijf hierin wat op welk kanaal werkt")


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    """A PostgreSQL server of the tests' own; skips, and the summary says so loudly, where none can be had."""
    programs = machine.postgres()
    if programs is None:
        request.config.stash[without_postgres] = machine.NO_POSTGRES
        getattr(request.config, "workeroutput", {})[NOT_ON_POSTGRES] = machine.NO_POSTGRES
        pytest.skip(machine.NO_POSTGRES)
    from tests.postgres import PostgresServer

    server = PostgresServer(programs)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """SQLAlchemy URL of an empty PostgreSQL database, for this test alone."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLAlchemy URL of an empty database, for this test alone; the test runs once on each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/balie.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to copy: migrating for each test apart would take longer than the tests."""
    from conversations.database import migrate

    file = tmp_path_factory.mktemp("migrated") / "balie.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> str:
    """The name of a database to copy."""
    from conversations.database import migrate

    name = postgres.create()
    migrate(postgres.url(name))
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def ready_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """SQLAlchemy URL of a database with its tables, for this test alone; the test runs once on each kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "balie.db")
        yield f"sqlite:///{tmp_path}/balie.db"
        return
    server, model = request.getfixturevalue("postgres"), request.getfixturevalue("migrated_postgres")
    name = server.create(model)
    yield server.url(name)
    server.drop(name)


@pytest.fixture(scope="session")
def model() -> None:
    """The bot's model, trained when what it learns from has changed."""
    from scripts.progress import Progress
    from scripts.train import ensure_model

    ensure_model(Progress(1))


@pytest.fixture(scope="session")
def house(model: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The whole of Balie, running; one for all tests, so each opens conversations of its own."""
    from tests.house import House

    house = House(tmp_path_factory.mktemp("house"))
    house.start()
    yield house
    house.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=BUSY)
    found = machine.browser()
    if found is None:
        pytest.fail(machine.NO_BROWSER, pytrace=False)
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*BROWSER_FLAGS, *as_root])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a browser window of its own: no cookies or storage of another test."""
    context = browser.new_context(locale="nl-BE", timezone_id="Europe/Brussels")
    context.set_default_timeout(BUSY)
    yield context.new_page()
    context.close()


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is quick first, the whole house later, the browser last; and what is shared stays with one worker.

    Last also because Playwright's loop, once started, keeps asyncio tests in the same process from running: no
    fixture but the one above may be called `browser`.
    """
    items.sort(key=lambda item: [name in getattr(item, "fixturenames", ()) for name in ("browser", "house")])
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_played_together(item)))


def _played_together(item: pytest.Item) -> str:
    """A file shares what its fixtures start; the conversations of one topic stand in a file of their own."""
    script = item.callspec.params.get("script") if hasattr(item, "callspec") else None
    return script.file if script else item.location[0]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    told = getattr(node, "workeroutput", {}).get(NOT_ON_POSTGRES)
    if told:
        node.config.stash[without_postgres] = told


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    missing = config.stash.get(without_postgres, None)
    if missing:
        terminalreporter.section("NOT TESTED ON POSTGRESQL", sep="!", red=True, bold=True)
        terminalreporter.line(missing, red=True)
