"""Sets up a fresh machine: the two environments and, for the tests, a browser and a PostgreSQL.

Any Python from 3.9 on runs this, with nothing installed (`python3 -m scripts.bootstrap`).
What is in order already takes a second.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

from scripts import machine
from scripts.progress import Progress, Step, StepFailed, last_lines, run_logged
from scripts.pythons import OURS, RASA, Python, Wanted, find, fits, probe

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "var" / "log"
STAMP = ".balie-lock"


def main() -> None:
    purpose = _arguments().purpose
    environments = [(".venv", OURS, "dev.txt", "under a minute")]
    if purpose != "check":
        environments.append((".venv-rasa", RASA, "rasa.txt", "one to three minutes"))
    progress = Progress(len(environments) + (2 if purpose == "test" else 0))
    try:
        for name, wanted, lock, lasts in environments:
            with progress.step(name) as step:
                provide_environment(step, ROOT / name, wanted, ROOT / "requirements" / lock, lasts)
        if purpose == "test":
            with progress.step("browser") as step:
                provide_browser(step)
            with progress.step("PostgreSQL") as step:
                provide_postgres(step)
    except StepFailed as failure:
        sys.exit(str(failure))
    except KeyboardInterrupt:
        sys.exit("stopped")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--for", dest="purpose", choices=("run", "check", "test"), default="run", help="what the machine gets ready for"
    )
    return parser.parse_args()


def provide_environment(step: Step, folder: Path, wanted: Wanted, lock: Path, lasts: str) -> None:
    """An environment with what its lock says; installs only when the lock changed."""
    stamp = folder / STAMP
    present = probe(folder / "bin" / "python", folder.name)
    if present and stamp.is_file() and stamp.read_text(encoding="utf-8") == _stamp(present, lock):
        step.say(f"Python {present.version}, up to date")
        return
    python = present if present and fits(present, wanted) else find(wanted)
    if python is not present:
        step.say(f"making it with Python {python.version} ({python.source})")
        log = LOGS / f"{folder.name.strip('.')}.log"
        run_logged([python.path, "-m", "venv", "--clear", folder], log, f"{folder.name} could not be made")
    step.say(f"installing {lock.parent.name}/{lock.name}, {lasts}")
    _install(folder, lock)
    stamp.write_text(_stamp(python, lock), encoding="utf-8")
    step.say(f"Python {python.version}, installed")


def _stamp(python: Python, lock: Path) -> str:
    return f"{python.version} {hashlib.sha256(lock.read_bytes()).hexdigest()}\n"


def _install(folder: Path, lock: Path) -> None:
    log = LOGS / f"{folder.name.strip('.')}.log"
    command: list[str | Path] = [
        folder / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check", "--no-input",
        "--require-hashes", "-r", lock,
    ]  # fmt: skip
    run_logged(command, log, f"{lock.name} could not be installed into {folder.name}")


def provide_browser(step: Step) -> None:
    log = LOGS / "browser.log"
    if machine.browser() is None and machine.can_install():
        step.say("installing chromium")
        machine.apt_install("chromium", log)
    if machine.browser() is None and not os.environ.get("CHROMIUM"):
        step.say("fetching a browser")
        with log.open("ab") as output:
            command = [str(ROOT / ".venv/bin/python"), "-m", "playwright", "install", "chromium"]
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
    found = machine.browser()
    if found is None:
        raise StepFailed(f"{last_lines(log, 5)}\n{machine.NO_BROWSER}".lstrip("\n"))
    step.say(str(found))


def provide_postgres(step: Step) -> None:
    """The tests go on without one, so its absence is said loudly and is no failure."""
    if machine.postgres() is None and machine.can_install():
        step.say("installing postgresql")
        machine.apt_install("postgresql", LOGS / "postgresql.log")
    step.say(str(machine.postgres() or machine.NO_POSTGRES))


if __name__ == "__main__":
    main()
