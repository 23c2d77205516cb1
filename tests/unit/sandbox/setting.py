"""A small city at a fixed moment, for tests of the sandbox."""

from dataclasses import dataclass
from datetime import datetime, time

from sandbox.city import City, ExceptionalDay, Location, Product
from sandbox.clock import BRUSSELS

MORNING, AFTERNOON = (time(9), time(12)), (time(13, 30), time(16, 30))
WEEK = ((MORNING, AFTERNOON), (MORNING,), (MORNING, AFTERNOON), (MORNING,), (MORNING,), (), ())
MONDAY = datetime(2026, 11, 23, 8, tzinfo=BRUSSELS)


def location(code: str = "stadhuis") -> Location:
    return Location(code, code.title(), "Grote Markt", "1", "8799", "Leiestad", "+32 56 17 77 10", WEEK)


def product(code: str = "RIJBEWIJS", minutes: int = 10, locations: tuple[str, ...] = ("stadhuis",)) -> Product:
    return Product(code, code.title(), minutes, ("je identiteitskaart", "een pasfoto"), ("permis",), locations)


def city(*products: Product, exceptional_days: tuple[ExceptionalDay, ...] = ()) -> City:
    return City(
        name="Leiestad",
        phone="1777",
        email="info@leiestad.example",
        website="https://www.leiestad.example",
        colours={"primair": "#0b4f6c", "primair_tekst": "#ffffff", "tekst": "#1d1d1b"},
        locations=(location(), location("beverkerke")),
        exceptional_days=exceptional_days,
        products=products or (product(),),
        categories=(("Openbaar domein", "Voetpad"), ("Netheid", "Sluikstort"), ("Netheid", "Voetpad")),
    )


@dataclass
class Now:
    """A clock in the test's hands."""

    moment: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.moment
