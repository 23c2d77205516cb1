"""Booking, reading and cancelling in the sandbox's JCC, and the mails that JCC sends about it."""

from datetime import datetime, timedelta

import pytest

from tests.contract.running_sandbox import running_sandbox

NOW = "2026-11-21T10:00:00"  # a Saturday
LIEN = {
    "id": None,
    "isMainCustomer": True,
    "gender": 0,
    "firstName": "Lien",
    "lastName": "Declercq",
    "emailAddress": "lien@voorbeeld.example",
    "mobilePhoneNumber": "+32470123456",
}


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
def desk(sandbox):
    return Desk(sandbox)


class Desk:
    """Books as Balie would."""

    def __init__(self, sandbox) -> None:
        self.sandbox = sandbox
        self.token = sandbox.token()
        self.activities = {a["code"]: a for a in self.call("GET", "/activity/listforappointment").json()}
        self.locations = {place["code"]: place["id"] for place in self.call("GET", "/location").json()}

    def call(self, method, path, **request):
        return self.sandbox.jcc(method, path, token=self.token, **request)

    def free(self, day, code="RIJBEWIJS", location="stadhuis"):
        query = {
            "locationId": self.locations[location],
            "fromDate": day,
            "toDate": str((datetime.fromisoformat(day) + timedelta(days=1)).date()),
            "activityId": self.activities[code]["id"],
            "amount": 1,
        }
        return self.call("GET", "/appointment/availabletimelist", params=query).json()["availableTimesList"]

    def body(self, moment="2026-11-24T09:00:00", code="RIJBEWIJS", location="stadhuis", **change):
        activity = self.activities[code]
        end = datetime.fromisoformat(moment) + timedelta(seconds=activity["appointmentDuration"])
        return {
            "id": None,
            "activityList": [{"activityId": activity["id"], "amount": 1}],
            "customerList": [LIEN],
            "fromDateTime": f"{moment}+01:00",
            "toDateTime": f"{end.isoformat()}+01:00",
            "locationId": self.locations[location],
            "message": "",
            "fieldList": None,
            **change,
        }

    def book(self, *args, **change):
        return self.call("POST", "/appointment", json=self.body(*args, **change)).json()

    def cancel(self, identifier):
        return self.call("DELETE", "/appointment", params={"id": identifier})


# --- booking ----------------------------------------------------------------


@pytest.mark.req("BP3-07")
def test_a_booked_appointment_can_be_read_back(desk):
    booked = desk.book(message="Met de rolstoel")
    assert booked["acknowledgeIsSuccess"] is True

    found = desk.call("GET", "/appointment", params={"id": booked["id"]}).json()
    assert (found["startDateTime"], found["endDateTime"]) == ("2026-11-24T09:00:00", "2026-11-24T09:10:00")
    assert found["activityList"][0]["activity"]["description"] == "Rijbewijs"
    assert found["location"] == {"id": desk.locations["stadhuis"], "description": "Stadhuis"}
    assert found["customerList"][0]["lastName"] == "Declercq"
    assert found["message"] == "Met de rolstoel"
    assert isinstance(found["number"], int)
    qr_code = desk.call("GET", "/appointment/qrcode", params={"id": booked["id"]}).json()
    assert len(qr_code) == 14


def test_a_moment_is_offered_until_every_counter_is_taken(desk):
    for _ in range(3):
        assert "2026-11-24T09:00:00" in desk.free("2026-11-24")
        assert desk.book()["acknowledgeIsSuccess"]

    assert "2026-11-24T09:00:00" not in desk.free("2026-11-24")
    assert "2026-11-24T09:05:00" not in desk.free("2026-11-24")
    assert "2026-11-24T09:10:00" in desk.free("2026-11-24")


def test_a_cancelled_moment_is_free_again(desk):
    taken = [desk.book()["id"] for _ in range(3)]

    assert desk.cancel(taken[1]).json() == {"id": taken[1]}
    assert "2026-11-24T09:00:00" in desk.free("2026-11-24")
    assert desk.call("GET", "/appointment", params={"id": taken[1]}).status_code == 500
    assert desk.cancel(taken[1]).status_code == 500


