"""Our client of JCC's older interface: what it sends, and what comes of a booking and of a cancellation."""

from datetime import UTC, date, datetime

import pytest

from actions.clients.errors import BackendError, Misconfigured, Rejected, Uncertain
from actions.clients.jcc_soap import JccSoapAppointments
from actions.clients.ports import Customer, Slot
from tests.contract.running_sandbox import needs_contracts
from tests.contract.wsdl import GGS2, Wsdl, body
from tests.unit.actions.clients.conftest import Answer, Stage
from tests.unit.actions.clients.ggs2 import (
    CLIENT_FAULT,
    HALL,
    LIEN,
    NINE,
    PASSPORT,
    SERVER_FAULT,
    client,
    enveloped,
    operation,
    said,
    tells,
)


@pytest.fixture
def jcc(stage: Stage) -> JccSoapAppointments:
    return client(stage)


# --- what it sends ----------------------------------------------------------------


async def one_of_everything(jcc: JccSoapAppointments, stage: Stage) -> None:
    tells(
        stage,
        getGovAvailableProducts="",
        getGovLocationsForProduct="",
        getGovLatestPlanDate="<latestPlanDate>2026-12-31</latestPlanDate>",
        getGovAvailableDays="<dates>2026-11-24</dates>",
        getGovAvailableTimesPerDay="<times>2026-11-24T09:00:00</times>",
        bookGovAppointment="<updateStatus>0</updateStatus><appID>7</appID>",
        getGovAppointmentDetails="<appointment><productID>1</productID><locationID>1</locationID>"
        "<appStartTime>2026-11-24T09:00:00</appStartTime></appointment>",
        getGovProductDetails="<out><appDuration>10</appDuration></out>",
        getGovLocationDetails="<locaties/>",
        deleteGovAppointment="<updateStatus>0</updateStatus>",
    )
    await jcc.activities()
    await jcc.offices(PASSPORT)
    await jcc.required(PASSPORT)
    await jcc.free_slots(PASSPORT, HALL, date(2026, 11, 24), date(2026, 11, 27))
    await jcc.book(PASSPORT, HALL, NINE, LIEN)
    await jcc.read("7")
    await jcc.cancel("7")


@needs_contracts
async def test_every_request_is_as_the_wsdl_has_it(jcc: JccSoapAppointments, stage: Stage) -> None:
    wsdl = Wsdl()

    await one_of_everything(jcc, stage)

    for call in stage.calls:
        wsdl.check(body(call.body))
        assert call.headers["SOAPAction"] == f'"{wsdl.actions[operation(call)]}"'
        assert body(call.body).tag == f"{{{GGS2}}}{wsdl.requests[operation(call)]}"
    assert len({operation(call) for call in stage.calls}) == 11


async def test_every_request_goes_to_the_very_address_with_the_password(jcc: JccSoapAppointments, stage: Stage) -> None:
    await one_of_everything(jcc, stage)

    for call in stage.calls:
        assert (call.method, call.path) == ("POST", "/JCC/GenericGuidanceSystem2.asmx")
        assert call.headers["Content-Type"] == "text/xml; charset=utf-8"
        assert call.headers["Authorization"].startswith("Basic ")


async def test_without_a_user_there_is_no_password(stage: Stage) -> None:
    tells(stage, getGovAvailableProducts="")

    await client(stage, jcc_soap_user="").activities()

    assert "Authorization" not in stage.calls[0].headers


async def booked(jcc: JccSoapAppointments, stage: Stage, customer: Customer, slot: Slot = NINE) -> dict[str, str]:
    tells(stage, bookGovAppointment="<updateStatus>0</updateStatus><appID>7</appID>")
    await jcc.book(PASSPORT, HALL, slot, customer)
    return {child.tag: child.text or "" for child in body(stage.calls[-1].body)[0]}


async def test_a_booking_holds_what_we_know_and_says_openly_what_we_do_not(
    jcc: JccSoapAppointments, stage: Stage
) -> None:
    sent = await booked(jcc, stage, LIEN)

    assert (sent["clientInitials"], sent["clientLastName"]) == ("Lien", "Van den Broeck")
    assert (sent["clientMail"], sent["clientTel"]) == ("lien@example.be", "+32470123456")
    assert sent["clientDateOfBirth"] == "1900-01-01"
    assert sent["isClientVerified"] == "false"


async def test_times_are_sent_as_brussels_reads_them_without_a_zone(jcc: JccSoapAppointments, stage: Stage) -> None:
    summer = await booked(jcc, stage, LIEN, Slot(datetime(2027, 6, 1, 7, tzinfo=UTC)))
    winter = await booked(jcc, stage, LIEN, Slot(datetime(2026, 11, 24, 8, tzinfo=UTC)))

    assert (summer["appStartTime"], winter["appStartTime"]) == ("2027-06-01T09:00:00", "2026-11-24T09:00:00")


