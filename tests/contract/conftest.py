"""The sandbox as Meta, and whoever its webhooks go to. The tests of other systems have a sandbox of their own."""

from collections.abc import Iterator

import pytest

from tests.contract.graph import Front, listening_front
from tests.contract.running_sandbox import Sandbox, running_sandbox


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    with listening_front() as front:
        yield front


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, front: Front) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox"), SANDBOX_WEBHOOKS_URL=front.url) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox, front: Front) -> Sandbox:
    """As new, on a Monday morning, and nobody told anything yet."""
    running.set_clock("2026-11-23T09:30:00")
    running.reset()
    front.taken.clear()
    front.answers.clear()
    return running
