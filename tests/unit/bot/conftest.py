"""A bot of four intents and two answers, trained in some seconds."""

from collections.abc import Callable
from pathlib import Path

import pytest
from rasa.core.agent import Agent

from bot import corrections
from bot.tracker_store import DialogueStore
from tests.unit.bot.talking import SMALL_CITY, WELCOME, Dialogue, FakeActionServer, train


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model of tests/unit/bot/small."""
    return train(SMALL_CITY, tmp_path_factory.mktemp("model"))


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/rasa.db"


@pytest.fixture
def start(trained: Path, store_url: str) -> Callable[..., Dialogue]:
    """Starts the bot; again is like another process on the same memory."""
    corrections.apply()

    def begin(**answers: object) -> Dialogue:
        actions = FakeActionServer({"action_session_start": WELCOME, **answers})
        store = DialogueStore(host=store_url)
        return Dialogue(Agent.load(str(trained), tracker_store=store, action_endpoint=actions), actions)

    return begin


@pytest.fixture
def dialogue(start: Callable[..., Dialogue]) -> Dialogue:
    return start(action_niet_begrepen={"responses": [{"text": "Dat begrijp ik niet."}]})