def test_an_offset_of_another_zone_means_the_same_moment(desk):
    booked = desk.book(fromDateTime="2026-11-24T08:00:00Z", toDateTime="2026-11-24T08:10:00Z")
    found = desk.call("GET", "/appointment", params={"id": booked["id"]}).json()
    assert found["startDateTime"] == "2026-11-24T09:00:00"


# --- what is refused, with a 200 --------------------------------------------


def refusal(answer):
    assert answer.status_code == 200
    assert answer.json()["acknowledgeIsSuccess"] is False
    assert answer.json()["message"]
    assert answer.json()["logLevel"] in range(5)
    return answer.json()["code"]


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("2026-11-20T09:00:00", 1),  # yesterday
        ("2026-11-22T09:00:00", 5),  # Sunday
        ("2026-11-24T12:30:00", 5),  # during lunch
        ("2026-11-24T11:55:00", 5),  # would last beyond closing time
        ("2026-11-24T09:02:00", 5),  # between two beginnings
        ("2026-12-25T09:00:00", 5),  # Christmas
        ("2027-11-30T09:00:00", 5),  # too far ahead
    ],
)
def test_a_moment_at_which_nobody_is_there_is_refused(desk, moment, code):
    assert refusal(desk.call("POST", "/appointment", json=desk.body(moment))) == code
    assert desk.sandbox.state("jcc/appointments") == []


def test_a_taken_moment_is_refused(desk):
    for _ in range(3):
        desk.book()
    assert refusal(desk.call("POST", "/appointment", json=desk.body())) == 6


def test_a_full_day_offers_nothing_and_refuses(desk):
    desk.sandbox.tell("state/jcc/full", location="stadhuis", date="2026-11-24")

    assert desk.free("2026-11-24") == []
    assert desk.free("2026-11-25")
    assert refusal(desk.call("POST", "/appointment", json=desk.body())) == 6
    desk.sandbox.tell("state/jcc/full", location="stadhuis", date="2026-11-24", full=False)
    assert desk.free("2026-11-24")


def test_a_required_field_must_be_there(desk):
    without_mail = {k: v for k, v in LIEN.items() if k != "emailAddress"}
    assert refusal(desk.call("POST", "/appointment", json=desk.body(customerList=[without_mail]))) == 12
    nameless = {**LIEN, "lastName": ""}
    assert refusal(desk.call("POST", "/appointment", json=desk.body(customerList=[nameless]))) == 4


def test_a_product_may_want_to_know_more(desk):
    desk.sandbox.tell("state/jcc/fields", activity="RIJBEWIJS", fields={"mainPhoneNumber": 2, "birthDate": 2})

    query = {"selectedActivityId": desk.activities["RIJBEWIJS"]["id"]}
    assert desk.call("GET", "/customer/customerfields/required", params=query).json()["birthDate"] == 2
    assert refusal(desk.call("POST", "/appointment", json=desk.body())) == 12
    more = {**LIEN, "phoneNumber": "056123456", "birthDate": "1985-07-30"}
    assert desk.book(customerList=[more])["acknowledgeIsSuccess"]


@pytest.mark.parametrize(
    "change",
    [
        {"id": "35049671-0a76-41f5-b04a-756c1c8e80cf"},
        {"customerList": [{**LIEN, "id": "x"}]},
        {"customerList": [{k: v for k, v in LIEN.items() if k != "id"}]},
        {"customerList": [{k: v for k, v in LIEN.items() if k != "gender"}]},
        {"customerList": [{**LIEN, "gender": 3}]},
        {"customerList": [{**LIEN, "lastName": "x" * 129}]},
        {"customerList": [{**LIEN, "mobilePhoneNumber": "+3247012345678901"}]},
        {"customerList": [{**LIEN, "emailAddress": "geen adres"}]},
        {"customerList": [{**LIEN, "schoenmaat": 42}]},
        {"customerList": [{**LIEN, "birthDate": "vorig jaar"}]},
        {"customerList": []},
        {"activityList": []},
        {"activityList": [{"activityId": "fake", "amount": 1}]},
        {"locationId": "fake_location"},
        {"fromDateTime": "2026-11-24T09:00:00"},  # without an offset
        {"toDateTime": "2026-11-24T09:30:00+01:00"},  # longer than it takes
        {"fromDateTime": None},
        {"extra": True},
    ],
)
def test_a_booking_that_jcc_cannot_read_is_a_500(desk, change):
    answer = desk.call("POST", "/appointment", json=desk.body(**change))
    assert answer.status_code == 500
    assert answer.json()["code"] == -1


