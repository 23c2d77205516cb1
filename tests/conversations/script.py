"""Reads conversations from YAML: who says what, and what the city's systems must hold after it.

    - gesprek: een losse stoeptegel
      req: [BP2-04]
      stappen:
        - burger: er ligt een tegel los in de Kerkstraat 12
        - bot: utter_ask_melding_fotos
        - knop: Geen foto
        - bot: {utter_ask_melding_contact: "e-mailadres"}
        - backend: {topdesk: {aantal: 1, laatste: {"category.name": Openbaar domein}}}

docs/gesprekken-testen.md explains every step to conversation designers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yaml_file import read_yaml

CHANNELS = ("web", "whatsapp", "messenger")
BRIEF, ALL = "kort", "alle"
CITIZEN_STEPS = frozenset({"burger", "knop", "foto", "plaats"})
LOGIN_STEPS = frozenset({"login", "code", "bekend"})
STEPS = CITIZEN_STEPS | LOGIN_STEPS | {"bot", "bot_later", "stad", "backend", "mail", "clock", "fault", "proces"}
TELLING_STEPS = frozenset({"foto", "plaats", "login"})  # what every channel does in its own way
ON_EVERY_CHANNEL = frozenset({"BP1-06", "BP2-14", "BP3-11", "BP4-12", "MZG-02"})  # rows that one channel cannot prove
DEFAULT_CLOCK = "2026-11-23 10:00"  # a Monday on which the town hall is open


class ScriptError(Exception):
    """A conversation that cannot be played. The message names the file and says in Dutch what is wrong."""


@dataclass(frozen=True)
class Step:
    kind: str
    value: Any
    number: int  # counts from 1 within the conversation


@dataclass(frozen=True)
class Script:
    file: str
    title: str
    steps: tuple[Step, ...]
    requirements: tuple[str, ...] = ()
    channels: tuple[str, ...] = CHANNELS
    why_not: str = ""  # why it cannot be played on the other channels
    clock: str = DEFAULT_CLOCK
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{Path(self.file).stem}: {self.title}"


def load_scripts(folder: Path) -> Iterator[Script]:
    for file in sorted(folder.glob("*.yml")):
        content = read_yaml(file)
        if not isinstance(content, list):
            raise ScriptError(f"{file.name}: verwacht een lijst van gesprekken, elk met `gesprek:` en `stappen:`")
        for entry in content:
            yield _script(file.name, entry)


def _script(file: str, entry: Mapping[str, Any]) -> Script:
    title = entry.get("gesprek")
    if not title:
        raise ScriptError(f"{file}: een gesprek zonder `gesprek:` (zijn titel)")
    unknown = set(entry) - {"gesprek", "req", "kanalen", "omdat", "klok", "stappen"}
    if unknown:
        raise ScriptError(f"{file}: {title}: onbekend: {', '.join(sorted(unknown))}")
    steps = tuple(_step(f"{file}: {title}", number, raw) for number, raw in enumerate(entry.get("stappen") or (), 1))
    if not any(step.kind == "bot" for step in steps):
        raise ScriptError(f"{file}: {title}: de bot zegt nooit iets; dan test dit gesprek niets")
    channels = _channels(entry.get("kanalen", "all"))
    if (len(channels) < len(CHANNELS)) != bool(entry.get("omdat")):
        raise ScriptError(f"{file}: {title}: `kanalen:` en `omdat:` horen bij elkaar; zeg waarom het elders niet kan")
    return Script(
        file=file,
        title=title,
        steps=steps,
        requirements=tuple(entry.get("req") or ()),
        channels=channels,
        why_not=str(entry.get("omdat", "")),
        clock=str(entry.get("klok", DEFAULT_CLOCK)),
    )


def _step(where: str, number: int, raw: Any) -> Step:
    if not isinstance(raw, Mapping) or len(raw) != 1:
        raise ScriptError(f"{where}: stap {number}: één sleutel per stap, niet {raw!r}")
    [(kind, value)] = raw.items()
    if kind not in STEPS:
        raise ScriptError(f"{where}: stap {number}: onbekende stap `{kind}:`; bekend zijn {', '.join(sorted(STEPS))}")
    return Step(kind, value, number)


def _channels(value: str | list[str]) -> tuple[str, ...]:
    return CHANNELS if value == "all" else tuple(channel for channel in CHANNELS if channel in value)


def cases(scripts: Sequence[Script], wanted: str) -> Iterator[tuple[Script, str]]:
    """What is played where. `wanted`: `alle`, one channel, or `kort`: the web, and what tells most on the others."""
    first_of = {script.file: script for script in reversed(scripts)}
    for script in scripts:
        is_telling = (
            script is first_of[script.file]
            or any(step.kind in TELLING_STEPS for step in script.steps)
            or not ON_EVERY_CHANNEL.isdisjoint(script.requirements)
        )
        for channel in script.channels:
            if wanted in (ALL, channel) or (wanted == BRIEF and (channel == "web" or is_telling)):
                yield script, channel
