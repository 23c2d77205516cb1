from datetime import timedelta

import pytest

from sandbox.topdesk.errors import TopdeskError
from sandbox.topdesk.fields import read_create, read_update
from sandbox.topdesk.incidents import Incidents
from sandbox.topdesk.lookups import Lookups
from sandbox.topdesk.search import search
from tests.unit.sandbox.setting import Now, city

LEAST = {"caller": {"dynamicName": "Declercq, Lien"}, "briefDescription": "Losse tegel"}


@pytest.fixture
def now():
    return Now()


@pytest.fixture
def register(now):
    return Incidents(Lookups(city()), now)


def create(register, **fields):
    return register.create(read_create({**LEAST, **fields}, register.lookups), register.lookups.api_operator)


def change(register, incident, **fields):
    return register.change(incident, read_update(fields, register.lookups), register.lookups.api_operator)


def test_numbers_count_within_a_month_and_begin_again(register, now):
    first, second = create(register), create(register)
    now.moment += timedelta(days=14)
    third = create(register)
    assert [i.number for i in (first, second, third)] == ["I 2611 041", "I 2611 042", "I 2612 041"]


def test_an_ambiguous_subcategory_needs_its_category(register):
    with pytest.raises(TopdeskError):
        create(register, subcategory={"name": "Voetpad"})
    incident = create(register, subcategory={"name": "voetpad"}, category={"name": "Netheid"})
    assert (incident.chosen("category"), incident.chosen("subcategory")) == ("Netheid", "Voetpad")


def test_another_category_empties_the_subcategory(register):
    incident = create(register, category={"name": "Netheid"}, subcategory={"name": "Sluikstort"})
    change(register, incident, category={"name": "Openbaar domein"})
    assert incident.chosen("subcategory") == ""


def test_a_status_decides_about_on_hold_and_completed(register):
    incident = create(register)
    assert change(register, incident, processingStatus={"name": "Wacht op derden"}).state == "Wacht op derden"
    assert incident.values["onHold"]
    assert change(register, incident, processingStatus={"name": "Afgehandeld"}).state == "Afgehandeld"
    assert not incident.values["onHold"]
    assert incident.values["completedDate"]


def test_only_another_state_is_a_change_to_the_caller(register):
    incident = create(register)
    assert change(register, incident, externalNumber="x").state is None
    assert change(register, incident, processingStatus={"name": "Geregistreerd"}).state is None
    happened = change(register, incident, action="Binnenkamers", actionInvisibleForCaller=True)
    assert (happened.state, happened.note) == (None, "")
    assert change(register, incident, action="Dag").note == "Dag"


def test_the_priority_follows_from_impact_and_urgency(register):
    low = create(register, impact={"name": "Persoon"}, urgency={"name": "Laag"})
    high = create(register, impact={"name": "Wijk"}, urgency={"name": "Dringend"})
    own = create(register, impact={"name": "Wijk"}, urgency={"name": "Dringend"}, priority={"name": "P2"})
    assert [i.chosen("priority") for i in (low, high, own)] == ["P3", "P1", "P2"]


def test_part_of_the_caller_can_be_changed(register):
    incident = create(register)
    change(register, incident, caller={"email": "lien@voorbeeld.example"})
    assert (incident.caller_name, incident.caller_email) == ("Declercq, Lien", "lien@voorbeeld.example")


def test_a_mandatory_field_cannot_be_emptied(register):
    incident = create(register)
    with pytest.raises(TopdeskError, match="Mandatory field 'briefDescription' is missing"):
        change(register, incident, briefDescription="")


def test_sorting_goes_by_several_fields(register, now):
    for text, number in (("b", "1"), ("a", "2"), ("b", "0")):
        create(register, briefDescription=text, externalNumber=number)
    page = search(register, {"sort": "briefDescription:asc,externalNumber:desc", "fields": "externalNumber"})
    assert [i["externalNumber"] for i in page.incidents] == ["2", "1", "0"]


def test_a_mistake_in_a_query_shows_on_an_empty_register_too(register):
    with pytest.raises(TopdeskError, match='The field "nummer" does not exist'):
        search(register, {"query": "nummer==1"})
