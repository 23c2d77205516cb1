"""Reads the fields of a posted object, and refuses whatever Meta refuses: too long, too many, missing, unknown."""

from collections.abc import Iterable, Sequence
from typing import Any, Self

from sandbox.graph.errors import Refusal


class Fields:
    def __init__(self, value: object, path: str, refusal: Refusal) -> None:
        if not isinstance(value, dict):
            raise refusal.invalid(path or "body", "must be an object.")
        self._values: dict[str, Any] = value
        self._path, self.refusal = path, refusal

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def path(self, name: str) -> str:
        return f"{self._path}['{name}']" if self._path else name

    def only(self, *names: str) -> Self:
        for name in self._values:
            if name not in names:
                raise self.refusal.unexpected(self.path(name))
        return self

    def text(self, name: str, most: int, least: int = 1) -> str:
        value = self._needed(name)
        if not isinstance(value, str):
            raise self.refusal.invalid(self.path(name), "must be a string.")
        if not least <= len(value.strip()) <= len(value) <= most:
            raise self.refusal.invalid(
                self.path(name), f"length invalid. Min length: {least}, Max length: {most}. It has {len(value)}."
            )
        return value

    def text_or_empty(self, name: str, most: int) -> str:
        return self.text(name, most) if name in self else ""

    def one_of(self, name: str, *allowed: str) -> str:
        value = self._needed(name)
        if value not in allowed:
            raise self.refusal.invalid(self.path(name), f"must be one of {{{', '.join(allowed)}}} - got {value!r}.")
        return str(value)

    def flag(self, name: str) -> bool:
        value = self._values.get(name, False)
        if not isinstance(value, bool):
            raise self.refusal.invalid(self.path(name), "must be a boolean.")
        return value

    def address(self, name: str) -> str:
        """An https or http address; Meta calls it a valid URI."""
        value = self.text(name, 2000)
        if not value.startswith(("https://", "http://")) or " " in value:
            raise self.refusal.invalid(self.path(name), "is not a valid URI.")
        return value

    def inside(self, name: str) -> "Fields":
        return Fields(self._needed(name), self.path(name), self.refusal)

    def items(self, name: str, most: int, least: int = 1) -> list["Fields"]:
        value = self._needed(name)
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise self.refusal.invalid(self.path(name), f"must be a list of {least} to {most} items.")
        return [Fields(item, f"{self.path(name)}[{number}]", self.refusal) for number, item in enumerate(value)]

    def names(self, name: str, allowed: Sequence[str]) -> list[str]:
        value = self._needed(name)
        if not isinstance(value, list) or not set(map(str, value)) <= set(allowed):
            raise self.refusal.invalid(self.path(name), f"must be a list of {', '.join(allowed)}.")
        return [str(each) for each in value]

    def unique(self, name: str, values: Iterable[str]) -> None:
        """Raises when two of the values, which stand under `name`, are the same."""
        known = list(values)
        if len(set(known)) != len(known):
            raise self.refusal.invalid(self.path(name), "must be unique.")

    def _needed(self, name: str) -> Any:
        value = self._values.get(name)
        if value is None:
            raise self.refusal.missing(self.path(name))
        return value
