"""What time it is in the city.

`CLOCK_FILE` lets a demonstration or a test live on another day: the file holds an
ISO moment, and from the moment it was written time goes on at its usual pace. The
file is looked at on every call, so all processes jump together.
"""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")


class Clock:
    """Tells the moment, always aware, always Brussels time."""

    def __init__(self, file: str | Path = "") -> None:
        self._file = Path(file) if file else None

    def now(self) -> datetime:
        pretended = self._pretended()
        return pretended if pretended is not None else datetime.now(BRUSSELS)

    def utc(self) -> datetime:
        """The same moment to count seconds with: a wall clock skips an hour in spring and repeats one in autumn."""
        return self.now().astimezone(UTC)

    def _pretended(self) -> datetime | None:
        if self._file is None:
            return None
        try:
            text = self._file.read_text(encoding="utf-8").strip()
            written = self._file.stat().st_mtime
        except FileNotFoundError:
            return None
        if not text:
            return None  # being written this very moment, or emptied to return to the real time
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=BRUSSELS)
        passed = timedelta(seconds=time.time() - written)
        # Adding to an aware moment moves the wall clock, so the sum goes through its timestamp: it stays right on the
        # two nights that have 23 and 25 hours.
        return datetime.fromtimestamp(moment.timestamp() + passed.total_seconds(), BRUSSELS)
