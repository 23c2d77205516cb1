"""One place in a YAML file, read in steps, with errors that name the key.

What it reads is in `city.py`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any, TypeVar, cast

_PERIOD = re.compile(r"(\d{2}:\d{2})-(\d{2}:\d{2})")
_Built = TypeVar("_Built")


class CityError(Exception):
    """A city file that cannot be used. The message names the file, the key and what is wrong."""


@dataclass(frozen=True)
class Period:
    opens: time
    closes: time


class Node:
    """One place in the file: a value and the key that leads to it."""

    def __init__(self, value: Any, path: str) -> None:
        self.value, self.path = value, path

    def error(self, problem: str) -> CityError:
        return CityError(f"{self.path}: {problem}")

    def __getitem__(self, key: str) -> "Node":
        if not isinstance(self.value, dict):
            raise self.error(f"should be a list of keys and values, with {key!r} among them")
        if key not in self.value:
            raise self.error(f"{key!r} is missing")
        return Node(self.value[key], f"{self.path}{'.' if ': ' in self.path else ': '}{key}")

    def get(self, key: str) -> "Node | None":
        return self[key] if isinstance(self.value, dict) and key in self.value else None

    def __iter__(self) -> Iterator["Node"]:
        if not isinstance(self.value, list):
            raise self.error("should be a list")
        return (Node(item, f"{self.path}[{index}]") for index, item in enumerate(self.value))

    def _as(self, kind: type | tuple[type, ...], wanted: str) -> Any:
        if not isinstance(self.value, kind) or isinstance(self.value, bool) or self.value == "":
            raise self.error(f"{self.value!r} is not {wanted}")
        return self.value

    def text(self) -> str:
        return str(self._as(str, "a text (put it between quotes)"))

    def whole(self) -> int:
        return int(self._as(int, "a whole number"))

    def number(self) -> float:
        return float(self._as((int, float), "a number"))

    def day(self) -> date:
        return cast(date, self._as(date, "a date such as 2026-12-24"))

    def mapping(self) -> dict[str, str]:
        return {key: self[key].text() for key in self._as(dict, "a list of keys and values")}

    def period(self) -> Period:
        match = _PERIOD.fullmatch(self.text())
        try:
            period = Period(*map(time.fromisoformat, match.groups())) if match else None
        except ValueError:
            period = None
        if period is None or period.opens >= period.closes:
            raise self.error(f"{self.value!r} is not a period such as 09:00-12:00")
        return period

    def all(self, build: Callable[["Node"], _Built]) -> tuple[_Built, ...]:
        return tuple(build(item) for item in self)