async def test_a_name_may_hold_anything_that_people_paste(jcc: JccSoapAppointments, stage: Stage) -> None:
    sent = await booked(jcc, stage, Customer("Zoë\x0b <D'hondt> & \x00 Zn.\ud800 🙂", "zoe@example.be"))

    assert (sent["clientInitials"], sent["clientLastName"]) == ("Zoë", "<D'hondt> &  Zn. 🙂")
    assert "clientTel" not in sent


async def test_nothing_is_booked_where_the_date_of_birth_is_really_wanted(
    jcc: JccSoapAppointments, stage: Stage
) -> None:
    tells(stage, GetRequiredClientFields="<Result>Birthday</Result>")

    with pytest.raises(Rejected) as refusal:
        await jcc.book(PASSPORT, HALL, NINE, LIEN)

    assert refusal.value.code == "refused"
    assert [operation(call) for call in stage.calls] == ["GetRequiredClientFields"]


# --- what a booking answers ---------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code"),
    [
        *((status, "slot_taken") for status in (1, 5, 6)),
        *((status, "invalid") for status in (3, 7, 13, 14, 15)),
        *((status, "refused") for status in (-1, 4, 12, 99)),
    ],
)
async def test_a_refusal_is_told_by_what_it_means(
    jcc: JccSoapAppointments, stage: Stage, status: int, code: str
) -> None:
    tells(stage, bookGovAppointment=f"<updateStatus>{status}</updateStatus><appID/>")

    with pytest.raises(Rejected) as refusal:
        await jcc.book(PASSPORT, HALL, NINE, LIEN)

    assert refusal.value.code == code


@pytest.mark.req("BP2-12")
@pytest.mark.parametrize(
    "answer",
    [
        "<updateStatus>0</updateStatus>",
        "<updateStatus>0</updateStatus><appID/>",
        "<updateStatus/>",
        "",
        said("deleteGovAppointment", "<updateStatus>0</updateStatus>"),
        Answer(body=b"<html><body>Even geduld</body></html>"),
        Answer(body=b"no XML"),
        Answer(500, enveloped(SERVER_FAULT)),
        Answer(body=enveloped(SERVER_FAULT)),
        Answer(503),
        Answer(cut=True),
    ],
)
async def test_a_booking_that_says_neither_yes_nor_no_is_uncertain_and_sent_once(
    jcc: JccSoapAppointments, stage: Stage, answer: str | Answer
) -> None:
    tells(stage, bookGovAppointment=answer)

    with pytest.raises(Uncertain):
        await jcc.book(PASSPORT, HALL, NINE, LIEN)

    assert [operation(call) for call in stage.calls].count("bookGovAppointment") == 1


@pytest.mark.req("BP2-12")
@pytest.mark.parametrize(
    ("answer", "error"),
    [(Answer(500, enveloped(CLIENT_FAULT)), Rejected), (Answer(401), Misconfigured), (Answer(400), Rejected)],
)
async def test_a_booking_that_was_surely_not_carried_out_is_not_uncertain(
    jcc: JccSoapAppointments, stage: Stage, answer: Answer, error: type[BackendError]
) -> None:
    tells(stage, bookGovAppointment=answer)

    with pytest.raises(error):
        await jcc.book(PASSPORT, HALL, NINE, LIEN)


# --- what a cancellation answers ----------------------------------------------------

STANDS = "<appointment><productID>1</productID><appStartTime>2026-11-24T09:00:00</appStartTime></appointment>"


@pytest.mark.req("BP3-01")
@pytest.mark.parametrize("status", ["0", "2"])
async def test_what_is_cancelled_or_was_never_there_is_gone(
    jcc: JccSoapAppointments, stage: Stage, status: str
) -> None:
    tells(stage, deleteGovAppointment=f"<updateStatus>{status}</updateStatus>")

    await jcc.cancel("7")

    assert len(stage.calls) == 1


@pytest.mark.req("BP3-01")
@pytest.mark.parametrize("answer", ["<updateStatus>1</updateStatus>", "", Answer(500), Answer(cut=True)])
async def test_a_cancellation_that_is_not_sure_is_looked_up(
    jcc: JccSoapAppointments, stage: Stage, answer: str | Answer
) -> None:
    tells(stage, deleteGovAppointment=answer, getGovAppointmentDetails="<appointment/>")
    await jcc.cancel("7")

    tells(stage, deleteGovAppointment=answer, getGovAppointmentDetails=STANDS)
    with pytest.raises(Uncertain):
        await jcc.cancel("7")
