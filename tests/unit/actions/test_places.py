"""Addresses of the city as people type them; never a street that was not meant."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from actions.places import Found, NeedsNumber, Outside, PlaceReader, Spot, UnknownStreet, WhichStreet
from city import load_city
from conversations.model import Place
from settings import ROOT

CITY = load_city(ROOT / "city.yml")
PLACES = PlaceReader(CITY)
NAMES = [street.name for street in CITY.streets]


def told(found: Found | None) -> str:
    return found.text if isinstance(found, Spot) else repr(found)


@pytest.mark.parametrize(
    ("text", "spot"),
    [
        ("Doorniksestraat 12", "Doorniksestraat 12"),
        ("doorniksestraat 12a", "Doorniksestraat 12A"),
        ("Doorniksestraat 12 bus 3", "Doorniksestraat 12 bus 3"),
        ("doorniksestraat 12/3", "Doorniksestraat 12 bus 3"),
        ("Doorniksestraat 12-14", "Doorniksestraat 12-14"),
        ("Doorniksestr. 12", "Doorniksestraat 12"),
        ("doorniksestr 12", "Doorniksestraat 12"),
        ("doorniksestraat nr12", "Doorniksestraat 12"),
        ("Doorniksestraat huisnummer 12", "Doorniksestraat 12"),
        ("12 Doorniksestraat", "Doorniksestraat 12"),
        ("op nummer 12 in de Doorniksestraat", "Doorniksestraat 12"),
        ("Kerkstraat 3, 8799 Leiestad", "Kerkstraat 3"),
        ("8799 Leiestad, Kerkstraat 3", "Kerkstraat 3"),
        ("er ligt een losse tegel in de kerkstraat 14", "Kerkstraat 14"),
        ("Kerkstraat 14 er ligt een tegel los", "Kerkstraat 14"),
        ("kerk straat 9", "Kerkstraat 9"),
        ("Kerksraat 9", "Kerkstraat 9"),
        ("kerkstraatt 14", "Kerkstraat 14"),
        ("grotemarkt 1", "Grote Markt 1"),
        ("grote mart 1", "Grote Markt 1"),
        ("sint maartensplein 4", "Sint-Maartensplein 4"),
        ("lange brugstraat 7", "Lange Brugstraat 7"),
        ("Kerkstraat, tegenover nummer 5", "Kerkstraat, tegenover nummer 5"),
        ("tegenover nr 5 in de Kerkstraat", "Kerkstraat, tegenover nr 5"),
        ("in de kerkstraat voor nummer 12", "Kerkstraat, voor nummer 12"),
        ("Kerkstraat t.h.v. 12", "Kerkstraat, t.h.v. 12"),
        ("Kerkstraat tussen 12 en 14", "Kerkstraat, tussen 12 en 14"),
        ("Kerkstraat aan de kerk", "Kerkstraat, aan de kerk"),
        ("Kerkstraat 14 naast de bakker", "Kerkstraat 14, naast de bakker"),
        ("hoek van de Kerkstraat en de Grote Markt", "Kerkstraat / Grote Markt"),
        ("kruispunt kerkstraat molenstraat", "Kerkstraat / Molenstraat"),
    ],
)
def test_an_address_is_read(text: str, spot: str) -> None:
    assert told(PLACES.read(text)) == spot


@pytest.mark.parametrize(
    "text",
    [
        "Kerkstraat",
        "er liggen 2 tegels los in de kerkstraat",
        "kerkstraat 2 tegels los",
        "de lamp in de kerkstraat brandt al 3 dagen niet",
        "al sinds 2024 een put in de Kerkstraat",
        "bushalte kerkstraat",
    ],
)
def test_a_street_alone_needs_a_number(text: str) -> None:
    assert PLACES.read(text) == NeedsNumber("Kerkstraat")


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("dornikstraat 12", ("Doorniksestraat",)),
        ("statiestraat 1", ("Stationsstraat",)),
        ("Hoofstraat 3", ("Hoogstraat",)),
    ],
)
def test_what_looks_like_a_street_is_a_question(text: str, candidates: tuple[str, ...]) -> None:
    found = PLACES.read(text)

    assert isinstance(found, WhichStreet | Spot)
    assert set(candidates) <= set(found.candidates if isinstance(found, WhichStreet) else (found.street,))


def test_two_streets_that_are_as_near_are_a_question() -> None:
    found = PLACES.read("Brugsestraat 3")

    assert isinstance(found, WhichStreet)
    assert "Brugstraat" in found.candidates


@pytest.mark.parametrize("text", ["Bellewaerdestraat 3", "in de Veldstraat", "Doorniksesteenweg 5"])
def test_a_street_that_the_city_does_not_have_is_unknown(text: str) -> None:
    assert isinstance(PLACES.read(text), UnknownStreet)


@pytest.mark.parametrize(
    "text", ["Veldstraat 10 in Gent", "Kerkstraat 3, 8500 Kortrijk", "Nieuwstraat 5 in Kortrijk", "Kerkstraat 3, 8500"]
)
def test_an_address_in_another_city_is_outside(text: str) -> None:
    assert PLACES.read(text) == Outside()


@pytest.mark.parametrize(
    "text",
    [
        "", "aan de kerk", "in mijn straat", "de straat naast het station", "op straat", "een zijstraat",
        "het voetpad", "onderweg", "op het speelplein", "ik weet het niet", "station", "morgen om 14u", "de supermarkt",
    ],
)  # fmt: skip
def test_ordinary_words_are_no_place(text: str) -> None:
    assert PLACES.read(text) is None


@pytest.mark.parametrize(
    ("text", "spot"),
    [
        ("12", "Kerkstraat 12"),
        ("nr 12b", "Kerkstraat 12B"),
        ("dat is op nummer 7", "Kerkstraat 7"),
        ("14 aan de overkant", "Kerkstraat 14, aan de overkant"),
        ("tegenover nummer 12", "Kerkstraat, tegenover nummer 12"),
        ("2 huizen voorbij de bakker", "Kerkstraat, 2 huizen voorbij de bakker"),
        ("recht voor de school", "Kerkstraat, recht voor de school"),
    ],
)
def test_the_answer_to_where_in_the_street_may_be_anything_that_helps(text: str, spot: str) -> None:
    assert PLACES.at("Kerkstraat", text).text == spot


@pytest.mark.parametrize("name", NAMES)
def test_every_street_is_found_by_its_own_name(name: str) -> None:
    assert told(PLACES.read(f"{name} 7")) == f"{name} 7"
    assert told(PLACES.read(f"er is iets in de {name.lower()} 7")) == f"{name} 7"


@given(st.sampled_from(NAMES), st.integers(1, 60), st.data())
@settings(max_examples=300)
def test_one_slip_never_leads_to_another_street(name: str, number: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(name) - 1))
    letter = data.draw(st.sampled_from("aeiorst"))
    typed = data.draw(st.sampled_from([name[:place] + name[place + 1 :], name[:place] + letter + name[place:]]))

    found = PLACES.read(f"{typed} {number}")

    if isinstance(found, Spot) and typed.casefold() not in {other.casefold() for other in NAMES}:
        as_likely = OSA.distance(typed.casefold(), found.street.casefold()) <= 1
        assert name == found.street or as_likely


def test_a_pin_is_told_by_the_nearest_street() -> None:
    street = CITY.streets[0]
    found = PLACES.point(Place(street.latitude + 0.0003, street.longitude))

    assert isinstance(found, Spot)
    assert found.street == street.name
    assert found.metres is not None
    assert 20 <= found.metres <= 50
    assert f"{street.latitude + 0.0003:.5f}" in found.text


def test_a_pin_in_another_city_is_outside() -> None:
    assert PLACES.point(Place(51.0543, 3.7174)) == Outside()


@given(st.text(max_size=120))
def test_no_text_makes_it_stumble(text: str) -> None:
    PLACES.read(text)
    PLACES.at(NAMES[0], text)
