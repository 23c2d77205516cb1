"""Writes down what works on which channel, from conversations that were really played (`make parity`)."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.conversations.script import CHANNELS, Script

NAMES = {"web": "website", "whatsapp": "WhatsApp", "messenger": "Messenger"}
HEAD = """# Wat werkt op welk kanaal

Geschreven door `make parity`, dat alle gesprekken van `tests/conversations/` op alle kanalen speelt: op de website en
op de telefoons van de [sandbox](sandbox.md), met ondertekende webhooks en de nagebootste Graph API.

"""


@dataclass
class Outcome:
    """Of one process on one channel."""

    worked: int = 0
    failed: list[str] = field(default_factory=list)
    ways: Counter[str] = field(default_factory=Counter)


class Parity:
    def __init__(self) -> None:
        self._outcomes: dict[tuple[str, str], Outcome] = defaultdict(Outcome)

    def worked(self, script: Script, channel: str, ways: Mapping[str, int]) -> None:
        outcome = self._outcomes[_process(script), channel]
        outcome.worked += 1
        outcome.ways.update(ways)

    def failed(self, script: Script, channel: str) -> None:
        self._outcomes[_process(script), channel].failed.append(script.title)

    def write(self, file: Path, scripts: Sequence[Script]) -> None:
        processes = list(dict.fromkeys(_process(script) for script in scripts))
        rows = [["proces", *(NAMES[channel] for channel in CHANNELS)], ["---"] * (len(CHANNELS) + 1)]
        for process in processes:
            of_process = [script for script in scripts if _process(script) == process]
            rows.append([process, *(self._cell(process, channel, of_process) for channel in CHANNELS)])
        table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        file.write_text(HEAD + table + "\n" + self._details(), encoding="utf-8")

    def _cell(self, process: str, channel: str, scripts: Sequence[Script]) -> str:
        outcome = self._outcomes[process, channel]
        played = outcome.worked + len(outcome.failed)
        verdict = "niet gespeeld" if not played else "werkt" if not outcome.failed else "werkt niet helemaal"
        parts = [f"{verdict} ({outcome.worked} van {played})" if played else verdict]
        parts += [f"anders: {way} ({times}×)" for way, times in sorted(outcome.ways.items())]
        excluded = [script.why_not for script in scripts if channel not in script.channels]
        parts += [f"kan niet: {why} ({times}×)" for why, times in Counter(excluded).items()]
        return "<br>".join(parts)

    def _details(self) -> str:
        lines = [
            f"- {process}, {NAMES[channel]}: {title}"
            for (process, channel), outcome in self._outcomes.items()
            for title in outcome.failed
        ]
        return "\n## Wat nog niet werkt\n\n" + "\n".join(lines) + "\n" if lines else ""


def _process(script: Script) -> str:
    return Path(script.file).stem
