"""Rasa's default pipeline and policies (`scripts/rasa_default.yml`), trained on our content.

The content is laid out as Rasa expects it: all texts in domain.yml, with what is the
city's own filled in; examples and rules as they are. Training takes many minutes, so the
model is kept in var/bench/ under a name that changes with the content, and Rasa's own
cache beside it: what did not change is not learned again.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.report import LeftOut
from city import load_city
from scripts.progress import run_logged
from scripts.train import QUIET, RASA
from settings import ROOT
from yaml_file import read_yaml

CONFIG = ROOT / "scripts" / "rasa_default.yml"
KEPT = ROOT / "var" / "bench"
CACHE = KEPT / "cache"
RECORD = "trained.json"
LEARNED_FROM = ("domain.yml", "city.yml", "data", "scripts/rasa_default.yml", "requirements/rasa.txt")


@dataclass(frozen=True)
class Trained:
    model: Path
    seconds: float | None  # that the training took, if all of it was learned from nothing
    at: str  # when that was
    is_current: bool  # it learned from the content as it is now


class NotTrained(LeftOut):
    """There is no model yet, and this time none is made."""


def trained(say: Callable[[str], None], *, anew: bool, root: Path = ROOT) -> Trained:
    """The model for the content as it is; unless `anew`, an older one is good enough. Raises NotTrained."""
    record = KEPT / fingerprint(root) / RECORD
    if not record.is_file() and anew:
        say("training Rasa's default pipeline and policies on our content; this takes up to half an hour, once")
        _train(root, record.parent)
        say("trained")
        for old in _records():
            if old != record:
                shutil.rmtree(old.parent)
    found = record if record.is_file() else max(_records(), key=lambda old: old.stat().st_mtime, default=None)
    if found is None:
        raise NotTrained("Rasa's default pipeline has to be trained first, which a quick look does not do")
    known = json.loads(found.read_text(encoding="utf-8"))
    return Trained(found.with_name("model.tar.gz"), **known, is_current=found == record)


def is_trained() -> bool:
    return bool(_records())


def _records() -> list[Path]:
    return list(KEPT.glob(f"*/{RECORD}"))


def fingerprint(root: Path) -> str:
    """Changes with everything that the comparison learns from."""
    digest = hashlib.sha256()
    for name in LEARNED_FROM:
        place = root / name
        for file in sorted(place.rglob("*.yml")) if place.is_dir() else [place]:
            digest.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _train(root: Path, folder: Path) -> None:
    project = folder / "project"
    shutil.rmtree(folder, ignore_errors=True)
    lay_out(root, project)
    from_nothing = not CACHE.is_dir()
    started = time.monotonic()
    command: list[str | Path] = [
        RASA, "-m", "rasa", "train", "--fixed-model-name", "model", "--config", CONFIG,
        "--domain", project / "domain.yml", "--data", project / "data", "--out", folder,
    ]  # fmt: skip
    environment = {**os.environ, **QUIET, "RASA_CACHE_DIRECTORY": str(CACHE)}
    run_logged(command, folder / "train.log", "Rasa's default pipeline could not be trained.", environment)
    seconds = round(time.monotonic() - started) if from_nothing else None
    record = {"seconds": seconds, "at": time.strftime("%Y-%m-%d %H:%M")}
    (folder / RECORD).write_text(json.dumps(record), encoding="utf-8")


def lay_out(root: Path, project: Path) -> None:
    """Our content as an ordinary Rasa project."""
    values = load_city(root / "city.yml").values()
    domain = _read(root / "domain.yml")
    responses = domain.setdefault("responses", {})
    for file in sorted((root / "data").rglob("*.yml")):
        content = _read(file)
        responses.update(filled(content.pop("responses", {}), values))
        _write(project / file.relative_to(root), content)
    _write(project / "domain.yml", domain)


def filled(value: Any, values: dict[str, str]) -> Any:
    """The same with every `{stad_…}` replaced; other placeholders are Rasa's to fill."""
    if isinstance(value, str):
        for name, known in values.items():
            value = value.replace(f"{{{name}}}", known)
        return value
    if isinstance(value, dict):
        return {key: filled(item, values) for key, item in value.items()}
    return [filled(item, values) for item in value] if isinstance(value, list) else value


def _read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(file)
    return content


def _write(file: Path, content: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
