"""The sandbox as a process of its own, on free ports, with the clock in the test's hands."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.ports import free_ports

ROOT = Path(__file__).parents[2]
CONTRACTS = Path(os.environ.get("CONTRACTS_DIR") or ROOT.parent / "shared" / "contracts")
PATIENCE = 60.0
TOPDESK_LOGIN = ("balie", "sandbox-topdesk")
JCC_LOGIN = ("balie", "sandbox-jcc")
NO_CONTRACTS = f"the published contracts are not at {CONTRACTS}; set CONTRACTS_DIR to where they are"

needs_contracts = pytest.mark.skipif(not CONTRACTS.is_dir(), reason=NO_CONTRACTS)


@dataclass
class Sandbox:
    url: str
    smtp_port: int
    clock_file: Path

    def set_clock(self, moment: str) -> None:
        self.clock_file.write_text(moment, encoding="utf-8")

    def reset(self) -> None:
        self.tell("reset")

    def tell(self, path: str, /, **body: Any) -> Any:
        answer = requests.post(f"{self.url}/{path}", json=body, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def state(self, path: str, **query: str) -> Any:
        answer = requests.get(f"{self.url}/state/{path}", params=query, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def subjects(self) -> list[str]:
        return [mail["subject"] for mail in self.state("mail")]

    def topdesk(self, method: str, path: str, **request: Any) -> requests.Response:
        request.setdefault("auth", TOPDESK_LOGIN)
        url = f"{self.url}/topdesk/tas/api{path}"
        return requests.request(method, url, timeout=10, allow_redirects=False, **request)

    def token(self) -> str:
        answer = requests.post(
            f"{self.url}/jcc/JCC/Leiestad/G-Plan/api/connect/token",
            data={"grant_type": "client_credentials", "scope": "warp-api"},
            auth=JCC_LOGIN,
            timeout=10,
        )
        return str(answer.json()["access_token"])

    def jcc(self, method: str, path: str, *, token: str | None = None, **request: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token or self.token()}", "language": "nl"}
        url = f"{self.url}/jcc/JCC/Leiestad/G-Plan/api/warp/v1{path}"
        return requests.request(method, url, headers=headers, timeout=10, **request)


@contextmanager
def running_sandbox(folder: Path, **environment: str) -> Iterator[Sandbox]:
    with free_ports(2) as (port, smtp_port):
        sandbox = Sandbox(f"http://127.0.0.1:{port}", smtp_port, folder / "clock")
    settings = {
        "INNER_BIND": "127.0.0.1",
        "SANDBOX_PORT": str(port),
        "SANDBOX_SMTP_PORT": str(smtp_port),
        "CLOCK_FILE": str(sandbox.clock_file),
        "CITY_FILE": str(ROOT / "city.yml"),
        **environment,
    }
    log = folder / "sandbox.log"
    with log.open("w", encoding="utf-8") as output:
        command = [sys.executable, "-m", "sandbox"]
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **settings}, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_ready(sandbox, process, log)
        yield sandbox
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_until_ready(sandbox: Sandbox, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"{sandbox.url}/health", timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError(f"the sandbox did not start:\n{log.read_text(encoding='utf-8')}")
