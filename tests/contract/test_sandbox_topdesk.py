"""The sandbox's TOPdesk answers as TOPdesk's specification 4.2.6 and the recorded answers say."""

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from sandbox.topdesk.fields import CALLER_FIELDS, CREATE_FIELDS, UPDATE_FIELDS
from tests.contract.running_sandbox import CONTRACTS, needs_contracts, running_sandbox

pytestmark = needs_contracts

FOLDER = CONTRACTS / "data" / "topdesk"
OLD_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000")
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
CALLER = {"dynamicName": "Declercq, Lien", "email": "lien@voorbeeld.example", "mobileNumber": "+32470123456"}
REPORT = {
    "status": "firstLine",
    "caller": CALLER,
    "briefDescription": "Losliggende stoeptegel Doorniksestraat 12",
    "request": "Gemeld via de virtuele assistent.<br>Er ligt een tegel los.",
    "entryType": {"name": "Chatbot"},
    "callType": {"name": "Melding"},
    "category": {"name": "Openbaar domein"},
    "subcategory": {"name": "Voetpad"},
    "externalNumber": "assistent-01JD4Y8M2P",
}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    running.reset()
    return running


@pytest.fixture(scope="module")
def endpoints():
    specification = json.loads((FOLDER / "topdesk-incident-4.2.6-endpoints.json").read_text(encoding="utf-8"))
    more = json.loads((FOLDER / "topdesk-supporting-files-2.7.11-endpoints.json").read_text(encoding="utf-8"))
    return {f"{endpoint['method'].upper()} {endpoint['path']}": endpoint for endpoint in [*specification, *more]}


@pytest.fixture
def incident(sandbox):
    return sandbox.topdesk("POST", "/incidents", json=REPORT).json()


def check(endpoints: dict[str, Any], name: str, status: int, body: Any) -> None:
    """The body fits the specification. Nulls stand in TOPdesk's own recordings, though its schemas do not know them."""
    output = endpoints[name]["output"]
    content = next(iter(output[str(status)]["content"].values()))
    schema = {**content["schema"], "$defs": output.get("$defs", {})}
    Draft202012Validator(_strict(schema), format_checker=FormatChecker(["uuid"])).validate(_without_nulls(body))


def _strict(schema: Any) -> Any:
    """The same schema, in which a field that it does not name is a mistake."""
    if isinstance(schema, list):
        return [_strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {key: _strict(part) for key, part in schema.items()}
    if isinstance(strict.get("properties"), dict) and "allOf" not in strict:
        strict.setdefault("additionalProperties", False)
    return strict


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(part) for key, part in value.items() if part is not None}
    return [_without_nulls(part) for part in value] if isinstance(value, list) else value


# --- creating and reading ---------------------------------------------------


@pytest.mark.req("BP3-08")
def test_a_new_incident_is_answered_in_full(sandbox, endpoints):
    answer = sandbox.topdesk("POST", "/incidents", json=REPORT)

    assert answer.status_code == 201
    check(endpoints, "POST /incidents", 201, answer.json())
    recorded = json.loads((FOLDER / "samples" / "create_incident_correct.json").read_text(encoding="utf-8"))
    assert set(answer.json()) == set(recorded)
    assert re.fullmatch(r"I \d{4} \d{3}", answer.json()["number"])
    assert answer.json()["subcategory"]["name"] == "Voetpad"


def test_what_is_empty_is_null_or_an_empty_string_as_recorded(incident):
    recorded = json.loads((FOLDER / "samples" / "update_incident2.json").read_text(encoding="utf-8"))
    for name in ("object", "asset", "sla", "impact", "urgency", "priority", "escalationStatus", "mainIncident"):
        assert incident[name] is None
        assert recorded[name] is None
    assert incident["caller"]["phoneNumber"] == ""
    assert set(incident["optionalFields1"]) == set(recorded["optionalFields1"])
    assert incident["optionalFields1"]["text1"] == recorded["optionalFields1"]["text1"] == ""


