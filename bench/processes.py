"""What each process weighs, and how soon it is ready after its start."""

import time

from bench import machine
from bench.citizens import RestCitizen, WebCitizen
from bench.effort import Effort
from bench.load import drive
from bench.numbers import bytes_text
from bench.report import Figure, Target
from bench.stage import RasaServer, Stage, say

MOST_OF_FRONT = 200_000_000  # bytes
PARTS = ("sandbox", "actions", "bot", "front")


def memory(stage: Stage, effort: Effort) -> Figure:
    """After some conversations, because that is when everything has been loaded."""
    rivals = _rivals(stage)
    say("some conversations, and then the memory of each process")
    drive(lambda: WebCitizen(stage.house.front_url), 4, warm=0, seconds=effort.load_seconds)
    for rival in rivals:
        drive(lambda url=rival.url: RestCitizen(url), 4, warm=0, seconds=effort.load_seconds)  # type: ignore[misc]
    marks = {**machine.MARKS, **{rival.name: rival.mark for rival in rivals}}
    used = {name: machine.memory(pids) for name, pids in machine.groups(marks).items()}
    front = used["front"]
    return Figure(
        title="Memory of each process (resident)",
        columns=["", "memory"],
        rows=[[name, bytes_text(used[name])] for name in (*PARTS, *(rival.name for rival in rivals))],
        targets=[Target(f"front at most {bytes_text(MOST_OF_FRONT)}", bytes_text(front), front <= MOST_OF_FRONT)],
        data={"bytes": used},
    )


def start(stage: Stage, effort: Effort) -> Figure:
    """Each part alone, killed before; its files are still in the memory of the system."""
    del effort  # once is enough: it is a matter of seconds, not of milliseconds
    rivals = _rivals(stage)
    seconds = {part: _restart(stage, part) for part in PARTS}
    seconds |= {rival.name: rival.ready_after for rival in rivals}
    return Figure(
        title="From start until ready",
        columns=["", "seconds"],
        rows=[[name, f"{took:.1f}"] for name, took in seconds.items()],
        data={"seconds": seconds},
    )


def _restart(stage: Stage, part: str) -> float:
    say(f"starting {part} again")
    stage.house.kill(part)
    began = time.monotonic()
    stage.house.restart(part)
    return time.monotonic() - began


def _rivals(stage: Stage) -> list[RasaServer]:
    return [stage.same_model, *([stage.default_rasa()] if stage.has_default else [])]
