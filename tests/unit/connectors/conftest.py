from collections.abc import Iterator
from pathlib import Path

import pytest

from clock import Clock
from conversations.bell import Bell
from conversations.database import connect, migrate
from conversations.ledger import Ledger
from tests.sealing import VAULT
from texts import Texts

ROOT = Path(__file__).parents[3]

RESPONSES = """
version: "3.1"
responses:
  utter_stilte:
    - text: Er ging iets mis. Bel {stad_telefoon}.
  utter_storing_wachten:
    - text: Even geduld.
  utter_kanaal_nummer_verborgen:
    - text: Dat nummer heb ik verborgen.
  utter_widget_titel:
    - text: Chat met {stad_naam}
  utter_widget_afzender_bot:
    - text: Virtuele assistent
  utter_widget_afzender_citizen:
    - text: Jij
  utter_widget_open:
    - text: Open tot {sluit}.
  utter_widget_gesloten:
    - text: Weer open {opent}.
"""


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("ledger") / "empty.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def ledger(empty_database: Path, tmp_path: Path, clock: Clock, bell: Bell) -> Iterator[Ledger]:
    file = tmp_path / "ledger.db"
    file.write_bytes(empty_database.read_bytes())
    engine = connect(f"sqlite:///{file}")
    yield Ledger(engine, clock, bell, VAULT)
    engine.dispose()


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    folder = tmp_path / "data" / "algemeen"
    folder.mkdir(parents=True)
    (folder / "responses.yml").write_text(RESPONSES, encoding="utf-8")
    return Texts(tmp_path / "data", ROOT / "city.yml")
