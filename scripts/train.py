"""Trains the bot if what it learns from changed since the last time (`make train`).

Whether anything changed at all is a hash over the content, told in a second without
starting Rasa. What has to be learned again is then Rasa's own cache to judge: a
changed text costs no new language model. That cache looks at content and not at the
code that learns from it, so when bot/ or Rasa itself changed it is left aside. The
old model stays until there is a new one.
"""

import fcntl
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.progress import Progress, StepFailed, run_logged
from settings import ROOT

RASA = ROOT / ".venv-rasa" / "bin" / "python"
MODEL = ROOT / "models" / "balie.tar.gz"
CONTENT = ("config.yml", "domain.yml", "city.yml", "data")
CODE = ("bot", "requirements/rasa.txt")
# What only runs and learns nothing: a change there costs no training
RUNNING = ("channel", "corrections", "database", "request", "session", "telling", "tracker_store", "turn")
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONPATH": str(ROOT),  # where Rasa finds bot/
    # The threads of the sentence vectors spin while they wait unless told otherwise, and on a busy machine one vector
    # then takes a second. Too late once scikit-learn is loaded, so it is told to the process
    "OMP_WAIT_POLICY": "passive",
}


@dataclass(frozen=True)
class Fingerprint:
    """Changes when a file does that the bot learns from, or learns with: its name or its content."""

    content: str
    code: str

    @classmethod
    def of(cls, root: Path) -> "Fingerprint":
        return cls(_digest(root, CONTENT), _digest(root, CODE))

    @classmethod
    def read(cls, stamp: Path) -> "Fingerprint | None":
        """Of the model that is there; None when there is none, or it was half made."""
        lines = stamp.read_text(encoding="utf-8").split() if stamp.is_file() and MODEL.is_file() else []
        return cls(*lines) if len(lines) == 2 else None

    def write(self, stamp: Path) -> None:
        stamp.write_text(f"{self.content}\n{self.code}\n", encoding="utf-8")


def _digest(root: Path, names: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for file in _files(root, names):
        digest.update(f"{file.relative_to(root)}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _files(root: Path, names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        place = root / name
        if place.is_file():
            yield place
        elif place.is_dir():
            found = (file for file in place.rglob("*") if file.suffix in (".yml", ".yaml", ".py", ".txt"))
            yield from sorted(file for file in found if "__pycache__" not in file.parts and not _only_runs(file, root))


def _only_runs(file: Path, root: Path) -> bool:
    return file.parent == root / "bot" and file.stem in RUNNING


def is_current() -> bool:
    return Fingerprint.read(_stamp()) == Fingerprint.of(ROOT)


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
    before = Fingerprint.read(_stamp())
    learned = Fingerprint.of(ROOT)  # now: a file that changes meanwhile is learned the next time
    output = ROOT / "var" / "train"
    with_cache = before is not None and before.code == learned.code
    command: list[str | Path] = [
        RASA, "-m", "rasa", "train", "--fixed-model-name", "balie",
        "--config", "config.yml", "--domain", "domain.yml", "--data", "data", "--out", output,
        *([] if with_cache else ["--force"]),
    ]  # fmt: skip
    environment = {**os.environ, **QUIET}
    run_logged(command, ROOT / "var/log/train.log", "The bot could not be trained; the old model stays.", environment)
    MODEL.parent.mkdir(exist_ok=True)
    _stamp().unlink(missing_ok=True)
    (output / MODEL.name).replace(MODEL)
    learned.write(_stamp())


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
