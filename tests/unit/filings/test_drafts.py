from datetime import timedelta

import pytest

from filings.drafts import Drafts
from tests.sealing import VAULT

DAYS = timedelta(days=2)


@pytest.fixture
def drafts(engine, clock):
    return Drafts(engine, clock, VAULT, keep=DAYS)


@pytest.mark.req("KI-23")
def test_of_each_form_the_latest_answers_are_kept(drafts, clock):
    drafts.keep("c1", "melding_form", {"plaats": "Kerkstraat"}, None)
    drafts.keep("c1", "melding_form", {"plaats": "Merellaan"}, "p1")
    clock.passes(1)
    drafts.keep("c1", "afspraak_form", {"dienst": "reispas"}, None)

    assert drafts.latest("c1").form == "afspraak_form"
    kept = drafts.latest("c1", "melding_form")
    assert (dict(kept.answers), kept.person) == ({"plaats": "Merellaan"}, "p1")
    assert drafts.get(kept.id) == kept


@pytest.mark.req("KI-23")
def test_elsewhere_is_found_what_the_same_person_left_and_nothing_of_others(drafts):
    drafts.keep("c1", "melding_form", {"plaats": "Kerkstraat"}, "p1")
    drafts.keep("c2", "melding_form", {"plaats": "Merellaan"}, None)

    assert drafts.elsewhere("p1", "c3").conversation == "c1"
    assert drafts.elsewhere("p1", "c1") is None
    assert drafts.elsewhere("p2", "c3") is None


@pytest.mark.req("KI-23")
def test_what_is_too_old_is_not_there_and_is_deleted(drafts, clock):
    drafts.keep("c1", "melding_form", {"plaats": "Kerkstraat"}, "p1")
    clock.passes(DAYS.total_seconds())
    drafts.keep("c2", "melding_form", {"plaats": "Merellaan"}, None)

    assert drafts.latest("c1") is drafts.elsewhere("p1", "c3") is None
    assert drafts.forget(10) == 1
    assert drafts.latest("c2")


def test_who_is_forgotten_left_nothing_anywhere(drafts):
    for conversation, person in (("c1", None), ("c2", "p1"), ("c3", "p2")):
        drafts.keep(conversation, "melding_form", {"plaats": "Kerkstraat"}, person)

    drafts.drop_of("c1", "p1")

    assert [bool(drafts.latest(conversation)) for conversation in ("c1", "c2", "c3")] == [False, False, True]
