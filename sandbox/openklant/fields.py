"""What may stand in the bodies that Open Klant takes, field by field: lengths, kinds, and links that lead somewhere."""

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from sandbox.openklant.errors import Wrong

Exists = Callable[[str, str], bool]
"""Whether there is a record of this kind with this uuid."""

PHONE = re.compile(r"^(0[1-9][0-9]{8}|\+[0-9]{9,15}|00[0-9]{7,13})$")
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
LANGUAGES = frozenset({"nld", "dut", "fra", "fre", "eng", "deu", "ger", "tur", "ara", "nl", "fr", "en", "de"})
REQUIRED = ("required", "Dit veld is vereist.")
NULL = ("null", "Dit veld mag niet leeg zijn.")


class Field(Protocol):
    @property
    def needed(self) -> bool: ...

    def wrong(self, name: str, value: Any, exists: Exists) -> Iterator[Wrong]: ...


@dataclass(frozen=True)
class Text:
    longest: int
    needed: bool = False
    choices: frozenset[str] = frozenset()
    pattern: str = ""
    nullable: bool = False

    def wrong(self, name: str, value: Any, exists: Exists) -> Iterator[Wrong]:
        if value is None:
            if not self.nullable:
                yield Wrong(name, *NULL)
        elif not isinstance(value, str):
            yield Wrong(name, "invalid", "Geen geldige string.")
        elif self.needed and not value.strip():
            yield Wrong(name, "blank", "Dit veld mag niet leeg zijn.")
        elif len(value) > self.longest:
            yield Wrong(name, "max_length", f"Zorg ervoor dat dit veld niet meer dan {self.longest} karakters bevat.")
        elif value and self.choices and value not in self.choices:
            yield Wrong(name, "invalid_choice", f'"{value}" is een ongeldige keuze.')
        elif value and self.pattern and not re.fullmatch(self.pattern, value):
            yield Wrong(name, "invalid", "Voer een geldige waarde in.")


@dataclass(frozen=True)
class Flag:
    needed: bool = False
    nullable: bool = False

    def wrong(self, name: str, value: Any, exists: Exists) -> Iterator[Wrong]:
        if value is None and not self.nullable:
            yield Wrong(name, *NULL)
        elif value is not None and not isinstance(value, bool):
            yield Wrong(name, "invalid", "Moet een geldige booleaanse waarde zijn.")


@dataclass(frozen=True)
class Moment:
    read: Callable[[str], date] = datetime.fromisoformat
    needed: bool = False
    nullable: bool = False

    def wrong(self, name: str, value: Any, exists: Exists) -> Iterator[Wrong]:
        if value is None and self.nullable:
            return
        try:
            self.read(value)
        except (TypeError, ValueError):
            yield Wrong(name, "invalid", "Datetime heeft een ongeldig formaat.")


@dataclass(frozen=True)
class Link:
    """An object that names another record by its uuid."""

    kind: str
    needed: bool = False
    nullable: bool = False

    def wrong(self, name: str, value: Any, exists: Exists) -> Iterator[Wrong]:
        if value is None:
            if not self.nullable:
                yield Wrong(name, *NULL)
        elif not isinstance(value, Mapping) or set(value) - {"uuid", "url"}:
            yield Wrong(name, "invalid", "Ongeldige data. Verwacht een dictionary.")
        elif "uuid" not in value:
            yield Wrong(f"{name}.uuid", *REQUIRED)
        elif not _is_uuid(value["uuid"]):
            yield Wrong(f"{name}.uuid", "invalid", f'"{value["uuid"]}" is geen geldige UUID.')
        elif not exists(self.kind, value["uuid"]):
            yield Wrong(f"{name}.uuid", "invalid", f"{self.kind.capitalize()} object bestaat niet.")


@dataclass(frozen=True)
class Links:
    kind: str
    needed: bool = False

    def wrong(self, name: str, value: Any, exists: Exists) -> Iterator[Wrong]:
        if not isinstance(value, list):
            yield Wrong(name, "not_a_list", "Verwachtte een lijst met items.")
            return
        for place, one in enumerate(value):
            yield from Link(self.kind).wrong(f"{name}.{place}", one, exists)


@dataclass(frozen=True)
class Group:
    fields: Mapping[str, Field]
    needed: bool = False
    nullable: bool = True

    def wrong(self, name: str, value: Any, exists: Exists) -> Iterator[Wrong]:
        if value is None and self.nullable:
            return
        if not isinstance(value, Mapping):
            yield Wrong(name, "invalid", "Ongeldige data. Verwacht een dictionary.")
            return
        yield from (one.under(name) for one in wrong_with(value, self.fields, exists))


@dataclass(frozen=True)
class Metadata:
    needed: bool = False
    longest: int = field(default=255)

    def wrong(self, name: str, value: Any, exists: Exists) -> Iterator[Wrong]:
        if not isinstance(value, Mapping):
            yield Wrong(name, "not_a_dict", "Verwachtte een dictionary van items.")
            return
        for key, told in value.items():
            yield from Text(self.longest).wrong(f"{name}.{key}", told, exists)


def wrong_with(
    body: Mapping[str, Any], fields: Mapping[str, Field], exists: Exists, *, partial: bool = False
) -> list[Wrong]:
    """What the real one overlooks, a field that it does not know, is refused here: it would be a mistake of ours."""
    wrong = [Wrong(name, "invalid", "Onbekend veld.") for name in body if name not in fields]
    if not partial:
        wrong += [Wrong(name, *REQUIRED) for name, one in fields.items() if one.needed and name not in body]
    for name, one in fields.items():
        if name in body:
            wrong += one.wrong(name, body[name], exists)
    return wrong


def _is_uuid(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False
