"""`make run` as somebody at a terminal sees it: the real processes, stopped in every way that happens."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from settings import ROOT
from tests.house import House

START_SECONDS = 300


class Terminal:
    """Somebody who typed `make run`."""

    def __init__(self, folder):
        self.settings = House(folder).settings
        self._output = folder / "terminal"
        program = f"import scripts.run; scripts.run.VAR = scripts.run.Path({str(folder)!r}); scripts.run.main()"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", program],
                cwd=ROOT,
                env={**os.environ, **self.settings.environment()},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def text(self):
        return self._output.read_text(encoding="utf-8")

    def wait_for(self, words):
        deadline = time.monotonic() + START_SECONDS
        while words not in self.text:
            assert self.process.poll() is None, self.text
            assert time.monotonic() < deadline, self.text
            time.sleep(0.1)

    def processes(self):
        """Ids of the processes that were started for this run; told by their environment."""
        mark = f"FRONT_PORT={self.settings.front_port}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:
                continue  # it ended, or it is somebody else's
        return found


@pytest.fixture
def terminal(model, tmp_path):
    terminal = Terminal(tmp_path)
    yield terminal
    for number in terminal.processes():
        os.kill(number, signal.SIGKILL)


def command_line(number):
    return Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode()


pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc"),
    pytest.mark.timeout(2 * START_SECONDS),
]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_the_addresses_and_a_signal_stops_every_process(terminal, number):
    terminal.wait_for("Balie is open.")
    assert terminal.settings.public_url in terminal.text
    assert len(terminal.processes()) > 4

    terminal.process.send_signal(number)

    assert terminal.process.wait(30) == 0, terminal.text
    assert terminal.text.endswith("everything has stopped\n")
    assert terminal.processes() == []


def test_a_part_that_falls_is_named_and_everything_stops(terminal):
    terminal.wait_for("Balie is open.")
    for number in terminal.processes():
        if "-m actions" in command_line(number):
            os.kill(number, signal.SIGKILL)

    assert terminal.process.wait(30) == 1
    assert "actions stopped by itself" in terminal.text
    assert "Its last words:" in terminal.text
    assert terminal.processes() == []
