"""The people whom the sandbox made up hold together, and with the city."""

import re

import pytest
import yaml

from sandbox.people import Person, load_people
from settings import ROOT

CITY = yaml.safe_load((ROOT / "city.yml").read_text(encoding="utf-8"))
PEOPLE = list(load_people())


def by_key(person: Person) -> str:
    return person.key


@pytest.mark.parametrize("person", PEOPLE, ids=by_key)
def test_a_national_number_begins_with_the_birth_date_and_ends_with_its_check_digits(person):
    for rrn, born in [(person.rrn, person.birth_date), *((r.rrn, r.birth_date) for r in person.family)]:
        if rrn is None:
            continue
        first = int(("2" if born.year >= 2000 else "") + rrn[:9])

        assert re.fullmatch(r"\d{11}", rrn)
        assert rrn[:6] == f"{born:%y%m%d}"
        assert int(rrn[9:]) == 97 - first % 97


@pytest.mark.parametrize("person", PEOPLE, ids=by_key)
def test_everybody_lives_in_a_street_of_the_city(person):
    assert person.address.street in {street["naam"] for street in CITY["straten"]}
    assert (person.address.postcode, person.address.town) == (CITY["adres"]["postcode"], CITY["adres"]["gemeente"])


def test_nobody_shares_what_tells_people_apart():
    assert len({person.sub for person in PEOPLE}) == len(PEOPLE)
    assert len({person.rrn for person in PEOPLE if person.rrn}) == len([p for p in PEOPLE if p.rrn])
    assert all(re.fullmatch(r"[0-9a-f]{40}", person.sub) for person in PEOPLE)


def test_people_are_found_by_what_a_backend_knows_of_them():
    people = load_people()

    assert people["lien"].rrn == "85073003328"
    assert people.with_rrn("85073003328") is people["lien"]
    assert people.with_sub(people["noor"].sub) is people["noor"]
    assert people.with_rrn("00000000000") is None
    assert [relative.name for relative in people["lien"].family] == ["Wout Desmet", "Mila Desmet", "Stan Desmet"]
