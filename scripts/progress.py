"""Shows what a command is doing: step n of m, one line a step, with the seconds it took.

On a terminal the seconds tick; in a log each step is one line when it ends.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class StepFailed(Exception):
    """A step that cannot go on. The message tells what is wrong and what to do."""


class Step:
    """One line of progress; whoever does the work may say more while it lasts."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.note = ""
        self.started = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def say(self, note: str) -> None:
        self.note = note


class Progress:
    def __init__(self, total: int) -> None:
        self._total = total
        self._number = 0
        self._live = sys.stdout.isatty()

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        self._number += 1
        step = Step(title)
        over = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(step, over), daemon=True)
        if self._live:
            ticker.start()
        try:
            yield step
        except BaseException:
            self._close(step, over, ticker, "failed")
            raise
        self._close(step, over, ticker, step.note or "done")

    def _tick(self, step: Step, over: threading.Event) -> None:
        while not over.wait(0.5):
            width = shutil.get_terminal_size().columns - 1  # a wrapped line could not be written over
            self._write(f"\r{self._line(step, step.note)[:width]}\033[K")

    def _close(self, step: Step, over: threading.Event, ticker: threading.Thread, result: str) -> None:
        over.set()
        if self._live:
            ticker.join()
            self._write("\r")
        self._write(f"{self._line(step, result)}" + ("\033[K\n" if self._live else "\n"))

    def _line(self, step: Step, note: str) -> str:
        return f"[{self._number}/{self._total}] {step.title} … {note} ({step.seconds:.0f} s)"

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


def run_logged(
    command: Sequence[str | Path], log: Path, remedy: str, environment: dict[str, str] | None = None
) -> None:
    """Runs a command with its output in a log; a failure shows the end of that log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        finished = subprocess.run(
            [str(word) for word in command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            check=False,
        )
    if finished.returncode != 0:
        raise StepFailed(f"{last_lines(log, 25)}\n\n{remedy} (all of it: {log})")


def last_lines(log: Path, count: int) -> str:
    if not log.exists():
        return ""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(f"    {line}" for line in lines[-count:])
