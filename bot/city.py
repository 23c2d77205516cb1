"""Fills what is the city's own into the texts: `{stad_telefoon}` becomes the number in city.yml.

Nested maps are joined with an underscore: `links: {afval: …}` is `{stad_links_afval}`.
Any other `{name}` is a slot or an argument of the text, and stays for Rasa.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rasa.shared.exceptions import RasaException
from rasa.shared.utils.io import read_yaml_file

PLACEHOLDER = re.compile(r"\{stad_([a-z0-9_]+)\}")


class CityError(RasaException):  # type: ignore[misc]
    """city.yml is missing, or a text asks something that is not in it. Says which file and which key."""


def load(path: str | Path) -> dict[str, str]:
    """The values that a text can ask for, by the name behind `stad_`."""
    if not Path(path).is_file():
        raise CityError(f"{path} does not exist; CITY_FILE names the file with all that is the city's own")
    return flatten(read_yaml_file(path))


def flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            flat.update(flatten(value, f"{name}_"))
        elif not isinstance(value, list):
            flat[name] = str(value)
    return flat


def fill(value: Any, city: Mapping[str, str], source: str) -> Any:
    """The same text, list or map with every `{stad_…}` in it replaced; `source` is named in the error."""
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda match: _value(match.group(1), city, source), value)
    if isinstance(value, Mapping):
        return {key: fill(item, city, source) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, city, source) for item in value]
    return value


def _value(name: str, city: Mapping[str, str], source: str) -> str:
    if name not in city:
        raise CityError(f"{source}: {{stad_{name}}} is not in the city file")
    return city[name]
