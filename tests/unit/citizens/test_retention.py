from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from citizens import retention
from citizens.tables import bindings, people
from conversations.database import reading
from tests.unit.citizens.people import JAN, LIEN

DAY = 86_400


@pytest.fixture
def lien(identities, clock):
    return identities.bind("c1", LIEN, clock.after(30 * DAY)).person


def count(engine, table):
    with reading(engine) as db:
        return db.execute(select(func.count()).select_from(table)).scalar()


def test_a_login_that_is_over_gets_the_end_it_had(engine, identities, clock, lien):
    until = clock.after(30 * DAY)
    clock.passes(31 * DAY)

    assert retention.end_logins(engine, clock.now(), 10) == 1
    assert retention.end_logins(engine, clock.now(), 10) == 0

    with reading(engine) as db:
        row = db.execute(select(bindings)).one()
    assert (row.ended_at, row.reason) == (until, "expired")
    assert not identities.unbind("c1", "logged_out")


def test_an_old_login_is_forgotten_and_a_running_one_is_not(engine, identities, clock, lien):
    identities.bind("c2", JAN, clock.after(30 * DAY))
    identities.unbind("c1", "logged_out")
    clock.passes(10 * DAY)

    assert retention.forget_logins(engine, clock.after(-11 * DAY), 10) == 0
    assert retention.forget_logins(engine, clock.after(-9 * DAY), 10) == 1
    assert identities.of("c2") is not None


def test_a_fact_that_nobody_repeated_is_forgotten(engine, facts, clock, lien):
    facts.keep(lien, "email", "lien@example.be", source="burger", purpose="afspraak")
    facts.keep(lien, "adres", "Kerkstraat 12", source="acmidm", purpose="attest", until=clock.after(5 * DAY))
    clock.passes(10 * DAY)
    facts.keep(lien, "telefoon", "+32470000001", source="burger", purpose="afspraak")

    assert retention.forget_facts(engine, clock.now(), clock.after(-11 * DAY), 10) == 1
    assert retention.forget_facts(engine, clock.now(), clock.after(-9 * DAY), 10) == 1
    assert facts.known(lien, ["email", "adres", "telefoon"]).keys() == {"telefoon"}


def test_who_has_not_logged_in_for_long_is_forgotten_unless_he_still_is_logged_in(engine, identities, clock, lien):
    jan = identities.bind("c2", JAN, clock.after(200 * DAY)).person
    identities.unbind("c1", "logged_out")
    clock.passes(100 * DAY)

    assert retention.forget_people(engine, clock.after(-90 * DAY), 10) == 1
    assert retention.forget_people(engine, clock.after(-90 * DAY), 10) == 0

    assert identities.of("c2").person == jan
    with reading(engine) as db:
        sealed = dict(db.execute(select(people.c.id, people.c.sealed)).all())
    assert (sealed[lien], sealed[jan] is None) == (None, False)


def test_his_row_goes_when_nothing_tells_of_him_any_more(engine, processing, identities, clock, lien):
    told = {"conversation": "c1", "action": "a", "activity": "b", "source": "jcc", "kinds": ["naam"]}
    processing.write(person=lien, **told)
    identities.unbind("c1", "logged_out")
    clock.passes(100 * DAY)
    retention.forget_people(engine, clock.now(), 10)
    assert retention.drop_people(engine, 10) == 0

    retention.forget_logins(engine, clock.now(), 10)
    assert retention.drop_people(engine, 10) == 0

    processing.forget(clock.now(), 10)
    assert retention.drop_people(engine, 10) == 1
    assert count(engine, people) == 0


def test_a_row_that_is_younger_shields_what_came_after_it(processing, clock):
    told: dict[str, Any] = {"person": None, "conversation": "c1", "action": "a", "activity": "b"}
    told |= {"source": "jcc", "kinds": []}
    clock.moment += timedelta(days=10)
    processing.write(**told)
    clock.moment -= timedelta(days=10)  # a clock that was set back
    processing.write(**told)

    assert processing.forget(clock.after(DAY), 10) == 0
    assert processing.verify() == 2
