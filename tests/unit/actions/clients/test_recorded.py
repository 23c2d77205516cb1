"""Our clients against what the real products said once: traffic recorded by others, read from the contracts."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from actions.clients.errors import Rejected
from actions.clients.jcc import JccAppointments
from actions.clients.ports import Activity, Customer, Office, Slot
from actions.clients.topdesk import TopdeskIncidents
from clock import BRUSSELS
from settings import Settings
from tests.contract.running_sandbox import CONTRACTS, needs_contracts
from tests.unit.actions.clients.conftest import Answer, Call, Stage

pytestmark = needs_contracts

EXCHANGES = CONTRACTS / "data" / "jcc" / "rest" / "warp-v1-recorded-exchanges.json"
SAMPLES = CONTRACTS / "data" / "topdesk" / "samples"
CARD = Activity("2e656741-db4d-4c75-ae57-97fda6ce5ce8", "", "")
HALL = Office("f3b8864b-2e08-4d01-99db-e36f49f3e19c", "")
FLOW = "test_create_retrieve_and_cancel_appointment_flow.yaml"


class Recording:
    """Answers a call as JCC did, when the call is one that was recorded."""

    def __init__(self, source: str | None = None) -> None:
        recorded = json.loads(EXCHANGES.read_text(encoding="utf-8"))
        self.exchanges = [one for one in recorded if source in (None, one["source"]) or "token" in one["path"]]
        self.bodies: list[Any] = []

    def __call__(self, call: Call) -> Answer:
        path = call.path.removeprefix("/api").removeprefix("/warp/v1")
        for one in self.exchanges:
            same = (one["method"], one["path"], sorted(map(tuple, one["query"]))) == (
                call.method,
                path,
                sorted(call.query),
            )
            if same:
                self.bodies.append(one["request_body"])
                return Answer(one["status"], one["response"], {"content-type": one["content_type"]})
        raise AssertionError(f"never recorded: {call.method} {path} {call.query}")


def jcc(stage: Stage, source: str | None = None) -> JccAppointments:
    stage.play = Recording(source)
    return JccAppointments(Settings(jcc_url=f"{stage.url}/api", backend_timeout=3.0))


async def test_jcc_s_own_products_and_places_are_understood(stage: Stage) -> None:
    appointments = jcc(stage)

    activities = await appointments.activities()
    offices = await appointments.offices(Activity("6063baab-b077-4eaf-8671-98394793724c", "", ""))

    assert all(activity.id and activity.name for activity in activities)
    assert all(office.id and office.name for office in offices)
    assert offices


async def test_a_token_is_asked_as_was_recorded_and_used_for_every_call(stage: Stage) -> None:
    appointments = jcc(stage)

    await appointments.activities()
    await appointments.activities()

    tokens = [call for call in stage.calls if call.path.endswith("/connect/token")]
    assert len(tokens) == 1
    assert tokens[0].body == b"grant_type=client_credentials&scope=warp-api"
    assert tokens[0].headers["Authorization"].startswith("Basic ")
    others = [call for call in stage.calls if call not in tokens]
    assert {call.headers["Authorization"] for call in others} == {"Bearer fake_access_token"}
    assert {call.headers["language"] for call in others} == {"nl"}


async def test_a_booking_is_sent_as_the_recorded_one(stage: Stage) -> None:
    appointments = jcc(stage, FLOW)
    slot = Slot(datetime(2026, 8, 21, 15, 40, tzinfo=BRUSSELS))

    made = await appointments.book(CARD, HALL, slot, Customer("Vat Boei", "vat@example.be"))

    assert (made.id, made.number) == ("35049671-0a76-41f5-b04a-756c1c8e80cf", "4632")
    assert made.starts_at == slot.starts_at
    sent = next(call for call in stage.calls if call.method == "POST" and call.path.endswith("/appointment")).json
    recorded = next(
        one for one in json.loads(EXCHANGES.read_text()) if one["source"] == FLOW and one["method"] == "POST"
    )
    expected = recorded["request_body"]
    assert {**sent, "customerList": None} == {**expected, "customerList": None}
    [customer], [known] = sent["customerList"], expected["customerList"]
    assert customer == {**{k: v for k, v in known.items() if k != "birthDate"}, "emailAddress": "vat@example.be"}


async def test_an_appointment_is_cancelled_as_was_recorded(stage: Stage) -> None:
    await jcc(stage, FLOW).cancel("35049671-0a76-41f5-b04a-756c1c8e80cf")

    assert [call.method for call in stage.calls[-2:]] == ["GET", "DELETE"]


async def test_a_range_of_fifty_days_is_what_was_recorded(stage: Stage) -> None:
    slots = await jcc(stage, FLOW).free_slots(CARD, HALL, date(2026, 8, 21), date(2026, 8, 21) + timedelta(days=80))

    assert slots[0].starts_at == datetime(2026, 8, 21, 15, 40, tzinfo=BRUSSELS)


async def test_jcc_s_500_for_bad_input_is_no_outage(stage: Stage) -> None:
    recorded = next(one for one in json.loads(EXCHANGES.read_text()) if one["status"] == 500)
    stage.play = lambda call: (
        Answer(200, {"access_token": "t"}) if "token" in call.path else Answer(500, recorded["response"])
    )
    appointments = JccAppointments(Settings(jcc_url=stage.url, backend_timeout=3.0))

    with pytest.raises(Rejected):
        await appointments.free_slots(CARD, HALL, date(2026, 8, 21), date(2026, 8, 21))


async def test_the_required_fields_that_jcc_gave_are_understood(stage: Stage) -> None:
    recorded = next(one for one in json.loads(EXCHANGES.read_text()) if one["path"].endswith("fields/required"))
    stage.play = lambda call: Answer(200, {"access_token": "t"} if "token" in call.path else recorded["response"])
    appointments = JccAppointments(Settings(jcc_url=stage.url, backend_timeout=3.0))

    required = await appointments.required(CARD)

    assert required <= {"email", "phone"}
    assert ("email" in required) == (recorded["response"].get("emailAddress") == 2)


@pytest.mark.parametrize("sample", ["get_incident_by_number_found.json", "create_incident_correct.json"])
async def test_an_incident_as_topdesk_writes_it_is_understood(stage: Stage, sample: str) -> None:
    wire = json.loads((SAMPLES / sample).read_text(encoding="utf-8"))
    stage.play = lambda call: Answer(204) if call.path.endswith("/actions") else Answer(200, wire)

    incident = await topdesk(stage).find("I 2301 103")

    assert (incident.id, incident.number) == (wire["id"], wire["number"])
    assert stage.calls[0].path == "/incidents/number/I%202301%20103"


def topdesk(stage: Stage) -> TopdeskIncidents:
    return TopdeskIncidents(Settings(topdesk_url=stage.url, backend_timeout=3.0))


def test_the_contracts_are_where_the_tests_look() -> None:
    assert Path(EXCHANGES).is_file()
    assert SAMPLES.is_dir()
