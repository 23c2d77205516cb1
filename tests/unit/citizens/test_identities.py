import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from citizens.identities import Identities
from citizens.tables import bindings, people
from conversations.database import reading
from tests.sealing import SECRET_KEY
from tests.unit.citizens.people import JAN, LIEN, NOOR
from vault import CannotOpen, Vault

DAY = 86_400


def history(engine):
    with reading(engine) as db:
        rows = db.execute(select(bindings).order_by(bindings.c.id)).all()
    return [(row.conversation, row.person, row.reason) for row in rows]


def test_nobody_is_known_before_he_logs_in(identities):
    assert identities.of("c1") is None


def test_who_logged_in_is_known_in_this_conversation_and_in_no_other(identities, clock):
    until = clock.after(30 * DAY)

    bound = identities.bind("c1", LIEN, until)

    assert identities.of("c1") == bound
    assert (bound.given_name, bound.family_name, bound.rrn) == ("Lien", "Declercq", "85073003328")
    assert (bound.level, bound.bound_at, bound.until) == (LIEN.level, clock.now(), until)
    assert identities.of("c2") is None


@pytest.mark.req("KI-20")
def test_a_contact_is_one_of_a_known_person_from_his_login_on(identities, clock):
    before = identities.bind("c1", LIEN, clock.after(DAY)).person
    assert identities.conversations(before) == ["c1"]

    identities.bind("c2", LIEN, clock.after(DAY))

    assert sorted(identities.conversations(before)) == ["c1", "c2"]
    assert identities.conversations("p_nobody") == []


@pytest.mark.req("BP3-02")
def test_a_login_holds_until_its_end_and_not_a_second_longer(identities, clock):
    identities.bind("c1", LIEN, clock.after(30 * DAY))

    clock.passes(30 * DAY - 1)
    assert identities.of("c1") is not None

    clock.passes(1)
    assert identities.of("c1") is None


def test_the_same_citizen_is_the_same_person_on_every_channel_and_by_every_means(identities, clock):
    web = identities.bind("c1", LIEN, clock.after(DAY))
    phone = identities.bind("c2", replace(LIEN, subject="another", issuer="https://eid.example"), clock.after(DAY))

    assert web.person == phone.person
    assert web.person.startswith("p_")


def test_two_citizens_are_two_persons_also_without_rijksregisternummer(identities, clock):
    persons = {identities.bind("c1", claims, clock.after(DAY)).person for claims in (LIEN, JAN, NOOR)}
    elsewhere = identities.bind("c1", replace(NOOR, issuer="https://eid.example"), clock.after(DAY))

    assert len(persons) == 3
    assert elsewhere.person not in persons
    assert identities.bind("c2", NOOR, clock.after(DAY)).person in persons


@pytest.mark.req("MZC-10")
def test_a_login_of_somebody_else_ends_the_earlier_one_first(engine, identities, clock):
    lien = identities.bind("c1", LIEN, clock.after(DAY))
    jan = identities.bind("c1", JAN, clock.after(DAY))

    assert identities.of("c1") == jan
    assert history(engine) == [("c1", lien.person, "somebody_else"), ("c1", jan.person, None)]


def test_a_second_login_of_the_same_citizen_makes_it_fresh(engine, identities, clock):
    first = identities.bind("c1", LIEN, clock.after(DAY))
    clock.passes(16 * 60)
    assert not first.is_fresh(clock.utc(), timedelta(minutes=15))

    again = identities.bind("c1", LIEN, clock.after(DAY))

    assert again.is_fresh(clock.utc(), timedelta(minutes=15))
    assert again.person == first.person
    assert history(engine) == [("c1", first.person, "renewed"), ("c1", first.person, None)]


def test_who_logs_out_is_no_longer_known(engine, identities, clock):
    bound = identities.bind("c1", LIEN, clock.after(DAY))

    assert identities.unbind("c1", "logged_out")
    assert not identities.unbind("c1", "logged_out")

    assert identities.of("c1") is None
    assert history(engine) == [("c1", bound.person, "logged_out")]


def test_what_changed_at_the_login_is_known_everywhere(identities, clock):
    identities.bind("c1", LIEN, clock.after(DAY))
    identities.bind("c2", replace(LIEN, family_name="De Clercq"), clock.after(DAY))

    assert identities.of("c1").family_name == "De Clercq"


def test_nothing_readable_of_him_is_in_the_tables(engine, identities, clock):
    identities.bind("c1", LIEN, clock.after(DAY))

    with reading(engine) as db:
        stored = str([db.execute(select(table)).all() for table in (people, bindings)])
    assert not any(value in stored for value in ("Lien", "Declercq", "85073003328", "sub-lien"))


def test_of_two_logins_at_once_exactly_one_holds(engine, clock, vault):
    barrier = threading.Barrier(8)

    def bind(claims):
        barrier.wait()
        Identities(engine, clock, vault).bind("c1", claims, clock.after(DAY))

    threads = [threading.Thread(target=bind, args=(claims,)) for claims in (LIEN, JAN) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    ended = [reason for _, _, reason in history(engine)]
    assert len(ended) == 8
    assert ended.count(None) == 1


def test_a_house_that_lost_its_keys_is_told_so(engine, clock, vault, identities):
    stranger = Identities(engine, clock, Vault([Fernet.generate_key().decode()], SECRET_KEY))
    stranger.check_keys()
    identities.bind("c1", LIEN, clock.after(DAY))

    identities.check_keys()
    with pytest.raises(CannotOpen):
        stranger.check_keys()
