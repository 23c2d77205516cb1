"""Our TOPdesk client against the sandbox: what arrives there, and what the citizen's side hears when it goes wrong."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from actions.clients.errors import Misconfigured, NotFound, Rejected, Unavailable, Uncertain
from actions.clients.ports import Incidents, Photo, Report
from actions.clients.topdesk import TopdeskIncidents
from settings import Settings
from tests.contract.running_sandbox import Sandbox, running_sandbox

PHOTO = Photo("foto-1.jpeg", "image/jpeg", b"\xff\xd8\xff\xe0 a loose paving stone")
REPORT = Report(
    key="M-7KQ4-2FXD",
    summary="Voetpad of stoep: Doorniksestraat 12",
    description='Er ligt een tegel los, <b>gevaarlijk</b> & "scheef".\nAl twee weken.',
    category="Openbaar domein",
    subcategory="Voetpad",
    place="Doorniksestraat 12, voor de bakker",
    channel="web",
    name="Lien Declercq",
    email="lien.declercq@example.be",
    latitude=50.8201,
    longitude=3.2601,
)
INCIDENTS = "/tas/api/incidents"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("topdesk")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    shared.reset()
    shared.tell("faults/topdesk", kind="none")
    return shared


@pytest.fixture
def incidents(sandbox: Sandbox) -> Incidents:
    return client(sandbox)


def client(sandbox: Sandbox, *, timeout: float = 5.0, password: str = "sandbox-topdesk") -> TopdeskIncidents:
    url = f"{sandbox.url}/topdesk/tas/api"
    return TopdeskIncidents(Settings(topdesk_url=url, topdesk_password=password, backend_timeout=timeout))


def kept(sandbox: Sandbox) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sandbox.state("topdesk/incidents")
    return found


@pytest.mark.req("BP2-12", "BP3-08")
async def test_everything_that_was_collected_stands_in_the_incident(sandbox: Sandbox, incidents: Incidents) -> None:
    made = await incidents.create(REPORT)
    await incidents.attach(made.id, PHOTO)

    [incident] = kept(sandbox)
    assert incident["number"] == made.number
    assert (incident["category"], incident["subcategory"]) == ("Openbaar domein", "Voetpad")
    assert (incident["entryType"], incident["callType"]) == ("Chatbot", "Melding")
    assert incident["externalNumber"] == REPORT.key
    assert incident["briefDescription"] == REPORT.summary
    assert (incident["caller"]["name"], incident["caller"]["email"]) == (REPORT.name, REPORT.email)
    for said in ('<b>gevaarlijk</b> & "scheef"', "Al twee weken.", REPORT.place, "50.820100, 3.260100", "web"):
        assert said in incident["request"]
    assert [(one["name"], one["media_type"]) for one in incident["attachments"]] == [("foto-1.jpeg", "image/jpeg")]


async def test_a_report_without_a_name_is_anonymous(sandbox: Sandbox, incidents: Incidents) -> None:
    await incidents.create(replace(REPORT, name=None, email=None, latitude=None, longitude=None))

    [incident] = kept(sandbox)
    assert incident["caller"]["name"] == "Anonieme melder"
    assert not incident["caller"]["email"]


async def test_a_long_summary_is_cut_and_the_full_text_is_kept(sandbox: Sandbox, incidents: Incidents) -> None:
    long = "Er ligt een tegel los " * 20

    await incidents.create(replace(REPORT, summary=long, description=long, name="N" * 300, email=None))

    [incident] = kept(sandbox)
    assert len(incident["briefDescription"]) <= 80
    assert incident["briefDescription"].endswith("…")
    assert long.strip() in incident["request"]


@pytest.mark.req("BP2-12")
async def test_creating_the_same_report_twice_makes_one_incident(sandbox: Sandbox, incidents: Incidents) -> None:
    first = await incidents.create(REPORT)
    second = await incidents.create(REPORT)

    assert first.number == second.number
    assert len(kept(sandbox)) == 1


@pytest.mark.req("BP2-12")
async def test_an_answer_that_was_lost_is_found_back(sandbox: Sandbox, incidents: Incidents) -> None:
    sandbox.tell("faults/topdesk", kind="reset_after_commit", times=1)

    made = await incidents.create(REPORT)

    assert [incident["number"] for incident in kept(sandbox)] == [made.number]


@pytest.mark.req("BP2-12")
async def test_an_answer_that_came_too_late_is_found_back(sandbox: Sandbox) -> None:
    sandbox.tell("faults/topdesk", kind="slow", seconds=3, times=1, method="POST")

    made = await client(sandbox, timeout=1.0).create(REPORT)

    assert [incident["number"] for incident in kept(sandbox)] == [made.number]


@pytest.mark.req("BP2-12")
@pytest.mark.parametrize("kind", ["500", "down"])
async def test_a_retry_after_a_failed_create_never_makes_a_second_one(
    sandbox: Sandbox, incidents: Incidents, kind: str
) -> None:
    sandbox.tell("faults/topdesk", kind=kind, times=1, method="POST")
    with pytest.raises(Uncertain):
        await incidents.create(REPORT)

    await incidents.create(REPORT)
    await incidents.create(REPORT)

    assert len(kept(sandbox)) == 1


@pytest.mark.parametrize("kind", ["500", "down", "slow"])
async def test_an_outage_is_told_as_one(sandbox: Sandbox, kind: str) -> None:
    sandbox.tell("faults/topdesk", kind=kind, seconds=3)

    with pytest.raises(Unavailable):
        await client(sandbox, timeout=0.5).create(REPORT)


async def test_a_backend_that_is_not_there_at_all_is_an_outage() -> None:
    nowhere = TopdeskIncidents(Settings(topdesk_url="http://127.0.0.1:9/tas/api", backend_timeout=1.0))

    with pytest.raises(Unavailable):
        await nowhere.create(REPORT)


async def test_one_hiccup_of_a_read_is_not_noticed(sandbox: Sandbox, incidents: Incidents) -> None:
    made = await incidents.create(REPORT)
    sandbox.tell("faults/topdesk", kind="500", times=1, method="GET")

    assert (await incidents.find(made.number)).id == made.id


async def test_a_page_of_html_is_a_fault_that_a_colleague_must_see(sandbox: Sandbox, incidents: Incidents) -> None:
    sandbox.tell("faults/topdesk", kind="rubbish")

    with pytest.raises(Misconfigured):
        await incidents.create(REPORT)


@pytest.mark.req("BP2-12")
async def test_html_in_place_of_the_answer_never_leads_to_a_second_incident(
    sandbox: Sandbox, incidents: Incidents
) -> None:
    sandbox.tell("faults/topdesk", kind="rubbish", times=1, method="POST")
    with pytest.raises(Misconfigured):
        await incidents.create(REPORT)

    await incidents.create(REPORT)

    assert len(kept(sandbox)) == 1


async def test_a_wrong_password_is_our_own_fault(sandbox: Sandbox) -> None:
    with pytest.raises(Misconfigured):
        await client(sandbox, password="wrong").create(REPORT)


@pytest.mark.parametrize("shape", ["refused", "object_errors"])
async def test_a_refusal_is_a_refusal_in_either_shape(sandbox: Sandbox, incidents: Incidents, shape: str) -> None:
    sandbox.tell("faults/topdesk", kind=shape)
    report = REPORT if shape == "refused" else replace(REPORT, category="Bestaat niet", subcategory="Ook niet")

    with pytest.raises((Rejected, Misconfigured)):
        await incidents.create(report)

    assert kept(sandbox) == []


async def test_a_photo_is_attached_once(sandbox: Sandbox, incidents: Incidents) -> None:
    made = await incidents.create(REPORT)
    sandbox.tell("faults/topdesk", kind="reset_after_commit", times=1)

    await incidents.attach(made.id, PHOTO)
    await incidents.attach(made.id, PHOTO)
    await incidents.attach(made.id, replace(PHOTO, name="foto-2.jpeg"))

    [incident] = kept(sandbox)
    assert sorted(one["name"] for one in incident["attachments"]) == ["foto-1.jpeg", "foto-2.jpeg"]


async def test_a_photo_that_did_not_arrive_is_told(sandbox: Sandbox, incidents: Incidents) -> None:
    made = await incidents.create(REPORT)
    sandbox.tell("faults/topdesk", kind="500", times=1, method="POST")

    with pytest.raises(Uncertain):
        await incidents.attach(made.id, PHOTO)


@pytest.mark.req("BP5-04", "BP3-09")
async def test_the_citizen_sees_what_the_city_says_and_nothing_that_is_not_for_him(
    sandbox: Sandbox, incidents: Incidents
) -> None:
    made = await incidents.create(REPORT)
    change = f"state/topdesk/incidents/{made.number}/status"
    sandbox.tell(change, status="In behandeling", note="We plannen een herstelling in.")
    sandbox.tell(change, note="Melder belt elke week, niet reageren.", visible=False)

    found = await incidents.find(made.number)

    assert (found.status, found.closed) == ("In behandeling", False)
    assert [entry.text for entry in found.progress] == ["We plannen een herstelling in."]
    assert found.progress[0].at.tzinfo is not None


async def test_a_closed_incident_says_so(sandbox: Sandbox, incidents: Incidents) -> None:
    made = await incidents.create(REPORT)
    sandbox.tell(f"state/topdesk/incidents/{made.number}/status", status="Afgehandeld", closed=True)

    assert (await incidents.find(made.number)).closed


@pytest.mark.parametrize("number", ["I 2601 999", "../persons", "?", "I%202601"])
async def test_a_number_that_does_not_exist_is_not_found(incidents: Incidents, number: str) -> None:
    with pytest.raises(NotFound):
        await incidents.find(number)