def test_a_product_is_only_done_at_its_own_locations(desk):
    answer = desk.call("POST", "/appointment", json=desk.body(code="HUWELIJK", location="beverkerke"))
    assert answer.status_code == 500
    assert desk.free("2026-11-24", code="HUWELIJK", location="beverkerke") == []


# --- mails ------------------------------------------------------------------


@pytest.mark.req("BP5-02", "BP5-05", "BP5-08")
def test_a_booking_gives_one_mail_with_all_that_one_needs(desk):
    desk.book()

    (mail,) = desk.sandbox.state("mail")
    assert mail["subject"] == "Je afspraak op dinsdag 24 november om 9.00 uur"
    assert mail["to"] == ["lien@voorbeeld.example"]
    for body in (mail["text"], mail["html"]):
        for needed in (
            "Rijbewijs",
            "Stadhuis, Grote Markt 1, 8799 Leiestad",
            "10 minuten",
            "je identiteitskaart",
            "/annuleren?code=",
        ):
            assert needed in body
    (calendar,) = mail["attachments"]
    assert calendar["name"] == "afspraak.ics"
    assert "DTSTART:20261124T080000Z" in calendar["text"]
    assert "STATUS:CONFIRMED" in calendar["text"]


def test_a_refused_booking_gives_no_mail(desk):
    desk.book("2026-11-22T09:00:00")
    assert desk.sandbox.state("mail") == []


def test_a_cancellation_gives_one_mail(desk):
    booked = desk.book()
    desk.cancel(booked["id"])

    assert desk.sandbox.subjects() == [
        "Je afspraak op dinsdag 24 november om 9.00 uur",
        "Je afspraak op dinsdag 24 november om 9.00 uur is geannuleerd",
    ]
    assert "STATUS:CANCELLED" in desk.sandbox.state("mail")[1]["attachments"][0]["text"]


@pytest.mark.req("BP5-02")
def test_a_move_gives_one_mail_more_and_that_is_about_the_new_moment(desk):
    old = desk.book()
    desk.book("2026-11-25T14:00:00")
    desk.cancel(old["id"])

    assert desk.sandbox.subjects() == [
        "Je afspraak op dinsdag 24 november om 9.00 uur",
        "Je afspraak op woensdag 25 november om 14.00 uur",
    ]
    (remaining,) = desk.sandbox.state("jcc/appointments")
    assert remaining["start"] == "2026-11-25T14:00:00+01:00"


def test_a_cancellation_long_after_another_booking_is_mailed(desk):
    old = desk.book()
    desk.book("2026-11-25T14:00:00")
    desk.sandbox.set_clock("2026-11-21T10:30:00")
    desk.cancel(old["id"])

    assert desk.sandbox.subjects()[-1].endswith("is geannuleerd")


def test_one_booking_takes_the_place_of_one_other_only(desk):
    first, second = desk.book(), desk.book("2026-11-24T10:00:00")
    desk.book("2026-11-25T14:00:00")
    desk.cancel(first["id"])
    desk.cancel(second["id"])

    assert sum(subject.endswith("is geannuleerd") for subject in desk.sandbox.subjects()) == 1


def test_somebody_elses_booking_does_not_hush_a_cancellation(desk):
    old = desk.book()
    desk.book("2026-11-25T14:00:00", customerList=[{**LIEN, "emailAddress": "karim@voorbeeld.example"}])
    desk.cancel(old["id"])

    assert desk.sandbox.subjects()[-1].endswith("is geannuleerd")


# --- the seeded calendar ----------------------------------------------------


def test_other_people_have_booked_too_the_same_in_every_run(desk):
    desk.sandbox.tell("state/jcc/calendar", busy=True)
    near, far = desk.free("2026-11-24"), desk.free("2027-05-25")
    desk.sandbox.reset()
    desk.sandbox.tell("state/jcc/calendar", busy=True)

    assert desk.free("2026-11-24") == near
    assert 10 < len(near) < len(far)
