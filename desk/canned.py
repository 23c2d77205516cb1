"""Answers that agents need often, with what is known of this conversation filled in.

They are content, in data/medewerker/antwoorden.yml.
What has no value stays as it stands: the agent fills it in, and is kept from sending it as it is.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from conversations.model import JSON

VARIABLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Canned:
    """`topics`: of which conversations it is offered first; none: of all. `choices`: titles that go along."""

    title: str
    text: str
    topics: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

    def filled(self, values: Mapping[str, str]) -> "Canned":
        text = VARIABLE.sub(lambda found: values.get(found[1]) or found[0], self.text)
        return replace(self, text=text)


Source = Callable[[], Sequence[Canned]]
"""Where they come from: the file, or whatever a supervisor made of it."""


def fitting(source: Source, topic: str, values: Mapping[str, str]) -> list[Canned]:
    """All of them, filled in; those of this topic first."""
    return sorted((canned.filled(values) for canned in source()), key=lambda canned: topic not in canned.topics)


def unfilled(text: str) -> bool:
    """Whether a variable is left that the agent had to fill in."""
    return bool(VARIABLE.search(text))


def read_canned(content: JSON) -> Sequence[Canned]:
    """Raises KeyError and TypeError."""
    return [
        Canned(
            str(one["titel"]),
            str(one["tekst"]).strip(),
            tuple(one.get("onderwerpen") or ()),
            tuple(map(str, one.get("knoppen") or ())),
        )
        for one in content["antwoorden"]
    ]
