"""Our JCC clients against the sandbox: the traps, and what the citizen's side hears when it goes wrong.

What the rest of the house relies on is the same for both of JCC's interfaces, so it
is tested for both. The last tests are of the REST interface alone; those of the other
one stand in test_jcc_soap.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from actions.clients.errors import BackendError, Misconfigured, NotFound, Rejected, Unavailable, Uncertain
from actions.clients.jcc import JccAppointments
from actions.clients.ports import Activity, Appointment, Appointments, Customer, Office, Slot
from actions.wiring import APPOINTMENTS
from settings import Settings
from tests.contract.running_sandbox import Sandbox, running_sandbox

BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = "2026-11-23T10:00:00+01:00"  # a Monday
TUESDAY = date(2026, 11, 24)
LIEN = Customer("Lien Van den Broeck", "lien@example.be", "+32470123456")


@dataclass(frozen=True)
class Interface:
    """One of the ways into the same calendar; `id` is where the sandbox keeps what it calls an appointment."""

    product: str
    id: str

    def client(self, sandbox: Sandbox, *, timeout: float = 5.0, secret: str | None = None) -> Appointments:
        secrets = {"jcc_client_secret": secret, "jcc_soap_password": secret} if secret else {}
        return APPOINTMENTS[self.product](settings_for(sandbox, backend_timeout=timeout, **secrets))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("jcc"), SANDBOX_CALENDAR="leeg") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    shared.set_clock(NOW)
    shared.reset()
    shared.tell("faults/jcc", kind="none")
    return shared


@pytest.fixture(params=[Interface("jcc-rest", "id"), Interface("jcc-soap", "number")], ids=lambda one: one.product)
def interface(request: pytest.FixtureRequest) -> Interface:
    found: Interface = request.param
    return found


@pytest.fixture
def jcc(interface: Interface, sandbox: Sandbox) -> Appointments:
    return interface.client(sandbox)


@pytest.fixture
def rest(sandbox: Sandbox) -> JccAppointments:
    return JccAppointments(settings_for(sandbox))


def settings_for(sandbox: Sandbox, **others: Any) -> Settings:
    jcc = f"{sandbox.url}/jcc/JCC/Leiestad"
    addresses = {"jcc_url": f"{jcc}/G-Plan/api", "jcc_soap_url": f"{jcc}/GenericGuidanceSystem2.asmx"}
    return Settings(**{"backend_timeout": 5.0, **addresses, **others})


async def licence(jcc: Appointments) -> tuple[Activity, Office]:
    activity = next(one for one in await jcc.activities() if one.code == "RIJBEWIJS")
    return activity, next(one for one in await jcc.offices(activity) if one.name == "Stadhuis")


async def nine_o_clock(jcc: Appointments) -> tuple[Activity, Office, Slot]:
    activity, office = await licence(jcc)
    return activity, office, Slot(datetime.combine(TUESDAY, time(9), BRUSSELS))


def booked(sandbox: Sandbox) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sandbox.state("jcc/appointments")
    return found


async def test_it_tells_what_can_be_planned_and_where(jcc: Appointments) -> None:
    activities = {activity.code: activity for activity in await jcc.activities()}
    wedding = [office.name for office in await jcc.offices(activities["HUWELIJK"])]
    card = [office.name for office in await jcc.offices(activities["IDENTITEITSKAART"])]

    assert activities["RIJBEWIJS"].name == "Rijbewijs"
    assert wedding == ["Stadhuis"]
    assert len(card) == 2


async def test_one_day_is_asked_with_the_day_after_it_and_times_are_of_brussels(jcc: Appointments) -> None:
    activity, office = await licence(jcc)

    slots = await jcc.free_slots(activity, office, TUESDAY, TUESDAY)

    assert slots[0].starts_at == datetime(2026, 11, 24, 9, tzinfo=BRUSSELS)
    assert {slot.starts_at.date() for slot in slots} == {TUESDAY}
    assert all(slot.starts_at.utcoffset() == timedelta(hours=1) for slot in slots)


async def test_summer_and_winter_have_their_own_offset(jcc: Appointments) -> None:
    activity, office = await licence(jcc)

    summer = await jcc.free_slots(activity, office, date(2027, 6, 1), date(2027, 6, 1))

    assert summer[0].starts_at.utcoffset() == timedelta(hours=2)


async def test_a_full_day_has_no_slots_and_that_is_no_outage(sandbox: Sandbox, jcc: Appointments) -> None:
    activity, office = await licence(jcc)
    sandbox.tell("state/jcc/full", location="stadhuis", date=str(TUESDAY))

    assert await jcc.free_slots(activity, office, TUESDAY, TUESDAY) == []


async def test_a_longer_stretch_than_jcc_takes_is_cut(jcc: Appointments) -> None:
    activity, office = await licence(jcc)

    slots = await jcc.free_slots(activity, office, TUESDAY, TUESDAY + timedelta(days=200))

    assert slots[-1].starts_at.date() < TUESDAY + timedelta(days=50)


async def test_it_tells_what_must_be_asked(sandbox: Sandbox, jcc: Appointments) -> None:
    activity, _ = await licence(jcc)
    sandbox.tell("state/jcc/fields", activity="RIJBEWIJS", fields={"emailAddress": 2, "mobilePhoneNumber": 2})

    assert await jcc.required(activity) == {"email", "phone"}


@pytest.mark.req("BP2-05", "BP2-12", "BP3-07")
async def test_a_booking_holds_everything_and_its_slot_is_taken(
    sandbox: Sandbox, jcc: Appointments, interface: Interface
) -> None:
    activity, office, slot = await nine_o_clock(jcc)

    made = await jcc.book(activity, office, slot, LIEN)

    [appointment] = booked(sandbox)
    assert (made.id, made.number) == (str(appointment[interface.id]), str(appointment["number"]))
    assert (made.starts_at, made.activity, made.office) == (slot.starts_at, "Rijbewijs", "Stadhuis")
    assert appointment["start"] == "2026-11-24T09:00:00+01:00"
    assert appointment["end"] == "2026-11-24T09:10:00+01:00"
    assert [activity["code"] for activity in appointment["activities"]] == ["RIJBEWIJS"]
    customer = appointment["customer"]
    assert (customer["firstName"], customer["lastName"]) == ("Lien", "Van den Broeck")
    assert (customer["emailAddress"], customer["mobilePhoneNumber"]) == ("lien@example.be", "+32470123456")


@pytest.mark.req("BP3-01")
async def test_an_appointment_can_be_looked_up(jcc: Appointments) -> None:
    activity, office, slot = await nine_o_clock(jcc)
    made = await jcc.book(activity, office, slot, LIEN)

    assert await jcc.read(made.id) == made
    assert (made.starts_at, made.activity, made.office) == (slot.starts_at, "Rijbewijs", "Stadhuis")


@pytest.mark.req("BP2-05")
async def test_a_slot_that_everybody_took_is_no_longer_offered(sandbox: Sandbox, jcc: Appointments) -> None:
    activity, office, slot = await nine_o_clock(jcc)
    for number in range(3):  # as many as there are counters
        await jcc.book(activity, office, slot, Customer(f"Klant {number}", f"klant{number}@example.be"))

    assert slot not in await jcc.free_slots(activity, office, TUESDAY, TUESDAY)
    with pytest.raises(Rejected, match="slot_taken"):
        await jcc.book(activity, office, slot, LIEN)


async def test_somebody_who_was_quicker_is_told_as_that(sandbox: Sandbox, jcc: Appointments) -> None:
    activity, office, slot = await nine_o_clock(jcc)
    sandbox.tell("faults/jcc", kind="refused", times=1)

    with pytest.raises(Rejected) as refusal:
        await jcc.book(activity, office, slot, LIEN)

    assert refusal.value.code == "slot_taken"
    assert booked(sandbox) == []


async def test_a_refusal_for_another_reason_has_another_code(sandbox: Sandbox, jcc: Appointments) -> None:
    activity, office, slot = await nine_o_clock(jcc)
    sandbox.tell("state/jcc/fields", activity="RIJBEWIJS", fields={"mobilePhoneNumber": 2})

    with pytest.raises(Rejected) as refusal:
        await jcc.book(activity, office, slot, Customer("Lien Declercq", "lien@example.be"))

    assert refusal.value.code == "refused"


async def test_bad_input_is_no_outage_although_jcc_answers_500(jcc: Appointments) -> None:
    activity, _ = await licence(jcc)

    with pytest.raises(Rejected):
        await jcc.free_slots(activity, Office("no-such-office", ""), TUESDAY, TUESDAY)


@pytest.mark.req("BP2-12")
@pytest.mark.parametrize("kind", ["reset_after_commit", "down", "500", "rubbish"])
async def test_a_booking_without_an_answer_is_uncertain_and_never_sent_again(
    sandbox: Sandbox, jcc: Appointments, kind: str
) -> None:
    activity, office, slot = await nine_o_clock(jcc)
    sandbox.tell("faults/jcc", kind=kind, times=1, method="POST")

    with pytest.raises(Uncertain):
        await jcc.book(activity, office, slot, LIEN)

    assert len(booked(sandbox)) == (1 if kind == "reset_after_commit" else 0)


@pytest.mark.req("BP2-12")
async def test_a_booking_that_took_too_long_is_uncertain(sandbox: Sandbox, interface: Interface) -> None:
    slow = interface.client(sandbox, timeout=1.0)
    activity, office, slot = await nine_o_clock(slow)
    sandbox.tell("faults/jcc", kind="slow", seconds=3, times=1, method="POST")

    with pytest.raises(Uncertain):
        await slow.book(activity, office, slot, LIEN)

    assert len(booked(sandbox)) == 1


@pytest.mark.parametrize("kind", ["500", "down", "slow"])
async def test_an_outage_is_never_an_empty_list(sandbox: Sandbox, interface: Interface, kind: str) -> None:
    hurried = interface.client(sandbox, timeout=1.0)
    activity, office = await licence(hurried)
    sandbox.tell("faults/jcc", kind=kind, seconds=3)

    with pytest.raises(Unavailable):
        await hurried.free_slots(activity, office, TUESDAY, TUESDAY)


async def test_one_hiccup_of_a_read_is_not_noticed(sandbox: Sandbox, jcc: Appointments) -> None:
    activity, office = await licence(jcc)
    sandbox.tell("faults/jcc", kind="down", times=1)

    assert await jcc.free_slots(activity, office, TUESDAY, TUESDAY)


async def test_html_is_a_fault_that_a_colleague_must_see(sandbox: Sandbox, jcc: Appointments) -> None:
    await jcc.activities()
    sandbox.tell("faults/jcc", kind="rubbish", method="GET")

    with pytest.raises(Misconfigured):
        await jcc.activities()


async def test_a_wrong_secret_is_our_own_fault(sandbox: Sandbox, interface: Interface) -> None:
    with pytest.raises(BackendError) as error:
        await interface.client(sandbox, secret="wrong").activities()

    assert isinstance(error.value, Misconfigured)


@pytest.mark.req("BP3-01")
async def test_an_appointment_that_was_cancelled_is_gone_and_its_slot_is_free(
    sandbox: Sandbox, jcc: Appointments
) -> None:
    activity, office, slot = await nine_o_clock(jcc)
    made = await jcc.book(activity, office, slot, LIEN)

    await jcc.cancel(made.id)
    await jcc.cancel(made.id)

    assert booked(sandbox) == []
    with pytest.raises(NotFound):
        await jcc.read(made.id)


@pytest.mark.req("BP3-01")
async def test_a_cancellation_whose_answer_was_lost_is_done(sandbox: Sandbox, jcc: Appointments) -> None:
    activity, office, slot = await nine_o_clock(jcc)
    made = await jcc.book(activity, office, slot, LIEN)
    sandbox.tell("faults/jcc", kind="reset_after_commit", times=1)

    await jcc.cancel(made.id)

    assert booked(sandbox) == []


@pytest.mark.req("BP3-01")
async def test_a_cancellation_that_failed_is_told(sandbox: Sandbox, jcc: Appointments) -> None:
    activity, office, slot = await nine_o_clock(jcc)
    made = await jcc.book(activity, office, slot, LIEN)
    sandbox.tell("faults/jcc", kind="500", times=1, method="DELETE")

    with pytest.raises(Uncertain):
        await jcc.cancel(made.id)

    assert len(booked(sandbox)) == 1


# --- the REST interface alone -----------------------------------------------------


@pytest.mark.req("BP2-12")
async def test_a_booking_stands_although_it_cannot_be_read_back(sandbox: Sandbox) -> None:
    class Unreadable(JccAppointments):
        async def read(self, appointment: str) -> Appointment:
            raise Unavailable("jcc", "read")

    jcc = Unreadable(settings_for(sandbox))
    activity, office, slot = await nine_o_clock(jcc)

    made = await jcc.book(activity, office, slot, LIEN)

    [appointment] = booked(sandbox)
    assert (made.id, made.starts_at, made.office) == (appointment["id"], slot.starts_at, "Stadhuis")


async def test_an_expired_token_is_renewed_without_anybody_noticing(sandbox: Sandbox, rest: JccAppointments) -> None:
    activity, office, slot = await nine_o_clock(rest)
    sandbox.set_clock("2026-11-23T14:00:00+01:00")  # the token lived an hour

    made = await rest.book(activity, office, slot, LIEN)

    assert [appointment["id"] for appointment in booked(sandbox)] == [made.id]


async def test_a_token_that_is_turned_away_once_is_renewed(sandbox: Sandbox, rest: JccAppointments) -> None:
    await rest.activities()
    sandbox.tell("faults/jcc", kind="auth", times=1)

    assert await rest.activities()
