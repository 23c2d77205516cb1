"""What stands in domain.yml and under data/, read for the checks beside this file."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
LINK = re.compile(r"[a-z]+://[^\s)\]]+")


class _NoDoubleKeys(yaml.CSafeLoader):
    """Refuses a key that stands twice: YAML itself silently keeps the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"{sorted(twice)} stands there twice", node.start_mark)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_NoDoubleKeys) or {}
    return content


@dataclass(frozen=True)
class Button:
    title: str
    payload: str

    @property
    def intent(self) -> str:
        """`/afspraak_maken{{"keuze":"REISPAS"}}` → afspraak_maken; `/faq/reispas` → faq/reispas."""
        return self.payload.removeprefix("/").split("{", 1)[0]

    @property
    def choice(self) -> str | None:
        """What it carries. Braces are doubled, or Rasa would look for a slot of that name."""
        match = re.search(r'\{\{"keuze":\s*"([^"]+)"\}\}', self.payload)
        return match.group(1) if match else None


@dataclass(frozen=True)
class Text:
    """One variation of a response."""

    response: str
    text: str
    file: str
    buttons: tuple[Button, ...] = ()

    def __str__(self) -> str:
        return f"{self.response} ({self.file})"

    @property
    def placeholders(self) -> set[str]:
        return set(PLACEHOLDER.findall(self.text))

    @property
    def blanks(self) -> set[str]:
        """The placeholders that are not the city's: whoever says the text fills them."""
        return {name for name in self.placeholders if not name.startswith("stad_")}

    def filled(self, values: Mapping[str, str]) -> str:
        """As a citizen reads it, with one plain word for what an action fills in."""
        return PLACEHOLDER.sub(lambda match: values.get(match.group(1), "woord"), self.text)


@dataclass
class Content:
    root: Path
    domain: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.domain = read_yaml(self.root / "domain.yml")

    @cached_property
    def files(self) -> dict[str, dict[str, Any]]:
        paths = sorted((self.root / "data").rglob("*.yml"))
        return {str(path.relative_to(self.root)): read_yaml(path) for path in paths}

    # --- what is understood -------------------------------------------------

    @cached_property
    def examples(self) -> dict[str, list[str]]:
        """Every intent with its examples; a question is an intent of its own, faq/<naam>."""
        found: dict[str, list[str]] = {}
        for content in self.files.values():
            for block in content.get("nlu") or []:
                lines = [line.removeprefix("- ").strip() for line in block["examples"].splitlines()]
                found.setdefault(block["intent"], []).extend(line for line in lines if line)
        return found

    @property
    def intents(self) -> set[str]:
        return {name if isinstance(name, str) else next(iter(name)) for name in self.domain["intents"]}

    # --- what is said -------------------------------------------------------

    @cached_property
    def texts(self) -> list[Text]:
        told = [(file, content.get("responses") or {}) for file, content in self.files.items()]
        return [
            Text(name, variation["text"].strip(), file, _buttons(variation))
            for file, responses in told
            for name, variations in responses.items()
            for variation in variations
        ]

    @property
    def responses(self) -> set[str]:
        return {text.response for text in self.texts}

    # --- what is done -------------------------------------------------------

    def rule_steps(self, kind: str) -> Iterator[Any]:
        """What the rules and stories name as `intent`, `action`, `active_loop` or `slot_was_set`."""
        for content in self.files.values():
            for rule in [*(content.get("rules") or []), *(content.get("stories") or [])]:
                for step in [*(rule.get("condition") or []), *rule["steps"]]:
                    if kind in step:
                        yield step[kind]

    @property
    def slots(self) -> set[str]:
        return set(self.domain["slots"])

    @property
    def forms(self) -> dict[str, list[str]]:
        return {name: form["required_slots"] for name, form in self.domain["forms"].items()}

    @property
    def actions(self) -> set[str]:
        return set(self.domain["actions"])


def _buttons(variation: Mapping[str, Any]) -> tuple[Button, ...]:
    return tuple(Button(button["title"], button["payload"]) for button in variation.get("buttons") or [])
