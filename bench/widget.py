"""How many bytes a website loads for the chat."""

import gzip
import re
from pathlib import Path

from bench.effort import Effort
from bench.numbers import bytes_text
from bench.report import Figure, Target
from bench.stage import Stage
from settings import ROOT

WIDGET = ROOT / "widget"
MOST = 25_000  # bytes, compressed
IMPORT = re.compile(r"""(?:^|\n)\s*(?:import|export)\b[^'";]*['"]\./([^'"]+)['"]|import\(\s*['"]\./([^'"]+)['"]\s*\)""")


def measure(stage: Stage, effort: Effort) -> Figure:
    del stage, effort  # nothing needs to run for it
    files = ["chat.css", *modules(WIDGET, "chat.js")]
    sizes = {name: ((WIDGET / name).stat().st_size, len(compressed(WIDGET / name))) for name in files}
    plain, total = (sum(size[which] for size in sizes.values()) for which in (0, 1))
    rows = [[name, str(size), str(packed)] for name, (size, packed) in sizes.items()]
    return Figure(
        title="The widget: chat.js, every module it imports, and chat.css",
        columns=["", "bytes", "gzip"],
        rows=[*rows, ["together", str(plain), str(total)]],
        targets=[Target(f"at most {bytes_text(MOST)} with gzip", bytes_text(total), total <= MOST)],
        data={"gzip_bytes": {name: packed for name, (_, packed) in sizes.items()}, "total": total},
    )


def modules(folder: Path, first: str) -> list[str]:
    """This module and all that it imports, directly or not."""
    found = [first]
    for name in found:  # grows meanwhile
        imported = (one or other for one, other in IMPORT.findall((folder / name).read_text(encoding="utf-8")))
        found += [other for other in dict.fromkeys(imported) if other not in found]
    return found


def compressed(file: Path) -> bytes:
    """As the front sends it: each file by itself."""
    return gzip.compress(file.read_bytes(), 9)
