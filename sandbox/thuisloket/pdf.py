"""Draws an attest: the city's head, what is certified, the reference to check it by."""

import hashlib
from datetime import date

from babel.dates import format_date
from fpdf import FPDF

from sandbox.city import City
from sandbox.thuisloket.orders import Order

MARGIN = 25
GREY = (70, 70, 70)


def draw(order: Order, city: City, today: date) -> bytes:
    page = FPDF(format="A4")
    page.set_lang(str(order.body["taal"]))
    page.set_title(order.kind.name)
    page.set_author(city.name)
    page.set_creation_date(order.ordered_at)
    page.set_margins(MARGIN, MARGIN, MARGIN)
    page.add_page()
    _head(page, city)
    _line(page, order.kind.name, size=18, style="B", after=6)
    _line(page, f"Op {_day(today)} verklaart {city.name} dat in zijn registers staat ingeschreven:", after=4)
    for label, value in certified(order):
        _row(page, label, value)
    page.ln(6)
    _line(page, f"Dit attest dient voor: {order.body['reden']}. Aantal: {order.body['aantal']}.", after=8)
    _line(page, "De ambtenaar van de burgerlijke stand", after=12)
    _line(page, f"Kenmerk {order.body['referentie']}, controlecode {check_code(order)}", size=9)
    _line(page, "Nagebootst document uit een oefenomgeving. Het heeft geen waarde.", size=9)
    return bytes(page.output())


def certified(order: Order) -> list[tuple[str, str]]:
    """What this kind of attest tells, and no more."""
    person = order.applicant
    born = order.member.birth_date if order.member else person.birth_date
    rows = [("Naam", order.subject), ("Geboren op", _day(born)), ("Adres", person.address.text)]
    if order.kind.code == "GEZINSSAMENSTELLING":
        rows += [(one.relation.capitalize(), f"{one.name}, geboren op {_day(one.birth_date)}") for one in person.family]
    if order.kind.code == "WOONST":
        rows += [("Ingeschreven sinds", _day(person.address.since))]
    if order.kind.code in ("NATIONALITEIT", "BEVOLKINGSREGISTER"):
        rows += [("Nationaliteit", person.nationality)]
    return rows + [(_LABELS[name], _told(order.body[name])) for name in order.kind.fields if name in _LABELS]


_LABELS = {
    "historiek": "Historiek",
    "bestemd_voor": "Bestemd voor",
    "partner": "Samen met",
    "vorm": "Vorm",
    "betrokkene": "Overledene",
    "verwantschap": "Verwantschap van de aanvrager",
    "plaats_huwelijk": "Gehuwd in",
    "datum_huwelijk": "Gehuwd op",
    "plaats_overlijden": "Overleden in",
    "datum_overlijden": "Overleden op",
}


def check_code(order: Order) -> str:
    return hashlib.sha256(f"{order.id}{order.kind.code}".encode()).hexdigest()[:12].upper()


def _head(page: FPDF, city: City) -> None:
    page.set_font("helvetica", "B", 14)
    page.cell(0, 8, _latin(f"Stad {city.name}"), new_x="LMARGIN", new_y="NEXT")
    page.set_font("helvetica", size=9)
    page.set_text_color(*GREY)
    place = city.locations[0]
    page.cell(0, 5, _latin(f"{place.address} · {city.phone} · {city.email}"), new_x="LMARGIN", new_y="NEXT")
    page.set_text_color(0, 0, 0)
    page.ln(12)


def _line(page: FPDF, text: str, *, size: int = 11, style: str = "", after: float = 0) -> None:
    page.set_font("helvetica", style, size)
    page.multi_cell(0, size * 0.55, _latin(text), new_x="LMARGIN", new_y="NEXT")
    page.ln(after)


def _row(page: FPDF, label: str, value: str) -> None:
    page.set_font("helvetica", "B", 11)
    page.cell(55, 7, _latin(label))
    page.set_font("helvetica", size=11)
    page.multi_cell(0, 7, _latin(value), new_x="LMARGIN", new_y="NEXT")


def _told(value: object) -> str:
    return str(value).replace("_", " ")


def _day(day: date) -> str:
    return format_date(day, "d MMMM y", locale="nl_BE")


def _latin(text: str) -> str:
    """The fonts that every reader has know no other letters."""
    return text.encode("latin-1", "replace").decode("latin-1")
