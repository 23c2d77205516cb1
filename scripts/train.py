"""Trains the bot if what it learns from changed since the last time (`make train`).

Whether anything changed at all is a hash over the content, told in a second without
starting Rasa. What has to be learned again is then Rasa's own cache to judge: a
changed text costs no new language model. The old model stays until there is a
new one.
"""

import fcntl
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.progress import Progress, StepFailed, run_logged
from settings import ROOT

RASA = ROOT / ".venv-rasa" / "bin" / "python"
MODEL = ROOT / "models" / "balie.tar.gz"
LEARNED_FROM = ("config.yml", "domain.yml", "city.yml", "data", "bot", "requirements/rasa.txt")
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONPATH": str(ROOT),  # where Rasa finds bot/
}


def fingerprint(root: Path) -> str:
    """Changes when a file does that the bot learns from: its name or its content."""
    digest = hashlib.sha256()
    for file in _files(root):
        digest.update(f"{file.relative_to(root)}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for name in LEARNED_FROM:
        place = root / name
        if place.is_file():
            yield place
        elif place.is_dir():
            found = (file for file in place.rglob("*") if file.suffix in (".yml", ".yaml", ".py", ".txt"))
            yield from sorted(file for file in found if "__pycache__" not in file.parts)


def is_current() -> bool:
    stamp = _stamp()
    return MODEL.is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == fingerprint(ROOT)


def ensure_model(progress: Progress) -> None:
    """Trains when needed. Two that ask at once wait for one training."""
    with progress.step("the bot's model") as step:
        if is_current():
            step.say("up to date")
            return
        step.say("waiting for another training")
        with _alone():
            if is_current():
                step.say("up to date")
                return
            step.say("training, one to five minutes")
            _train()
            step.say("trained")


def _train() -> None:
    learned = fingerprint(ROOT)  # before: a file that changes meanwhile is learned the next time
    output = ROOT / "var" / "train"
    command: list[str | Path] = [
        RASA, "-m", "rasa", "train", "--fixed-model-name", "balie",
        "--config", "config.yml", "--domain", "domain.yml", "--data", "data", "--out", output,
    ]  # fmt: skip
    environment = {**os.environ, **QUIET}
    run_logged(command, ROOT / "var/log/train.log", "The bot could not be trained; the old model stays.", environment)
    MODEL.parent.mkdir(exist_ok=True)
    _stamp().unlink(missing_ok=True)
    (output / MODEL.name).replace(MODEL)
    _stamp().write_text(learned, encoding="utf-8")


@contextmanager
def _alone() -> Iterator[None]:
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "train.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _stamp() -> Path:
    return MODEL.with_name("balie.learned")


def main() -> None:
    try:
        ensure_model(Progress(1))
    except StepFailed as failure:
        sys.exit(str(failure))
    except KeyboardInterrupt:
        sys.exit("stopped")


if __name__ == "__main__":
    main()