def test_links_are_relative_and_lead_somewhere(sandbox, incident):
    assert incident["requests"] == f"/tas/api/incidents/id/{incident['id']}/requests"
    assert sandbox.topdesk("GET", incident["requests"].removeprefix("/tas/api")).status_code == 200


def test_the_request_comes_back_as_a_log_in_plain_text(incident):
    first_line, *lines = incident["request"].split("\n")
    assert re.fullmatch(r"\d\d-\d\d-\d{4} \d\d:\d\d \[GMT \+[12]:00\] API Assistent: ", first_line)
    assert lines == ["Gemeld via de virtuele assistent.", "Er ligt een tegel los."]


def test_an_incident_is_found_by_id_and_by_number(sandbox, incident, endpoints):
    by_id = sandbox.topdesk("GET", f"/incidents/id/{incident['id']}")
    by_number = sandbox.topdesk("GET", f"/incidents/number/{quote(incident['number'].lower())}")

    assert by_id.json() == by_number.json() == incident
    check(endpoints, "GET /incidents/id/{id}", 200, by_id.json())


def test_dates_come_in_the_old_form_or_as_iso8601(sandbox, incident):
    assert OLD_DATE.fullmatch(incident["creationDate"])
    found = sandbox.topdesk("GET", "/incidents", params={"dateFormat": "iso8601"}).json()[0]
    assert ISO_DATE.fullmatch(found["creationDate"])


def test_numbers_count_on_within_the_month(sandbox, incident):
    following = sandbox.topdesk("POST", "/incidents", json=REPORT).json()
    assert int(following["number"][-3:]) == int(incident["number"][-3:]) + 1


def test_every_field_of_the_specification_is_known_and_no_other(endpoints):
    create = endpoints["POST /incidents"]["input"]["$defs"]
    update = endpoints["PATCH /incidents/id/{id}"]["input"]["$defs"]
    assert set(create["IncidentCreateBody"]["properties"]) == CREATE_FIELDS
    assert set(create["CallerCreate"]["properties"]) == CALLER_FIELDS
    assert set(update["IncidentUpdateBody"]["properties"]) == UPDATE_FIELDS


# --- changing ---------------------------------------------------------------


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_change_appends_to_the_logs(sandbox, incident, endpoints, method):
    path = f"/incidents/number/{quote(incident['number'])}"
    answer = sandbox.topdesk(method, path, json={"request": "De tegel is nu weg.", "externalNumber": "x-2"})

    assert answer.status_code == 201
    check(endpoints, f"{method} /incidents/number/{{number}}", 201, answer.json())
    assert answer.json()["externalNumber"] == "x-2"
    newest, oldest = answer.json()["request"].split("\n\n")
    assert newest.endswith("De tegel is nu weg.")
    assert oldest == incident["request"]


def test_a_change_by_id_is_a_200(sandbox, incident, endpoints):
    answer = sandbox.topdesk("PATCH", f"/incidents/id/{incident['id']}", json={"closed": True})

    assert answer.status_code == 200
    check(endpoints, "PATCH /incidents/id/{id}", 200, answer.json())
    assert answer.json()["closed"] is True
    assert OLD_DATE.fullmatch(answer.json()["closedDate"])


def test_escalation_and_archive_move_the_line(sandbox, incident, endpoints):
    reason = sandbox.topdesk("GET", "/incidents/escalation-reasons").json()[0]
    path = f"/incidents/id/{incident['id']}"

    escalated = sandbox.topdesk("PUT", f"{path}/escalate", json={"id": reason["id"]})
    check(endpoints, "PUT /incidents/id/{id}/escalate", 200, escalated.json())
    assert escalated.json()["status"] == "secondLine"
    assert sandbox.topdesk("PUT", f"{path}/deescalate").json()["status"] == "firstLine"
    assert sandbox.topdesk("PUT", f"{path}/archive").json()["status"] == "firstLineArchived"
    assert sandbox.topdesk("PATCH", path, json={"action": "te laat"}).status_code == 403
    assert sandbox.topdesk("PUT", f"{path}/unarchive").json()["status"] == "firstLine"


