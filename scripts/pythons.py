"""Finds the two Pythons: 3.10 for Rasa, 3.11 or later for everything else.

A name on PATH is not enough: a pyenv shim exists and fails when its version is not
switched on, and Debian's python3 comes without what makes an environment. So each
candidate is started and asked.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.progress import StepFailed

ASK = "import sys, venv, ensurepip; print('%d.%d.%d' % sys.version_info[:3]); print(sys.executable)"


@dataclass(frozen=True)
class Python:
    path: Path
    version: str
    source: str


@dataclass(frozen=True)
class Wanted:
    """Which Python, and what to call it when there is none."""

    variable: str
    minors: tuple[int, ...]
    purpose: str

    @property
    def title(self) -> str:
        return f"Python 3.{self.minors[0]}" + (" or later" if len(self.minors) > 1 else "")


RASA = Wanted("PYTHON310", (10,), "Rasa runs on no other")
OURS = Wanted("PYTHON311", (11, 12, 13, 14), "everything but Rasa runs on it")


def find(wanted: Wanted) -> Python:
    """The first candidate that runs, is of the right version and can make an environment."""
    named = os.environ.get(wanted.variable)
    if named:
        python = probe(named, wanted.variable)
        if python is None or not fits(python, wanted):
            raise StepFailed(f"{wanted.variable}={named} is no {wanted.title} that can make a virtual environment")
        return python
    for command, source in _candidates(wanted):
        python = probe(command, source)
        if python is not None and fits(python, wanted):
            return python
    raise StepFailed(_missing(wanted))


def probe(command: str | Path, source: str) -> Python | None:
    """What a command is, or None when it does not run or lacks venv."""
    try:
        answer = subprocess.run(
            [str(command), "-c", ASK], capture_output=True, text=True, timeout=30, check=True, stdin=subprocess.DEVNULL
        ).stdout.splitlines()
    except (OSError, subprocess.SubprocessError):
        return None
    return Python(Path(answer[1]), answer[0], source) if len(answer) == 2 else None


def fits(python: Python, wanted: Wanted) -> bool:
    major, minor, _ = python.version.split(".")
    return major == "3" and int(minor) in wanted.minors


def _candidates(wanted: Wanted) -> Iterator[tuple[str, str]]:
    if sys.version_info[1] in wanted.minors:
        yield getattr(sys, "_base_executable", sys.executable), "the running one"
    names = [f"python3.{minor}" for minor in wanted.minors]
    for name in [*names, "python3"]:
        if shutil.which(name):
            yield name, "PATH"
    for path in _pyenv(wanted):
        yield str(path), "pyenv"
    yield from _uv(names[0].replace("python", ""))


def _pyenv(wanted: Wanted) -> Iterator[Path]:
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for minor in wanted.minors:
        found = (root / "versions").glob(f"3.{minor}.*/bin/python")
        yield from sorted(found, key=lambda path: _patch(path.parent.parent.name), reverse=True)


def _patch(version: str) -> int:
    last = version.split(".")[2]
    return int(last) if last.isdigit() else -1


def _uv(version: str) -> Iterator[tuple[str, str]]:
    """What uv has, else what uv can fetch; the second is only tried when asked for."""
    uv = shutil.which("uv")
    if uv is None:
        return
    for before in ([], [uv, "python", "install", version]):
        if before and subprocess.run(before, capture_output=True, check=False, stdin=subprocess.DEVNULL).returncode:
            return
        found = subprocess.run([uv, "python", "find", version], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            yield found.stdout.strip(), "uv"


def _missing(wanted: Wanted) -> str:
    version = f"3.{wanted.minors[0]}"
    return (
        f"{wanted.title} is missing ({wanted.purpose}). Get it with `uv python install {version}` or "
        f"`pyenv install {version}`, or name one: {wanted.variable}=/path/to/python{version} "
        f"(on Debian and Ubuntu it also needs the package python{version}-venv)"
    )
