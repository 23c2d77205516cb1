"""Whole conversations against the real model, the real actions and the sandbox, on every channel.

The conversations stand in the *.yml files of this folder; docs/gesprekken-testen.md
tells how to write one.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.conversations.player import Departed, Player
from tests.conversations.script import Script, load_scripts
from tests.house import House

FOLDER = Path(__file__).parent
SCRIPTS = list(load_scripts(FOLDER))


def _cases() -> list[Any]:
    return list(_all_cases())


def _all_cases() -> Iterator[Any]:
    for script in SCRIPTS:
        marks = [pytest.mark.req(row) for row in script.requirements]
        for channel in script.channels:
            yield pytest.param(script, channel, id=f"{script.id} [{channel}]", marks=marks)


@pytest.mark.parametrize(("script", "channel"), _cases())
def test_conversation(house: House, engine: Engine, script: Script, channel: str) -> None:
    try:
        Player(house, engine, script, channel).play()
    except Departed as report:
        pytest.fail(str(report), pytrace=False)
