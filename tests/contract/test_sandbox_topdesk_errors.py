"""The sandbox's TOPdesk refuses what the contract says that TOPdesk refuses."""

import pytest
import requests

from tests.contract.running_sandbox import running_sandbox

CALLER = {"dynamicName": "Declercq, Lien"}
LEAST = {"caller": CALLER, "briefDescription": "Losse tegel"}
NOBODY = "6f1b2c3d-0a4e-4b57-9a52-2d0f6a1c7e11"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    running.reset()
    return running


@pytest.fixture
def refused(sandbox):
    """Posts an incident with more fields, and gives status and message."""

    def post(**fields):
        answer = sandbox.topdesk("POST", "/incidents", json={**LEAST, **fields})
        return answer.status_code, answer.json()[0]["message"] if answer.status_code >= 400 else ""

    return post


@pytest.mark.parametrize("auth", [None, ("balie", "wrong"), ("someone", "sandbox-topdesk")])
def test_wrong_credentials_are_a_401(sandbox, auth):
    answer = sandbox.topdesk("GET", "/incidents", auth=auth)
    assert (answer.status_code, answer.json()) == (401, [{"message": "No authentication token provided"}])


def test_a_token_of_the_old_kind_is_not_taken(sandbox):
    headers = {"Authorization": 'TOKEN id="abc"'}
    answer = requests.get(f"{sandbox.url}/topdesk/tas/api/incidents", headers=headers, timeout=10)
    assert answer.status_code == 401


@pytest.mark.parametrize(("field", "longest"), [("briefDescription", 80), ("externalNumber", 60)])
def test_what_is_too_long_is_refused_and_not_cut(refused, field, longest):
    assert refused(**{field: "x" * longest}) == (201, "")
    assert refused(**{field: "x" * (longest + 1)}) == (400, f'The value for the field "{field}" cannot be parsed')


@pytest.mark.parametrize(
    ("field", "longest"), [("dynamicName", 109), ("phoneNumber", 25), ("mobileNumber", 25), ("email", 100)]
)
def test_what_is_too_long_about_the_caller_is_refused(refused, field, longest):
    fill = "x" * longest if field != "email" else f"{'x' * (longest - 9)}@x.exampl"
    assert refused(caller={**CALLER, field: fill})[0] == 201
    too_long = refused(caller={**CALLER, field: f"x{fill}"})
    assert too_long == (400, f'The value for the field "caller.{field}" cannot be parsed')


@pytest.mark.parametrize("field", ["briefDescription", "caller"])
def test_mandatory_fields_are_asked_for(sandbox, field):
    body = {name: value for name, value in LEAST.items() if name != field}
    answer = sandbox.topdesk("POST", "/incidents", json=body)
    assert (answer.status_code, answer.json()) == (400, [{"message": f"Mandatory field '{field}' is missing."}])


def test_a_tenant_can_make_any_field_mandatory(sandbox, refused):
    sandbox.tell("state/topdesk/mandatory", fields=["briefDescription", "caller", "category"])

    assert refused() == (400, "Mandatory field 'category' is missing.")
    assert refused(category={"name": "Netheid"})[0] == 201


def test_unknown_fields_do_not_exist(refused):
    assert refused(prioriteit="hoog") == (400, 'The field "prioriteit" does not exist.')
    assert refused(caller={**CALLER, "naam": "x"}) == (400, 'The field "caller.naam" does not exist.')


@pytest.mark.parametrize("field", ["entryType", "callType", "category", "subcategory", "impact", "processingStatus"])
def test_an_id_and_a_name_together_are_refused(refused, field):
    assert refused(**{field: {"id": NOBODY, "name": "Chatbot"}})[0] == 400
    assert refused(**{field: {}})[0] == 400


def test_a_name_that_nobody_gave_is_a_400_and_an_id_a_404(refused):
    assert refused(category={"name": "Ruimtevaart"})[0] == 400
    assert refused(category={"id": NOBODY})[0] == 404
    assert refused(category={"id": "geen-uuid"})[0] == 400


@pytest.mark.parametrize("field", ["operator", "operatorGroup", "branch", "location", "supplier", "sla"])
def test_some_references_go_by_id_only(refused, field):
    assert refused(**{field: {"name": "Team Netheid"}})[0] == 400
    assert refused(**{field: {"id": NOBODY}})[0] == 404


def test_a_subcategory_fills_its_category_in_and_must_belong_to_it(sandbox, refused):
    answer = sandbox.topdesk("POST", "/incidents", json={**LEAST, "subcategory": {"name": "Sluikstort"}})
    assert answer.json()["category"]["name"] == "Netheid"
    assert refused(category={"name": "Groen"}, subcategory={"name": "Sluikstort"})[0] == 400


def test_a_registered_caller_is_looked_up_by_one_key(sandbox, refused):
    body = {"briefDescription": "Losse tegel", "callerLookup": {"email": "greet.vandamme@leiestad.example"}}
    assert sandbox.topdesk("POST", "/incidents", json=body).json()["caller"]["dynamicName"] == "Vandamme, Greet"
    assert refused(callerLookup={})[0] == 400
    assert refused(callerLookup={"email": "x@y.example", "id": NOBODY})[0] == 400
    assert refused(callerLookup={"id": NOBODY})[0] == 404
    assert refused(callerLookup={"email": "greet.vandamme@leiestad.example"})[0] == 400  # beside a name of his own


