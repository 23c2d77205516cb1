"""Our client of JCC's older interface: what it reads in the answers, strange ones and recorded ones."""

from datetime import date, datetime

import pytest

from actions.clients.errors import Misconfigured, NotFound, Rejected, Unavailable
from actions.clients.jcc_soap import JccSoapAppointments
from actions.clients.ports import Activity, Appointment
from clock import BRUSSELS
from tests.contract.running_sandbox import needs_contracts
from tests.contract.wsdl import FOLDER, body
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
    recorded,
    said,
    tells,
)

MONDAY = date(2021, 8, 23)
TODAY_ONLY = {"getGovLatestPlanDate": "<latestPlanDate>2021-08-23</latestPlanDate>"}


@pytest.fixture
def jcc(stage: Stage) -> JccSoapAppointments:
    return client(stage)


# --- what a question answers --------------------------------------------------------


@pytest.mark.parametrize(
    "answer", ["", "<appointment/>", "<appointment>\n  </appointment>", '<appointment xmlns="u:x"/>']
)
async def test_an_empty_appointment_is_none(jcc: JccSoapAppointments, stage: Stage, answer: str) -> None:
    tells(stage, getGovAppointmentDetails=answer)

    with pytest.raises(NotFound):
        await jcc.read("7")


async def test_children_are_read_with_a_namespace_and_without(jcc: JccSoapAppointments, stage: Stage) -> None:
    product = "<{0}products><{0}productId>1</{0}productId><{0}productCode>X</{0}productCode></{0}products>"
    tells(stage, getGovAvailableProducts=product.format("g:"))
    qualified = await jcc.activities()
    tells(stage, getGovAvailableProducts=product.format(""))

    assert qualified == await jcc.activities() == [Activity("1", "X", "")]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=b"<html><body>Even geduld</body></html>"),
        Answer(body=b""),
        Answer(body=enveloped("")),
        said("getGovLocations", ""),
        Answer(body=b'<!DOCTYPE a [<!ENTITY b "c">]>' + said("getGovAvailableProducts", "").content),
        said("getGovAvailableDays", "<dates>morgen</dates>"),
        Answer(302, headers={"location": "/login"}),
    ],
)
async def test_a_strange_answer_is_never_nothing_free(jcc: JccSoapAppointments, stage: Stage, answer: Answer) -> None:
    tells(stage, **TODAY_ONLY, getGovAvailableDays=answer)

    with pytest.raises(Misconfigured):
        await jcc.free_slots(PASSPORT, HALL, MONDAY, MONDAY)


async def test_an_outage_on_one_day_is_not_a_day_without_free_moments(jcc: JccSoapAppointments, stage: Stage) -> None:
    days = "<dates>2021-08-23</dates>" * 3
    tells(stage, **TODAY_ONLY, getGovAvailableDays=days, getGovAvailableTimesPerDay=Answer(503))

    with pytest.raises(Unavailable):
        await jcc.free_slots(PASSPORT, HALL, MONDAY, MONDAY)


async def test_a_fault_is_an_outage_unless_it_blames_us(jcc: JccSoapAppointments, stage: Stage) -> None:
    tells(stage, getGovAvailableProducts=Answer(500, enveloped(SERVER_FAULT)))
    with pytest.raises(Unavailable):
        await jcc.activities()

    tells(stage, getGovAvailableProducts=Answer(500, enveloped(CLIENT_FAULT)))
    with pytest.raises(Rejected):
        await jcc.activities()


async def test_nothing_is_asked_later_than_jcc_plans(jcc: JccSoapAppointments, stage: Stage) -> None:
    tells(stage, **TODAY_ONLY, getGovAvailableDays="")

    assert await jcc.free_slots(PASSPORT, HALL, MONDAY, date(2021, 9, 23)) == []
    assert body(stage.calls[-1].body).findtext("endDate") == "2021-08-23"
    assert await jcc.free_slots(PASSPORT, HALL, date(2021, 8, 24), date(2021, 9, 23)) == []
    assert operation(stage.calls[-1]) == "getGovLatestPlanDate"


