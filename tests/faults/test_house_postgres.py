"""The whole house on PostgreSQL, ledger and dialogue memory both, and two fronts at once on it."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, make_url

from conversations.database import connect
from tests.conversations.player import Departed, Player
from tests.conversations.script import Script, load_scripts
from tests.faults.resident import A_MONDAY, PATIENCE, Resident, Sandbox, later
from tests.front import Citizen, wait_for
from tests.house import House
from tests.postgres import PostgresServer

pytestmark = pytest.mark.timeout(900)

SCRIPTS = {script.title: script for script in load_scripts(Path(__file__).parents[1] / "conversations")}
PLAYED = (
    "een losse stoeptegel, van begin tot einde",
    "met een foto erbij",
    "TOPdesk ligt plat en de melding komt er later toch",
    "een afspraak in één zin begonnen, tot de bevestiging",
    "verplaatsen terwijl de oude niet weg wil, en uiteindelijk blijft er één",
    "annuleren",
)


@pytest.fixture(scope="module")
def whole(model: None, postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    ledger, memory = postgres.create(), postgres.create()
    house = House(
        tmp_path_factory.mktemp("postgres"),
        database_url=postgres.url(ledger),
        environment={"RASA_DATABASE_URL": postgres.url(memory)},
    )
    house.set_clock(A_MONDAY)
    house.start()
    yield house
    house.stop()
    for name in (ledger, memory):
        postgres.drop(name)


@pytest.fixture
def second(whole: House) -> Iterator[House]:
    """Another front on the same database, as on another machine."""
    settings = whole.settings
    second = House(
        whole.folder / "second",
        parts=("front",),
        database_url=settings.database_url,
        environment={"BOT_URL": whole.bot_url, "CLOCK_FILE": settings.clock_file},
    )
    second.start()
    yield second
    second.stop()


@pytest.fixture
def resident(whole: House, engine: Engine) -> Resident:
    return Resident(whole, engine)


@pytest.mark.parametrize("script", [SCRIPTS[title] for title in PLAYED], ids=lambda script: script.id)
def test_conversation_on_postgresql(whole: House, script: Script) -> None:
    engine = connect(whole.settings.database_url)
    try:
        Player(whole, engine, script, "web").play()
    except Departed as report:
        pytest.fail(str(report), pytrace=False)
    finally:
        engine.dispose()


def test_who_posts_on_one_front_and_listens_on_the_other_hears_everything_once(
    second: House, resident: Resident, sandbox: Sandbox
) -> None:
    elsewhere = Citizen(second.front_url, resident.known)
    here, there = resident.stream(), elsewhere.stream()
    for citizen, text in zip(
        (elsewhere, resident, elsewhere, resident),
        ("losse tegel op het voetpad, Kerkstraat 12", "geen foto", resident.email, "ik ben Lien Declercq"),
        strict=True,
    ):
        citizen.say(text)
        resident.all_answered()
    elsewhere.say("ja")
    resident.hears("utter_algemeen_nog_iets")

    last = resident.heard()[-1]
    for stream in (here, there):
        stream.wait_for(last)
        assert stream.messages == resident.history()
        stream.cut()
    resident.check()
    assert len(sandbox.incidents(resident)) == 1


def test_what_a_front_that_is_killed_was_doing_is_finished_by_the_other(
    whole: House, second: House, resident: Resident, sandbox: Sandbox
) -> None:
    resident.report()
    elsewhere = Citizen(second.front_url, resident.known)
    stream = elsewhere.stream()
    sandbox.fault("topdesk", kind="slow", seconds=3, method="POST")
    resident.say("ja")
    wait_for(lambda: sandbox.incidents(resident), resident.story, PATIENCE)
    whole.kill("front")
    try:
        resident.all_answered()
        later(whole)
        [incident] = sandbox.incidents(resident)
        wait_for(lambda: incident["number"] in "\n".join(stream.texts), resident.story, PATIENCE)
        assert len([text for text in stream.texts if incident["number"] in text]) == 1
    finally:
        stream.cut()
        whole.restart("front")
    resident.check()


def test_lines_to_the_database_that_break_cost_the_citizen_nothing(
    whole: House, resident: Resident, sandbox: Sandbox
) -> None:
    stream = resident.stream()
    resident.tell("losse tegel op het voetpad, Kerkstraat 12")
    for url in (whole.settings.database_url, whole.settings.rasa_database_url):
        break_lines(url)
    resident.say("geen foto")
    resident.all_answered()
    for url in (whole.settings.database_url, whole.settings.rasa_database_url):
        break_lines(url)

    assert resident.tell(resident.email, "ik ben Lien Declercq") == ["utter_melding_samenvatting"]
    assert resident.tell("ja") == ["utter_melding_ingediend", "utter_algemeen_nog_iets"]
    resident.check()
    stream.wait_for(resident.heard()[-1])
    assert stream.messages == resident.history()
    stream.cut()


def break_lines(url: str) -> None:
    """Every connection to this database, as a restart of it or of the network would."""
    address = make_url(url).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
