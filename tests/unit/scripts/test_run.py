import socket
from dataclasses import replace

import pytest

from scripts.progress import StepFailed
from scripts.run import check_ports
from settings import Settings
from tests.ports import free_ports


@pytest.fixture
def settings():
    with free_ports(5) as (front, sandbox, bot, actions, smtp):
        return Settings(
            front_port=front, sandbox_port=sandbox, bot_port=bot, actions_port=actions, sandbox_smtp_port=smtp
        )


def test_free_ports_are_fine(settings):
    check_ports(settings)


def test_each_taken_port_is_one_line_with_the_remedy(settings):
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]
        with pytest.raises(StepFailed) as failure:
            check_ports(replace(settings, front_port=port))

    assert str(failure.value) == (
        f"port {port} is taken: stop what listens there, or choose another with FRONT_PORT={port + 100} make run"
    )
