"""What time the sandbox thinks it is: the real time, or the moment in CLOCK_FILE and on from there.

The file holds an ISO moment; the pretended time advances from the moment the file
was written. It is read on every call, so that the backends jump together with
everybody else who reads the same file.
"""

import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")


class Clock:
    def __init__(self, file: str | Path = "") -> None:
        self._file = Path(file) if file else None

    def now(self) -> datetime:
        if self._file is None:
            return datetime.now(BRUSSELS)
        try:
            text = self._file.read_text(encoding="utf-8").strip()
            written = self._file.stat().st_mtime
        except FileNotFoundError:
            text, written = "", 0.0
        if not text:
            return datetime.now(BRUSSELS)
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=BRUSSELS)
        return datetime.fromtimestamp(aware.timestamp() + time.time() - written, BRUSSELS)
