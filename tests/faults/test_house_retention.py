"""What is old enough is gone, from a front that does nothing but run; what is younger stays."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from citizens.forgetting import Forgetting
from clock import BRUSSELS, Clock
from conversations.database import connect, reading
from conversations.tables import attachments, conversations, messages
from filings.book import Filings
from filings.tables import filings
from tests.conversations.citizens import PHOTOS
from tests.front import Citizen, FakeBot, wait_for
from tests.house import House
from tests.sealing import VAULT

THEN = datetime(2026, 3, 2, 10, tzinfo=BRUSSELS)
AN = {"naam": "An Peeters", "email": "an@example.be"}
LIMITS = {"KEEP_CONVERSATIONS_DAYS": "30", "KEEP_FILINGS_DAYS": "90"}


@pytest.fixture
def bot() -> Iterator[FakeBot]:
    with FakeBot() as bot:
        yield bot


@pytest.fixture
def house(tmp_path: Path, bot: FakeBot) -> Iterator[House]:
    house = House(tmp_path, parts=("front",), environment={"BOT_URL": bot.url, **LIMITS})
    house.set_clock(THEN)
    house.start()
    yield house
    house.stop()


@pytest.fixture
def engine(house: House) -> Iterator[Engine]:
    engine = connect(house.settings.database_url)
    yield engine
    engine.dispose()


def test_a_running_house_forgets_what_is_too_old(house: House, engine: Engine) -> None:
    an = Citizen(house.front_url)
    an.upload((PHOTOS / "stoeptegel.png").read_bytes())
    an.say("mijn geheim")
    an.hear("Je zei: mijn geheim")
    book = Filings(engine, Clock(house.settings.clock_file), VAULT)
    filed = book.file(an.known["conversation"], "melding", AN, "k")
    book.done(filed.id, "uuid", "I 2611 001")

    house.set_clock(THEN + timedelta(days=31))
    bert = Citizen(house.front_url)
    bert.say("ik blijf")
    bert.hear("Je zei: ik blijf")
    house.restart("front")
    wait_for(lambda: "mijn geheim" not in everything(engine))
    assert book.get(filed.id).payload == AN
    assert bert.heard()[-1] == "Je zei: ik blijf"

    house.set_clock(THEN + timedelta(days=91))
    house.restart("front")
    wait_for(lambda: "ik blijf" not in everything(engine))
    wait_for(lambda: book.get(filed.id).payload == {})
    wait_for(lambda: '"what": "filings", "count": 1' in (house.folder / "front.log").read_text())
    assert bert.get("messages").status_code == 401
    for log in house.folder.glob("front.log*"):
        assert not any(word in log.read_text() for word in (*AN.values(), "geheim", "ik blijf"))


@pytest.mark.req("MZC-10")
def test_who_asks_to_be_forgotten_is(house: House, engine: Engine, bot: FakeBot) -> None:
    an = Citizen(house.front_url)
    an.say("mijn geheim")
    an.hear("Je zei: mijn geheim")
    with reading(engine) as db:
        conversation = db.execute(select(conversations.c.id)).scalar_one()
    Forgetting(engine, Clock(house.settings.clock_file)).conversation(conversation)

    house.restart("front")
    wait_for(lambda: "mijn geheim" not in everything(engine))
    wait_for(lambda: bot.forgotten == [conversation])


def everything(engine: Engine) -> str:
    """All that the database holds."""
    with reading(engine) as db:
        rows = [row for table in (conversations, messages, attachments, filings) for row in db.execute(select(table))]
    return "\n".join(str(row) for row in rows)
