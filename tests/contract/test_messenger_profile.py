"""The page's greeting, first questions and menu, against the sandbox that keeps Meta's limits."""

from dataclasses import replace

import pytest
import requests

from connectors.base import SendError
from connectors.messenger.profile import ADDRESS
from scripts.messenger_profile import set_up
from settings import Settings
from tests.contract.graph import TOKENS
from tests.contract.running_sandbox import running_sandbox


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def settings(sandbox):
    return Settings(graph_url=f"{sandbox.url}/graph")


def kept(sandbox):
    headers = {"Authorization": f"Bearer {TOKENS['messenger']}"}
    return requests.get(f"{sandbox.url}/graph/v25.0/{ADDRESS}", headers=headers, timeout=10).json()["data"]


def test_meta_takes_it_as_often_as_it_is_sent(sandbox, settings):
    set_up(settings)
    set_up(settings)

    [page] = kept(sandbox)
    [menu] = page["persistent_menu"]
    [questions] = page["ice_breakers"]
    assert page["get_started"] == {"payload": "GET_STARTED"}
    assert "virtuele assistent" in page["greeting"][0]["text"]
    assert "Medewerker" in [entry["title"] for entry in menu["call_to_actions"]]
    assert 1 <= len(questions["call_to_actions"]) <= 4


def test_a_token_that_is_not_the_pages_is_told(settings):
    with pytest.raises(SendError):
        set_up(replace(settings, messenger_access_token="x"))
