"""Reads the texts under `data/`: for what the front says by itself, also when Rasa is down, and for parts of a list.

Files are read again when they changed, so that a designer sees his comma at once. A
file that cannot be read leaves the texts as they were.
"""

import re
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog
import yaml

from city import City, read_city, read_raw
from city_changes import changed
from city_node import CityError
from conversations.model import JSON, Choice, Reply
from conversations.overrides import Overrides, Version
from yaml_file import read_yaml

LOOK_AGAIN = 1.0  # seconds
TEXT = "tekst:"  # + the name of a response, in what supervisors changed
_PLACEHOLDER = re.compile(r"\{(\w+)\}")

log = structlog.get_logger()


class Texts:
    def __init__(self, folder: Path, city_file: Path, overrides: Overrides | None = None) -> None:
        """`overrides`: what supervisors changed of it. Raises CityError when there is no usable city to begin with."""
        self._folder, self._city_file, self._overrides = folder, city_file, overrides
        self._changes: Mapping[str, Version] = {}
        self._city = _city(city_file, _stamp(city_file))
        self._written: dict[str, list[Mapping[str, JSON]]] = {}  # in the files
        self._responses: dict[str, list[Mapping[str, JSON]]] = {}
        self._stamp: tuple[tuple[Path, int], ...] = ()
        self._looked = 0.0
        self._look()

    @property
    def city(self) -> City:
        self._look()
        return self._city

    def city_with(self, key: str, value: JSON) -> City:
        """The city as this change would make it. Raises CityError."""
        values = {**{name: version.value for name, version in self._changes.items()}, key: value}
        try:
            return read_city(changed(_raw_city(self._city_file, _stamp(self._city_file)), values), self._city_file.name)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise CityError(f"{key}: {type(error).__name__}") from error

    def look_again(self) -> None:
        """Something was changed just now."""
        self._looked = -LOOK_AGAIN

    def __contains__(self, name: str) -> bool:
        self._look()
        return name in self._responses

    def reply(self, name: str, channel: str = "web", **values: str) -> Reply:
        """The response with this name, an empty one when there is none."""
        self._look()
        if name not in self._responses:
            log.error("text.missing", name=name)
            return Reply(name=name)
        response = _of_channel(self._responses[name], channel)
        return Reply(
            text=self._fill(response.get("text") or "", values),
            choices=tuple(
                Choice(self._fill(button["title"], values), _single_braces(self._fill(button["payload"], values)))
                for button in response.get("buttons") or ()
            ),
            image=response.get("image"),
            custom=response.get("custom") or {},
            name=name,
        )

    def of_team(self, name: str, team: str) -> str:
        """What this team says instead: utter_wachtrij_gesloten_burgerzaken before utter_wachtrij_gesloten."""
        own = f"{name}_{team}"
        return own if own in self else name

    def text(self, name: str, **values: str) -> str:
        return self.reply(name, **values).text if name in self else ""

    def is_changed(self, name: str) -> bool:
        """Whether a supervisor gave this response another text: then Rasa does not know it."""
        self._look()
        return TEXT + name in self._changes

    def raw(self, name: str, *, original: bool = False) -> str:
        """With its placeholders; `original`: as the files say."""
        self._look()
        [first, *_] = (self._written if original else self._responses).get(name) or [{}]
        return str(first.get("text") or "")

    def beginning_with(self, prefix: str) -> dict[str, str]:
        """All texts whose name begins so, by the rest of their name."""
        self._look()
        return {name.removeprefix(prefix): self.text(name) for name in self._responses if name.startswith(prefix)}

    def _fill(self, text: str, values: Mapping[str, str]) -> str:
        """What has no value stays as it stands: a visible mistake is mended, a hidden one is not."""
        known = {**self._city.values(), **values}
        return _PLACEHOLDER.sub(lambda match: known.get(match[1], match[0]), text)

    def _look(self) -> None:
        if time.monotonic() - self._looked < LOOK_AGAIN and self._stamp:
            return
        self._looked = time.monotonic()
        files = sorted(self._folder.rglob("responses.yml"))
        stamp = tuple((file, _stamp(file)) for file in [*files, self._city_file] if file.exists())
        changes = self._overrides.live() if self._overrides else {}
        if stamp == self._stamp and changes is self._changes:
            return
        self._stamp, self._changes = stamp, changes
        try:
            responses = [_responses(file, at) for file, at in stamp if file != self._city_file]
            self._city = self._read_city()
        except (OSError, yaml.YAMLError, TypeError, AttributeError, CityError) as error:
            log.error("texts.unreadable", error=str(error))
            return
        self._written = {name: variants for found in responses for name, variants in found.items() if variants}
        self._responses = {
            name: [self._changed(name, variant) for variant in variants] for name, variants in self._written.items()
        }

    def _read_city(self) -> City:
        """What supervisors made of it; what can no longer be used of that is passed over. Raises CityError."""
        file, at = self._city_file, _stamp(self._city_file)
        values = {key: version.value for key, version in self._changes.items()}
        try:
            return read_city(changed(_raw_city(file, at), values), file.name) if values else _city(file, at)
        except (CityError, KeyError, TypeError, AttributeError, ValueError) as error:
            log.error("overrides.unusable", error=str(error))
            return _city(file, at)

    def _changed(self, name: str, variant: Mapping[str, JSON]) -> Mapping[str, JSON]:
        change = self._changes.get(TEXT + name)
        return {**variant, "text": change.value} if change else variant


def _stamp(file: Path) -> int:
    """Changes with the file; 0 when there is none."""
    return file.stat().st_mtime_ns if file.exists() else 0


# What is read is kept as long as the file is the same: a changed comma in one costs the reading of that one.


@lru_cache(maxsize=4)
def _raw_city(file: Path, at: int) -> Any:
    return read_raw(file)


@lru_cache(maxsize=4)
def _city(file: Path, at: int) -> City:
    return read_city(_raw_city(file, at), file.name)


@lru_cache(maxsize=100)
def _responses(file: Path, at: int) -> dict[str, list[Mapping[str, JSON]]]:
    content = read_yaml(file)
    return {str(name): list(variants) for name, variants in ((content or {}).get("responses") or {}).items()}


def _single_braces(payload: str) -> str:
    """Content doubles them, because Rasa fills in what stands between single ones."""
    return payload.replace("{{", "{").replace("}}", "}")


def _of_channel(variants: list[Mapping[str, JSON]], channel: str) -> Mapping[str, JSON]:
    """As Rasa chooses: what was written for the channel goes before what was written for all."""
    own = [variant for variant in variants if variant.get("channel") == channel]
    general = [variant for variant in variants if "channel" not in variant]
    return (own or general or variants)[0]
