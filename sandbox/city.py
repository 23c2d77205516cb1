"""What the city's suppliers were told about the city: read from city.yml, and no more than they need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import holidays

from sandbox.yaml_file import read_yaml

WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")

Period = tuple[time, time]


@dataclass(frozen=True)
class Location:
    code: str
    name: str
    street: str
    number: str
    postcode: str
    town: str
    phone: str
    week: tuple[tuple[Period, ...], ...]  # Monday first

    @property
    def address(self) -> str:
        return f"{self.street} {self.number}, {self.postcode} {self.town}"


@dataclass(frozen=True)
class Product:
    code: str
    name: str
    minutes: int
    bring: tuple[str, ...]
    synonyms: tuple[str, ...]
    locations: tuple[str, ...]


@dataclass(frozen=True)
class ExceptionalDay:
    day: date
    periods: tuple[Period, ...]
    location: str | None


@dataclass(frozen=True)
class City:
    name: str
    phone: str
    email: str
    website: str
    colours: Mapping[str, str]
    locations: tuple[Location, ...]  # only where one can have an appointment
    exceptional_days: tuple[ExceptionalDay, ...]
    products: tuple[Product, ...]
    categories: tuple[tuple[str, str], ...]  # category and subcategory, in TOPdesk's names

    @property
    def mail_domain(self) -> str:
        return self.email.rpartition("@")[2]

    def periods(self, location: Location, day: date) -> tuple[Period, ...]:
        """When the doors are open. Everything is closed on public holidays, unless an exceptional day says more."""
        special = [e for e in self.exceptional_days if e.day == day and e.location in (None, location.code)]
        if special:
            return max(special, key=lambda e: e.location is not None).periods
        return () if day in _public_holidays(day.year) else location.week[day.weekday()]


@lru_cache(maxsize=8)
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("BE", years=year))


def load_city(path: str | Path) -> City:
    raw = read_yaml(Path(path))
    products = tuple(_product(entry) for entry in raw["producten"])
    bookable = {code for product in products for code in product.locations}
    return City(
        name=raw["naam"],
        phone=str(raw["telefoon"]),
        email=raw["email"],
        website=raw["website"],
        colours={key: str(value) for key, value in raw["kleuren"].items()},
        locations=tuple(_location(entry) for entry in raw["locaties"] if entry["code"] in bookable),
        exceptional_days=tuple(
            ExceptionalDay(entry["datum"], _periods(entry["uren"]), entry.get("locatie"))
            for entry in raw.get("uitzonderingen") or []
        ),
        products=products,
        categories=tuple(dict.fromkeys((entry["categorie"], entry["subcategorie"]) for entry in raw["meldingen"])),
    )


def _location(entry: Mapping[str, Any]) -> Location:
    address = entry["adres"]
    return Location(
        code=entry["code"],
        name=entry["naam"],
        street=address["straat"],
        number=str(address["nummer"]),
        postcode=str(address["postcode"]),
        town=address["gemeente"],
        phone=entry.get("telefoon") or "",
        week=tuple(_periods(entry["openingsuren"].get(name) or []) for name in WEEKDAYS),
    )


def _product(entry: Mapping[str, Any]) -> Product:
    return Product(
        code=entry["code"],
        name=entry["naam"],
        minutes=entry["minuten"],
        bring=tuple(entry.get("meebrengen") or ()),
        synonyms=tuple(entry.get("synoniemen") or ()),
        locations=tuple(entry["locaties"]),
    )


def _periods(texts: list[str]) -> tuple[Period, ...]:
    pairs = (text.split("-") for text in texts)
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in pairs)
