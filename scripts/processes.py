"""The parts of Balie as processes: start, ready, stop, and what they last said.

`make run` and the tests start the same commands, those of the Procfile. Any other
runner of Procfiles can start them too; we have our own because it must know when a
part is *ready*, and name the one that fell with its last words.
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from honcho.environ import parse_procfile

from scripts.progress import last_lines
from settings import ROOT, Settings

STOP_SECONDS = 8.0
GONE_SECONDS = 1.0  # until the system has cleared away what was killed
_direct = build_opener(ProxyHandler({}))  # our own parts are never behind the proxy of the environment


class NotReady(Exception):
    """A part that fell or stayed silent. The message names it and shows the end of its log."""


def commands() -> dict[str, str]:
    """The name and the command of each part, in the order in which they start."""
    procfile = parse_procfile((ROOT / "Procfile").read_text(encoding="utf-8"))  # type: ignore[no-untyped-call]
    return dict(procfile.processes)


def ready_urls(settings: Settings) -> dict[str, str]:
    """Where each part tells that it can do its work."""
    inner, outer = _reachable(settings.inner_bind), _reachable(settings.bind)
    return {
        "sandbox": f"http://{inner}:{settings.sandbox_port}/health",
        "actions": f"http://{inner}:{settings.actions_port}/health",
        "bot": f"http://{inner}:{settings.bot_port}/webhooks/turn/ready",
        "front": f"http://{outer}:{settings.front_port}/health/ready",
    }


def _reachable(bind: str) -> str:
    return "127.0.0.1" if bind in ("0.0.0.0", "::") else bind


class Part:
    """One process of the house, with a log of its own."""

    def __init__(self, name: str, command: str, ready_url: str, log: Path) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._ready_url = ready_url
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, environment: Mapping[str, str]) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", self._command],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a group of its own: Ctrl-C reaches only us, and we stop the whole group
            )

    @property
    def exit_code(self) -> int | None:
        """None while it runs, or before it was started."""
        return self._process.poll() if self._process else None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def is_ready(self) -> bool:
        try:
            with _direct.open(self._ready_url, timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def wait_until_ready(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not self.is_ready:
            if not self.is_running:
                raise NotReady(f"{self.name} stopped (exit code {self.exit_code}):\n{self.last_words()}")
            if time.monotonic() > deadline:
                raise NotReady(f"{self.name} is not ready after {seconds:.0f} s:\n{self.last_words()}")
            time.sleep(0.1)

    def last_words(self, lines: int = 20) -> str:
        said = last_lines(self.log, lines) or "    (it said nothing)"
        return f"{said}\n    (all of it: {self.log})"

    def ask_to_stop(self) -> None:
        self._signal(signal.SIGTERM)

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Asks it to stop, and insists after a while. Nothing of its group is left."""
        self.ask_to_stop()
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        self.kill()

    def kill(self) -> None:
        """What a crash of the machine would do to it: no chance to say anything."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
        deadline = time.monotonic() + GONE_SECONDS
        while self._signal(0) and time.monotonic() < deadline:
            time.sleep(0.005)

    def _signal(self, number: int) -> bool:
        """Signals the whole group; False when nothing of it is left."""
        if self._process is None:
            return False
        try:
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):  # macOS says it with the second
            return False
        return True


def stop_all(parts: list[Part]) -> None:
    """All at once, so that stopping takes as long as the slowest and not the sum."""
    for part in parts:
        part.ask_to_stop()
    for part in parts:
        part.stop()


def is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError:
            return False
    return True
