"""The sandbox's JCC answers as JCC's acceptance server did when its traffic was recorded, on 21 August 2026."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import requests

from sandbox.ids import is_uuid
from tests.contract.running_sandbox import CONTRACTS, Sandbox, needs_contracts, running_sandbox

RECORDED_AT = "2026-08-21T12:31:00"
RECORDING = CONTRACTS / "data" / "jcc" / "rest" / "warp-v1-recorded-exchanges.json"
EXCHANGES = json.loads(RECORDING.read_text(encoding="utf-8")) if RECORDING.is_file() else []
# Optional in JCC's documentation: what our city has and theirs has not, and the other way round
OURS_ONLY = {"code", "necessities", "synonyms", "expires_in", "token_type", "scope"}
THEIRS_ONLY = {"department", "houseNumberSuffix", "province"}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("sandbox"), SANDBOX_CALENDAR="leeg") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    running.set_clock(RECORDED_AT)
    running.reset()
    return running


@pytest.fixture
def catalogue(sandbox):
    activities = sandbox.jcc("GET", "/activity/listforappointment").json()
    return {
        "activities": [a["id"] for a in activities if a["code"] in ("RIJBEWIJS", "REISPAS")],
        "location": next(place["id"] for place in sandbox.jcc("GET", "/location").json() if place.get("isDefault")),
    }


def times(sandbox: Sandbox, catalogue, first: str, until: str, **change: Any) -> requests.Response:
    query = {
        "locationId": catalogue["location"],
        "fromDate": first,
        "toDate": until,
        "activityId": catalogue["activities"][0],
        "amount": 1,
        **change,
    }
    return sandbox.jcc("GET", "/appointment/availabletimelist", params=query)


# --- the recorded exchanges -------------------------------------------------


def _name(exchange: dict[str, Any]) -> str:
    return f"{exchange['method']} {exchange['path']} {exchange['status']} {exchange['source'].removesuffix('.yaml')}"


@needs_contracts
@pytest.mark.parametrize("recorded", EXCHANGES, ids=_name)
def test_the_same_kind_of_question_gets_the_same_kind_of_answer(sandbox, catalogue, recorded):
    answer = _ask_again(sandbox, catalogue, recorded)

    assert answer.status_code == recorded["status"]
    assert answer.headers["content-type"].startswith("application/json")
    _same_kind(recorded["response"], answer.json(), recorded["path"])
    if recorded["status"] == 500:
        assert {k: v for k, v in answer.json().items() if k != "instance"} == {
            k: v for k, v in recorded["response"].items() if k != "instance"
        }
        assert answer.json()["instance"] == recorded["response"]["instance"]


def _ask_again(sandbox: Sandbox, catalogue, recorded: dict[str, Any]) -> requests.Response:
    if recorded["path"] == "/connect/token":
        url = f"{sandbox.url}/jcc/JCC/Leiestad/G-Plan/api/connect/token"
        headers = {"content-type": "application/x-www-form-urlencoded"}
        login = ("balie", "sandbox-jcc")
        return requests.post(url, data=recorded["request_body"], headers=headers, auth=login, timeout=10)
    path, method = recorded["path"], recorded["method"]
    if path.startswith("/location/") and is_uuid(path.rpartition("/")[2]):
        path = f"/location/{catalogue['location']}"
    if path.startswith("/appointment") and ("id" in dict(recorded["query"])):
        booked = sandbox.jcc("POST", "/appointment", json=_booking(sandbox, catalogue)).json()["id"]
        return sandbox.jcc(method, path, params={"id": booked})
    if method == "POST":
        return sandbox.jcc("POST", path, json=_booking(sandbox, catalogue, like=recorded["request_body"]))
    return sandbox.jcc(method, path, params=_our_query(recorded["query"], catalogue))


def _our_query(query: list[list[str]], catalogue) -> list[tuple[str, str]]:
    ours, activities = [], iter(catalogue["activities"])
    for name, value in query:
        if name in ("activityId", "selectedActivityId"):
            ours.append((name, next(activities)))
        elif name == "locationId" and is_uuid(value):
            ours.append((name, catalogue["location"]))
        else:
            ours.append((name, value))
    return ours


def _booking(sandbox: Sandbox, catalogue, like: dict[str, Any] | None = None) -> dict[str, Any]:
    if like is None:
        like = next(e["request_body"] for e in EXCHANGES if e["method"] == "POST" and e["path"] == "/appointment")
    activities = [
        {**entry, "activityId": ours}
        for entry, ours in zip(like["activityList"], catalogue["activities"], strict=False)
    ]
    query = [("locationId", catalogue["location"]), ("fromDate", "2026-08-24"), ("toDate", "2026-08-25")]
    query += [("activityId", entry["activityId"]) for entry in activities]
    query += [("amount", str(entry["amount"])) for entry in activities]
    free = sandbox.jcc("GET", "/appointment/availabletimelist", params=query).json()
    start = datetime.fromisoformat(free["availableTimesList"][0])
    end = start + timedelta(seconds=free["appointmentDuration"])
    return {
        **like,
        "activityList": activities,
        "customerList": [{"emailAddress": "boei@voorbeeld.example", **like["customerList"][0]}],
        "locationId": catalogue["location"],
        "fromDateTime": f"{start.isoformat()}+02:00",
        "toDateTime": f"{end.isoformat()}+02:00",
    }


def _same_kind(recorded: Any, ours: Any, path: str) -> None:
    assert type(recorded) is type(ours), path
    if isinstance(recorded, dict):
        optional = THEIRS_ONLY | ({"isDefault", "activityGroupId", "streetName", "birthDate", "firstName"})
        required = _required_fields(path)
        assert set(recorded) - set(ours) <= optional | required, path
        assert set(ours) - set(recorded) <= OURS_ONLY | optional | required | {"emailAddress", "postalCode"}, path
        for key in set(recorded) & set(ours):
            _same_kind(recorded[key], ours[key], f"{path} {key}")
    elif isinstance(recorded, list) and recorded and ours:
        richest = max(recorded, key=lambda entry: len(str(entry)))
        for entry in ours[:20]:
            _same_kind(richest, entry, f"{path}[]")
    elif isinstance(recorded, str):
        assert is_uuid(recorded) == is_uuid(ours), path
        assert _is_moment(recorded) == _is_moment(ours), path


def _required_fields(path: str) -> set[str]:
    """Which fields are hidden or required is for each city to decide."""
    return {"birthDate", "mobilePhoneNumber"} if path.endswith("/required") else set()


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is None and "T" in text
    except ValueError:
        return False


# --- the traps --------------------------------------------------------------


def test_seconds_and_minutes_are_told_apart(sandbox, catalogue):
    query = {"activityId": catalogue["activities"][0], "amount": 3, "dateTime": "2026-08-24"}
    minutes = sandbox.jcc("GET", "/appointment/calculateduration", params=query).json()
    seconds = times(sandbox, catalogue, "2026-08-24", "2026-08-25", amount=3).json()["appointmentDuration"]
    assert minutes * 60 == seconds
    assert minutes % 3 == 0


def test_equal_dates_give_no_times_at_all(sandbox, catalogue):
    assert times(sandbox, catalogue, "2026-08-24", "2026-08-24").json()["availableTimesList"] == []


def test_the_last_day_of_a_range_is_not_in_it(sandbox, catalogue):
    found = times(sandbox, catalogue, "2026-08-24", "2026-08-26").json()["availableTimesList"]
    assert {moment[:10] for moment in found} == {"2026-08-24", "2026-08-25"}


def test_times_are_naive_local_times_within_the_opening_hours(sandbox, catalogue):
    found = times(sandbox, catalogue, "2026-08-24", "2026-08-25").json()["availableTimesList"]  # a Monday
    assert found[0] == "2026-08-24T09:00:00"
    assert found[1] == "2026-08-24T09:05:00"
    assert "2026-08-24T12:00:00" not in found
    assert datetime.fromisoformat(found[-1]) + timedelta(minutes=15) >= datetime(2026, 8, 24, 16, 30)  # noqa: DTZ001


def test_nothing_is_offered_that_has_passed(sandbox, catalogue):
    found = times(sandbox, catalogue, "2026-08-20", "2026-08-22").json()["availableTimesList"]
    assert found
    assert min(found) > RECORDED_AT


def test_closed_days_offer_nothing(sandbox, catalogue):
    sunday, holiday, exception = (
        ("2026-08-23", "2026-08-24"),
        ("2026-11-11", "2026-11-12"),
        ("2026-11-02", "2026-11-03"),
    )
    for first, until in (sunday, holiday, exception):
        assert times(sandbox, catalogue, first, until).json()["availableTimesList"] == []


def test_a_day_with_other_hours_keeps_to_them(sandbox, catalogue):
    found = times(sandbox, catalogue, "2026-12-24", "2026-12-25").json()["availableTimesList"]
    assert found[-1] < "2026-12-24T12:00:00"


@pytest.mark.parametrize(
    "change",
    [
        {"locationId": "fake_location"},
        {"locationId": None},
        {"activityId": None},
        {"activityId": "8bae5352-42ac-481a-8112-f2d3ff7e4af0"},
        {"amount": None},
        {"amount": "0"},
        {"amount": ["1", "1"]},
        {"fromDate": "24/08/2026"},
        {"fromDate": "2026-08-30"},
        {"toDate": "2026-10-14"},
    ],
)
def test_bad_input_is_a_500_of_a_kind_of_its_own(sandbox, catalogue, change):
    answer = times(sandbox, catalogue, "2026-08-24", "2026-08-25", **change)
    assert answer.status_code == 500
    assert answer.json()["type"] == "http://www.jccsoftware.nl/rfc7807/internal-exception"
    assert answer.json()["instance"] == "/api/warp/v1/appointment/availabletimelist"


def test_fifty_days_may_be_asked_at_once(sandbox, catalogue):
    until = date(2026, 8, 24) + timedelta(days=50)
    assert times(sandbox, catalogue, "2026-08-24", str(until)).status_code == 200


def test_what_can_be_planned_reaches_a_year_ahead(sandbox, catalogue):
    query = {"activityId": catalogue["activities"]}
    answer = sandbox.jcc("GET", "/activity/appointmentdaterange", params=query).json()
    assert answer == {"minDate": "2026-08-21T00:00:00", "maxDate": "2027-08-21T00:00:00"}


def test_fields_without_a_value_are_left_out_and_never_null(sandbox):
    for path in ("/activity/listforappointment", "/location", "/version"):
        assert "null" not in sandbox.jcc("GET", path).text


def test_what_to_bring_comes_as_html(sandbox):
    activity = sandbox.jcc("GET", "/activity/listforappointment").json()[0]
    assert activity["necessities"].startswith("<p>Breng mee:</p><ul><li>")


def test_only_hidden_and_required_fields_are_listed(sandbox, catalogue):
    query = {"selectedActivityId": catalogue["activities"]}
    fields = sandbox.jcc("GET", "/customer/customerfields/required", params=query).json()
    assert set(fields.values()) == {1, 2}
    assert fields["emailAddress"] == 2
    assert "lastName" not in fields


def test_locations_are_limited_to_where_it_is_done(sandbox):
    activities = {a["code"]: a["id"] for a in sandbox.jcc("GET", "/activity/listforappointment").json()}
    for code, expected in (("HUWELIJK", ["Stadhuis"]), ("REISPAS", ["Stadhuis", "Administratief centrum Beverkerke"])):
        query = {"selectedActivityId": activities[code]}
        found = sandbox.jcc("GET", "/location/forappointment", params=query).json()
        assert [place["description"] for place in found] == expected


# --- tokens -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "form", "status"),
    [
        (("balie", "wrong"), {"grant_type": "client_credentials", "scope": "warp-api"}, 401),
        (None, {"grant_type": "client_credentials", "scope": "warp-api"}, 401),
        (("balie", "sandbox-jcc"), {"grant_type": "password", "scope": "warp-api"}, 400),
        (("balie", "sandbox-jcc"), {"grant_type": "client_credentials", "scope": "alles"}, 400),
        (("balie", "sandbox-jcc"), {}, 400),
    ],
)
def test_a_token_is_only_for_whoever_may_have_it(sandbox, login, form, status):
    url = f"{sandbox.url}/jcc/JCC/Leiestad/G-Plan/api/connect/token"
    assert requests.post(url, data=form, auth=login, timeout=10).status_code == status


def test_a_token_expires(sandbox):
    token = sandbox.token()
    assert sandbox.jcc("GET", "/version", token=token).status_code == 200
    sandbox.set_clock("2026-08-21T14:00:00")
    assert sandbox.jcc("GET", "/version", token=token).status_code == 401


def test_nothing_is_told_without_a_token(sandbox):
    assert sandbox.jcc("GET", "/version", token="niets").status_code == 401
