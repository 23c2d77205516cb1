"""A letter in the city's document management system becomes one task of one team."""

import json
from datetime import datetime

import pytest
from sqlalchemy import select

from clock import BRUSSELS
from conversations.bell import Bell
from conversations.database import reading
from conversations.figure_tables import figures
from filings import task_retention
from filings.documents import Documents, OtherContent, Unusable, state_of
from filings.task_model import Source, Step
from filings.task_tables import tasks as table
from filings.tasks import DMS, Tasks
from settings import ROOT
from tests.sealing import VAULT
from tests.unit.conversations.test_ledger_races import together
from texts import Texts

LINK = "https://dms.example/documenten/IN-1"
LETTER = {
    "document": "IN-1",
    "channel": "brief",
    "team": "burgerzaken",
    "topic": "attest",
    "about": "Vraagt een attest van woonst",
    "link": LINK,
    "name": "Karel Van Deurne",
    "phone": "0470 12 34 56",
}


@pytest.fixture
def tasks(engine, clock):
    return Tasks(engine, clock, Bell(), VAULT)


@pytest.fixture
def documents(tasks, clock):
    handlings = {"opvolgen": False, "terugbellen": True}
    return Documents(tasks, Texts(ROOT / "data", ROOT / "city.yml"), clock, lambda: handlings, {"dms.example"})


def sent(**other):
    told = {name: value for name, value in {**LETTER, **other}.items() if value is not None}
    return json.dumps(told).encode()


@pytest.mark.req("KI-31")
def test_a_letter_is_a_task_of_its_team_and_who_made_it_stands_in_its_history(documents, tasks, engine):
    task = documents.take(sent())

    assert [one.id for one in tasks.undone(["burgerzaken"])] == [task.id]
    assert (task.is_new, task.source, task.handling, task.channel) == (True, Source.DMS, "opvolgen", "brief")
    assert (task.contact.phone, task.contact.link, task.contact.document) == ("+32470123456", LINK, "IN-1")
    assert [(one.step, one.actor) for one in tasks.history(task.id)] == [(Step.MADE, DMS)]
    with reading(engine) as db:
        counted = db.execute(select(figures)).mappings().one()
    assert (counted["tasks_dms"], counted["tasks_bot"], counted["tasks_agent"]) == (1, 0, 0)


@pytest.mark.req("KI-31")
def test_of_who_wrote_and_what_about_nothing_is_kept_in_the_open(documents, engine):
    documents.take(sent())

    with reading(engine) as db:
        kept = str(db.execute(select(table)).mappings().one())
    assert not [word for word in ("Karel", "32470123456", "woonst", "dms.example") if word in kept]


@pytest.mark.req("KI-31")
def test_a_number_of_a_person_is_hidden_as_in_a_conversation(documents):
    task = documents.take(sent(about="Vraagt een attest, 85.07.30-033.28"))

    assert "033.28" not in task.contact.about
    assert not documents.take(sent(about="Vraagt een attest, 85.07.30-033.28")).is_new


@pytest.mark.req("KI-31")
def test_the_same_again_is_the_same_task_also_when_it_went_on_and_its_day_is_over(documents, tasks, clock):
    task = documents.take(sent(due="2026-11-24"))
    tasks.claim(task.id, "sanne")
    clock.passes(3 * 86400)

    again = documents.take(json.dumps(dict(reversed({**LETTER, "due": "2026-11-24"}.items())), indent=2).encode())

    assert (again.id, again.is_new, again.agent) == (task.id, False, "sanne")


@pytest.mark.req("KI-31")
def test_the_same_eight_times_at_once_is_one_task_that_is_new_once(documents, tasks):
    made = together(8, lambda _: documents.take(sent()))

    assert len({task.id for task in made}) == 1
    assert sum(task.is_new for task in made) == 1
    assert len(tasks.undone(["burgerzaken"])) == 1


@pytest.mark.req("KI-31")
@pytest.mark.parametrize("other", [{"about": "Iets anders"}, {"team": "onthaal"}, {"phone": None}])
def test_the_same_document_with_another_content_is_refused_and_changes_nothing(documents, tasks, other):
    task = documents.take(sent())

    with pytest.raises(OtherContent):
        documents.take(sent(**other))
    assert tasks.find(task.id) == task


@pytest.mark.req("KI-31")
@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"document": None}, "document"),
        ({"document": "IN/1"}, "document"),
        ({"document": "IN-1\n"}, "document"),
        ({"document": 12}, "document"),
        ({"channel": "fax"}, "channel"),
        ({"team": "brandweer"}, "team"),
        ({"team": None}, "team"),
        ({"topic": "voetbal"}, "topic"),
        ({"handling": "weggooien"}, "handling"),
        ({"handling": "terugbellen", "phone": None}, "phone"),
        ({"phone": "geen"}, "phone"),
        ({"about": "  "}, "about"),
        ({"about": "a" * 301}, "about"),
        ({"about": "\x00"}, "about"),
        ({"about": "\ud800"}, "about"),
        ({"about": ["een"]}, "about"),
        ({"name": ""}, "name"),
        ({"due": "morgen"}, "due"),
        ({"due": "2026-11-22"}, "due"),
        ({"due": "2027-11-22"}, "due"),
        ({"link": "http://dms.example/1"}, "link"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "https://elders.example/1"}, "link"),
        ({"link": "https://dms.example.elders.example/1"}, "link"),
        ({"link": "https://dms.example@elders.example/1"}, "link"),
        ({"link": "https://elders.example\\@dms.example/1"}, "link"),
        ({"link": "https://dms.example:8443/1"}, "link"),
        ({"link": "https://dms.example/een twee"}, "link"),
        ({"afzender": "Karel"}, ""),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_field_that_is_wrong(documents, tasks, other, field):
    with pytest.raises(Unusable) as refused:
        documents.take(sent(**other))

    assert refused.value.field == field
    assert tasks.undone(["burgerzaken", "onthaal"]) == []


@pytest.mark.req("KI-31")
@pytest.mark.parametrize(
    "body", [b"", b"rommel", b"\xff\xfe\x00", b"[]", b'"IN-1"', b"null", b"[" * 16000, b"9" * 5000]
)
def test_what_is_no_object_is_refused(documents, body):
    with pytest.raises(Unusable, match="the body must be"):
        documents.take(body)


@pytest.mark.req("KI-31")
def test_it_must_be_done_before_the_team_leaves_on_the_last_day_that_it_is_there(documents):
    task = documents.take(sent(due="2026-11-29"))  # a Sunday

    assert task.window.end.date() == datetime(2026, 11, 27, tzinfo=BRUSSELS).date()


@pytest.mark.req("KI-31")
def test_the_dms_reads_how_far_it_is_and_not_who_does_it(documents, tasks):
    task = documents.take(sent())
    tasks.claim(task.id, "sanne")

    told = state_of(documents.find("IN-1"))
    assert (told["task"], told["state"], told["outcome"]) == (task.reference, "claimed", None)
    assert "sanne" not in str(told)
    assert documents.find("IN-2") is None


def test_what_was_forgotten_is_not_found_any_more(documents, engine, clock):
    documents.take(sent())
    clock.passes(400 * 86400)

    assert task_retention.forget(engine, clock.utc(), 10) == 1
    assert documents.find("IN-1") is None
