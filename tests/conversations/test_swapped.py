"""The conversations about appointments again, with another product behind them, chosen by configuration alone.

Not a word of them is different: same citizens, same bot, same model, same expectations.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from conversations.database import connect
from tests.conversations.player import Departed, Player
from tests.conversations.script import Script, load_scripts
from tests.house import House

SCRIPTS = [script for script in load_scripts(Path(__file__).parent) if script.file == "afspraak.yml"]

# The other product is out of reach, so that nothing can be asked of it by mistake
SWAPPED = {"APPOINTMENTS": "jcc-soap", "JCC_URL": "http://127.0.0.1:9/nobody"}


@pytest.fixture(scope="module")
def house(model: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house of its own, in which JCC is spoken to in SOAP."""
    house = House(tmp_path_factory.mktemp("swapped"), environment=SWAPPED)
    house.start()
    yield house
    house.stop()


@pytest.fixture(scope="module")
def engine(house: House) -> Iterator[Engine]:
    engine = connect(house.settings.database_url)
    yield engine
    engine.dispose()


@pytest.mark.req("MZG-04")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.title)
def test_the_same_conversation_with_another_product_behind_it(house: House, engine: Engine, script: Script) -> None:
    try:
        Player(house, engine, script, script.channels[0]).play()
    except Departed as report:
        pytest.fail(str(report), pytrace=False)
