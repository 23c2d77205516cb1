"""What the sandbox's GGS2 tells and books: the same calendar as behind the REST interface, and the same faults."""

import base64

import pytest
import requests

from tests.contract.ggs2 import NOW, Ggs2, questions
from tests.contract.running_sandbox import running_sandbox


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("sandbox"), SANDBOX_CALENDAR="leeg") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running):
    running.set_clock(NOW)
    running.reset()
    return running


@pytest.fixture
def ggs2(sandbox):
    return Ggs2(sandbox)


# --- what it tells ----------------------------------------------------------------


def test_what_to_bring_is_html_in_base64(ggs2):
    told = ggs2.told("getGovProductDetails", f"<productID>{ggs2.product}</productID>")

    assert (told["description"], told["appDuration"]) == (["Rijbewijs"], ["10"])
    assert "<li>je identiteitskaart</li>" in base64.b64decode(told["requisites"][0]).decode()


def test_free_times_are_the_same_as_those_of_the_other_interface(sandbox, ggs2):
    asked = questions(ggs2)["getGovAvailableTimesPerDay"]
    sandbox.reset()
    activity = next(a for a in sandbox.jcc("GET", "/activity/listforappointment").json() if a["code"] == "RIJBEWIJS")
    place = next(one for one in sandbox.jcc("GET", "/location").json() if one.get("isDefault"))
    query = {"locationId": place["id"], "fromDate": "2026-11-24", "toDate": "2026-11-25"}
    rest = sandbox.jcc(
        "GET", "/appointment/availabletimelist", params={**query, "activityId": activity["id"], "amount": 1}
    )

    assert ggs2.told("getGovAvailableTimesPerDay", asked)["times"] == rest.json()["availableTimesList"]


def test_a_day_on_which_nothing_is_free_is_not_told(sandbox, ggs2):
    asked = questions(ggs2)["getGovAvailableDays"]
    sandbox.tell("state/jcc/full", location="stadhuis", date="2026-11-25")

    days = ggs2.told("getGovAvailableDays", asked)["dates"]

    assert "2026-11-24" in days
    assert not {"2026-11-25", "2026-11-29"} & set(days)  # the full day, and the Sunday


def test_the_required_fields_have_their_own_names(sandbox, ggs2):
    fields = {"emailAddress": 2, "birthDate": 2, "mobilePhoneNumber": 2}
    sandbox.tell("state/jcc/fields", activity="RIJBEWIJS", fields=fields)

    told = ggs2.told("GetRequiredClientFields", f"<productID>{ggs2.product}</productID>")

    assert sorted(told["Result"]) == ["Birthday", "Email", "MobileTel"]


# --- one calendar with two doors --------------------------------------------------


def test_a_booking_is_seen_everywhere(sandbox, ggs2):
    status, number = ggs2.book()

    [state] = sandbox.state("jcc/appointments")
    through_rest = sandbox.jcc("GET", "/appointment", params={"id": state["id"]}).json()
    assert (status, number) == ("0", str(state["number"]))
    assert (state["start"], state["end"]) == ("2026-11-24T09:00:00+01:00", "2026-11-24T09:10:00+01:00")
    assert (through_rest["number"], through_rest["startDateTime"]) == (int(number), "2026-11-24T09:00:00")
    assert through_rest["customerList"][0]["birthDate"] == "1985-07-30T00:00:00"
    assert sandbox.state("mail")[0]["to"] == ["lien@voorbeeld.example"]
    assert str(state["number"]) in requests.get(f"{sandbox.url}/?dag=2026-11-24", timeout=10).text


def test_what_was_cancelled_through_rest_is_gone_here_and_the_other_way_round(sandbox, ggs2):
    _, first = ggs2.book()
    [state] = sandbox.state("jcc/appointments")
    sandbox.jcc("DELETE", "/appointment", params={"id": state["id"]})
    _, second = ggs2.book()

    assert ggs2.told("getGovAppointmentDetails", f"<appID>{first}</appID>")["appointment"] == [""]
    assert ggs2.told("deleteGovAppointment", f"<appID>{first}</appID>")["updateStatus"] == ["2"]
    assert ggs2.told("deleteGovAppointment", f"<appID>{second}</appID>")["updateStatus"] == ["0"]
    assert sandbox.state("jcc/appointments") == []


