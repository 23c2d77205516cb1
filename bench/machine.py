"""What our processes cost: memory, and seconds of processor."""

import os
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path

# How the command of a part can be told from the others, once it runs
MARKS = {"front": "server.py", "actions": "-m actions", "sandbox": "-m sandbox", "bot": "--credentials credentials.yml"}
PROC = Path("/proc")


def describe() -> dict[str, object]:
    return {
        "cores": os.cpu_count(),
        "load": [round(load, 1) for load in os.getloadavg()],
        "system": platform.system(),
        "python": platform.python_version(),
    }


def groups(marks: Mapping[str, str] = MARKS) -> dict[str, list[int]]:
    """The process ids of each part that this process started, its children included."""
    rows = [_row(line) for line in _ps("pid=,ppid=,pgid=,args=")]
    leaders = {pgid: args for pid, ppid, pgid, args in rows if ppid == os.getpid() and pid == pgid}
    found: dict[str, list[int]] = {}
    for name, mark in marks.items():
        for leader, args in leaders.items():
            if mark in args:
                found[name] = [pid for pid, _, pgid, _ in rows if pgid == leader]
    return found


def memory(pids: list[int]) -> int:
    """Resident bytes of all of them; what they share counts for each."""
    wanted = {str(pid) for pid in pids}
    rows = (line.split() for line in _ps("pid=,rss="))
    return sum(int(rss) * 1024 for pid, rss in rows if pid in wanted)


def processor(pids: list[int]) -> float:
    """Seconds of processor that they used since they began; 0 where the system does not tell (only Linux does)."""
    ticks = 0
    for pid in pids:
        stat = PROC / str(pid) / "stat"
        if stat.exists():
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _ps(columns: str) -> list[str]:
    listed = subprocess.run(["ps", "-A", "-o", columns], capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


def _row(line: str) -> tuple[int, int, int, str]:
    pid, ppid, pgid, args = line.split(None, 3)
    return int(pid), int(ppid), int(pgid), args
