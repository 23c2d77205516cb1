"""Answers that agents need often, with what is known of this conversation filled in.

They are content, in data/medewerker/antwoorden.yml, and read again when the file changed.
What has no value stays as it stands: the agent fills it in, and is kept from sending it as it is.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
import yaml

VARIABLE = re.compile(r"\{(\w+)\}")

log = structlog.get_logger()


@dataclass(frozen=True)
class Canned:
    """`topics`: of which conversations it is offered first; none: of all."""

    title: str
    text: str
    topics: tuple[str, ...] = ()

    def filled(self, values: Mapping[str, str]) -> "Canned":
        text = VARIABLE.sub(lambda found: values.get(found[1]) or found[0], self.text)
        return Canned(self.title, text, self.topics)


Source = Callable[[], Sequence[Canned]]
"""Where they come from: the file, or whatever a supervisor made of it."""


class CannedFile:
    def __init__(self, file: Path) -> None:
        self.file = file
        self._stamp = 0
        self._found: tuple[Canned, ...] = ()

    def __call__(self) -> Sequence[Canned]:
        """A file that cannot be read leaves them as they were."""
        try:
            stamp = self.file.stat().st_mtime_ns
            if stamp != self._stamp:
                self._found, self._stamp = _read(self.file), stamp
        except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            log.error("canned.unreadable", error=type(error).__name__)
        return self._found


def fitting(source: Source, topic: str, values: Mapping[str, str]) -> list[Canned]:
    """All of them, filled in; those of this topic first."""
    return sorted((canned.filled(values) for canned in source()), key=lambda canned: topic not in canned.topics)


def unfilled(text: str) -> bool:
    """Whether a variable is left that the agent had to fill in."""
    return bool(VARIABLE.search(text))


def _read(file: Path) -> tuple[Canned, ...]:
    content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    return tuple(
        Canned(str(one["titel"]), str(one["tekst"]).strip(), tuple(one.get("onderwerpen") or ()))
        for one in content["antwoorden"]
    )