def test_two_products_for_one_and_two_persons_take_their_time_together(sandbox, ggs2):
    product = ggs2.product
    status, number = ggs2.book(ggs2.detail(product=f"{product},{product},{product}"))

    [state] = sandbox.state("jcc/appointments")
    told = ggs2.told("getGovAppointmentDetails", f"<appID>{number}</appID>")
    assert (status, state["end"]) == ("0", "2026-11-24T09:30:00+01:00")
    assert told["productID"] == [f"{product},{product},{product}"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"start": "2026-11-23T09:00:00"}, "1"),
        ({"place": "99"}, "3"),
        ({"start": "2026-11-29T09:00:00"}, "5"),
        ({"product": "99"}, "7"),
        ({"product": ""}, "7"),
        ({"start": "2026-11-24T09:00:00+01:00"}, "-1"),
    ],
)
def test_a_booking_that_cannot_be_has_a_status_and_no_number(sandbox, ggs2, change, status):
    assert ggs2.book(ggs2.detail(**change)) == (status, "")
    assert sandbox.state("jcc/appointments") == []


def test_a_booking_needs_a_name_and_an_address_that_is_one(ggs2):
    nameless = ggs2.detail().replace("Declercq", "")
    lost = ggs2.detail().replace("lien@voorbeeld.example", "lien")
    silent = ggs2.detail().replace("<clientMail>lien@voorbeeld.example</clientMail>", "")
    own_field = f"<appDetail>{ggs2.detail()}</appDetail><fields><name>kleur</name><value>rood</value></fields>"

    assert ggs2.book(nameless)[0] == "4"
    assert ggs2.book(lost)[0] == "14"
    assert ggs2.book(silent)[0] == "12"
    assert ggs2.told("bookGovAppointment", own_field)["updateStatus"] == ["14"]


def test_the_fourth_at_three_counters_overlaps(ggs2):
    detail = ggs2.detail()

    assert [ggs2.book(detail)[0] for _ in range(4)] == ["0", "0", "0", "6"]


# --- faults -----------------------------------------------------------------------


def test_a_fault_for_a_method_hits_the_operation_that_does_the_same(sandbox, ggs2):
    _, number = ggs2.book()
    sandbox.tell("faults/jcc", kind="500", method="DELETE")

    assert ggs2.ask("getGovAppointmentDetails", f"<appID>{number}</appID>").status_code == 200
    assert ggs2.book(ggs2.detail(start="2026-11-24T10:00:00"))[0] == "0"
    refused = ggs2.ask("deleteGovAppointment", f"<appID>{number}</appID>")
    assert (refused.status_code, "Fault" in refused.text) == (500, False)
    assert len(sandbox.state("jcc/appointments")) == 2


def test_a_fault_can_be_limited_to_one_operation(sandbox, ggs2):
    asked = questions(ggs2)
    requests.post(f"{sandbox.url}/faults/jcc", json={"kind": "auth", "path": "AvailableDays", "times": 1}, timeout=10)

    assert ggs2.ask("getGovAvailableTimesPerDay", asked["getGovAvailableTimesPerDay"]).status_code == 200
    assert ggs2.ask("getGovAvailableDays", asked["getGovAvailableDays"]).status_code == 401
    assert ggs2.ask("getGovAvailableDays", asked["getGovAvailableDays"]).status_code == 200


def test_a_write_that_is_refused_says_so_as_ggs2_does(sandbox, ggs2):
    _, number = ggs2.book()
    sandbox.tell("faults/jcc", kind="refused")

    assert ggs2.book(ggs2.detail(start="2026-11-24T10:00:00")) == ("6", "")
    assert ggs2.told("deleteGovAppointment", f"<appID>{number}</appID>")["updateStatus"] == ["1"]
    assert len(sandbox.state("jcc/appointments")) == 1


def test_a_booking_whose_connection_is_cut_is_made(sandbox, ggs2):
    detail = ggs2.detail()
    sandbox.tell("faults/jcc", kind="reset_after_commit", times=1)

    with pytest.raises(requests.ConnectionError):
        ggs2.book(detail)

    assert len(sandbox.state("jcc/appointments")) == 1
