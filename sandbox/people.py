"""The residents of the sandbox's city: who can log in, and what the registers know of them.

Every area that plays a backend about people reads them here, so that the person who
logs in at ACM/IDM is the one whose attest Thuisloket makes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from sandbox.yaml_file import read_yaml

FILE = Path(__file__).with_name("people.yml")
AGENTS = Path(__file__).with_name("agents.yml")
POSTCODE, TOWN = "8799", "Leiestad"


@dataclass(frozen=True)
class Address:
    street: str
    number: str
    box: str
    since: date  # when the person was registered there
    postcode: str = POSTCODE
    town: str = TOWN

    @property
    def text(self) -> str:
        return f"{self.street} {self.number}{' ' if self.box else ''}{self.box}, {self.postcode} {self.town}"


@dataclass(frozen=True)
class Relative:
    """Somebody of the same household. `person` is the key of who is a `Person` too."""

    relation: str
    given_name: str
    family_name: str
    birth_date: date
    rrn: str | None
    person: str | None = None

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True)
class Person:
    """`means`: how the person can log in at ACM/IDM; `unknown`: fields that the register of the city does not know."""

    key: str
    sub: str
    rrn: str | None
    given_name: str
    family_name: str
    birth_date: date
    birth_place: str
    nationality: str
    civil_status: str
    address: Address
    email: str
    phone: str
    means: tuple[str, ...]
    family: tuple[Relative, ...] = ()
    unknown: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()  # at the city's desk

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


class People:
    def __init__(self, people: Mapping[str, Person]) -> None:
        self._people = dict(people)

    def __iter__(self) -> Iterator[Person]:
        return iter(self._people.values())

    def __getitem__(self, key: str) -> Person:
        return self._people[key]

    def with_rrn(self, rrn: str) -> Person | None:
        return next((person for person in self._people.values() if person.rrn == rrn), None)

    def with_sub(self, sub: str) -> Person | None:
        return next((person for person in self._people.values() if person.sub == sub), None)


@lru_cache(maxsize=4)
def load_people(file: Path = FILE) -> People:
    raw = read_yaml(file)
    return People({key: _person(key, entry, raw) for key, entry in raw.items()})


def _person(key: str, entry: Mapping[str, Any], everybody: Mapping[str, Any]) -> Person:
    address = entry["address"]
    return Person(
        key=key,
        sub=entry["sub"],
        rrn=entry.get("rrn"),
        given_name=entry["given_name"],
        family_name=entry["family_name"],
        birth_date=entry["birth_date"],
        birth_place=entry.get("birth_place") or "",
        nationality=entry.get("nationality") or "",
        civil_status=entry.get("civil_status") or "",
        address=Address(address["street"], address["number"], address.get("box") or "", address["since"]),
        email=entry["email"],
        phone=entry["phone"],
        means=tuple(entry["means"]),
        family=tuple(_relative(relative, everybody) for relative in entry.get("family") or ()),
        unknown=tuple(entry.get("unknown") or ()),
        roles=tuple(entry.get("roles") or ()),
    )


def _relative(entry: Mapping[str, Any], everybody: Mapping[str, Any]) -> Relative:
    key = entry.get("person")
    known = everybody[key] if key else entry
    return Relative(
        relation=entry["relation"],
        given_name=known["given_name"],
        family_name=known["family_name"],
        birth_date=known["birth_date"],
        rrn=known.get("rrn"),
        person=key,
    )
