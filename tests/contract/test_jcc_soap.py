"""What is JCC's older interface alone, against the sandbox. The rest is the same for both: test_jcc.py."""

import contextlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from actions.clients.errors import Misconfigured, Rejected, Uncertain
from actions.clients.jcc import JccAppointments
from actions.clients.jcc_soap import JccSoapAppointments
from actions.clients.ports import Activity, Appointments, Customer, Office, Slot
from clock import BRUSSELS
from settings import Settings
from tests.contract.running_sandbox import Sandbox, running_sandbox

NOW = "2026-11-23T10:00:00+01:00"  # a Monday
TUESDAY = date(2026, 11, 24)
LIEN = Customer("Lien Declercq", "lien@example.be")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("jcc")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    shared.set_clock(NOW)
    shared.reset()
    return shared


@pytest.fixture
def settings(sandbox: Sandbox) -> Settings:
    jcc = f"{sandbox.url}/jcc/JCC/Leiestad"
    return Settings(jcc_url=f"{jcc}/G-Plan/api", jcc_soap_url=f"{jcc}/GenericGuidanceSystem2.asmx")


@pytest.fixture
def soap(settings: Settings) -> JccSoapAppointments:
    return JccSoapAppointments(settings)


@pytest.fixture
def rest(settings: Settings) -> JccAppointments:
    return JccAppointments(settings)


async def licence(jcc: Appointments) -> tuple[Activity, Office]:
    activity = next(one for one in await jcc.activities() if one.code == "RIJBEWIJS")
    return activity, next(one for one in await jcc.offices(activity) if one.name == "Stadhuis")


async def first_free(jcc: Appointments) -> tuple[Activity, Office, Slot]:
    activity, office = await licence(jcc)
    return activity, office, (await jcc.free_slots(activity, office, TUESDAY, TUESDAY))[0]


@pytest.mark.req("MZG-04")
async def test_both_interfaces_tell_the_same(soap: JccSoapAppointments, rest: JccAppointments) -> None:
    described = [[(one.code, one.name) for one in await jcc.activities()] for jcc in (soap, rest)]
    moments = [await jcc.free_slots(*await licence(jcc), TUESDAY, TUESDAY + timedelta(days=42)) for jcc in (soap, rest)]

    assert described[0] == described[1]
    assert moments[0] == moments[1]
    assert len(moments[0]) > 100


async def test_an_appointment_of_the_other_interface_is_not_told_to_be_gone(
    sandbox: Sandbox, soap: JccSoapAppointments, rest: JccAppointments
) -> None:
    made = await soap.book(*await first_free(soap), LIEN)
    [state] = sandbox.state("jcc/appointments")

    for jcc, its_id in ((soap, state["id"]), (rest, made.id)):
        with pytest.raises(Misconfigured):
            await jcc.read(its_id)
        with pytest.raises(Misconfigured):
            await jcc.cancel(its_id)
    assert len(sandbox.state("jcc/appointments")) == 1


async def test_somebody_who_was_quicker_through_the_other_door_is_seen(
    soap: JccSoapAppointments, rest: JccAppointments
) -> None:
    activity, office, slot = await first_free(soap)
    elsewhere = await licence(rest)
    with contextlib.suppress(Rejected):
        for _ in range(3):  # as many as there are counters
            await rest.book(*elsewhere, slot, LIEN)

    with pytest.raises(Rejected) as refusal:
        await soap.book(activity, office, slot, LIEN)

    assert refusal.value.code == "slot_taken"


async def test_a_moment_that_is_past_or_at_night_is_not_free(soap: JccSoapAppointments) -> None:
    where = await licence(soap)

    for moment in (datetime(2026, 11, 20, 9, tzinfo=BRUSSELS), datetime(2026, 11, 25, 3, tzinfo=BRUSSELS)):
        with pytest.raises(Rejected) as refusal:
            await soap.book(*where, Slot(moment), LIEN)
        assert refusal.value.code == "slot_taken"


async def test_a_product_that_wants_the_date_of_birth_is_not_booked_with_a_made_up_one(
    sandbox: Sandbox, soap: JccSoapAppointments
) -> None:
    wanted = await first_free(soap)
    sandbox.tell("state/jcc/fields", activity="RIJBEWIJS", fields={"birthDate": 2})

    with pytest.raises(Rejected) as refusal:
        await soap.book(*wanted, LIEN)

    assert refusal.value.code == "refused"
    assert sandbox.state("jcc/appointments") == []


@pytest.mark.req("BP3-01")
async def test_a_cancellation_that_jcc_does_not_do_is_told(sandbox: Sandbox, soap: JccSoapAppointments) -> None:
    made = await soap.book(*await first_free(soap), LIEN)
    sandbox.tell("faults/jcc", kind="refused", times=1)

    with pytest.raises(Uncertain):
        await soap.cancel(made.id)

    assert len(sandbox.state("jcc/appointments")) == 1