def test_a_person_without_the_caller_box_is_no_caller(sandbox):
    body = {"briefDescription": "x", "callerLookup": {"email": "archief@leiestad.example"}}
    assert sandbox.topdesk("POST", "/incidents", json=body).status_code == 400


def test_an_operator_must_be_in_the_group(sandbox, refused):
    operator = sandbox.topdesk("POST", "/incidents", json=LEAST).json()["operator"]
    group = sandbox.topdesk("GET", "/operatorgroups").json()[0]
    assert refused(operator={"id": operator["id"]}, operatorGroup={"id": group["id"]})[0] == 400


def test_feedback_is_for_closed_incidents(sandbox, refused):
    assert refused(feedbackRating=5)[0] == 400
    incident = sandbox.topdesk("POST", "/incidents", json=LEAST).json()
    closing = {"closed": True, "feedbackRating": 4, "feedbackMessage": "Vlot"}
    assert sandbox.topdesk("PATCH", f"/incidents/id/{incident['id']}", json=closing).json()["feedbackRating"] == 4


def test_the_line_and_the_main_incident_cannot_be_changed(sandbox):
    incident = sandbox.topdesk("POST", "/incidents", json=LEAST).json()
    answer = sandbox.topdesk("PATCH", f"/incidents/id/{incident['id']}", json={"status": "secondLine"})
    assert (answer.status_code, answer.json()) == (400, [{"message": 'The field "status" does not exist.'}])


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"tekst"'])
def test_what_is_no_object_is_malformed(sandbox, body):
    answer = sandbox.topdesk("POST", "/incidents", data=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()) == (400, [{"message": "Input parameters malformed"}])


@pytest.mark.parametrize(
    ("field", "value"),
    [("closed", "ja"), ("targetDate", "morgen"), ("costs", "veel"), ("request", 5), ("onHold", 1), ("status", "derde")],
)
def test_a_value_of_the_wrong_kind_cannot_be_parsed(refused, field, value):
    assert refused(**{field: value}) == (400, f'The value for the field "{field}" cannot be parsed')


@pytest.mark.parametrize("path", [f"/incidents/id/{NOBODY}", "/incidents/number/I%202611%20999"])
def test_an_unknown_incident_is_a_404(sandbox, path):
    for method, rest in (("GET", ""), ("PATCH", ""), ("GET", "/progresstrail"), ("GET", "/attachments")):
        assert sandbox.topdesk(method, f"{path}{rest}", json={}).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"pageSize": "0"},
        {"pageSize": "10001"},
        {"pageStart": "-1"},
        {"pageSize": "tien"},
        {"dateFormat": "belgisch"},
        {"sort": "action:asc"},
        {"sort": "creationDate:op"},
        {"query": "number=="},
        {"query": "nummer=='I 2611 041'"},
        {"query": "number=ongeveer='I'"},
        {"query": "(closed==true"},
        {"closed": "true"},  # the filters of older versions
        {"page_size": "10"},
    ],
)
def test_a_search_that_topdesk_does_not_understand_is_a_400(sandbox, query):
    assert sandbox.topdesk("GET", "/incidents", params=query).status_code == 400


def test_an_attachment_needs_a_file_of_an_allowed_kind(sandbox):
    incident = sandbox.topdesk("POST", "/incidents", json=LEAST).json()
    path = f"/incidents/id/{incident['id']}/attachments"
    assert sandbox.topdesk("POST", path, data={"description": "niets"}).status_code == 400
    program = {"file": ("virus.exe", b"MZ", "application/octet-stream")}
    assert sandbox.topdesk("POST", path, files=program).status_code == 400


def test_html_of_a_citizen_is_reduced_to_what_topdesk_knows(sandbox):
    text = '<script>alert(1)</script><b>Vet</b> &lt;i&gt; <a href="x">link</a><br>regel'
    incident = sandbox.topdesk("POST", "/incidents", json={**LEAST, "request": text}).json()

    entry = sandbox.topdesk("GET", f"/incidents/id/{incident['id']}/requests").json()[0]
    assert entry["memoText"] == "<b>Vet</b> &lt;i&gt; link<br/>regel"
    assert entry["plainText"] == "Vet <i> link\nregel"


def test_an_address_that_does_not_exist_ends_at_the_login_page(sandbox):
    answer = sandbox.topdesk("GET", "/incidentsss")
    assert answer.status_code == 302
    assert "/login" in answer.headers["location"]


def test_errors_can_take_the_other_shape(sandbox):
    sandbox.tell("faults/topdesk", kind="object_errors")

    answer = sandbox.topdesk("POST", "/incidents", json={**LEAST, "briefDescription": "x" * 81})
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["appliesTo"] == ["briefDescription"]
    assert error["errorMessage"] == 'The value for the field "briefDescription" cannot be parsed'