# --- searching --------------------------------------------------------------


def test_a_search_finds_by_our_own_number(sandbox, incident, endpoints):
    query = {"query": "externalNumber=='assistent-01JD4Y8M2P'", "fields": "id,number,bestaatniet"}
    found = sandbox.topdesk("GET", "/incidents", params=query)

    assert found.status_code == 200
    assert found.json() == [{"id": incident["id"], "number": incident["number"]}]
    check(endpoints, "GET /incidents", 200, found.json())


def test_nothing_found_is_a_204_without_a_body(sandbox):
    answer = sandbox.topdesk("GET", "/incidents", params={"query": "externalNumber=='niemand'"})
    assert (answer.status_code, answer.content) == (204, b"")


def test_pages_follow_each_other_by_the_header(sandbox, endpoints):
    numbers = [sandbox.topdesk("POST", "/incidents", json=REPORT).json()["number"] for _ in range(5)]

    answer = sandbox.topdesk(
        "GET", "/incidents", params={"pageSize": 2, "sort": "creationDate:asc", "fields": "number"}
    )
    found = answer.json()
    while answer.status_code == 206:
        check(endpoints, "GET /incidents", 206, answer.json())
        following = answer.headers["x-next-page-url"].removeprefix(f"{sandbox.url}/topdesk/tas/api")
        answer = sandbox.topdesk("GET", following)
        found += answer.json()

    assert answer.status_code == 200
    assert [incident["number"] for incident in found] == numbers


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("caller.email=='LIEN@voorbeeld.example';closed==false", True),
        ("closed==true", False),
        ("closed==true,briefDescription=sw='Losliggende'", True),
        ("processingStatus.name=in=('Geregistreerd','Ingepland')", True),
        ("processingStatus.name=out=('Geregistreerd')", False),
        ("creationDate=ge=2020-01-01T00:00:00Z;creationDate=lt=2099-01-01T00:00:00Z", True),
        ("(closed==true,closed==false);category.name!='Groen'", True),
    ],
)
def test_a_query_selects(sandbox, incident, query, is_found):
    answer = sandbox.topdesk("GET", "/incidents", params={"query": query})
    assert answer.status_code == (200 if is_found else 204)


def test_archived_incidents_are_only_found_when_all_is_asked(sandbox, incident):
    sandbox.topdesk("PUT", f"/incidents/id/{incident['id']}/archive")

    assert sandbox.topdesk("GET", "/incidents").status_code == 204
    assert sandbox.topdesk("GET", "/incidents", params={"all": "true"}).status_code == 200


# --- what hangs on an incident ----------------------------------------------


def test_the_progress_trail_tells_newest_first_what_the_caller_may_see(sandbox, incident, endpoints):
    path = f"/incidents/id/{incident['id']}"
    sandbox.topdesk("PATCH", path, json={"action": "We komen <b>dinsdag</b>."})
    sandbox.topdesk("PATCH", path, json={"action": "Dure herstelling", "actionInvisibleForCaller": True})

    answer = sandbox.topdesk("GET", f"{path}/progresstrail", params={"page_size": 100})
    check(endpoints, "GET /incidents/id/{id}/progresstrail", 200, answer.json())
    texts = [entry for entry in answer.json() if "memoText" in entry]
    assert [(entry["plainText"], entry["invisibleForCaller"]) for entry in texts] == [
        ("Dure herstelling", True),
        ("We komen dinsdag.", False),
        ("Gemeld via de virtuele assistent.\nEr ligt een tegel los.", False),
    ]
    assert texts[1]["memoText"] == "We komen <b>dinsdag</b>."
    count = sandbox.topdesk("GET", f"{path}/progresstrail/count").json()
    assert count == {"count": len(answer.json())}
    assert [e["title"] for e in answer.json() if "sender" in e] == [
        f"We hebben je melding {incident['number']} goed ontvangen"
    ]


