"""The faults that can be switched on, as a client meets them on the wire."""

import time

import pytest
import requests

from tests.contract.running_sandbox import running_sandbox

REPORT = {
    "caller": {"dynamicName": "Declercq, Lien", "email": "lien@voorbeeld.example"},
    "briefDescription": "Losse tegel",
    "externalNumber": "balie-1",
}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    running.reset()
    return running


def create(sandbox):
    return sandbox.topdesk("POST", "/incidents", json=REPORT)


def test_down_closes_the_connection_and_does_nothing(sandbox):
    sandbox.tell("faults/topdesk", kind="down")
    with pytest.raises(requests.ConnectionError):
        create(sandbox)

    sandbox.tell("faults/topdesk", kind="none")
    assert sandbox.state("topdesk/incidents") == []
    assert create(sandbox).status_code == 201


def test_slow_does_its_work_and_answers_late(sandbox):
    sandbox.tell("faults/topdesk", kind="slow", seconds=1)

    began = time.monotonic()
    assert create(sandbox).status_code == 201
    assert time.monotonic() - began >= 1


def test_a_client_that_gives_up_on_a_slow_backend_has_filed_all_the_same(sandbox):
    sandbox.tell("faults/topdesk", kind="slow", seconds=5)
    url = f"{sandbox.url}/topdesk/tas/api/incidents"
    with pytest.raises(requests.ReadTimeout):
        requests.post(url, json=REPORT, auth=("balie", "sandbox-topdesk"), timeout=0.5)

    assert [i["externalNumber"] for i in sandbox.state("topdesk/incidents")] == ["balie-1"]
    assert len(sandbox.state("mail")) == 1


def test_reset_after_commit_keeps_what_nobody_is_told_about(sandbox):
    sandbox.tell("faults/topdesk", kind="reset_after_commit")
    with pytest.raises(requests.ConnectionError):
        create(sandbox)

    found = sandbox.topdesk("GET", "/incidents", params={"query": "externalNumber=='balie-1'"})
    assert len(found.json()) == 1  # reading still works
    assert len(sandbox.state("mail")) == 1


@pytest.mark.parametrize(("kind", "status"), [("500", 500), ("auth", 401), ("refused", 400)])
def test_topdesk_says_no_in_its_own_way(sandbox, kind, status):
    sandbox.tell("faults/topdesk", kind=kind)

    answer = create(sandbox)
    assert answer.status_code == status
    assert answer.json()[0]["message"]
    assert sandbox.state("topdesk/incidents") == []


def test_rubbish_is_a_page_in_place_of_json(sandbox):
    sandbox.tell("faults/topdesk", kind="rubbish")

    answer = create(sandbox)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert sandbox.state("topdesk/incidents") == []


def test_refused_leaves_reading_alone(sandbox):
    sandbox.tell("faults/topdesk", kind="refused")
    assert sandbox.topdesk("GET", "/incidents").status_code == 204


def test_jcc_has_its_own_ways(sandbox):
    token = sandbox.token()
    expected = {"500": (500, "text/html"), "auth": (401, None), "rubbish": (200, "text/html")}
    for kind, (status, content) in expected.items():
        sandbox.tell("faults/jcc", kind=kind)
        answer = sandbox.jcc("GET", "/version", token=token)
        assert answer.status_code == status
        assert content is None or answer.headers["content-type"].startswith(content)
    sandbox.tell("faults/jcc", kind="refused")
    answer = sandbox.jcc("POST", "/appointment", token=token, json={})
    assert (answer.status_code, answer.json()["acknowledgeIsSuccess"]) == (200, False)
    assert create(sandbox).status_code == 201  # TOPdesk does not suffer with it


def test_a_fault_can_last_a_number_of_calls(sandbox):
    sandbox.tell("faults/topdesk", kind="500", times=2)

    statuses = [create(sandbox).status_code for _ in range(3)]
    assert statuses == [500, 500, 201]
    assert requests.get(f"{sandbox.url}/faults", timeout=10).json()["topdesk"] == {"kind": "none"}


def test_a_fault_can_hit_one_method_only(sandbox):
    """How a test comes between the two halves of a move: booking works, cancelling does not."""
    token = sandbox.token()
    sandbox.tell("faults/jcc", kind="500", method="delete")

    assert sandbox.jcc("GET", "/version", token=token).status_code == 200
    gone = sandbox.jcc("DELETE", "/appointment", token=token, params={"id": "x"})
    assert gone.headers["content-type"].startswith("text/html")


def test_a_counted_fault_is_not_spent_on_getting_a_token(sandbox):
    sandbox.tell("faults/jcc", kind="500", times=1)

    token = sandbox.token()
    assert sandbox.jcc("GET", "/version", token=token).status_code == 500
    assert sandbox.jcc("GET", "/version", token=token).status_code == 200


def test_a_fault_that_does_not_exist_is_not_switched_on(sandbox):
    for path, body in (
        ("topdesk", {"kind": "aardbeving"}),
        ("sharepoint", {"kind": "down"}),
        ("jcc", {"soort": "down"}),
    ):
        answer = requests.post(f"{sandbox.url}/faults/{path}", json=body, timeout=10)
        assert answer.status_code == 400
        assert answer.json()["error"]
