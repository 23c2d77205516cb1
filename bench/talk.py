"""The conversations that are measured, from gesprekken.yml.

Our bot remembers the meaning of the latest sentences. Citizens who all say the same would
make it look faster than it is, so each of them gets words of his own.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from conversations.model import Choice
from scripts.nlu import cases
from yaml_file import read_yaml

FILE = Path(__file__).with_name("gesprekken.yml")
PLACE = re.compile(r"\{(\w+)\}")
HIGHEST = 150  # {getal}; a house number


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


def talks() -> Iterator[Talk]:
    """One conversation of each sort, in words that were probably never said before."""
    written, _ = _read()
    for lines in written:
        yield tuple(Line(_filled(line.text), line.taps) for line in lines)


def _filled(text: str) -> str:
    _, words = _read()
    while places := PLACE.findall(text):
        for name in places:
            word = str(random.randint(1, HIGHEST)) if name == "getal" else random.choice(words[name])
            text = text.replace(f"{{{name}}}", word, 1)
    return text


@cache
def _read() -> tuple[list[Talk], dict[str, list[str]]]:
    content = read_yaml(FILE)
    questions = [text for text, intent, _ in cases() if intent.startswith("faq/")]
    written = [tuple(map(_line, steps)) for steps in content["gesprekken"].values()]
    return written, {**content["woorden"], "vraag": questions}


def _line(step: dict[str, object]) -> Line:
    [(how, what)] = step.items()
    return Line(str(what), taps=how == "kies")
