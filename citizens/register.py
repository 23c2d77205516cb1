"""The city's register of processing activities: what personal data are used for, and on what legal ground.

Every row of the processing log names one of these activities. What the citizen reads of a
ground stands in data/; the law itself is for whoever must answer for it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import yaml

from city_node import CityError, Node
from yaml_file import read_yaml

DURATION = re.compile(r"P(\d+[YMWD])+")


class Ground(StrEnum):
    CONSENT = "toestemming"
    LEGAL_DUTY = "wettelijke_plicht"
    PUBLIC_TASK = "algemeen_belang"


@dataclass(frozen=True)
class ProcessingActivity:
    key: str
    name: str
    purpose: str  # as it follows on "om"
    ground: Ground
    law: str
    kinds: frozenset[str]
    kept: str  # an ISO duration
    sources: frozenset[str]
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class Register:
    controller: str
    contact: str
    url: str  # where the city shows its register to everybody
    activities: Mapping[str, ProcessingActivity]

    def find(self, key: str) -> ProcessingActivity | None:
        """None for an activity of an older row that is no longer in the register."""
        return self.activities.get(key)

    def covers(self, activity: str, source: str, kinds: tuple[str, ...]) -> bool:
        """Whether this may be done: the activity is there, with this source and these kinds of data."""
        known = self.find(activity)
        return known is not None and source in known.sources and known.kinds.issuperset(kinds)


def load_register(path: Path) -> Register:
    """Raises CityError with the place and the problem."""
    try:
        root = Node(read_yaml(path), f"{path.name}: ")
    except (OSError, yaml.YAMLError) as error:
        raise CityError(f"{path}: cannot be read: {error}") from error
    activities = root["activiteiten"]
    if not isinstance(activities.value, dict):
        raise activities.error("should be a list of keys and values")
    return Register(
        controller=root["verantwoordelijke"].text(),
        contact=root["contact"].text(),
        url=root["register"].text(),
        activities={key: _activity(key, activities[key]) for key in activities.value},
    )


def _activity(key: str, node: Node) -> ProcessingActivity:
    return ProcessingActivity(
        key=key,
        name=node["naam"].text(),
        purpose=node["doel"].text(),
        ground=_ground(node["grondslag"]),
        law=node["wet"].text(),
        kinds=frozenset(node["gegevens"].all(Node.text)),
        kept=_duration(node["bewaren"]),
        sources=frozenset(node["bronnen"].all(Node.text)),
        recipients=node["ontvangers"].all(Node.text),
    )


def _ground(node: Node) -> Ground:
    try:
        return Ground(node.text())
    except ValueError as error:
        raise node.error(f"{node.value!r} is none of {', '.join(Ground)}") from error


def _duration(node: Node) -> str:
    if not DURATION.fullmatch(node.text()):
        raise node.error(f"{node.value!r} is not a duration such as P1Y or P90D")
    return node.text()
