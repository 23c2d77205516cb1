"""How the sandbox starts, or says in one line why it does not."""

import os
import socket
import subprocess
import sys
import time

import requests

from tests.contract.running_sandbox import ROOT, running_sandbox
from tests.ports import free_ports


def start(**environment):
    return subprocess.run(
        [sys.executable, "-m", "sandbox"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_taken_port_is_one_clear_line():
    with free_ports(1) as (other,):
        pass
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for ports, variable in (
            ({"SANDBOX_PORT": port, "SANDBOX_SMTP_PORT": str(other)}, "SANDBOX_PORT"),
            ({"SANDBOX_PORT": str(other), "SANDBOX_SMTP_PORT": port}, "SANDBOX_SMTP_PORT"),
        ):
            ended = start(**ports)
            assert ended.returncode == 1
            assert ended.stderr == f"sandbox: 127.0.0.1:{port} is taken; stop what listens there or set {variable}\n"


def test_it_stops_at_once_while_somebody_is_watching(tmp_path):
    with running_sandbox(tmp_path) as sandbox:
        watching = requests.get(f"{sandbox.url}/events", stream=True, timeout=10)
        assert next(watching.iter_lines()) == b"retry: 1000"
        began = time.monotonic()
    assert time.monotonic() - began < 5


def test_a_setting_that_cannot_be_used_is_named():
    ended = start(SANDBOX_PORT="acht")
    assert (ended.returncode, ended.stderr) == (1, "sandbox: SANDBOX_PORT='acht' is not a whole number\n")


def test_a_missing_city_file_is_named(tmp_path):
    ended = start(CITY_FILE=str(tmp_path / "weg.yml"))
    assert ended.returncode == 1
    assert "CITY_FILE" in ended.stderr
    assert ended.stderr.count("\n") == 1
