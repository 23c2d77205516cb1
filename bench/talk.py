"""The conversations that are measured, from gesprekken.yml."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from conversations.model import Choice

FILE = Path(__file__).with_name("gesprekken.yml")


@dataclass(frozen=True)
class Line:
    """One thing a citizen says: words, or the button with this title or number."""

    text: str
    taps: bool = False

    def tapped(self, offered: list[Choice]) -> int | None:
        """Which of these buttons it is; None when it is typed, also for want of that button."""
        if not self.taps:
            return None
        if self.text.isdigit():
            return int(self.text) - 1 if int(self.text) <= len(offered) else None
        titles = [choice.title for choice in offered]
        return titles.index(self.text) if self.text in titles else None


Talk = tuple[Line, ...]


def talks() -> dict[str, Talk]:
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {name: tuple(_line(step) for step in steps) for name, steps in content.items()}


def _line(step: dict[str, object]) -> Line:
    [(how, what)] = step.items()
    return Line(str(what), taps=how == "kies")
