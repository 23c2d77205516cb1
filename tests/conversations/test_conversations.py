"""Whole conversations against the real model, the real actions and the sandbox, on every channel.

The conversations stand in the *.yml files of this folder; docs/gesprekken-testen.md
tells how to write one, and how to choose the channels (`--kanalen`).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.conversations.parity import Parity
from tests.conversations.player import Departed, Player
from tests.conversations.script import Script, cases, load_scripts
from tests.house import House

FOLDER = Path(__file__).parent
SCRIPTS = list(load_scripts(FOLDER))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "script" in metafunc.fixturenames:
        chosen = cases(SCRIPTS, metafunc.config.getoption("--kanalen"))
        metafunc.parametrize(("script", "channel"), [_case(script, channel) for script, channel in chosen])


def _case(script: Script, channel: str) -> object:
    marks = [pytest.mark.req(row) for row in script.requirements]
    return pytest.param(script, channel, id=f"{script.id} [{channel}]", marks=marks)


@pytest.fixture(scope="module")
def parity(request: pytest.FixtureRequest) -> Iterator[Parity]:
    """Written where `--pariteit` says, once all has been played."""
    kept, into = Parity(), request.config.getoption("--pariteit")
    yield kept
    if into:
        kept.write(Path(into), SCRIPTS)


def test_conversation(house: House, engine: Engine, parity: Parity, script: Script, channel: str) -> None:
    player = Player(house, engine, script, channel)
    try:
        player.play()
    except Departed as report:
        parity.failed(script, channel)
        pytest.fail(str(report), pytrace=False)
    parity.worked(script, channel, player.citizen.ways)