@pytest.mark.parametrize("field", ["MainTel", "MobileTel", "AnyTel"])
async def test_any_telephone_that_is_wanted_is_a_telephone(jcc: JccSoapAppointments, stage: Stage, field: str) -> None:
    tells(stage, GetRequiredClientFields=f"<Result>Birthday</Result><Result>{field}</Result>")

    assert await jcc.required(PASSPORT) == {"phone"}


# --- recorded answers ---------------------------------------------------------------


@needs_contracts
async def test_recorded_products_and_locations_are_read(jcc: JccSoapAppointments, stage: Stage) -> None:
    recorded(
        stage,
        getGovAvailableProducts="getGovAvailableProductsResponse.xml",
        getGovLocationsForProduct="getGovLocationsForProductResponse.xml",
    )

    assert (await jcc.activities())[0] == PASSPORT
    assert await jcc.offices(PASSPORT) == [HALL]


@needs_contracts
async def test_recorded_days_and_times_are_read_in_brussels_time(jcc: JccSoapAppointments, stage: Stage) -> None:
    recorded(
        stage,
        getGovLatestPlanDate="getGovLatestPlanDateResponse.xml",
        getGovAvailableDays="getGovAvailableDaysResponse.xml",
        getGovAvailableTimesPerDay="getGovAvailableTimesPerDayResponse.xml",
    )

    slots = await jcc.free_slots(PASSPORT, HALL, MONDAY, MONDAY)

    assert len(slots) == 3 * 106  # the same answer for each of three days
    assert slots[0].starts_at.isoformat() == "2021-08-23T08:00:00+02:00"


@needs_contracts
async def test_a_recorded_appointment_is_read_with_the_names_of_product_and_location(
    jcc: JccSoapAppointments, stage: Stage
) -> None:
    files = {
        "getGovAppointmentDetails": "getGovAppointmentDetailsMultipleProductsResponse.xml",
        "getGovProductDetails": "getGovProductDetailsResponse.xml",
        "getGovLocationDetails": "getGovLocationDetailsResponse.xml",
    }
    recorded(stage, **files)

    at = datetime(2021, 8, 30, 15, tzinfo=BRUSSELS)
    assert await jcc.read("7") == Appointment("7", "7", at, "Paspoort aanvraag", "Maykin Media")
    recorded(stage, **{**files, "getGovProductDetails": "getGovProductDetailsNoDescriptionResponse.xml"})
    assert (await jcc.read("7")).activity == ""
    recorded(stage, getGovAppointmentDetails="getGovAppointmentDetailsEmptyResponse.xml")
    with pytest.raises(NotFound):
        await jcc.read("7")


@needs_contracts
async def test_recorded_bookings_and_cancellations_are_read(jcc: JccSoapAppointments, stage: Stage) -> None:
    tells(stage, bookGovAppointment=Answer(body=(FOLDER / "bookGovAppointmentResponse.xml").read_bytes()))
    assert (await jcc.book(PASSPORT, HALL, NINE, LIEN)).id == "1234567890"

    tells(stage, bookGovAppointment=Answer(body=(FOLDER / "failedBookGovAppointmentResponse.xml").read_bytes()))
    with pytest.raises(Rejected):
        await jcc.book(PASSPORT, HALL, NINE, LIEN)

    recorded(stage, deleteGovAppointment="deleteGovAppointmentResponse.xml")
    await jcc.cancel("1234567890")


@needs_contracts
async def test_the_answer_to_another_question_is_none(jcc: JccSoapAppointments, stage: Stage) -> None:
    """The sample of the required fields has the wrapper of the free days: a slip of whoever wrote it down."""
    recorded(stage, GetRequiredClientFields="getRequiredClientFieldsResponse.xml")

    with pytest.raises(Misconfigured):
        await jcc.required(PASSPORT)
