from datetime import UTC, datetime

import pytest

from citizens.dossiers_read import DossiersRead
from tests.unit.citizens.people import JAN, LIEN

OLD, NEW = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture
def read(engine, clock):
    return DossiersRead(engine, clock)


@pytest.fixture
def persons(identities, clock):
    return [identities.bind("c1", claims, clock.after(60)).person for claims in (LIEN, JAN)]


def test_what_was_never_told_is_unread(read, persons):
    statuses = [("dosis", "D-2", NEW), ("dosis", "D-1", OLD)]

    assert read.unread(persons[0], statuses) == statuses


@pytest.mark.req("KI-34")
def test_what_a_citizen_was_told_stays_unread_for_another(read, persons):
    lien, jan = persons
    read.mark_read(lien, [("dosis", "D-1", OLD)])

    assert read.unread(lien, [("dosis", "D-1", OLD), ("jcc", "D-1", OLD)]) == [("jcc", "D-1", OLD)]
    assert read.unread(jan, [("dosis", "D-1", OLD)]) == [("dosis", "D-1", OLD)]


def test_a_newer_status_is_unread_again(read, persons):
    lien, _ = persons
    read.mark_read(lien, [("dosis", "D-1", OLD)])

    assert read.unread(lien, [("dosis", "D-1", NEW)]) == [("dosis", "D-1", NEW)]

    read.mark_read(lien, [("dosis", "D-1", NEW)])
    assert read.unread(lien, [("dosis", "D-1", NEW)]) == []


def test_an_older_status_told_late_does_not_bring_the_newer_one_back(read, persons):
    lien, _ = persons
    read.mark_read(lien, [("dosis", "D-1", NEW)])
    read.mark_read(lien, [("dosis", "D-1", OLD)])

    assert read.unread(lien, [("dosis", "D-1", NEW)]) == []
