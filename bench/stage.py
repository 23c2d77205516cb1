"""Everything that is measured, as running processes: our house, and Rasa on its own.

A part of it starts when somebody first asks for it, and all of it stops at the end.
What is started here listens on 127.0.0.1 only, and keeps its data in a temporary folder.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
import yaml

from bench.default_rasa import Trained, is_trained, trained
from scripts.processes import Part, stop_all
from scripts.train import MODEL, QUIET, RASA
from tests.house import PATIENCE, House
from tests.ports import free_ports

RASA_SQLITE = "sqlite"
RASA_MEMORY = "memory"


def say(text: str) -> None:
    """Progress: what is going on now, with the time."""
    print(f"  [{time.strftime('%H:%M:%S')}] {text}", flush=True)


class RasaServer:
    """Rasa with its `rest` channel and a tracker store of its own kind, on our action server."""

    def __init__(self, name: str, folder: Path, model: Path, tracker_store: str, actions_url: str) -> None:
        self.name = name
        folder.mkdir(parents=True)
        with free_ports(1) as (port,):
            self.url = f"http://127.0.0.1:{port}"
        self.mark = str(folder)  # by which its process is known
        endpoints = _file(folder / "endpoints.yml", _endpoints(tracker_store, folder, actions_url))
        credentials = _file(folder / "credentials.yml", {"rest": None})
        command = (
            f"exec {RASA} -m rasa run --enable-api --model {model} --endpoints {endpoints} "
            f"--credentials {credentials} --interface 127.0.0.1 --port {port}"
        )
        # --enable-api only for /status, which is the one answer that tells whether a model is loaded
        self.part = Part(name, command, f"{self.url}/status", folder / "rasa.log")
        self.ready_after = 0.0  # seconds that its start took

    def start(self) -> None:
        started = time.monotonic()
        self.part.start({**os.environ, **QUIET})
        self.part.wait_until_ready(PATIENCE)
        self.ready_after = time.monotonic() - started


def _endpoints(tracker_store: str, folder: Path, actions_url: str) -> dict[str, Any]:
    # The actions look at no domain; without this Rasa would send 50 kB more with every call, which is not the point
    endpoints: dict[str, Any] = {"action_endpoint": {"url": f"{actions_url}/webhook", "enable_selective_domain": True}}
    if tracker_store == RASA_SQLITE:
        endpoints["tracker_store"] = {"type": "SQL", "dialect": "sqlite", "db": str(folder / "tracker.db")}
    return endpoints


def _file(path: Path, content: dict[str, Any]) -> Path:
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


class Stage:
    def __init__(self, folder: Path, *, trains: bool) -> None:
        self.folder = folder
        self._trains = trains
        self._house: House | None = None
        self._rasas: dict[str, RasaServer] = {}

    @property
    def house(self) -> House:
        if self._house is None:
            say("starting the house: sandbox, actions, bot, front")
            house = House(self.folder / "house")
            house.start()
            self._house = house
        return self._house

    @property
    def same_model(self) -> RasaServer:
        """Our model behind Rasa's own channel and SQLite tracker store."""
        return self._rasa("the same model, Rasa's rest and SQLite", MODEL, RASA_SQLITE)

    def default_rasa(self, tracker_store: str = RASA_MEMORY) -> RasaServer:
        """Rasa's default pipeline and policies, trained on our data."""
        return self._rasa(f"Rasa's default, {tracker_store}", self.default_model.model, tracker_store)

    @property
    def default_model(self) -> Trained:
        return trained(say, anew=self._trains)

    @property
    def has_default(self) -> bool:
        """Whether there is a default Rasa to compare with, or will be."""
        return self._trains or is_trained()

    def reset_city(self) -> None:
        """An empty calendar and no reports, so that every round finds the same city."""
        requests.post(f"{self.house.sandbox_url}/reset", timeout=10).raise_for_status()

    def close(self) -> None:
        stop_all([rasa.part for rasa in self._rasas.values()])
        if self._house:
            self._house.stop()

    def _rasa(self, name: str, model: Path, tracker_store: str) -> RasaServer:
        if name not in self._rasas:
            folder = self.folder / f"rasa-{len(self._rasas)}"
            rasa = RasaServer(name, folder, model, tracker_store, self.house.actions_url)
            self._rasas[name] = rasa
            say(f"starting {name}")
            rasa.start()
        return self._rasas[name]


@contextmanager
def open_stage(*, trains: bool) -> Iterator[Stage]:
    """`trains`: Rasa's default pipeline learns the content as it is now, if it has not yet."""
    with tempfile.TemporaryDirectory(prefix="balie-bench-") as folder:
        stage = Stage(Path(folder), trains=trains)
        try:
            yield stage
        finally:
            stage.close()
