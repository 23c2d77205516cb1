"""Starts the whole house on this machine and prints its addresses (`make run`).

What can go wrong is looked at before anything starts. From then on all parts live
and die together: Ctrl-C stops every one of them, and so does the fall of one.
"""

import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn
from urllib.parse import urlsplit

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from connectors.base import SendError
from conversations.database import migrate
from scripts.messenger_profile import set_up
from scripts.processes import NotReady, Part, commands, is_free, ready_urls, stop_all
from scripts.progress import Progress, StepFailed
from scripts.train import ensure_model
from settings import LOOPBACK, ROOT, Settings, SettingsError, load
from vault import with_secrets

VAR = ROOT / "var"
PATIENCE = {"bot": 240.0}  # seconds; loading the model takes longest, and longer on a busy machine
PATIENCE_OTHERS = 60.0
LOOK_EVERY = 0.3  # seconds


def main() -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):  # the latter when the terminal is closed
        signal.signal(number, _stop)
    parts: list[Part] = []
    try:
        settings = load()
        check_ports(settings)
        settings = with_secrets(settings)
        environment = {**os.environ, **settings.environment()}
        parts += _parts(settings)
        progress = Progress(3 + len(parts))
        with progress.step("the ledger") as step:
            migrate(settings.database_url)
            step.say("up to date")
        ensure_model(progress)
        check_ports(settings)  # once more: training takes minutes
        start(parts, environment, progress)
        with progress.step("the menu in Messenger") as step:
            step.say(_messenger(settings))
        print(_addresses(settings), flush=True)
        watch(parts)
    except (SettingsError, StepFailed, NotReady) as failure:
        _close(parts)
        sys.exit(f"\n{failure}")
    except (SQLAlchemyError, CommandError) as failure:
        sys.exit(f"\nthe database of DATABASE_URL cannot be used: {failure}")
    except KeyboardInterrupt:
        print("\nstopping …", flush=True)
        _close(parts)
        print("everything has stopped")


def _close(parts: list[Part]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C would leave half of them running
    stop_all(parts)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def check_ports(settings: Settings) -> None:
    """One line for each port that somebody else has, with the remedy."""
    ports = {
        "FRONT_PORT": settings.front_port,
        "SANDBOX_PORT": settings.sandbox_port,
        "SANDBOX_SMTP_PORT": settings.sandbox_smtp_port,
        "BOT_PORT": settings.bot_port,
        "ACTIONS_PORT": settings.actions_port,
    }
    where = {"FRONT_PORT": settings.bind}
    taken = {name: port for name, port in ports.items() if not is_free(where.get(name, settings.inner_bind), port)}
    if taken:
        raise StepFailed(
            "\n".join(
                f"port {port} is taken: stop what listens there, or choose another with {name}={port + 100} make run"
                for name, port in taken.items()
            )
        )


def _parts(settings: Settings) -> list[Part]:
    urls = ready_urls(settings)
    return [Part(name, command, urls[name], VAR / "log" / f"{name}.log") for name, command in commands().items()]


def start(parts: list[Part], environment: dict[str, str], progress: Progress) -> None:
    """Starts all parts at once and waits for each, in the order of the Procfile."""
    for part in parts:
        part.start(environment)
    for part in parts:
        with progress.step(part.name) as step:
            step.say("starting")
            part.wait_until_ready(PATIENCE.get(part.name, PATIENCE_OTHERS))
            step.say("ready")


def _messenger(settings: Settings) -> str:
    """The sandbox has forgotten how the page looks; Meta has not, and is told by a colleague who means it."""
    if urlsplit(settings.graph_url).hostname not in LOOPBACK or not settings.messenger_app_secret:
        return "left as it is"
    try:
        set_up(settings)
    except SendError as error:
        return f"not set: {error}"
    return "set"


def watch(parts: list[Part]) -> NoReturn:
    """Shows what the parts log, until one of them falls."""
    readers = {part.name: _Reader(part.log) for part in parts}
    while True:
        for part in parts:
            for line in readers[part.name].new_lines():
                print(f"{part.name:8} | {line}", flush=True)
            if not part.is_running:
                raise NotReady(
                    f"{part.name} stopped by itself (exit code {part.exit_code}), "
                    f"so everything stops. Its last words:\n{part.last_words()}"
                )
        time.sleep(LOOK_EVERY)


class _Reader:
    """Follows a log from where it is now."""

    def __init__(self, log: Path) -> None:
        self._file = log.open(encoding="utf-8", errors="replace")
        self._file.seek(0, os.SEEK_END)
        self._rest = ""

    def new_lines(self) -> list[str]:
        *lines, self._rest = (self._rest + self._file.read()).split("\n")
        return lines


def _addresses(settings: Settings) -> str:
    sandbox = ready_urls(settings)["sandbox"].removesuffix("/health")
    return f"""
    Balie is open.

      the city's website with the assistant   {settings.public_url}
      the desk, for agents                    {settings.public_url}/desk/
      what the city sees (sandbox)            {sandbox}
      two phones (sandbox)                    {sandbox}/telefoons

    Logs are in var/log/. Ctrl-C stops everything.
"""


if __name__ == "__main__":
    main()
