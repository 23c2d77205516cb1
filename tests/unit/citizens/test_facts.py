import pytest
from sqlalchemy import select

from citizens.tables import facts as table
from conversations.database import reading
from tests.unit.citizens.people import JAN, LIEN

DAY = 86_400


@pytest.fixture
def lien(identities, clock):
    return identities.bind("c1", LIEN, clock.after(DAY)).person


@pytest.fixture
def jan(identities, clock):
    return identities.bind("c2", JAN, clock.after(DAY)).person


def test_a_fact_is_known_with_its_source_and_its_age(facts, lien, clock):
    facts.keep(lien, "email", "lien@example.be", source="burger", purpose="afspraak")
    seen_at = clock.now()
    clock.passes(DAY)

    fact = facts.known(lien, ["naam", "email"])["email"]

    assert (fact.key, fact.value, fact.source, fact.purpose) == ("email", "lien@example.be", "burger", "afspraak")
    assert (fact.seen_at, fact.until) == (seen_at, None)


def test_only_what_is_asked_of_whom_it_is_asked_is_told(facts, lien, jan):
    facts.keep(lien, "email", "lien@example.be", source="burger", purpose="afspraak")
    facts.keep(lien, "telefoon", "+32470000001", source="burger", purpose="afspraak")

    assert facts.known(lien, ["naam", "email"]).keys() == {"email"}
    assert facts.known(jan, ["naam", "email"]) == {}
    assert facts.known(lien, []) == {}


def test_a_newer_value_replaces_the_older(facts, lien):
    facts.keep(lien, "email", "oud@example.be", source="acmidm", purpose="aanmelden")
    facts.keep(lien, "email", "nieuw@example.be", source="burger", purpose="afspraak")

    fact = facts.known(lien, ["email"])["email"]
    assert (fact.value, fact.source, fact.purpose) == ("nieuw@example.be", "burger", "afspraak")


def test_a_fact_that_no_longer_counts_is_not_known(facts, lien, clock):
    facts.keep(lien, "adres", "Kerkstraat 5", source="acmidm", purpose="attest", until=clock.after(DAY))

    clock.passes(DAY - 1)
    assert facts.known(lien, ["adres"])

    clock.passes(1)
    assert facts.known(lien, ["adres"]) == {}


def test_facts_are_sealed_where_they_are_kept(engine, facts, lien):
    facts.keep(lien, "email", "lien@example.be", source="burger", purpose="afspraak")

    with reading(engine) as db:
        assert "lien@example.be" not in str(db.execute(select(table)).all())
