"""What the tests need from the machine: a browser and a PostgreSQL. Finds them, or installs them where it may."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
NO_BROWSER = "no browser found: install Chromium or Chrome, or name one with CHROMIUM=/path/to/chromium"
NO_POSTGRES = (
    "no PostgreSQL found: THE TESTS WILL RUN ON SQLITE ONLY. "
    "Install PostgreSQL 14 or later, or name its programs with POSTGRES_BIN=/path/to/bin"
)


def browser() -> Path | None:
    """A Chromium or Chrome: named by CHROMIUM, on PATH, an application, or fetched by Playwright."""
    named = os.environ.get("CHROMIUM")
    if named:
        return Path(named) if os.access(named, os.X_OK) else None
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return Path(found)
    for path in (*map(Path, APPLICATIONS), *_fetched_by_playwright()):
        if os.access(path, os.X_OK):
            return path
    return None


def _fetched_by_playwright() -> Iterator[Path]:
    for folder in (Path.home() / ".cache/ms-playwright", Path.home() / "Library/Caches/ms-playwright"):
        yield from folder.glob("chromium-*/chrome-linux*/chrome")
        yield from folder.glob("chromium-*/chrome-mac*/*.app/Contents/MacOS/*")


def postgres() -> Path | None:
    """The folder with initdb and postgres: named by POSTGRES_BIN, on PATH, or where packages put it."""
    for folder in _postgres_folders():
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
            return folder
    return None


def _postgres_folders() -> Iterator[Path]:
    named = os.environ.get("POSTGRES_BIN")
    if named:
        yield Path(named)
        return
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    for place in ("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt", "/usr/local/opt"):
        found = Path(place).glob("*/bin") if "opt" not in place else Path(place).glob("postgresql*/bin")
        yield from sorted(found, key=_number, reverse=True)


def _number(folder: Path) -> int:
    digits = re.findall(r"\d+", folder.parent.name)
    return int(digits[-1]) if digits else 0


def can_install() -> bool:
    """Only root on Debian or Ubuntu: a container or a build machine, where nobody is surprised by a package."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(package: str, log: Path) -> bool:
    """Installs a Debian package; False when that did not work, with the reason in the log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with log.open("ab") as output:
        for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", package]):
            finished = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, check=False
            )
    return finished.returncode == 0