@pytest.mark.parametrize(("name", "expected"), [("actions", ["Twee", "Een"]), ("requests", ["Gemeld"])])
def test_actions_and_requests_are_lists_of_their_own(sandbox, incident, endpoints, name, expected):
    path = f"/incidents/id/{incident['id']}"
    for text in ("Een", "Twee"):
        sandbox.topdesk("PATCH", path, json={"action": text})

    answer = sandbox.topdesk("GET", f"{path}/{name}")
    check(endpoints, f"GET /incidents/id/{{id}}/{name}", 200, answer.json())
    assert [entry["plainText"].split(" ")[0] for entry in answer.json()] == expected


def test_sub_lists_have_pages_of_their_own(sandbox, incident):
    path = f"/incidents/id/{incident['id']}/actions"
    assert sandbox.topdesk("GET", path).status_code == 204
    for n in range(3):
        sandbox.topdesk("PATCH", path.removesuffix("/actions"), json={"action": str(n)})

    assert sandbox.topdesk("GET", path, params={"page_size": 2}).status_code == 206
    assert sandbox.topdesk("GET", path, params={"page_size": 2, "start": 2}).status_code == 200
    assert sandbox.topdesk("GET", path, params={"page_size": 101}).status_code == 400


@pytest.mark.req("BP3-08")
def test_a_photo_is_kept_and_handed_back(sandbox, incident, endpoints):
    path = f"/incidents/id/{incident['id']}/attachments"
    photo = ("foto.jpg", b"\xff\xd8\xff\xe0 een foto", "image/jpeg")
    added = sandbox.topdesk("POST", path, files={"file": photo}, data={"description": "Foto van de burger"})

    assert added.status_code == 200
    check(endpoints, "POST /incidents/id/{incidentId}/attachments", 200, added.json())
    assert (added.json()["fileName"], added.json()["size"]) == ("foto.jpg", len(photo[1]))
    listed = sandbox.topdesk("GET", path)
    check(endpoints, "GET /incidents/id/{incidentId}/attachments", 200, listed.json())
    download = sandbox.topdesk("GET", added.json()["downloadUrl"].removeprefix("/tas/api"))
    assert (download.content, download.headers["content-type"]) == (photo[1], "image/jpeg")
    assert sandbox.topdesk("DELETE", f"{path}/{added.json()['id']}").status_code == 200
    assert sandbox.topdesk("GET", path).status_code == 204


# --- lists ------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["categories", "subcategories", "call_types", "entry_types", "impacts", "urgencies", "priorities", "durations",
     "closure_codes", "statuses", "slas/services", "escalation-reasons", "deescalation-reasons"],
)  # fmt: skip
def test_every_look_up_list_fits_the_specification(sandbox, endpoints, name):
    answer = sandbox.topdesk("GET", f"/incidents/{name}")

    assert answer.status_code == 200
    check(endpoints, f"GET /incidents/{name}", 200, answer.json())


@pytest.mark.parametrize("name", ["branches", "locations", "operatorgroups", "branches/lookup"])
def test_supporting_files_fit_their_specification(sandbox, endpoints, name):
    answer = sandbox.topdesk("GET", f"/{name}")

    assert answer.status_code == 200
    check(endpoints, f"GET /{name}", 200, answer.json())


def test_registered_persons_can_be_looked_up_by_mail_address(sandbox):
    query = {"query": "email=='greet.vandamme@leiestad.example'"}
    assert len(sandbox.topdesk("GET", "/persons", params=query).json()) == 1
    assert sandbox.topdesk("GET", "/persons", params={"query": "email=='niemand@x.example'"}).status_code == 204
