"""A PostgreSQL of the tests' own: in a folder of its own, behind a socket of its own, gone when they end."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

START_SECONDS = 30.0
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=200")


class PostgresServer:
    """Started once a session; makes and drops a database in a blink.

    PostgreSQL refuses to run as root, so a root hands it to another user.
    """

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="balie-pg-", dir="/tmp"))  # a socket's path must be short
        self._as_user = _somebody_else()
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._as_user:
            os.chown(self._folder, self._as_user["user"], self._as_user["group"])
        self._run("initdb", "--pgdata", self._data, "--username", "balie", "--auth", "trust", "--encoding", "UTF8",
                  "--locale", "C", "--no-sync")  # fmt: skip
        options = [word for option in FAST for word in ("-c", option)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-k", self._folder, *options],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self._folder, start_new_session=True,
                **self._as_user,
            )  # fmt: skip
        self._wait()

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _run(self, program: str, *arguments: str | Path) -> None:
        finished = subprocess.run(
            [self._programs / program, *arguments],
            capture_output=True, text=True, check=False, cwd=self._folder, **self._as_user,
        )  # fmt: skip
        if finished.returncode:
            raise RuntimeError(f"{program} failed:\n{finished.stdout}\n{finished.stderr}")

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._administer().close()
                return
            except psycopg.OperationalError as error:
                stopped = self._process is not None and self._process.poll() is not None
                if stopped or time.monotonic() > deadline:
                    raise RuntimeError(f"PostgreSQL did not start:\n{self._log.read_text()}") from error
                time.sleep(0.05)

    def _administer(self) -> psycopg.Connection[Any]:
        return psycopg.connect(host=str(self._folder), user="balie", dbname="postgres", autocommit=True)

    def create(self, template: str = "template0") -> str:
        """The name of a fresh database, a copy of another one."""
        name = f"t{next(self._numbers)}"
        with self._administer() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )
        return name

    def drop(self, name: str) -> None:
        with self._administer() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://balie@/{name}?host={quote(str(self._folder), safe='')}"

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()  # a "smart" shutdown waits for clients, so it gets little time
            try:
                self._process.wait(1)
            except subprocess.TimeoutExpired:
                self._process.send_signal(2)  # SIGINT: fast, connections are broken off
                self._process.wait(10)
        shutil.rmtree(self._folder, ignore_errors=True)


def _somebody_else() -> dict[str, Any]:
    """For subprocess: which user runs PostgreSQL when we are root; nothing otherwise."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise RuntimeError("PostgreSQL does not run as root, and there is no user postgres or nobody to run it")
