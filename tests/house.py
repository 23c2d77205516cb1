"""The whole of Balie for a test: the real processes, on free ports, in a folder of its own.

    house = House(tmp_path)              # or parts=("sandbox", "actions") for less of it
    house.start()
    house.set_clock(datetime(2026, 12, 21, 9, tzinfo=BRUSSELS))
    house.kill("bot")                    # as a crash would
    house.restart("bot")
    house.stop()

A part that does not come up raises NotReady with the last lines of its log.
"""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from conversations.database import migrate
from scripts.processes import Part, commands, ready_urls, stop_all
from settings import ROOT, Settings, load
from tests.ports import free_ports
from tests.sealing import ENCRYPTION_KEYS, SECRET_KEY

PARTS = ("sandbox", "actions", "bot", "front")
PATIENCE = 240.0  # seconds until a part must be ready; loading the model on a busy machine takes longest
# Tests talk faster than citizens do
UNHURRIED = {"WEB_RATE_CONVERSATION": "100000", "WEB_RATE_ADDRESS": "100000", "WEB_RATE_READING": "100000"}


class House:
    def __init__(
        self,
        folder: Path,
        *,
        parts: Sequence[str] = PARTS,
        database_url: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self._clock_file = folder / "clock"
        self._given = {"SANDBOX_DOSSIERS": "leeg", **(environment or {})}
        self.settings = self._settings(database_url or f"sqlite:///{folder}/balie.db")
        urls, lines = ready_urls(self.settings), commands()
        self._parts = {name: Part(name, lines[name], urls[name], folder / f"{name}.log") for name in parts}

    def _settings(self, database_url: str) -> Settings:
        with free_ports(5) as (front, sandbox, bot, actions, smtp):
            ports = {
                "FRONT_PORT": front,
                "SANDBOX_PORT": sandbox,
                "SANDBOX_SMTP_PORT": smtp,
                "BOT_PORT": bot,
                "ACTIONS_PORT": actions,
            }
        return load(
            {
                **UNHURRIED,
                **{name: str(port) for name, port in ports.items()},
                "DATABASE_URL": database_url,
                "RASA_DATABASE_URL": f"sqlite:///{self.folder}/rasa.db",
                "CLOCK_FILE": str(self._clock_file),
                "CITY_FILE": str(ROOT / "city.yml"),
                "SECRET_KEY": SECRET_KEY,
                "ENCRYPTION_KEYS": ENCRYPTION_KEYS,
                **self._given,
            }
        )

    @property
    def front_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.front_port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.sandbox_port}"

    @property
    def bot_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.bot_port}"

    @property
    def actions_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.actions_port}"

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        migrate(self.settings.database_url)
        try:
            for part in self._parts.values():
                part.start(self._environment())
            for part in self._parts.values():
                part.wait_until_ready(PATIENCE)
        except BaseException:
            self.stop()
            raise

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.settings.environment(), **self._given}

    def stop(self) -> None:
        stop_all(list(self._parts.values()))

    def runs(self, name: str) -> bool:
        return self._parts[name].is_running

    def kill(self, name: str) -> None:
        """kill -9, the whole part at once."""
        self._parts[name].kill()

    def restart(self, name: str, *, wait: bool = True) -> None:
        """Starts a part again, whether it runs or was killed."""
        part = self._parts[name]
        part.stop()
        part.start(self._environment())
        if wait:
            self.wait_until_ready(name)

    def wait_until_ready(self, name: str) -> None:
        self._parts[name].wait_until_ready(PATIENCE)

    def log(self, name: str, lines: int = 40) -> str:
        """What a part last said, for the message of a test that fails."""
        return self._parts[name].last_words(lines)

    def set_clock(self, moment: datetime | None) -> None:
        """What moment all parts pretend it is, from now on; None: the real one."""
        if moment is None:
            self._clock_file.unlink(missing_ok=True)
            return
        fresh = self._clock_file.with_suffix(".new")
        fresh.write_text(moment.isoformat(), encoding="utf-8")
        fresh.replace(self._clock_file)
